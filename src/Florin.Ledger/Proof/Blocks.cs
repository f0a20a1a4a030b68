using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Ledger.Proof;

/// <summary>Chains and folds what was posted, after the fact: the posting itself neither waits for a head nor for a sum.</summary>
/// <remarks>A block and the sums up to it are one transaction, so a reader who adds the sums and the postings since sees
/// each posting once, whenever it looks. All that they are made of is read before that transaction, which is short: on SQLite
/// nobody else writes while it runs.</remarks>
internal sealed class Blocks(IDatabase database)
{
    // Each block writes the sums of all accounts that it touches. With many transactions to a block that costs each of them
    // little; with 5,000 it was a third of all the work that a transaction is to PostgreSQL.
    public const int TransactionsAtOnce = 50_000;

    // The cross join has SQLite begin with the transactions, which are few. Asked by accounts it would rather read all postings
    // that there are, and look for the transaction of each.
    private static readonly SqlFragment PostingsSince = new("ledger_transactions t CROSS JOIN ledger_postings p");
    private static readonly SqlFragment AreTheirs = new("p.shard = t.shard AND p.transaction_id = t.id");

    /// <summary>The blocks and sums that come after a transaction.</summary>
    private sealed record Next(long After, int Transactions, List<Block> Blocks, List<Fold> Folds);

    private sealed record Block(ShardId Shard, long Height, long LastSeq, long Transactions, byte[] Head);

    private sealed record Fold(ShardId Shard, Guid Account, Int128 Sum);

    private readonly record struct Link(long Seq, ShardId Shard, byte[]? Digest);

    /// <summary>Chains and folds the next transactions, if there are any that nothing can come before any more.</summary>
    /// <returns>How many transactions it took.</returns>
    public async Task<int> MakeAsync(CancellationToken ct)
    {
        var settled = database.Engine == SqlEngine.Postgres ? await database.WriteAsync(SettleAsync, ct) : long.MaxValue;
        if (await database.ReadAsync(reader => ReadNextAsync(reader, settled), ct) is not { } next) return 0;
        return await database.WriteAsync(tx => WriteAsync(tx, next), ct);
    }

    /// <summary>How far the book is chained and folded.</summary>
    public static ValueTask<long> LastSeqAsync(ISqlReader reader) => reader.CountAsync($"SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks");

    /// <summary>What was posted to each account of a shard (or of all) since the last fold, debits positive.</summary>
    public static async ValueTask<Dictionary<(ShardId Shard, Guid Account), Int128>> SumsSinceLastAsync(ISqlReader reader, ShardId? shard)
    {
        var last = await LastSeqAsync(reader);

        // The plus keeps SQLite from walking all of the shard by another index.
        Sql isThere = $"1 = 1";
        if (shard is { } one) isThere = $"+t.shard = {one}";
        var sums = await reader.QueryAsync(
            $"""
             SELECT p.shard, p.account_id, {WideSum.OfPostings} FROM {PostingsSince}
              WHERE {AreTheirs} AND t.seq > {last} AND {isThere} GROUP BY p.shard, p.account_id
             """,
            row => (Shard: ShardOf(row, 0), Account: row.Uuid(1), Sum: WideSum.Read(row, 2)));
        return sums.ToDictionary(row => (row.Shard, row.Account), row => row.Sum);
    }

    /// <summary>What an account holds, debits positive.</summary>
    /// <remarks>One question, so that it sees the sum and the postings since at one moment, also where others fold meanwhile
    /// and each question of a transaction sees a moment of its own.</remarks>
    public static async ValueTask<Int128> SumOfAsync(ISqlReader reader, ShardId shard, LedgerAccountId account) => await reader.FirstAsync(
        $"""
         SELECT {WideSum.OfPostings},
                (SELECT f.sum_minor FROM ledger_folds f WHERE f.shard = {shard} AND f.account_id = {account}),
                (SELECT f.carries FROM ledger_folds f WHERE f.shard = {shard} AND f.account_id = {account})
           FROM {PostingsSince}
          WHERE {AreTheirs} AND t.seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks) AND +t.shard = {shard} AND p.account_id = {account}
         """,
        row => WideSum.Read(row, 0) + WideSum.Join(row.Int64OrNull(2) ?? 0, row.Int64OrNull(3) ?? 0));

