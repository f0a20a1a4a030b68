using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests;

/// <summary>Chaining and folding behind the back of those who post and read.</summary>
public abstract class BlockTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();
    private ServiceProvider services = null!;
    private MerchantScope scope;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    private Blocks Blocks => services.GetRequiredService<Blocks>();

    public async Task InitializeAsync()
    {
        await fixture.InitializeAsync();
        services = await fixture.StartAsync(add: added => added.AddLedger());
        scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(7)), IsLive: false);
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Balances_are_the_same_before_between_and_after_folding()
    {
        for (var round = 1; round <= 4; round++)
        {
            await PostAsync($"round:{round}", 10);
            Assert.Equal(round * 10, await BankAsync());
            await Blocks.MakeAsync(Ct);
            Assert.Equal(round * 10, await BankAsync());
        }

        await MakeAllAsync();
        Assert.Equal(40, await BankAsync());
        var head = Assert.Single(await Ledger.HeadsAsync(Ct));
        Assert.Equal(head, LedgerHead.Parse(head.ToString()));
        Assert.Empty((await Ledger.VerifyAsync([head], null, Ct)).Faults);
    }

    [Fact]
    public async Task Readers_see_each_posting_once_while_others_post_and_fold()
    {
        const int Writers = 4;
        const int Each = 40;
        using var ended = new CancellationTokenSource();
        var folding = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested) await Blocks.MakeAsync(Ct);
        });
        var reading = Task.Run(async () =>
        {
            var last = 0L;
            while (!ended.IsCancellationRequested)
            {
                var balances = await Ledger.BalancesAsync(scope, Ct);
                var bank = balances.SingleOrDefault(balance => balance.AccountCode == "bank")?.Amount.Minor ?? 0;
                Assert.Equal(bank, balances.SingleOrDefault(balance => balance.AccountCode == "owed")?.Amount.Minor ?? 0);
                Assert.True(bank >= last, $"{bank} after {last}");
                last = bank;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; i < Each; i++) await PostAsync($"w:{writer}:{i}", 1);
        }));
        await ended.CancelAsync();
        await Task.WhenAll(folding, reading);
        await MakeAllAsync();

        Assert.Equal(Writers * Each, await BankAsync());
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task A_transaction_that_is_committed_after_a_later_one_is_neither_lost_nor_counted_twice()
    {
        // SQLite writes one after another, so there is no such thing there.
        if (fixture.Engine == SqlEngine.Sqlite) return;

        // Opens the accounts, which the late one would otherwise hold back.
        await PostAsync("first", 1);
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var late = Database.WriteAsync(
            async tx =>
            {
                await Ledger.PostAsync(tx, Move("late", 100));

                // A question, so that what was enqueued is sent.
                await tx.CountAsync($"SELECT 1");
                begun.TrySetResult();
                await goOn.Task;
            },
            Ct);
        await begun.Task;
        await PostAsync("early", 1);
        for (var i = 0; i < 5; i++) await Blocks.MakeAsync(Ct);
        Assert.Equal(2, await BankAsync());
        goOn.SetResult();
        await late;
        Assert.Equal(102, await BankAsync());
        await MakeAllAsync();

        Assert.Equal(102, await BankAsync());
        Assert.Equal(3, await Database.ReadAsync(async reader => await reader.CountAsync($"SELECT CAST(SUM(transactions) AS bigint) FROM ledger_blocks"), Ct));
        Assert.Empty((await Ledger.VerifyAsync(null, Ct)).Faults);
    }

    [Fact]
    public async Task A_book_that_was_cut_short_or_made_anew_does_not_match_its_exported_head()
    {
        await PostAsync("one", 1);
        await MakeAllAsync();
        var head = Assert.Single(await Ledger.HeadsAsync(Ct));

        var forged = await Ledger.VerifyAsync([head with { Hash = new string('0', 64) }], null, Ct);
        var shorter = await Ledger.VerifyAsync([head with { Height = 2 }], null, Ct);

        Assert.Contains("does not have the head that was exported", Assert.Single(forged.Faults), StringComparison.Ordinal);
        Assert.Contains("does not reach block 2", Assert.Single(shorter.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_head_may_be_given_twice_and_two_for_one_block_are_a_fault()
    {
        await PostAsync("one", 1);
        await MakeAllAsync();
        var head = Assert.Single(await Ledger.HeadsAsync(Ct));

        Assert.Empty((await Ledger.VerifyAsync([head, head], null, Ct)).Faults);
        var differing = await Ledger.VerifyAsync([head, head with { Hash = new string('0', 64) }], null, Ct);
        Assert.Contains("they differ", Assert.Single(differing.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_sees_each_posting_once_although_others_fold_between_its_questions()
    {
        // On SQLite nobody folds while another writes.
        if (fixture.Engine == SqlEngine.Sqlite) return;
        await PostAsync("one", 5);
        var bank = (await Ledger.BalancesAsync(scope, Ct)).Single(balance => balance.AccountCode == "bank");

        var standing = await Database.WriteAsync(
            tx => Standings.ReadOneAsync(new Folding(tx, MakeAllAsync), scope, AccountIds.Of(new AccountName(scope, "bank", AccountKind.Asset, Currency.Eur))), Ct);

        Assert.Equal(bank.Amount, standing!.Posted);
    }

    /// <summary>Folds after each question.</summary>
    private sealed class Folding(ISqlReader reader, Func<Task> fold) : ISqlReader
    {
        public SqlEngine Engine => reader.Engine;

        public async ValueTask<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map)
        {
            var answer = await reader.QueryAsync(sql, map);
            await fold();
            return answer;
        }

        public async ValueTask<T?> FirstAsync<T>(Sql sql, Func<ISqlRow, T> map)
        {
            var answer = await reader.FirstAsync(sql, map);
            await fold();
            return answer;
        }

        public async ValueTask EachAsync(Sql sql, Action<ISqlRow> read)
        {
            await reader.EachAsync(sql, read);
            await fold();
        }
    }

    private NewLedgerTransaction Move(string reference, long minor) => new(
        scope,
        reference,
        "move",
        scope.Merchant.Value,
        DateTimeOffset.UnixEpoch,
        [
            new NewPosting(new AccountName(scope, "bank", AccountKind.Asset, Currency.Eur), PostingSide.Debit, new Money(minor, Currency.Eur)),
            new NewPosting(new AccountName(scope, "owed", AccountKind.Liability, Currency.Eur), PostingSide.Credit, new Money(minor, Currency.Eur)),
        ]);

    private Task<LedgerTransactionId> PostAsync(string reference, long minor) => Database.WriteAsync(async tx => await Ledger.PostAsync(tx, Move(reference, minor)), Ct);

    private async Task<long> BankAsync() =>
        (await Ledger.BalancesAsync(scope, Ct)).Single(balance => balance.AccountCode == "bank").Amount.Minor;

    // PostgreSQL is certain of a number only when all who were writing as it was drawn have ended, in other tests too.
    private async Task MakeAllAsync()
    {
        for (var visit = 0; visit < 1_000; visit++)
        {
            await Blocks.MakeAsync(Ct);
            var left = await Database.ReadAsync(
                async reader => await reader.CountAsync(
                    $"SELECT COUNT(*) FROM ledger_transactions WHERE seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks)"),
                Ct);
            if (left == 0) return;
        }

        Assert.Fail("The blocks never caught up.");
    }
}

public sealed class BlocksOnSqlite() : BlockTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class BlocksOnPostgres() : BlockTests(() => new PostgresFixture());
