using System.Threading.Channels;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Posts batches in transactions of their own, and gathers what single callers post at the same time into such.</summary>
internal sealed class SharedCommits(IDatabase database, PostingEngine engine)
{
    public const int MaxBatch = 10_000;

    // What waits beyond this is shed.
    private const int MaxWaiting = 20_000;

    private const int MaxTogether = 1_000;

    // Up to here a batch locks the few balances that it touches, so that others on other balances are committed beside it;
    // what presumes bounds is alone in its shard while it is committed.
    private const int FewTransactions = 32;

    // Each lost race for a reference is with another one that won, so a repetition finds it; this only bounds bugs.
    private const int MaxTries = 10;

    private readonly Channel<Waiting> waiting = Channel.CreateBounded<Waiting>(MaxWaiting);
    private int isDraining;

    public async Task<IReadOnlyList<Result<PostedTransaction>>> PostBatchAsync(
        IReadOnlyList<NewLedgerTransaction> transactions, bool allOrNone, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transactions.Count, MaxBatch);

        // On SQLite nobody else writes meanwhile, so nothing is won by not looking at balances.
        var presumesBounds = database.Engine == SqlEngine.Postgres && transactions.Count > FewTransactions;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await database.WriteAsync(
                    async tx => await engine.PostAsync(tx, transactions, allOrNone, releasing: null, presumesBounds), ct);
            }
            catch (BoundsInDoubtException)
            {
                presumesBounds = false;
            }
            catch (UniqueViolationException) when (tries < MaxTries)
            {
                // Somebody posted one of the references (or reversed the same transaction) since we looked.
            }
        }
    }

    public Task<Result<PostedTransaction>> PostAsync(NewLedgerTransaction transaction, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var mine = new Waiting(transaction);
        if (!waiting.Writer.TryWrite(mine)) throw new DatabaseBusyException($"{MaxWaiting} ledger transactions are waiting already.");
        if (Interlocked.CompareExchange(ref isDraining, 1, 0) == 0) _ = Task.Run(DrainAsync, CancellationToken.None);
        return mine.Done.Task;
    }

    // One at a time: whatever comes while a batch is being committed makes up the next one.
    private async Task DrainAsync()
    {
        var batch = new List<Waiting>();
        do
        {
            while (waiting.Reader.TryRead(out var first))
            {
                batch.Clear();
                batch.Add(first);
                while (batch.Count < MaxTogether && waiting.Reader.TryRead(out var next)) batch.Add(next);
                await CommitAsync(batch);
            }

            Volatile.Write(ref isDraining, 0);

            // One that came after the last look and before the flag fell would find nobody to serve it.
        }
        while (waiting.Reader.TryPeek(out _) && Interlocked.CompareExchange(ref isDraining, 1, 0) == 0);
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        try
        {
            var results = await PostBatchAsync([.. batch.Select(one => one.Transaction)], allOrNone: false, CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(results[i]);
        }
        catch (DatabaseException failure) when (batch.Count > 1 && failure is not (DatabaseBusyException or CommitUncertainException))
        {
            // Nothing was changed; alone, each meets its own fate.
            foreach (var one in batch) await CommitAsync([one]);
        }
        catch (Exception failure)
        {
            foreach (var one in batch) one.Done.SetException(failure);
        }
    }

    private sealed record Waiting(NewLedgerTransaction Transaction)
    {
        public TaskCompletionSource<Result<PostedTransaction>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
