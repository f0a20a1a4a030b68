using Florin.Kernel;
using Florin.Storage;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests.Books;

/// <summary>A merchant's own entries where several come at once.</summary>
public abstract class OwnEntryTests(DatabaseFixture fixture) : BookTests(fixture)
{
    private static readonly IReadOnlyDictionary<string, string> NoNotes = new Dictionary<string, string>();

    private IMerchantBooks Books => Services.GetRequiredService<IMerchantBooks>();

    [Theory]
    [InlineData(long.MinValue, null, "min_balance")]
    [InlineData(null, long.MaxValue, "max_balance")]
    public async Task An_account_of_ones_own_has_bounds_within_which_sums_stay_sums(long? least, long? most, string param)
    {
        var refused = await Books.OpenAccountAsync(Scope, new NewOwnAccount("own:a", AccountKind.Asset, Currency.Eur, least, most, NoNotes), null, Ct);

        Assert.Equal(("ledger_bounds_invalid", param), (refused.Refusal!.Code, refused.Refusal.Param));
        Assert.Null((await OpenAsync("own:a", -4_000_000_000_000_000_000, 4_000_000_000_000_000_000)).Refusal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_requests_at_once_without_a_date_the_second_is_a_repetition_of_the_first(bool isBatch)
    {
        var debited = (await OpenAsync("own:a")).Value.Id;
        await OpenAsync("own:b");
        var wanted = new OwnTransaction(
            "rent", "rent", EffectiveAt: null, [new("own:a", Currency.Eur, PostingSide.Debit, 5), new("own:b", Currency.Eur, PostingSide.Credit, 5)]);

        // Each has looked for an earlier one before it waits for the balance; between the two the clock goes on. They come to two
        // processes, since single ones that come to one share a commit.
        await using var neighbour = OtherProcess();
        var elsewhere = isBatch || Database.Engine == SqlEngine.Sqlite ? Books : neighbour.GetRequiredService<IMerchantBooks>();
        var answers = await WhileLockedAsync(
            $"SELECT 1 FROM ledger_balances WHERE shard = {debited.Shard()} AND account_id = {debited} FOR UPDATE",
            [() => PostAsync(Books, wanted, isBatch), () => PostAsync(elsewhere, wanted, isBatch)]);

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(5, (await Books.AccountAsync(Scope, debited, null, Ct))!.Posted.Minor);
        var other = await Books.PostAsync(Scope, wanted with { Kind = "other" }, null, Ct);
        Assert.Equal("reference_reused", other.Refusal?.Code);
    }

    [Fact]
    public async Task Of_two_holds_at_once_without_a_date_the_second_is_a_repetition_of_the_first()
    {
        var debited = (await OpenAsync("own:a")).Value.Id;
        await OpenAsync("own:b");
        var wanted = new OwnTransaction(
            "rent", "rent", EffectiveAt: null, [new("own:a", Currency.Eur, PostingSide.Debit, 5), new("own:b", Currency.Eur, PostingSide.Credit, 5)]);
        async Task<LedgerHoldId> HoldAsync() => (await Books.HoldAsync(Scope, wanted, null, null, Ct)).Value.Id;

        var holds = await WhileLockedAsync(
            $"SELECT 1 FROM ledger_balances WHERE shard = {debited.Shard()} AND account_id = {debited} FOR UPDATE", [HoldAsync, HoldAsync]);

        Assert.Equal(holds[0], holds[1]);
    }

    [Fact]
    public async Task Of_two_changes_of_notes_at_once_none_is_lost()
    {
        var id = (await OpenAsync("own:a")).Value.Id;
        await NoteAsync("first");
        async Task<bool> NoteAsync(string key) => (await Books.ChangeAccountAsync(
            Scope, id, new OwnAccountChange(null, new Dictionary<string, string> { [key] = "x" }), null, Ct)).IsSuccess;

        await WhileLockedAsync(
            $"SELECT 1 FROM ledger_account_notes WHERE shard = {id.Shard()} AND account_id = {id} FOR UPDATE",
            [() => NoteAsync("second"), () => NoteAsync("third")]);

        Assert.Equal("""{"first":"x","second":"x","third":"x"}""", (await Books.AccountAsync(Scope, id, null, Ct))!.Metadata);
    }

    private Task<Result<AccountStanding>> OpenAsync(string code, long? least = null, long? most = null) =>
        Books.OpenAccountAsync(Scope, new NewOwnAccount(code, AccountKind.Asset, Currency.Eur, least, most, NoNotes), null, Ct);

    private async Task<LedgerTransactionId> PostAsync(IMerchantBooks books, OwnTransaction wanted, bool isBatch)
    {
        if (!isBatch) return (await books.PostAsync(Scope, wanted, null, Ct)).Value.Id;
        var posted = await books.PostBatchAsync(Scope, [wanted], isLinked: true, null, Ct);
        return Assert.Single(posted.Value.Results).Value.Id;
    }

    /// <summary>Begins each while the one before waits for a row, and then lets go of it. SQLite has no such rows: there they come
    /// one after another.</summary>
    private async Task<T[]> WhileLockedAsync<T>(Sql locking, Func<Task<T>>[] requests)
    {
        var isPostgres = Database.Engine == SqlEngine.Postgres;
        var (isLocked, letGo) = (new TaskCompletionSource(), new TaskCompletionSource());
        var blocker = isPostgres ? Database.WriteAsync(
            async tx =>
            {
                await tx.CountAsync(locking);
                isLocked.TrySetResult();
                await letGo.Task;
            },
            Ct) : Task.CompletedTask;
        if (isPostgres) await isLocked.Task;
        var under = new List<Task<T>>();
        foreach (var request in requests)
        {
            under.Add(request());
            while (isPostgres && await WaitingAsync() < under.Count) Assert.False(under[^1].IsFaulted);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        letGo.SetResult();
        await blocker;
        return await Task.WhenAll(under);
    }

    private Task<long> WaitingAsync() => Database.ReadAsync(
        async reader => await reader.CountAsync($"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"), Ct);
}

public sealed class OwnEntriesOnSqlite(SqliteFixture fixture) : OwnEntryTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class OwnEntriesOnPostgres(PostgresFixture fixture) : OwnEntryTests(fixture), IClassFixture<PostgresFixture>;
