using System.Reflection;
using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>A book of the first version is brought to the present form with everything that was in it.</summary>
public abstract class MigrationTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private const int Transactions = 300;

    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();

    public Task InitializeAsync() => fixture.InitializeAsync();

    public Task DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_book_of_the_first_version_stays_whole_and_goes_on()
    {
        var scope = await WriteFirstVersionAsync();
        await using var services = await fixture.StartAsync(add: added => added.AddLedger());
        var (ledger, database) = (services.GetRequiredService<ILedger>(), services.GetRequiredService<IDatabase>());

        var proof = await ledger.VerifyAsync(null, Ct);
        Assert.Empty(proof.Faults);
        Assert.Equal((Transactions, Transactions * 2, 2), ((int)proof.Transactions, (int)proof.Postings, (int)proof.Accounts));
        Assert.Equal(45_150, await BankAsync(ledger, scope));

        await Assert.ThrowsAsync<UniqueViolationException>(() => PostAsync(ledger, database, Move(scope, "old:7")));
        var posted = await PostAsync(ledger, database, Move(scope, "new:1"));
        await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(async tx => await tx.ExecuteAsync($"UPDATE ledger_transactions SET kind = 'x'"), Ct));
        await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(async tx => await tx.ExecuteAsync($"DELETE FROM ledger_transactions"), Ct));

        var blocks = services.GetRequiredService<Blocks>();
        for (var visit = 0; visit < 1_000 && await CoveredAsync(database) <= Transactions; visit++) await blocks.MakeAsync(Ct);
        Assert.Equal(45_151, await BankAsync(ledger, scope));
        Assert.Empty((await ledger.VerifyAsync(null, Ct)).Faults);

        // The order of recording is that of the first version's ids.
        var inOrder = await services.GetRequiredService<ILedgerQueries>().TransactionsAsync(scope, 0, Transactions + 1, Ct);
        Assert.Equal([.. Enumerable.Range(1, Transactions).Select(i => $"old:{i}"), "new:1"], inOrder.Transactions.Select(transaction => transaction.Reference));
        Assert.Equal(posted, inOrder.Transactions[^1].Id);
    }

    [Fact]
    public async Task A_book_that_was_chained_and_folded_by_the_second_version_stays_whole_and_goes_on()
    {
        var scope = await WriteFirstVersionAsync();
        await FoldAsSecondVersionAsync();
        await using var services = await fixture.StartAsync(add: added => added.AddLedger());
        var (ledger, database) = (services.GetRequiredService<ILedger>(), services.GetRequiredService<IDatabase>());

        Assert.Empty((await ledger.VerifyAsync(null, Ct)).Faults);
        Assert.Equal(45_150, await BankAsync(ledger, scope));

        await PostAsync(ledger, database, Move(scope, "new:1"));
        var blocks = services.GetRequiredService<Blocks>();
        for (var visit = 0; visit < 1_000 && await CoveredAsync(database) <= Transactions; visit++) await blocks.MakeAsync(Ct);
        Assert.Equal(45_151, await BankAsync(ledger, scope));
        Assert.Empty((await ledger.VerifyAsync(null, Ct)).Faults);
        Assert.Equal(2, Assert.Single(await ledger.HeadsAsync(Ct)).Height);
    }

    private static async Task<long> CoveredAsync(IDatabase database) => await database.ReadAsync(
        async reader => await reader.CountAsync($"SELECT CAST(COALESCE(SUM(transactions), 0) AS bigint) FROM ledger_blocks"), Ct);

    private static async Task<long> BankAsync(ILedger ledger, MerchantScope scope) =>
        (await ledger.BalancesAsync(scope, Ct)).Single(balance => balance.AccountCode == "bank").Amount.Minor;

    private static Task<LedgerTransactionId> PostAsync(ILedger ledger, IDatabase database, NewLedgerTransaction transaction) =>
        database.WriteAsync(async tx => await ledger.PostAsync(tx, transaction), Ct);

    private static NewLedgerTransaction Move(MerchantScope scope, string reference) => new(
        scope,
        reference,
        "move",
        scope.Merchant.Value,
        DateTimeOffset.UnixEpoch,
        [
            new NewPosting(new AccountName(scope, "bank", AccountKind.Asset, Currency.Eur), PostingSide.Debit, new Money(1, Currency.Eur)),
            new NewPosting(new AccountName(scope, "owed", AccountKind.Liability, Currency.Eur), PostingSide.Credit, new Money(1, Currency.Eur)),
        ]);

    // The statements of the first version, since its code is gone.
    private async Task<MerchantScope> WriteFirstVersionAsync()
    {
        await using var services = await fixture.StartAsync(
            add: added => added.AddSingleton(new MigrationSource("ledger", 1, new MigrationsUpTo(1, typeof(LedgerModule).Assembly))));
        var ids = services.GetRequiredService<IdSource>();
        var scope = new MerchantScope(ids.New<MerchantId>(new ShardId(9)), IsLive: false);
        var accounts = Move(scope, "any").Postings.Select(posting => (posting.Account, Id: AccountIds.Of(posting.Account))).ToList();
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx =>
            {
                foreach (var (name, id) in accounts)
                {
                    await tx.ExecuteAsync(
                        $"""
                         INSERT INTO ledger_accounts (shard, id, merchant, is_live, code, kind, currency, created_at_ms)
                         VALUES ({scope.Shard}, {id}, {scope.Merchant}, {scope.IsLive}, {name.Code}, {name.Kind.Word()}, {name.Currency}, 1)
                         """);
                }

                for (var i = 1; i <= Transactions; i++)
                {
                    var (id, reference) = (ids.New<LedgerTransactionId>(scope.Shard), $"old:{i}");
                    await tx.ExecuteAsync(
                        $"""
                         INSERT INTO ledger_transactions
                                (shard, id, merchant, is_live, reference, kind, subject, effective_at_ms, recorded_at_ms)
                         VALUES ({scope.Shard}, {id}, {scope.Merchant}, {scope.IsLive}, {reference}, 'move', {id.Value}, 1, {id.CreatedAt()})
                         """);
                    await tx.ExecuteAsync(
                        $"""
                         INSERT INTO ledger_postings (shard, transaction_id, line, account_id, side, amount_minor, currency)
                         VALUES ({scope.Shard}, {id}, 0, {accounts[0].Id}, 1, {(long)i}, {Currency.Eur}),
                                ({scope.Shard}, {id}, 1, {accounts[1].Id}, -1, {(long)i}, {Currency.Eur})
                         """);
                }
            },
            Ct);
        return scope;
    }

    // One block of all transactions, as the second version's worker made it, and their sums.
    private async Task FoldAsSecondVersionAsync()
    {
        await using var services = await fixture.StartAsync(
            add: added => added.AddSingleton(new MigrationSource("ledger", 1, new MigrationsUpTo(2, typeof(LedgerModule).Assembly))));
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx =>
            {
                var head = new byte[Digest.Size];
                var (shard, last) = (new ShardId(9), 0L);
                await tx.EachAsync(
                    $"SELECT seq FROM ledger_transactions ORDER BY seq",
                    row =>
                    {
                        last = row.Int64(0);
                        Digest.Link(head, last, []);
                    });
                await tx.ExecuteAsync(
                    $"INSERT INTO ledger_blocks (shard, height, last_seq, transactions, head) VALUES ({shard}, 1, {last}, {(long)Transactions}, {head})");
                await tx.ExecuteAsync(
                    $"""
                     INSERT INTO ledger_folds (shard, account_id, sum_minor)
                     SELECT shard, account_id, CAST(SUM(side * amount_minor) AS bigint) FROM ledger_postings GROUP BY shard, account_id
                     """);
            },
            Ct);
    }

    private sealed class MigrationsUpTo(int last, Assembly whole) : Assembly
    {
        public override string[] GetManifestResourceNames() => [.. whole.GetManifestResourceNames()
            .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal)
                && int.Parse(name.AsSpan("Migrations/".Length, 4), System.Globalization.CultureInfo.InvariantCulture) <= last)];

        public override Stream? GetManifestResourceStream(string name) => whole.GetManifestResourceStream(name);
    }
}

public sealed class MigrationsOnSqlite() : MigrationTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class MigrationsOnPostgres() : MigrationTests(() => new PostgresFixture());
