using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>The transactions that are in blocks, in parts for several readers: none can appear among them any more.</summary>
internal sealed class SettledTransactions
{
    // So many that whoever is done waits little for whoever is not.
    private const int MostParts = 64;

    private readonly Parts<long> bySeq;
    private readonly Parts<TransactionKey> byKey;
    private readonly long last;

    private SettledTransactions(long first, long last, List<Part<long>> bySeq, List<Part<TransactionKey>> byKey)
    {
        (this.bySeq, this.byKey, this.last) = (new Parts<long>(bySeq), new Parts<TransactionKey>(byKey), last);
        AreWorthTwoReaders = last - first >= TransactionsProof.PageSize;
    }

    public bool AreWorthTwoReaders { get; }

    /// <summary>Those that are in no block yet.</summary>
    public Part<long> Since => new(last, long.MaxValue);

    public static async Task<SettledTransactions> FindAsync(ISqlReader reader)
    {
        var first = await reader.CountAsync($"SELECT COALESCE(MIN(seq), 0) FROM ledger_transactions");
        var last = await Blocks.LastSeqAsync(reader);
        if (last == 0) return new SettledTransactions(long.MinValue, long.MinValue, [], []);
        var step = Math.Max(TransactionsProof.PageSize, ((last - first) / MostParts) + 1);
        var between = new List<long>();
        for (var seq = first + step; seq < last; seq += step) between.Add(seq);
        return reader.Engine == SqlEngine.Sqlite
            ? new SettledTransactions(first, last, Parts(long.MinValue, between, last), [])
            : new SettledTransactions(first, last, [], await PartsByKeyAsync(reader, between));
    }

    /// <summary>Proves one part after another, until none is left.</summary>
    public async Task ProveAsync(TransactionsProof proof)
    {
        while (bySeq.TryTake(out var part)) await proof.ProveAsync(part);
        while (byKey.TryTake(out var part)) await proof.ProveAsync(part, last);
    }

    // Each is of one shard, since PostgreSQL goes on to the end of a shard when it looks for a range of shards and ids. Where ids grow
    // with time, those that are found by number make equal parts; with many shards they are as good as any that are drawn.
    private static async Task<List<Part<TransactionKey>>> PartsByKeyAsync(ISqlReader reader, List<long> between)
    {
        var keys = new List<TransactionKey>();
        foreach (var seq in between)
        {
            keys.AddRange(await reader.QueryAsync(
                $"SELECT shard, id FROM ledger_transactions WHERE seq >= {seq} ORDER BY seq LIMIT 1", row => new TransactionKey(row.Int64(0), row.Uuid(1))));
        }

        var parts = new List<Part<TransactionKey>>();
        for (var shard = -1L; await NextShardAsync(reader, shard) is { } next; shard = next)
        {
            parts.AddRange(Parts(new TransactionKey(next, Guid.Empty), keys.Where(key => key.Shard == next), new TransactionKey(next, Guid.AllBitsSet)));
        }

        return parts;
    }

    private static async ValueTask<long?> NextShardAsync(ISqlReader reader, long shard) =>
        await reader.FirstAsync($"SELECT MIN(shard) FROM ledger_transactions WHERE shard > {shard}", row => row.Int64OrNull(0));

    private static List<Part<T>> Parts<T>(T after, IEnumerable<T> between, T until) where T : IComparable<T>
    {
        var parts = new List<Part<T>>();
        foreach (var end in between.Append(until).Distinct().Order())
        {
            parts.Add(new Part<T>(after, end));
            after = end;
        }

        return parts;
    }
}
