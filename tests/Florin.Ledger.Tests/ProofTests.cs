using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Each test plants one fault in a sound book, behind the back of the constraints, and the proof must name it.</summary>
public abstract class ProofTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();
    private ServiceProvider services = null!;
    private LedgerTransactionId first;
    private LedgerTransactionId last;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        await fixture.InitializeAsync();
        services = await fixture.StartAsync(add: added => added.AddLedger());
        var ids = services.GetRequiredService<IdSource>();

        // More than one page of everything, over several shards.
        for (var shard = 1; shard <= 3; shard++)
        {
            var scope = new MerchantScope(ids.New<MerchantId>(new ShardId((short)shard)), IsLive: false);
            var receivable = new AccountName(scope, "gateway_receivable:aurora", AccountKind.Asset, Currency.Eur);
            var pending = new AccountName(scope, "merchant_pending", AccountKind.Liability, Currency.Eur);
            var posted = await Database.WriteAsync(
                async tx =>
                {
                    var made = new List<LedgerTransactionId>();
                    for (var i = 0; i < TransactionsProof.PageSize / 2; i++)
                    {
                        made.Add(await Ledger.PostAsync(tx, new NewLedgerTransaction(
                            scope,
                            $"capture:{i}",
                            "capture",
                            ids.NewValue(scope.Shard),
                            DateTimeOffset.UnixEpoch,
                            [
                                new(receivable, PostingSide.Debit, new Money(100 + i, Currency.Eur)),
                                new(pending, PostingSide.Credit, new Money(100 + i, Currency.Eur)),
                            ])));
                    }

                    return made;
                },
                Ct);
            if (shard == 1) first = posted[0];
            last = posted[^1];
        }
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_sound_book_is_proved_with_its_counts_and_totals()
    {
        var reports = new List<long>();
        var proof = await Ledger.VerifyAsync(new Reports(reports), Ct);

        Assert.Empty(proof.Faults);
        Assert.True(proof.IsSound);
        Assert.Equal((3_000, 6_000, 6), (proof.Transactions, proof.Postings, proof.Accounts));
        Assert.Equal([new Money(3 * Enumerable.Range(100, 1_000).Sum(), Currency.Eur)], proof.DebitTotals);
        Assert.Equal([2_000L, 3_000L], reports);
    }

    [Fact]
    public async Task An_empty_book_is_sound()
    {
        await TamperAsync("DELETE FROM ledger_postings");
        await TamperAsync("DELETE FROM ledger_transactions");
        await TamperAsync("DELETE FROM ledger_accounts");

        var proof = await Ledger.VerifyAsync(null, Ct);

        Assert.True(proof.IsSound);
        Assert.Equal(0, proof.Transactions);
    }

    [Fact]
    public async Task A_changed_amount_is_found()
    {
        await TamperAsync($"UPDATE ledger_postings SET amount_minor = amount_minor + 7 WHERE transaction_id = {last} AND line = 0");

        await AssertFaultAsync(last, "out of balance by 7 minor units of EUR");
        await AssertFaultAsync(null, "All debits in EUR are");
    }

    [Fact]
    public async Task A_turned_side_is_found()
    {
        await TamperAsync($"UPDATE ledger_postings SET side = -side WHERE transaction_id = {first} AND line = 0");

        await AssertFaultAsync(first, "out of balance by -200 minor units");
    }

    [Fact]
    public async Task An_amount_that_is_not_positive_is_found()
    {
        await TamperAsync($"UPDATE ledger_postings SET amount_minor = -amount_minor WHERE transaction_id = {first}");

        await AssertFaultAsync(first, "has the amount -100, which is not positive");
    }

    [Fact]
    public async Task A_side_that_is_neither_is_found()
    {
        await TamperAsync($"UPDATE ledger_postings SET side = 0 WHERE transaction_id = {first} AND line = 1");

        await AssertFaultAsync(first, "has the side 0");
    }

    [Fact]
    public async Task A_lost_posting_is_found()
    {
        await TamperAsync($"DELETE FROM ledger_postings WHERE transaction_id = {last} AND line = 1");

        await AssertFaultAsync(last, "has 1 postings; it needs two or more");
    }

    [Fact]
    public async Task A_transaction_without_postings_is_found()
    {
        await TamperAsync($"DELETE FROM ledger_postings WHERE transaction_id = {first}");

        await AssertFaultAsync(first, "has 0 postings");
    }

    [Fact]
    public async Task Postings_whose_first_or_last_transaction_is_lost_are_found()
    {
        await TamperAsync($"DELETE FROM ledger_transactions WHERE id = {first}");
        await TamperAsync($"DELETE FROM ledger_transactions WHERE id = {last}");

        await AssertFaultAsync(first, "belongs to transaction");
        await AssertFaultAsync(last, "belongs to transaction");
    }

    [Fact]
    public async Task A_lost_account_is_found()
    {
        await TamperAsync($"DELETE FROM ledger_accounts WHERE shard = {new ShardId(2)} AND code = 'merchant_pending'");

        await AssertFaultAsync(null, "names account lac_");
    }

    [Fact]
    public async Task A_changed_currency_is_found_on_the_posting_and_on_the_account()
    {
        await TamperAsync($"UPDATE ledger_postings SET currency = 'USD' WHERE transaction_id = {first} AND line = 0");
        await AssertFaultAsync(first, "is in USD, but its account");

        await TamperAsync($"UPDATE ledger_accounts SET currency = 'KRW' WHERE shard = {new ShardId(3)} AND code = 'merchant_pending'");
        await AssertFaultAsync(null, "does not have the id of its name");
    }

    [Fact]
    public async Task A_posting_moved_to_another_account_of_another_name_is_found()
    {
        await TamperAsync($"UPDATE ledger_accounts SET code = 'fee_income' WHERE shard = {new ShardId(3)} AND code = 'merchant_pending'");

        await AssertFaultAsync(null, "does not have the id of its name");
    }

    [Fact]
    public async Task A_reference_used_twice_is_found()
    {
        await TamperAsync($"DROP INDEX ledger_transactions_reference");
        await TamperAsync($"UPDATE ledger_transactions SET reference = 'capture:1' WHERE id = {first}");

        await AssertFaultAsync(null, "Reference capture:1 is used by 2 transactions");
    }

    [Fact]
    public async Task A_flood_of_faults_of_one_sort_does_not_hide_the_others()
    {
        await TamperAsync($"UPDATE ledger_postings SET amount_minor = amount_minor + 1 WHERE line = 0");

        var faults = (await Ledger.VerifyAsync(null, Ct)).Faults;
        Assert.Equal(25, faults.Count(fault => fault.Contains("out of balance by 1 minor", StringComparison.Ordinal)));
        Assert.Contains("All debits in EUR are", faults[^1], StringComparison.Ordinal);
    }

    private async Task AssertFaultAsync(LedgerTransactionId? id, string part)
    {
        var proof = await Ledger.VerifyAsync(null, Ct);
        Assert.False(proof.IsSound);
        Assert.Contains(
            proof.Faults,
            fault => fault.Contains(part, StringComparison.Ordinal) && fault.Contains(id?.ToString() ?? "", StringComparison.Ordinal));
    }

    // As somebody with the database's password could, after dropping what stands in the way.
    private Task TamperAsync(Sql statement) => Database.WriteAsync(
        async tx =>
        {
            foreach (var unlock in fixture.Engine == SqlEngine.Sqlite ? SqliteUnlocks : PostgresUnlocks) await tx.ExecuteAsync(Sql.Of(unlock));
            await tx.ExecuteAsync(statement);
        },
        Ct);

    private Task TamperAsync(string statement) => TamperAsync(Sql.Of(new SqlFragment(statement)));

    private static readonly SqlFragment[] SqliteUnlocks =
    [
        .. from table in (string[])["accounts", "transactions", "postings"]
           from verb in (string[])["update", "delete"]
           select new SqlFragment($"DROP TRIGGER IF EXISTS ledger_{table}_no_{verb}"),
        new("PRAGMA ignore_check_constraints = ON"),
    ];

    private static readonly SqlFragment[] PostgresUnlocks =
    [
        .. from table in (string[])["accounts", "transactions", "postings"]
           select new SqlFragment($"DROP TRIGGER IF EXISTS ledger_{table}_stay ON ledger_{table}"),
        new("ALTER TABLE ledger_postings DROP CONSTRAINT IF EXISTS ledger_postings_side"),
        new("ALTER TABLE ledger_postings DROP CONSTRAINT IF EXISTS ledger_postings_amount"),
    ];

    private sealed class Reports(List<long> reports) : IProgress<long>
    {
        public void Report(long value) => reports.Add(value);
    }
}

public sealed class ProofOnSqlite() : ProofTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class ProofOnPostgres() : ProofTests(() => new PostgresFixture());
