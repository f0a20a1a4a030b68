using System.Globalization;
using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger.Tests.Books;

/// <summary>Single posts of the same moment, which share a commit and nothing else.</summary>
public abstract class SharedPostTests(DatabaseFixture fixture) : BookTests(fixture)
{
    private static readonly IReadOnlyDictionary<string, string> NoNotes = new Dictionary<string, string>();

    private readonly string mine = Guid.CreateVersion7().ToString("N")[20..];

    private IIdempotency Idempotency => Services.GetRequiredService<IIdempotency>();

    [Fact]
    public async Task What_comes_while_one_is_being_committed_shares_the_next_commit()
    {
        await OpenBothAsync(Services);
        var writes = new HeldDatabase(Database);
        await using var node = OtherProcess(writes);
        var books = node.GetRequiredService<IMerchantBooks>();
        writes.Hold();

        var posts = new List<Task<Result<TransactionDetail>>> { books.PostAsync(Scope, Move("first"), Keyed("first"), Ct) };
        await writes.FirstCame;
        for (var i = 0; i < 60; i++) posts.Add(books.PostAsync(Scope, Move($"{i}"), Keyed($"{i}"), Ct));
        writes.LetGo();
        var posted = await Task.WhenAll(posts);

        Assert.Equal(2, writes.CountSinceHeld);
        Assert.All(posted, each => Assert.True(each.IsSuccess, each.Refusal?.Message));
        Assert.Equal(61, posted.Select(each => each.Value.Id).Distinct().Count());
        for (var i = 0; i < 60; i++) Assert.Equal(posted[i + 1].Value.Id.ToString(), await StoredAsync($"{i}"));
        Assert.Equal(61, await BalanceAsync());
    }

    [Fact]
    public async Task A_bad_one_is_refused_alone_and_its_key_may_be_used_again()
    {
        await OpenBothAsync(Services);
        var posted = await TogetherAsync(
            (Move("good"), Keyed("good")),
            (Move("twice"), Keyed("twice:1")),
            (Move("twice", 2), Keyed("twice:2")),
            (Move("twice"), Keyed("twice:3")),
            (Move("much", 5_000), Keyed("much")),
            (Move("late"), Keyed("late")));

        var results = await Task.WhenAll(posted);
        Assert.Equal([null, null, "reference_reused", null, "ledger_max_balance", null], results.Select(each => each.Refusal?.Code));
        Assert.Equal(results[1].Value.Id, results[3].Value.Id);
        Assert.Equal(3, await BalanceAsync());
        Assert.Null(await StoredAsync("twice:2"));
        Assert.Null(await StoredAsync("much"));
        Assert.NotNull(await StoredAsync("twice:3"));
    }

    [Fact]
    public async Task A_reference_that_comes_dated_and_then_undated_at_the_same_moment_is_posted_once()
    {
        await OpenBothAsync(Services);
        var books = Services.GetRequiredService<IMerchantBooks>();
        var dated = Move("x") with { EffectiveAt = DateTimeOffset.UnixEpoch };

        var posted = (await books.PostBatchAsync(Scope, [dated, Move("x")], isLinked: false, null, Ct)).Value;

        Assert.Equal([false, true], posted.Results.Select(each => each.Value.IsReplay));
        Assert.Equal(1, await BalanceAsync());
    }

    [Fact]
    public async Task One_that_cannot_be_written_at_all_fails_alone()
    {
        await OpenBothAsync(Services);
        var broken = Keyed("broken") with { Render = _ => throw new InvalidOperationException("This answer cannot be shown.") };
        var posted = await TogetherAsync((Move("before"), Keyed("before")), (Move("broken"), broken), (Move("after"), Keyed("after")));

        Assert.True((await posted[0]).IsSuccess);
        await Assert.ThrowsAsync<InvalidOperationException>(() => posted[1]);
        Assert.True((await posted[2]).IsSuccess);
        Assert.Equal(2, await BalanceAsync());
    }

