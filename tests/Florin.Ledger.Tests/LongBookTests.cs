using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>A book of several shards that is long enough to be proved by two readers, with transactions that are in no block yet.</summary>
public abstract class LongBookTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private const int Shards = 3;
    private const int InBlocks = 6_000;
    private const int Since = 30;
    protected const int Transactions = InBlocks + Since;

    protected static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();
    private ServiceProvider services = null!;
    private readonly List<LedgerTransactionId> posted = [];
    private MerchantScope[] scopes = [];

    protected ILedger Ledger => services.GetRequiredService<ILedger>();

    protected IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        await fixture.InitializeAsync();
        services = await fixture.StartAsync(add: added => added.AddLedger());
        var merchants = Enumerable.Range(7, Shards).Select(shard => services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId((short)shard)));
        scopes = [.. merchants.Select(merchant => new MerchantScope(merchant, IsLive: false))];

        // Several shards' batches by turns, so that each part of one order holds parts of the other.
        for (var i = 0; i < InBlocks; i += 500) await PostAsync(scopes[i / 500 % Shards], i, 500);
        for (var visit = 0; visit < 1_000 && await LastSeqAsync() < InBlocks; visit++)
        {
            await services.GetRequiredService<Blocks>().MakeAsync(Ct);
        }

        for (var i = 0; i < Shards; i++) await PostAsync(scopes[i], InBlocks + (i * Since / Shards), Since / Shards);
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task It_is_proved_with_its_counts_and_totals_and_tells_how_far_it_is()
    {
        var reports = new Reports();
        var proof = await Ledger.VerifyAsync(reports, Ct);

        Assert.Empty(proof.Faults);
        Assert.Equal((Transactions, Transactions * 2, 11 * Shards), (proof.Transactions, proof.Postings, proof.Accounts));
        Assert.Equal([new Money(Transactions * 5, Currency.Eur)], proof.DebitTotals);
        Assert.Equal(Transactions, reports.Greatest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(InBlocks / 2)]
    [InlineData(InBlocks - 1)]
    [InlineData(Transactions - 1)]
    public async Task A_changed_posting_is_named_wherever_it_is(int position)
    {
        await TamperAsync($"UPDATE ledger_postings SET amount_minor = 6 WHERE transaction_id = {posted[position]}");

        var faults = (await Ledger.VerifyAsync(null, Ct)).Faults;

        Assert.Contains(faults, fault => fault.Contains(posted[position].ToString(), StringComparison.Ordinal) && fault.Contains("its digest differs", StringComparison.Ordinal));

        // What is in no block is added up anew by every reader.
        Assert.Equal(position < InBlocks, faults.Any(fault => fault.Contains("(bank) reads as ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(InBlocks - 1)]
    [InlineData(Transactions - 1)]
    public async Task A_posting_without_its_transaction_and_a_transaction_without_postings_are_named_wherever_they_are(int position)
    {
        var stranger = services.GetRequiredService<IdSource>().New<MerchantId>(scopes[0].Shard).Value;
        await TamperAsync($"UPDATE ledger_postings SET transaction_id = {stranger} WHERE transaction_id = {posted[position]}");

        var faults = (await Ledger.VerifyAsync(null, Ct)).Faults;

        Assert.Contains(faults, fault => fault.Contains(posted[position].ToString(), StringComparison.Ordinal) && fault.Contains("has 0 postings", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("which is not there", StringComparison.Ordinal));
    }

    private Task TamperAsync(Sql change) => Database.WriteAsync(
        async tx =>
        {
            var unlock = tx.Engine == SqlEngine.Postgres
                ? "DROP TRIGGER ledger_postings_stay ON ledger_postings"
                : "DROP TRIGGER ledger_postings_no_update";
            await tx.ExecuteAsync(Sql.Of(new SqlFragment(unlock)));
            await tx.ExecuteAsync(change);
        },
        Ct);

    private async Task PostAsync(MerchantScope scope, int first, int count)
    {
        NewPosting Post(string code, PostingSide side) => new(new AccountName(scope, code, AccountKind.Asset, Currency.Eur), side, new Money(5, Currency.Eur));
        var results = await Ledger.PostBatchAsync(
            [.. Enumerable.Range(first, count).Select(i => new NewLedgerTransaction(
                scope, $"move:{i}", "move", scope.Merchant.Value, DateTimeOffset.UnixEpoch, [Post("bank", PostingSide.Debit), Post($"till:{i % 10}", PostingSide.Credit)]))],
            allOrNone: true,
            Ct);
        posted.AddRange(results.Select(result => result.Value.Id));
    }

    private Task<long> LastSeqAsync() => Database.ReadAsync(async reader => await Blocks.LastSeqAsync(reader), Ct);

    private sealed class Reports : IProgress<long>
    {
        private readonly Lock gate = new();

        public long Greatest { get; private set; }

        public void Report(long value)
        {
            lock (gate) Greatest = Math.Max(Greatest, value);
        }
    }
}

public sealed class LongBookOnSqlite() : LongBookTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class LongBookOnPostgres() : LongBookTests(() => new PostgresFixture())
{
    // An index that leaves a transaction out cannot be made here; a block that counts one more looks the same from there.
    [Fact]
    public async Task A_transaction_that_is_not_found_by_its_id_is_missed()
    {
        await Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"DROP TRIGGER ledger_blocks_stay ON ledger_blocks");
                await tx.ExecuteAsync($"UPDATE ledger_blocks SET transactions = transactions + 1 WHERE shard = 7 AND height = 1");
            },
            Ct);

        var faults = (await Ledger.VerifyAsync(null, Ct)).Faults;

        Assert.Contains($"By their ids {Transactions} transactions are found, and {Transactions + 1} in blocks and since the last block.", faults);
    }
}
