using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Shows a merchant its books.</summary>
internal sealed partial class BooksService
{
    private const long MaxOfSubjects = 1_000;

    public Task<AccountStanding?> AccountAsync(MerchantScope scope, LedgerAccountId id, LedgerInstant? at, CancellationToken ct) =>
        database.ReadAsync(
        async reader =>
        {
            Sql mine = $"a.shard = {scope.Shard} AND a.id = {id} AND a.merchant = {scope.Merchant} AND a.is_live = {scope.IsLive}";
            var found = await Standings.ReadAsync(reader, mine, scope.Shard, at);
            return found.Count == 0 ? null : OwnBounds.Shown(found[0]);
        },
        ct);

    public Task<Page<AccountStanding>> AccountsAsync(
        MerchantScope scope, AccountFilter filter, LedgerInstant? at, PageRequest<LedgerAccountId> page, CancellationToken ct) =>
        database.ReadAsync(reader => AccountPages.ReadAsync(reader, scope, filter, at, page), ct);

    public async Task<TransactionDetail?> TransactionAsync(MerchantScope scope, LedgerTransactionId id, CancellationToken ct) =>
        await queries.TransactionAsync(id, ct) is { } found && found.Scope == scope ? Shown(found) : null;

    public Task<WalkedPage> TransactionsAsync(
        MerchantScope scope, TransactionFilter filter, PageRequest<LedgerTransactionId> page, CancellationToken ct) =>
        database.ReadAsync(reader => TransactionWalk.ReadAsync(reader, scope, filter, page, TransactionWalk.Usual), ct);

    public Task<HoldDetail?> HoldAsync(MerchantScope scope, LedgerHoldId id, CancellationToken ct) =>
        database.ReadAsync(reader => HoldDetails.FindAsync(reader, scope, id), ct);

    public Task<Page<HoldDetail>> HoldsAsync(MerchantScope scope, HoldState? state, PageRequest<LedgerHoldId> page, CancellationToken ct) =>
        database.ReadAsync(reader => HoldDetails.ListAsync(reader, scope, state, page), ct);

    public async Task<IReadOnlyList<PeriodEvent>> PeriodEventsAsync(MerchantScope scope, CancellationToken ct) =>
        [.. (await periods.EventsAsync(scope, ct)).Reverse()];

    public async Task<StatementPage?> StatementAsync(MerchantScope scope, StatementQuestion question, CancellationToken ct)
    {
        var page = await queries.StatementAsync(question, ct);
        if (page is null || page.Account.Name.Scope != scope) return null;
        return page with { Account = OwnBounds.Shown(page.Account), Rows = [.. page.Rows.Select(row => row with { Reference = OwnReferences.Shown(scope, row.Reference) })] };
    }

    public async Task<long?> WriteStatementAsync(MerchantScope scope, LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct) =>
        await AccountAsync(scope, account, at: null, ct) is null ? null : await exports.WriteStatementAsync(account, span, output, ct);

    public Task<IReadOnlyList<TrialBalanceLine>> TrialBalanceAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        queries.TrialBalanceAsync(scope, span, ct);

    public async Task<IReadOnlyList<TransactionDetail>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct)
    {
        if (subjects.Count == 0) return [];
        return await database.ReadAsync<IReadOnlyList<TransactionDetail>>(
            async reader =>
            {
                var ids = await reader.QueryAsync(
                    $"""
                     SELECT id FROM ledger_transactions
                      WHERE shard = {scope.Shard} AND subject IN ({subjects}) AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                      ORDER BY id LIMIT {MaxOfSubjects}
                     """,
                    row => row.Id<LedgerTransactionId>(0));
                if (ids.Count == 0) return [];
                return [.. (await Transactions.ReadAsync(reader, $"t.shard = {scope.Shard} AND t.id IN ({ids})")).Select(Shown)];
            },
            ct);
    }

    private static async Task<TransactionDetail?> FindAsync(ISqlReader reader, MerchantScope scope, LedgerTransactionId id)
    {
        var found = await Transactions.ReadAsync(
            reader, $"t.shard = {scope.Shard} AND t.id = {id} AND t.merchant = {scope.Merchant} AND t.is_live = {scope.IsLive}");
        return found.Count == 0 ? null : Shown(found[0]);
    }

    /// <summary>Transactions that are there, by their ids.</summary>
    internal static async ValueTask<Dictionary<LedgerTransactionId, TransactionDetail>> FindAsync(ISqlReader reader, ShardId shard, IEnumerable<LedgerTransactionId> ids)
    {
        var found = new Dictionary<LedgerTransactionId, TransactionDetail>();
        foreach (var chunk in ids.Select(id => id.Value).Distinct().Chunk(SetBased.MembersOf(reader.Engine)))
        {
            var details = await Transactions.ReadAsync(reader, $"t.shard = {shard} AND {SetBased.IsAmong(reader.Engine, new SqlFragment("t.id"), chunk)}");
            foreach (var detail in details) found.Add(detail.Id, Shown(detail));
        }

        return found;
    }

    internal static TransactionDetail Shown(TransactionDetail detail) =>
        detail with { Reference = OwnReferences.Shown(detail.Scope, detail.Reference) };

    private static async Task<AccountStanding?> StandingOfAsync(ISqlReader reader, MerchantScope scope, LedgerAccountId id) =>
        await Standings.ReadOneAsync(reader, scope, id) is { } found ? OwnBounds.Shown(found) : null;
}