    private static async Task<Next?> ReadNextAsync(ISqlReader reader, long settled)
    {
        var after = await LastSeqAsync(reader);
        var links = await reader.QueryAsync(
            $"""
             SELECT seq, shard, digest FROM ledger_transactions
              WHERE seq > {after} AND seq <= {settled} ORDER BY seq LIMIT {(long)TransactionsAtOnce}
             """,
            row => new Link(row.Int64(0), ShardOf(row, 1), row.BytesOrNull(2)));
        if (links.Count == 0) return null;
        await Plans.AskRowByRowAsync(reader);
        var blocks = new List<Block>();
        foreach (var shard in links.GroupBy(link => link.Shard)) blocks.Add(await ChainAsync(reader, shard.Key, shard));
        var folds = await reader.QueryAsync(
            $"""
             SELECT s.shard, s.account_id, s.upper, s.lower, COALESCE(f.sum_minor, 0), COALESCE(f.carries, 0)
               FROM (SELECT p.shard, p.account_id, CAST(SUM(p.side * (p.amount_minor >> 32)) AS bigint) AS upper,
                            CAST(SUM(p.side * (p.amount_minor & 4294967295)) AS bigint) AS lower
                       FROM {PostingsSince} WHERE {AreTheirs} AND t.seq > {after} AND t.seq <= {links[^1].Seq} GROUP BY p.shard, p.account_id) s
               LEFT JOIN ledger_folds f ON f.shard = s.shard AND f.account_id = s.account_id
             """,
            row => new Fold(ShardOf(row, 0), row.Uuid(1), WideSum.Read(row, 2) + WideSum.Join(row.Int64(4), row.Int64(5))));
        return new Next(after, links.Count, blocks, folds);
    }

    private static async ValueTask<Block> ChainAsync(ISqlReader reader, ShardId shard, IEnumerable<Link> links)
    {
        var last = await reader.QueryAsync(
            $"SELECT height, head FROM ledger_blocks WHERE shard = {shard} ORDER BY height DESC LIMIT 1",
            row => (Height: row.Int64(0), Head: row.Bytes(1)));
        var (height, head) = last.Count == 1 ? last[0] : (0, new byte[Digest.Size]);
        var (lastSeq, transactions) = (0L, 0L);
        foreach (var link in links)
        {
            Digest.Link(head, link.Seq, link.Digest);
            (lastSeq, transactions) = (link.Seq, transactions + 1);
        }

        return new Block(shard, height + 1, lastSeq, transactions, head);
    }

    // Sums are written as they were read with this transaction's added, so what was read must still be so. Of two nodes that
    // both find it so, the second meets the first one's block at the primary key, which comes before the sums.
    private static async Task<int> WriteAsync(ITransaction tx, Next next)
    {
        if (await LastSeqAsync(tx) != next.After) return 0;
        foreach (var (shard, height, lastSeq, transactions, head) in next.Blocks)
        {
            await tx.ExecuteAsync(
                $"""
                 INSERT INTO ledger_blocks (shard, height, last_seq, transactions, head)
                 VALUES ({shard}, {height}, {lastSeq}, {transactions}, {head})
                 """);
        }

        foreach (var folds in next.Folds.GroupBy(fold => fold.Shard))
        {
            await SetBased.WriteFoldsAsync(tx, folds.Key, [.. folds.Select(fold => (fold.Account, WideSum.Split(fold.Sum)))]);
        }

        return next.Transactions;
    }

    private static ShardId ShardOf(ISqlRow row, int column) => new((short)row.Int64(column));

    // A posting draws its number before it is seen, so one with a lower number may still come; but its transaction has an
    // id of its own before it draws (the column's default sees to that). So: see which numbers were drawn, then get an id.
    // Whoever drew one of them has a lower id, and once all lower ids have ended, everything up to that number is either
    // there or never will be. That is asked at a later visit, so a visit waits for nobody.
    private static async Task<long> SettleAsync(ITransaction tx)
    {
        var (drawn, mine) = await DrawnAsync(tx);
        var (settled, candidate, candidateXid) = (await tx.QueryAsync(
            $"SELECT settled_seq, candidate_seq, candidate_xid FROM ledger_settled FOR UPDATE",
            row => (row.Int64(0), row.Int64(1), row.Int64(2))))[0];
        var oldest = await OldestAsync(tx);
        var isOver = oldest >= candidateXid;

        // A book that was restored on another server has met ids that this one has not reached.
        var isForeign = mine < candidateXid;
        if (!isOver && !isForeign) return settled;
        if (isOver) settled = Math.Max(settled, candidate);
        await tx.ExecuteAsync($"UPDATE ledger_settled SET settled_seq = {settled}, candidate_seq = {drawn}, candidate_xid = {mine}");
        return settled;
    }

    /// <summary>Up to where no transaction can appear any more, asked of PostgreSQL at once: all that was drawn where nobody else
    /// is writing, else how far the book is chained.</summary>
    /// <remarks>That nobody is writing is told by an id of our own, as above. A snapshot without one does not tell: it leaves out
    /// whoever has an id beyond the last that ended, and such a one may have drawn a number below those that are seen.</remarks>
    public static async Task<long> CertainAsync(ITransaction tx)
    {
        var (drawn, mine) = await DrawnAsync(tx);
        return await OldestAsync(tx) >= mine ? drawn : await LastSeqAsync(tx);
    }

    // In this order: whoever drew one of these numbers had its id before we got ours.
    private static async Task<(long Seq, long Xid)> DrawnAsync(ITransaction tx)
    {
        var drawn = await tx.CountAsync($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ledger_order");
        return (drawn, await tx.CountAsync($"SELECT pg_current_xact_id()::text::bigint"));
    }

    private static ValueTask<long> OldestAsync(ITransaction tx) => tx.CountAsync($"SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint");
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
