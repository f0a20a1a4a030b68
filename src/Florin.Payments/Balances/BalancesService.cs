using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Balances;

internal sealed class BalancesService(IDatabase database, TimeProvider time) : IBalances
{
    public async Task<IReadOnlyList<CurrencyBalance>> BalanceAsync(MerchantScope scope, CancellationToken ct) =>
        await database.ReadAsync(async reader => await BalanceStore.SumsAsync(reader, scope, time.GetUtcNow()), ct);

    public async Task<BalanceTransaction?> FindAsync(MerchantScope scope, BalanceTransactionId id, CancellationToken ct) =>
        (await FindManyAsync(scope, [id], ct)).SingleOrDefault();

    public async Task<IReadOnlyList<BalanceTransaction>> FindManyAsync(
        MerchantScope scope, IReadOnlyCollection<BalanceTransactionId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await BalanceStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<BalanceTransaction>> ListAsync(
        MerchantScope scope, BalanceTransactionFilter filter, PageRequest<BalanceTransactionId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await BalanceStore.ListAsync(reader, scope, filter, page), ct);
}
