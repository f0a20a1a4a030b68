using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Holds with what they hold.</summary>
internal static class HoldDetails
{
    private static readonly SqlFragment Columns = new(
        """
        h.id, e.outcome, h.reference, h.kind, h.subject, h.effective_at_ms, h.recorded_at_ms, h.lapses_at_ms, e.ended_at_ms, e.transaction_id, h.metadata
        """);

    private static readonly SqlFragment Tables = new(
        "ledger_holds h LEFT JOIN ledger_hold_ends e ON e.shard = h.shard AND e.hold_id = h.id");

    public static async Task<HoldDetail?> FindAsync(ISqlReader reader, MerchantScope scope, LedgerHoldId id)
    {
        var found = await reader.QueryAsync($"SELECT {Columns} FROM {Tables} WHERE {Mine(scope)} AND h.id = {id}", row => HeaderOf(scope, row));
        return found.Count == 0 ? null : (await WithPostingsAsync(reader, scope.Shard, found))[0];
    }

    public static async Task<Page<HoldDetail>> ListAsync(ISqlReader reader, MerchantScope scope, HoldState? state, PageRequest<LedgerHoldId> page)
    {
        Sql sql = $"SELECT {Columns} FROM {Tables} WHERE {Mine(scope)}";
        if (state is HoldState.Open) sql.Append($" AND e.hold_id IS NULL");
        else if (state is { } ended) sql.Append($" AND e.outcome = {ended.Word()}");
        sql.Append(Paging.Tail(page));
        var holds = Paging.PageOf(await reader.QueryAsync(sql, row => HeaderOf(scope, row)), page);
        return holds.Items.Count == 0 ? holds : holds with { Items = await WithPostingsAsync(reader, scope.Shard, holds.Items) };
    }

    private static Sql Mine(MerchantScope scope) => $"h.shard = {scope.Shard} AND h.merchant = {scope.Merchant} AND h.is_live = {scope.IsLive}";

    private static async ValueTask<IReadOnlyList<HoldDetail>> WithPostingsAsync(ISqlReader reader, ShardId shard, IReadOnlyList<HoldDetail> holds)
    {
        IReadOnlyCollection<LedgerHoldId> ids = [.. holds.Select(hold => hold.Id)];
        var lines = await reader.QueryAsync(
            $"""
             SELECT l.hold_id, l.line, a.id, a.code, a.kind, l.side, l.amount_minor, l.currency
               FROM ledger_hold_lines l JOIN ledger_accounts a ON a.shard = l.shard AND a.id = l.account_id
              WHERE l.shard = {shard} AND l.hold_id IN ({ids}) ORDER BY l.hold_id, l.line
             """,
            row => (
                Hold: row.Id<LedgerHoldId>(0),
                Posting: new PostingDetail(
                    row.Int64(1),
                    row.Id<LedgerAccountId>(2),
                    row.Text(3),
                    LedgerWords.Kind(row.Text(4)),
                    row.Int64(5) == 1 ? PostingSide.Debit : PostingSide.Credit,
                    row.Money(6, 7))));
        var byHold = lines.ToLookup(line => line.Hold, line => line.Posting);
        return [.. holds.Select(hold => hold with { Postings = [.. byHold[hold.Id]] })];
    }

    private static HoldDetail HeaderOf(MerchantScope scope, ISqlRow row) => new(
        row.Id<LedgerHoldId>(0),
        LedgerWords.StateOfHold(row.TextOrNull(1)),
        OwnReferences.Shown(scope, row.Text(2)),
        row.Text(3),
        row.Uuid(4),
        row.Instant(5),
        row.Instant(6),
        row.InstantOrNull(7),
        row.InstantOrNull(8),
        row.IdOrNull<LedgerTransactionId>(9),
        row.TextOrNull(10),
        []);
}
