using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Ledger.Proof;

/// <summary>Chains and folds what was posted, after the fact: the posting itself neither waits for a head nor for a sum.</summary>
/// <remarks>A block and the sums up to it are one transaction, so a reader who adds the sums and the postings since sees
/// each posting once, whenever it looks.</remarks>
internal sealed class Blocks(IDatabase database)
{
    public const int TransactionsAtOnce = 5_000;

    /// <summary>Chains and folds the next transactions, if there are any that nothing can come before any more.</summary>
    /// <returns>How many transactions it took.</returns>
    public Task<int> MakeAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var settled = tx.Engine == SqlEngine.Postgres ? await SettleAsync(tx) : long.MaxValue;
            var done = await LastSeqAsync(tx);
            var rows = await tx.QueryAsync(
                $"""
                 SELECT seq, shard, digest FROM ledger_transactions
                  WHERE seq > {done} AND seq <= {settled} ORDER BY seq LIMIT {(long)TransactionsAtOnce}
                 """,
                row => (Seq: row.Int64(0), Shard: new ShardId((short)row.Int64(1)), Digest: row.BytesOrNull(2)));
            if (rows.Count == 0) return 0;
            foreach (var shard in rows.GroupBy(row => row.Shard)) await ChainAsync(tx, shard.Key, [.. shard.Select(row => (row.Seq, row.Digest))]);
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO ledger_folds (shard, account_id, sum_minor)
                 SELECT p.shard, p.account_id, CAST(SUM(p.side * p.amount_minor) AS bigint)
                   FROM ledger_transactions t JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
                  WHERE t.seq > {done} AND t.seq <= {rows[^1].Seq}
                  GROUP BY p.shard, p.account_id
                 ON CONFLICT (shard, account_id) DO UPDATE SET sum_minor = ledger_folds.sum_minor + excluded.sum_minor
                 """);
            return rows.Count;
        },
        ct);

    /// <summary>How far the book is chained and folded.</summary>
    public static ValueTask<long> LastSeqAsync(ISqlReader reader) => reader.CountAsync($"SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks");

    /// <summary>What was posted to each account of a shard (or of all) since the last fold, debits positive.</summary>
    public static async ValueTask<Dictionary<Guid, long>> SumsSinceLastAsync(ISqlReader reader, ShardId? shard)
    {
        var last = await LastSeqAsync(reader);

        // The plus keeps SQLite from walking all of the shard by another index.
        Sql isThere = $"1 = 1";
        if (shard is { } one) isThere = $"+t.shard = {one}";
        var sums = await reader.QueryAsync(
            $"""
             SELECT p.account_id, CAST(SUM(p.side * p.amount_minor) AS bigint)
               FROM ledger_transactions t JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
              WHERE t.seq > {last} AND {isThere} GROUP BY p.account_id
             """,
            row => (Account: row.Uuid(0), Sum: row.Int64(1)));
        return sums.ToDictionary(row => row.Account, row => row.Sum);
    }

    private static async ValueTask ChainAsync(ITransaction tx, ShardId shard, IReadOnlyList<(long Seq, byte[]? Digest)> links)
    {
        var last = await tx.QueryAsync(
            $"SELECT height, head FROM ledger_blocks WHERE shard = {shard} ORDER BY height DESC LIMIT 1",
            row => (Height: row.Int64(0), Head: row.Bytes(1)));
        var (height, head) = last.Count == 1 ? last[0] : (0, new byte[Digest.Size]);
        foreach (var (seq, digest) in links) Digest.Link(head, seq, digest);
        await tx.EnqueueAsync(
            $"""
             INSERT INTO ledger_blocks (shard, height, last_seq, transactions, head)
             VALUES ({shard}, {height + 1}, {links[^1].Seq}, {(long)links.Count}, {head})
             """);
    }

    // A posting draws its number before it is seen, so one with a lower number may still come; but its transaction has an
    // id of its own before it draws (the column's default sees to that). So: see which numbers were drawn, then get an id.
    // Whoever drew one of them has a lower id, and once all lower ids have ended, everything up to that number is either
    // there or never will be. That is asked at a later visit, so a visit waits for nobody.
    private static async ValueTask<long> SettleAsync(ITransaction tx)
    {
        var drawn = await tx.CountAsync($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_order");
        var mine = await tx.CountAsync($"SELECT pg_current_xact_id()::text::bigint");
        var (settled, candidate, candidateXid) = (await tx.QueryAsync(
            $"SELECT settled_seq, candidate_seq, candidate_xid FROM ledger_settled FOR UPDATE",
            row => (row.Int64(0), row.Int64(1), row.Int64(2))))[0];
        var oldest = await tx.CountAsync($"SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint");
        var isOver = oldest >= candidateXid;

        // A book that was restored on another server has met ids that this one has not reached.
        var isForeign = mine < candidateXid;
        if (!isOver && !isForeign) return settled;
        if (isOver) settled = Math.Max(settled, candidate);
        await tx.ExecuteAsync($"UPDATE ledger_settled SET settled_seq = {settled}, candidate_seq = {drawn}, candidate_xid = {mine}");
        return settled;
    }
}

/// <summary>Keeps the chain and the sums close behind the postings.</summary>
internal sealed class MakeBlocks(Blocks blocks) : IJobHandler
{
    public string Kind => "ledger.make_blocks";

    public int Concurrency => 1;

    public TimeSpan? Every => TimeSpan.FromSeconds(2);

    public TimeSpan Lease => TimeSpan.FromMinutes(5);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        try
        {
            while (await blocks.MakeAsync(ct) == Blocks.TransactionsAtOnce) ct.ThrowIfCancellationRequested();
        }
        catch (UniqueViolationException)
        {
            // Another node made the same block at the same moment, and will go on.
        }

        return JobOutcome.Done;
    }
}
