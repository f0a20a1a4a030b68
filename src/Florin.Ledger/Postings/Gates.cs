using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Accounts that are not open and periods that are closed: what stands in the way of a posting whatever its amount.</summary>
internal sealed class Gates
{
    private const int FewAccounts = 16;
    private const long FewNotOpen = 1_000;

    private readonly Dictionary<LedgerAccountId, AccountState> states = [];
    private readonly Dictionary<MerchantScope, List<(DateTimeOffset Starts, DateTimeOffset Ends)>> closed = [];

    public static async ValueTask<Gates> ReadAsync(
        ISqlReader reader, ShardId shard, IReadOnlyCollection<KnownAccount> accounts, IEnumerable<NewLedgerTransaction> transactions)
    {
        var gates = new Gates();
        await gates.ReadStatesAsync(reader, shard, accounts);
        foreach (var scope in transactions.Select(transaction => transaction.Scope).Distinct())
        {
            var periods = await reader.QueryAsync(
                $"""
                 SELECT starts_at_ms, ends_at_ms FROM ledger_closed_periods
                  WHERE shard = {shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive} ORDER BY starts_at_ms
                 """,
                row => (row.Instant(0), row.Instant(1)));
            if (periods.Count > 0) gates.closed.Add(scope, periods);
        }

        return gates;
    }

    // Few accounts of a shard are not open: where many are asked for, all of those cost less than a look for each.
    private async ValueTask ReadStatesAsync(ISqlReader reader, ShardId shard, IReadOnlyCollection<KnownAccount> accounts)
    {
        if (accounts.Count > FewAccounts)
        {
            await reader.EachAsync(
                $"SELECT account_id, state FROM ledger_account_states WHERE shard = {shard} LIMIT {FewNotOpen + 1}", ReadState);
            if (states.Count <= FewNotOpen) return;
            states.Clear();
        }

        foreach (var chunk in accounts.Select(account => account.Id.Value).Chunk(SetBased.MembersOf(reader.Engine)))
        {
            await reader.EachAsync(
                $"""
                 SELECT account_id, state FROM ledger_account_states
                  WHERE shard = {shard} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("account_id"), chunk)}
                 """,
                ReadState);
        }
    }

    private void ReadState(ISqlRow row) => states.Add(row.Id<LedgerAccountId>(0), LedgerWords.State(row.Text(1)));

    /// <summary>The same as a condition that holds where nothing stands in the way, for a statement that asks nothing first.</summary>
    public static Sql AreOpen(NewLedgerTransaction transaction, IReadOnlyList<Guid> accounts) =>
        $"""
         NOT EXISTS (SELECT 1 FROM ledger_account_states WHERE shard = {transaction.Scope.Shard} AND account_id IN ({SetBased.Padded(accounts)}))
         AND NOT EXISTS (SELECT 1 FROM ledger_closed_periods
                          WHERE shard = {transaction.Scope.Shard} AND merchant = {transaction.Scope.Merchant} AND is_live = {transaction.Scope.IsLive}
                            AND starts_at_ms <= {transaction.EffectiveAt} AND ends_at_ms > {transaction.EffectiveAt})
         """;

    public Refusal? Refuse(NewLedgerTransaction transaction, IReadOnlyList<KnownAccount> accounts)
    {
        if (states.Count > 0)
        {
            foreach (var account in accounts)
            {
                if (states.TryGetValue(account.Id, out var state)) return LedgerRefusals.NotOpen(account.Name, state);
            }
        }

        if (!closed.TryGetValue(transaction.Scope, out var periods)) return null;
        var open = NextOpen(periods, transaction.EffectiveAt);
        return open == transaction.EffectiveAt ? null : LedgerRefusals.PeriodClosed(transaction.EffectiveAt, open);
    }

    // Periods do not overlap and come in order, so one pass walks through those that adjoin.
    private static DateTimeOffset NextOpen(List<(DateTimeOffset Starts, DateTimeOffset Ends)> periods, DateTimeOffset at)
    {
        foreach (var (starts, ends) in periods)
        {
            if (starts <= at && at < ends) at = ends;
        }

        return at;
    }
}
