using System.Collections.Concurrent;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Gathers what single callers want written at the same moment, and has it written together.</summary>
/// <remarks>In each shard one commit at a time: whatever comes meanwhile makes up the next one. So the first waits for nobody, and
/// the more there are, the more share a commit. Shards do not wait for each other: who holds locks in one is no other's business.</remarks>
/// <param name="commit">Writes all or nothing, and answers each in order.</param>
internal sealed class Gathering<TItem, TAnswer>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> commit)
{
    // Both in postings, since a transaction may have two of them or a thousand. What waits beyond the first is shed.
    private const int MaxWaiting = 100_000;
    private const int MaxTogether = 2_000;

    private readonly ConcurrentDictionary<ShardId, Lane> lanes = [];
    private int waiting;

    /// <param name="postings">How much it is to write.</param>
    /// <exception cref="DatabaseBusyException">Too much waits already; nothing was done.</exception>
    public Task<TAnswer> AddAsync(ShardId shard, TItem item, int postings)
    {
        if (Interlocked.Add(ref waiting, postings) > MaxWaiting)
        {
            Interlocked.Add(ref waiting, -postings);
            throw new DatabaseBusyException($"{MaxWaiting} postings are waiting already.");
        }

        var mine = new Waiting(item, postings);
        var lane = lanes.GetOrAdd(shard, static _ => new Lane());
        if (lane.Add(mine)) _ = Task.Run(() => DrainAsync(lane), CancellationToken.None);
        return mine.Done.Task;
    }

    private async Task DrainAsync(Lane lane)
    {
        while (lane.Next() is { } batch)
        {
            Interlocked.Add(ref waiting, -batch.Sum(one => one.Postings));
            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(IReadOnlyList<Waiting> batch)
    {
        try
        {
            var answers = await commit([.. batch.Select(one => one.Item)]);
            for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(answers[i]);
        }
        catch (Exception failure) when (batch.Count > 1 && failure is not (DatabaseBusyException or DatabaseLostException or CommitUncertainException))
        {
            // Nothing was changed; alone, each meets its own fate, and one that cannot be written harms no neighbour.
            foreach (var one in batch) await CommitAsync([one]);
        }
        catch (Exception failure)
        {
            foreach (var one in batch) one.Done.SetException(failure);
        }
    }

    private sealed record Waiting(TItem Item, int Postings)
    {
        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What waits in one shard.</summary>
    private sealed class Lane
    {
        private readonly Queue<Waiting> queue = [];
        private bool isDraining;

        /// <returns>Whether somebody must begin to drain it.</returns>
        public bool Add(Waiting one)
        {
            lock (queue)
            {
                queue.Enqueue(one);
                if (isDraining) return false;
                return isDraining = true;
            }
        }

        /// <returns>Null where nothing is left; who adds something then drains it.</returns>
        public List<Waiting>? Next()
        {
            lock (queue)
            {
                if (!queue.TryDequeue(out var first))
                {
                    isDraining = false;
                    return null;
                }

                var (batch, postings) = (new List<Waiting> { first }, first.Postings);
                while (queue.TryPeek(out var next) && (postings += next.Postings) <= MaxTogether) batch.Add(queue.Dequeue());
                return batch;
            }
        }
    }
}