    [Fact]
    public async Task Of_several_with_one_key_one_is_posted_and_the_others_are_told_what_became_of_it()
    {
        await OpenBothAsync(Services);
        var posted = await TogetherAsync(
            (Move("a"), Keyed("key")), (Move("a"), Keyed("key")), (Move("b"), Keyed("key", fingerprint: 1)), (Move("c", 5_000), Keyed("again")), (Move("c"), Keyed("again")));

        var first = (await posted[0]).Value;
        var finished = (await Assert.ThrowsAsync<IdempotencyKeyTakenException>(() => posted[1])).State;
        Assert.Equal(first.Id.ToString(), Encoding.ASCII.GetString(Assert.IsType<IdempotencyState.Finished>(finished).Response.Body));
        Assert.IsType<IdempotencyState.Mismatch>((await Assert.ThrowsAsync<IdempotencyKeyTakenException>(() => posted[2])).State);

        // What was refused left the key to the next.
        Assert.Equal("ledger_max_balance", (await posted[3]).Refusal?.Code);
        Assert.True((await posted[4]).IsSuccess);
        Assert.Equal(2, await BalanceAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_was_committed_is_told_so_although_the_commit_of_those_behind_their_keys_fails(bool isDatabaseLost)
    {
        await OpenBothAsync(Services);
        Exception failure = isDatabaseLost ? new DatabaseLostException("It went away.", new IOException()) : new InvalidOperationException("It cannot be written.");

        // What is held is the first write, all but the second with "key" are the second, and that one is the third.
        var posted = await TogetherAsync(
            new HeldDatabase(Database) { FailureOf = write => write >= 3 ? failure : null },
            (Move("a"), Keyed("key")),
            (Move("a"), Keyed("key")),
            (Move("b"), Keyed("other")));

        var first = (await posted[0]).Value;
        Assert.Same(failure, await Assert.ThrowsAnyAsync<Exception>(() => posted[1]));
        Assert.True((await posted[2]).IsSuccess);
        Assert.Equal(2, await BalanceAsync());
        Assert.Equal(first.Id.ToString(), await StoredAsync("key"));
    }

    [Fact]
    public async Task Of_two_processes_with_one_key_and_two_references_one_posts()
    {
        // SQLite's file has one process that writes.
        if (Database.Engine == SqlEngine.Sqlite) return;
        await OpenBothAsync(Services);
        await using var node = OtherProcess();
        IMerchantBooks[] both = [Services.GetRequiredService<IMerchantBooks>(), node.GetRequiredService<IMerchantBooks>()];

        var posts = Enumerable.Range(0, 80).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await both[i % 2].PostAsync(Scope, Move($"{i}"), Keyed($"{i / 2}", fingerprint: (byte)(i % 2)), Ct)).IsSuccess;
            }
            catch (IdempotencyKeyTakenException taken)
            {
                Assert.IsType<IdempotencyState.Mismatch>(taken.State);
                return false;
            }
        }));

        Assert.Equal(40, (await Task.WhenAll(posts)).Count(isPosted => isPosted));
        Assert.Equal(40, await BalanceAsync());
    }

    private Task<Task<Result<TransactionDetail>>[]> TogetherAsync(params (OwnTransaction Wanted, IdempotentWrite<TransactionDetail> Answer)[] wanted) =>
        TogetherAsync(new HeldDatabase(Database), wanted);

    // All but one wait while that one is being committed.
    private async Task<Task<Result<TransactionDetail>>[]> TogetherAsync(
        HeldDatabase writes, params (OwnTransaction Wanted, IdempotentWrite<TransactionDetail> Answer)[] wanted)
    {
        await using var node = OtherProcess(writes);
        var books = node.GetRequiredService<IMerchantBooks>();
        var other = await books.OpenAccountAsync(Scope, new NewOwnAccount("own:other", AccountKind.Asset, Currency.Eur, null, null, NoNotes), null, Ct);
        Assert.True(other.IsSuccess);

        // Accounts that are known are not asked for, so that the posts queue up as they are called.
        Assert.Equal("ledger_max_balance", (await books.PostAsync(Scope, Move("beyond", 5_000), null, Ct)).Refusal?.Code);
        writes.Hold();
        var held = books.PostAsync(
            Scope, Move("held") with { Postings = [new("own:other", Currency.Eur, PostingSide.Debit, 1), new("own:b", Currency.Eur, PostingSide.Credit, 1)] }, null, Ct);
        await writes.FirstCame;
        var results = wanted.Select(each => books.PostAsync(Scope, each.Wanted, each.Answer, Ct)).ToArray();
        writes.LetGo();
        Assert.True((await held).IsSuccess);

        // The process may end when all have been answered, whatever they were answered.
        foreach (var result in results) await ((Task)result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return results;
    }

    private async Task OpenBothAsync(IServiceProvider services)
    {
        foreach (var code in (string[])["own:a", "own:b"])
        {
            var most = code == "own:a" ? 1_000L : (long?)null;
            var opened = await services.GetRequiredService<IMerchantBooks>().OpenAccountAsync(
                Scope, new NewOwnAccount(code, AccountKind.Asset, Currency.Eur, null, most, NoNotes), null, Ct);
            Assert.True(opened.IsSuccess);
        }
    }

    private static OwnTransaction Move(string reference, long amount = 1) => new(
        reference, "move", EffectiveAt: null, [new("own:a", Currency.Eur, PostingSide.Debit, amount), new("own:b", Currency.Eur, PostingSide.Credit, amount)]);

    // The answer is the id alone, to be told from others.
    private IdempotentWrite<TransactionDetail> Keyed(string key, byte fingerprint = 0) => new(
        Idempotency, KeyOf(key, fingerprint), result => new StoredResponse(200, "text/plain", Encoding.ASCII.GetBytes(result.Value.Id.ToString())));

    private IdempotencyKey KeyOf(string key, byte fingerprint = 0) =>
        new(Scope.Shard, Scope.ToString(), $"{mine}{key}", [.. new byte[31], fingerprint], "req_" + key.Length.ToString(CultureInfo.InvariantCulture));

    private async Task<string?> StoredAsync(string key) => await Idempotency.FindAsync(KeyOf(key), Ct) is IdempotencyState.Finished finished
        ? Encoding.ASCII.GetString(finished.Response.Body)
        : null;

    private async Task<long> BalanceAsync() =>
        (await Queries.BalancesAsync(Scope, "own:a", null, Ct)).Single().Posted.Minor;

    /// <summary>A database whose next write waits, once it is told to hold it, until it is let go.</summary>
    private sealed class HeldDatabase(IDatabase inner) : IDatabase
    {
        private readonly TaskCompletionSource came = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int count;
        private bool isHolding;
        private bool hasHeld;

        /// <summary>Why a write fails, counted from the one that was held; null where it goes through.</summary>
        public Func<int, Exception?> FailureOf { get; init; } = _ => null;

        public SqlEngine Engine => inner.Engine;

        public int CountSinceHeld => count;

        public Task FirstCame => came.Task;

        public void Hold() => (count, isHolding, hasHeld) = (0, true, true);

        public void LetGo() => go.SetResult();

        public Task<T> ReadAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => inner.ReadAsync(read, ct);

        public Task<T> AskAsync<T>(Func<ISqlReader, Task<T>> read, CancellationToken ct) => inner.AskAsync(read, ct);

        public async Task<T> WriteAsync<T>(Func<ITransaction, Task<T>> write, CancellationToken ct)
        {
            var number = Interlocked.Increment(ref count);
            if (hasHeld && FailureOf(number) is { } failure) throw failure;
            if (isHolding)
            {
                isHolding = false;
                came.SetResult();
                await go.Task;
            }

            return await inner.WriteAsync(write, ct);
        }
    }
}

public sealed class SharedPostsOnSqlite(SqliteFixture fixture) : SharedPostTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class SharedPostsOnPostgres(PostgresFixture fixture) : SharedPostTests(fixture), IClassFixture<PostgresFixture>;
