using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Transactions with their postings.</summary>
internal static class Transactions
{
    public const int MaxSlice = 10_000;

    // How many transactions of all merchants one call walks through to find those of one.
    private const long MaxWalked = 100_000;

    private static readonly SqlFragment Columns = new(
        """
        t.id, t.seq, t.merchant, t.is_live, t.reference, t.kind, t.subject, t.effective_at_ms, t.recorded_at_ms,
        t.correction, t.corrects, t.hold, t.metadata, p.line, a.id, a.code, a.kind, p.side, p.amount_minor, p.currency
        """);

    /// <param name="chosen">A condition on <c>ledger_transactions t</c>.</param>
    public static async ValueTask<List<TransactionDetail>> ReadAsync(ISqlReader reader, Sql chosen)
    {
        var lines = await reader.QueryAsync(
            $"""
             SELECT {Columns}
               FROM ledger_transactions t
               JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
               JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
              WHERE {chosen} ORDER BY t.seq, p.line
             """,
            row => (Header: HeaderOf(row), Posting: PostingOf(row)));
        var found = new List<TransactionDetail>();
        var postings = new List<PostingDetail>();
        for (var i = 0; i < lines.Count; i++)
        {
            postings.Add(lines[i].Posting);
            if (i + 1 < lines.Count && lines[i + 1].Header.Id == lines[i].Header.Id) continue;
            found.Add(lines[i].Header with { Postings = [.. postings] });
            postings.Clear();
        }

        return found;
    }

    public static async Task<TransactionSlice> SliceAsync(ISqlReader reader, MerchantScope scope, long afterSeq, int limit)
    {
        // What a block holds is certain: nothing with a lower number can appear any more.
        var certain = await Blocks.LastSeqAsync(reader);
        var until = Math.Min(certain, afterSeq > long.MaxValue - MaxWalked ? long.MaxValue : afterSeq + MaxWalked);
        var numbers = await reader.QueryAsync(
            $"""
             SELECT seq FROM ledger_transactions
              WHERE seq > {afterSeq} AND seq <= {until} AND +shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
              ORDER BY seq LIMIT {(long)limit}
             """,
            row => row.Int64(0));

        // A full slice ends with its last transaction; any other has looked at all up to there.
        var last = numbers.Count == limit ? numbers[^1] : Math.Max(afterSeq, until);
        if (numbers.Count == 0) return new TransactionSlice([], last, last < certain);
        var found = await ReadAsync(
            reader,
            $"""
             t.seq >= {numbers[0]} AND t.seq <= {numbers[^1]} AND +t.shard = {scope.Shard} AND t.merchant = {scope.Merchant}
             AND t.is_live = {scope.IsLive}
             """);
        return new TransactionSlice(found, last, last < certain);
    }

    private static TransactionDetail HeaderOf(ISqlRow row) => new(
        row.Id<LedgerTransactionId>(0),
        row.Int64(1),
        new MerchantScope(row.Id<MerchantId>(2), row.Bool(3)),
        row.Text(4),
        row.Text(5),
        row.Uuid(6),
        row.Instant(7),
        row.Instant(8),
        row.TextOrNull(9) is { } correction ? LedgerWords.CorrectionOf(correction) : null,
        row.IdOrNull<LedgerTransactionId>(10),
        row.IdOrNull<LedgerHoldId>(11),
        row.TextOrNull(12),
        [],
        []);

    private static PostingDetail PostingOf(ISqlRow row) => new(
        row.Int64(13),
        row.Id<LedgerAccountId>(14),
        row.Text(15),
        LedgerWords.Kind(row.Text(16)),
        row.Int64(17) == 1 ? PostingSide.Debit : PostingSide.Credit,
        row.Money(18, 19));
}
