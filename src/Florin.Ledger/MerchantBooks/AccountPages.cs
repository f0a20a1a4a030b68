using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Pages of accounts in the order of codes and currencies.</summary>
internal static class AccountPages
{
    // No code has a letter that sorts after it.
    private const string LastLetter = "\U0010FFFF";

    public static async Task<Page<AccountStanding>> ReadAsync(
        ISqlReader reader, MerchantScope scope, AccountFilter filter, LedgerInstant? at, PageRequest<LedgerAccountId> page)
    {
        Sql sql = $"SELECT a.id FROM ledger_accounts a WHERE a.shard = {scope.Shard} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}";
        if (filter.CodePrefix.Length > 0)
        {
            // The bounds let the index of codes be entered where the prefix begins; what decides is the comparison of pieces,
            // since a database may sort by the rules of some language.
            sql.Append($" AND {LedgerQueries.BeginsWith(filter.CodePrefix)} AND a.code >= {filter.CodePrefix}");
            if (reader.Engine == SqlEngine.Sqlite) sql.Append($" AND a.code < {filter.CodePrefix + LastLetter}");
        }

        if (filter.Kind is { } kind) sql.Append($" AND a.kind = {kind.Word()}");
        if (filter.Currency is { } currency) sql.Append($" AND a.currency = {currency}");
        var isBackwards = page.EndingBefore is not null;
        if ((page.StartingAfter ?? page.EndingBefore) is { } cursor)
        {
            // A cursor that is nobody's has nothing on either side of it.
            var comparison = new SqlFragment(isBackwards ? "<" : ">");
            sql.Append(
                $"""
                  AND (a.code, a.currency) {comparison} (SELECT c.code, c.currency FROM ledger_accounts c
                        WHERE c.shard = {scope.Shard} AND c.id = {cursor} AND c.merchant = {scope.Merchant} AND c.is_live = {scope.IsLive})
                 """);
        }

        var direction = new SqlFragment(isBackwards ? "DESC" : "ASC");
        sql.Append($" ORDER BY a.code {direction}, a.currency {direction} LIMIT {(long)page.Limit + 1}");
        var ids = Paging.PageOf(await reader.QueryAsync(sql, row => row.Id<LedgerAccountId>(0)), page);
        if (ids.Items.Count == 0) return new Page<AccountStanding>([], ids.HasMore);
        var found = await Standings.ReadAsync(reader, $"a.shard = {scope.Shard} AND a.id IN ({ids.Items})", scope.Shard, at);
        return new Page<AccountStanding>([.. found.Select(OwnBounds.Shown)], ids.HasMore);
    }
}
