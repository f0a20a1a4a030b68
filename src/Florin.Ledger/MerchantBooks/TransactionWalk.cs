using System.Buffers.Binary;
using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Lists a merchant's transactions. Only ids, references and subjects have an index (docs/decisions/0057): whatever else is
/// asked for is looked for row by row, in a part of the shard that is bounded for each call. Where nothing is, all fit.</summary>
internal static class TransactionWalk
{
    /// <param name="Few">Most pages are full after so many rows; only where they are not, more is walked through.</param>
    /// <param name="Most">What one call walks through.</param>
    public sealed record Bounds(long Few, long Most);

    public static readonly Bounds Usual = new(1_000, 100_000);

    public static async Task<WalkedPage> ReadAsync(
        ISqlReader reader, MerchantScope scope, TransactionFilter filter, PageRequest<LedgerTransactionId> page, Bounds bounds)
    {
        if (!filter.IsLookedFor(scope)) return await DetailsAsync(reader, scope, await FindAsync(reader, scope, filter, page, edge: null));
        if (filter.Account is not null) await Plans.AskRowByRowAsync(reader);
        var few = await EdgeAsync(reader, scope.Shard, page, bounds.Few);
        var found = await FindAsync(reader, scope, filter, page, few);
        if (found.HasMore || few is null) return await DetailsAsync(reader, scope, found);

        var most = await EdgeAsync(reader, scope.Shard, page, bounds.Most);
        found = await FindAsync(reader, scope, filter, page, most);
        var details = await DetailsAsync(reader, scope, found);
        return found.HasMore || most is null ? details : details with { HasMore = true, WalkedTo = most };
    }

    private static async ValueTask<Page<LedgerTransactionId>> FindAsync(
        ISqlReader reader, MerchantScope scope, TransactionFilter filter, PageRequest<LedgerTransactionId> page, LedgerTransactionId? edge)
    {
        Sql sql = $"SELECT t.id FROM ledger_transactions t WHERE t.shard = {scope.Shard} AND t.merchant = {scope.Merchant} AND t.is_live = {scope.IsLive}";
        if (filter.Reference is { } reference)
        {
            sql.Append($" AND t.reference IN ({(IReadOnlyCollection<string>)[OwnReferences.Stored(scope, reference), reference]})");
        }

        if (filter.Kind is { } kind) sql.Append($" AND t.kind = {kind}");
        if (filter.Subject is { } subject) sql.Append($" AND t.subject = {subject}");
        if (filter.Account is { } account)
        {
            sql.Append(
                $"""
                  AND EXISTS (SELECT 1 FROM ledger_postings p WHERE p.shard = t.shard AND p.transaction_id = t.id AND p.account_id = {account})
                 """);
        }

        var within = new SqlFragment(reader.Engine == SqlEngine.Postgres ? "strpos" : "instr");
        foreach (var (key, value) in filter.Metadata) sql.Append($" AND {within}(t.metadata, {BookTexts.Pair(key, value)}) > 0");

        var column = new SqlFragment(filter.Span.By == LedgerDate.Effective ? "t.effective_at_ms" : "t.recorded_at_ms");
        if (filter.Span.From is { } from) sql.Append($" AND {column} >= {from}");
        if (filter.Span.Until is { } until) sql.Append($" AND {column} < {until}");
        if (edge is { } end) sql.Append($" AND t.id {(IsBackwards(page) ? new SqlFragment("<=") : new SqlFragment(">="))} {end}");
        sql.Append(Paging.Tail(page));
        return Paging.PageOf(await reader.QueryAsync(sql, row => row.Id<LedgerTransactionId>(0)), page);
    }

    /// <summary>What parts the next so many rows of the shard from those behind them; null where there are none behind.</summary>
    /// <remarks>The rows may be a neighbour's, whose ids are not handed out: what is between two of them parts them as well.</remarks>
    private static async ValueTask<LedgerTransactionId?> EdgeAsync(ISqlReader reader, ShardId shard, PageRequest<LedgerTransactionId> page, long walked)
    {
        Sql sql = $"SELECT id FROM ledger_transactions WHERE shard = {shard}";
        if (page.StartingAfter is { } after) sql.Append($" AND id < {after}");
        if (page.EndingBefore is { } before) sql.Append($" AND id > {before}");
        var order = new SqlFragment(IsBackwards(page) ? "ASC" : "DESC");
        sql.Append($" ORDER BY id {order} LIMIT 2 OFFSET {walked - 1}");
        var ids = await reader.QueryAsync(sql, row => row.Id<LedgerTransactionId>(0));
        return ids.Count < 2 ? null : Between(ids[0], ids[1]);
    }

    // Half way, rounded towards the one that was walked through, which it may be.
    private static LedgerTransactionId Between(LedgerTransactionId walked, LedgerTransactionId ahead)
    {
        var (last, next) = (Number(walked), Number(ahead));
        var half = last > next ? last - ((last - next) / 2) : last + ((next - last) / 2);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, half);
        return LedgerTransactionId.From(new Guid(bytes, bigEndian: true));
    }

    private static UInt128 Number(LedgerTransactionId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static bool IsBackwards(PageRequest<LedgerTransactionId> page) => page.EndingBefore is not null;

    private static async ValueTask<WalkedPage> DetailsAsync(ISqlReader reader, MerchantScope scope, Page<LedgerTransactionId> ids)
    {
        if (ids.Items.Count == 0) return new WalkedPage([], ids.HasMore);
        var found = await Transactions.ReadAsync(reader, $"t.shard = {scope.Shard} AND t.id IN ({ids.Items})");
        return new WalkedPage([.. found.OrderByDescending(each => each.Id.Value).Select(BooksService.Shown)], ids.HasMore);
    }
}
