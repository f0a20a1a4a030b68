using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>What accounts hold: the folds and the postings since for now, a sum of postings for an instant that has passed.</summary>
internal static class Standings
{
    /// <param name="accounts">A condition on <c>ledger_accounts a</c>.</param>
    /// <param name="shard">Where all of them are; null for anywhere.</param>
    public static async Task<List<AccountStanding>> ReadAsync(ISqlReader reader, Sql accounts, ShardId? shard, LedgerInstant? at)
    {
        if (at is { } then) return await ReadAsync(reader, accounts, at, await PostedByAsync(reader, accounts, then), addsFolds: false);
        return await ReadAsync(reader, accounts, at, await Blocks.SumsSinceLastAsync(reader, shard), addsFolds: true);
    }

    /// <summary>What one account holds now, for transactions that write: on PostgreSQL each of their questions sees a moment of its
    /// own, so what is folded between two of them would be counted twice.</summary>
    /// <returns>Null where there is none of this id in the scope.</returns>
    public static async Task<AccountStanding?> ReadOneAsync(ISqlReader reader, MerchantScope scope, LedgerAccountId id)
    {
        var posted = new Dictionary<(ShardId Shard, Guid Account), Int128> { [(id.Shard(), id.Value)] = await Blocks.SumOfAsync(reader, id.Shard(), id) };
        Sql mine = $"a.shard = {scope.Shard} AND a.id = {id} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}";
        var found = await ReadAsync(reader, mine, at: null, posted, addsFolds: false);
        return found.Count == 0 ? null : found[0];
    }

    private static async Task<List<AccountStanding>> ReadAsync(
        ISqlReader reader, Sql accounts, LedgerInstant? at, Dictionary<(ShardId Shard, Guid Account), Int128> posted, bool addsFolds)
    {
        var held = await HeldAsync(reader, accounts, at);
        return await reader.QueryAsync(
            $"""
             SELECT a.id, a.merchant, a.is_live, a.code, a.kind, a.currency, s.state, a.min_minor, a.max_minor,
                    CASE WHEN n.account_id IS NULL THEN a.metadata ELSE n.metadata END, a.created_at_ms, COALESCE(f.sum_minor, 0),
                    COALESCE(f.carries, 0), a.shard
               FROM ledger_accounts a
               LEFT JOIN ledger_folds f ON f.shard = a.shard AND f.account_id = a.id
               LEFT JOIN ledger_account_states s ON s.shard = a.shard AND s.account_id = a.id
               LEFT JOIN ledger_account_notes n ON n.shard = a.shard AND n.account_id = a.id
              WHERE {accounts} ORDER BY a.code, a.currency, a.shard, a.id
             """,
            row =>
            {
                var scope = new MerchantScope(row.Id<MerchantId>(1), row.Bool(2));
                var name = new AccountName(scope, row.Text(3), LedgerWords.Kind(row.Text(4)), row.Currency(5));
                var sum = posted.GetValueOrDefault((new ShardId((short)row.Int64(13)), row.Uuid(0)))
                    + (addsFolds ? WideSum.Join(row.Int64(11), row.Int64(12)) : 0);
                var (debits, credits) = held.GetValueOrDefault(row.Uuid(0));
                var growsByDebit = name.Kind.NaturalSign() == 1;
                return new AccountStanding(
                    row.Id<LedgerAccountId>(0),
                    name,
                    LedgerWords.State(row.TextOrNull(6)),
                    row.Int64OrNull(7),
                    row.Int64OrNull(8),
                    row.TextOrNull(9),
                    row.Instant(10),
                    new Money(WideSum.Shown(sum * name.Kind.NaturalSign(), name.Code), name.Currency),
                    new Money(growsByDebit ? debits : credits, name.Currency),
                    new Money(growsByDebit ? credits : debits, name.Currency));
            });
    }

    private static async ValueTask<Dictionary<(ShardId Shard, Guid Account), Int128>> PostedByAsync(ISqlReader reader, Sql accounts, LedgerInstant at)
    {
        var epochs = await Epochs.AllAsync(reader);
        var sums = await reader.QueryAsync(
            $"""
             SELECT p.shard, p.account_id, {WideSum.OfPostings}
               FROM {Dates.PostingsOfAccounts(epochs, at.By)} AND {accounts} AND {Dates.IsUpTo(at)} GROUP BY p.shard, p.account_id
             """,
            row => (Shard: new ShardId((short)row.Int64(0)), Account: row.Uuid(1), Sum: WideSum.Read(row, 2)));
        return sums.ToDictionary(row => (row.Shard, row.Account), row => row.Sum);
    }

    // By the date of recording, what was open then; by the effective date, what is open now and counts by then.
    private static async ValueTask<Dictionary<Guid, (long Debits, long Credits)>> HeldAsync(ISqlReader reader, Sql accounts, LedgerInstant? at)
    {
        Sql isOpen = $"e.hold_id IS NULL";
        if (at is { } then)
        {
            isOpen = then.By switch
            {
                LedgerDate.Recorded => $"h.recorded_at_ms <= {then.At} AND (e.hold_id IS NULL OR e.ended_at_ms > {then.At})",
                LedgerDate.Effective => $"e.hold_id IS NULL AND h.effective_at_ms <= {then.At}",
            };
        }

        var sums = await reader.QueryAsync(
            $"""
             SELECT l.account_id,
                    CAST(COALESCE(SUM(CASE WHEN l.side = 1 THEN l.amount_minor END), 0) AS bigint),
                    CAST(COALESCE(SUM(CASE WHEN l.side = -1 THEN l.amount_minor END), 0) AS bigint)
               FROM ledger_accounts a
               JOIN ledger_hold_lines l ON l.shard = a.shard AND l.account_id = a.id
               JOIN ledger_holds h ON h.shard = l.shard AND h.id = l.hold_id
               LEFT JOIN ledger_hold_ends e ON e.shard = l.shard AND e.hold_id = l.hold_id
              WHERE {accounts} AND {isOpen} GROUP BY l.account_id
             """,
            row => (Account: row.Uuid(0), Debits: row.Int64(1), Credits: row.Int64(2)));
        return sums.ToDictionary(row => row.Account, row => (row.Debits, row.Credits));
    }
}
