using System.Runtime.ExceptionServices;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Ledger;

/// <summary>Posts single transactions of merchants' own, those of the same moment in one commit with the stored answers of all.</summary>
internal sealed class SharedPosts
{
    private readonly SharedCommits commits;
    private readonly PostingEngine engine;
    private readonly IIdempotency idempotency;
    private readonly TimeProvider time;
    private readonly Gathering<Post, Outcome> posts;

    public SharedPosts(SharedCommits commits, PostingEngine engine, IIdempotency idempotency, TimeProvider time)
    {
        (this.commits, this.engine, this.idempotency, this.time) = (commits, engine, idempotency, time);
        posts = new(CommitAsync);
    }

    /// <exception cref="IdempotencyKeyTakenException">Another request came first with the key.</exception>
    public async Task<Result<TransactionDetail>> PostAsync(
        NewLedgerTransaction transaction, IdempotentWrite<TransactionDetail>? answer, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var outcome = await posts.AddAsync(transaction.Scope.Shard, new Post(transaction, answer), transaction.Postings.Count);
        if (outcome.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        return outcome.Taken is { } taken ? throw new IdempotencyKeyTakenException(taken) : outcome.Result;
    }

    private async Task<IReadOnlyList<Outcome>> CommitAsync(IReadOnlyList<Post> all)
    {
        var outcomes = new Outcome[all.Count];
        var left = Enumerable.Range(0, all.Count).ToList();
        while (left.Count > 0)
        {
            // Of several with one key the first goes ahead; the next finds what became of it.
            var keys = new HashSet<(string, string)>();
            var (now, later) = (new List<int>(left.Count), new List<int>());
            foreach (var i in left) (all[i].Answer?.Key is not { } key || keys.Add((key.Scope, key.Key)) ? now : later).Add(i);
            try
            {
                var done = await commits.WriteAsync(
                    now.Count, (tx, presumes) => WriteAsync(tx, [.. now.Select(i => all[i])], presumes), CancellationToken.None);
                for (var i = 0; i < done.Length; i++) outcomes[now[i]] = done[i];
            }
            catch (Exception failure) when (left.Count < all.Count)
            {
                // The others are committed, and must hear that.
                foreach (var i in left) outcomes[i] = new Outcome(default, Taken: null, failure);
                return outcomes;
            }

            left = later;
        }

        return outcomes;
    }

    private async Task<Outcome[]> WriteAsync(ITransaction tx, IReadOnlyList<Post> all, bool presumes)
    {
        var outcomes = new Outcome[all.Count];
        var places = await WithoutTakenAsync(tx, all, outcomes);
        if (places.Count == 0) return outcomes;
        IReadOnlyList<NewLedgerTransaction> wanted = [.. places.Select(i => all[i].Transaction)];
        var dated = await OwnPostings.DatedAsync(tx, wanted, BooksService.TransactionsTable, time.GetUtcNow());
        var posted = await engine.PostAsync(tx, dated, allOrNone: false, releasing: null, presumes);
        if (Array.Exists(posted, each => each.Refusal?.Code == LedgerRefusals.Reused))
        {
            await OwnPostings.BeginAnewIfOvertakenAsync(tx, wanted, dated, BooksService.TransactionsTable);
        }

        var shard = wanted[0].Scope.Shard;
        var details = await BooksService.FindAsync(tx, shard, posted.Where(each => each.IsSuccess).Select(each => each.Value.Id));
        var answers = new List<(IdempotencyKey, StoredResponse)>(places.Count);
        for (var i = 0; i < posted.Length; i++)
        {
            // What was refused leaves its key unused: the same request may come through later.
            var (place, result) = (places[i], posted[i].TryGet(out var made, out var refusal)
                ? (Result<TransactionDetail>)details[made.Id]
                : OwnPostings.Told(wanted[i].Scope, refusal, wanted[i].Postings));
            if (result.IsSuccess && all[place].Answer is { } answer) answers.Add((answer.Key, answer.Render(result)));
            outcomes[place] = new Outcome(result, Taken: null);
        }

        await idempotency.FinishUnusedAsync(tx, answers);
        return outcomes;
    }

    /// <returns>The places of those whose keys nobody used yet.</returns>
    private async ValueTask<List<int>> WithoutTakenAsync(ITransaction tx, IReadOnlyList<Post> all, Outcome[] outcomes)
    {
        var states = await idempotency.FindAsync(tx, [.. all.Select(post => post.Answer?.Key).OfType<IdempotencyKey>()]);
        var places = new List<int>(all.Count);
        var next = 0;
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Answer is not null && states[next++] is not IdempotencyState.Unused and var state) outcomes[i] = new Outcome(default, state);
            else places.Add(i);
        }

        return places;
    }

    private sealed record Post(NewLedgerTransaction Transaction, IdempotentWrite<TransactionDetail>? Answer);

    /// <param name="Taken">What another request left under the key; the post was not made then.</param>
    /// <param name="Failure">Why it was not made, while others of the same moment were.</param>
    private readonly record struct Outcome(Result<TransactionDetail> Result, IdempotencyState? Taken, Exception? Failure = null);
}
