using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Payments.Customers;
using Florin.Payments.Intents;
using Florin.Storage;

namespace Florin.Payments.Search;

internal sealed class SearchService(IDatabase database) : ISearch
{
    public async Task<Result<Page<PaymentIntent>>> PaymentIntentsAsync(
        MerchantScope scope, string query, PageRequest<PaymentIntentId> page, CancellationToken ct)
    {
        if (!SearchedFields.OfPaymentIntents(scope).Condition(query).TryGet(out var condition, out var refusal)) return refusal;
        return await database.ReadAsync(async reader => await IntentStore.SearchAsync(reader, scope, condition, page), ct);
    }

    public async Task<Result<Page<Charge>>> ChargesAsync(MerchantScope scope, string query, PageRequest<ChargeId> page, CancellationToken ct)
    {
        if (!SearchedFields.OfCharges(scope, database.Engine).Condition(query).TryGet(out var condition, out var refusal)) return refusal;
        return await database.ReadAsync(async reader => await ChargeStore.SearchAsync(reader, scope, condition, page), ct);
    }

    public async Task<Result<Page<Customer>>> CustomersAsync(MerchantScope scope, string query, PageRequest<CustomerId> page, CancellationToken ct)
    {
        if (!SearchedFields.OfCustomers(scope).Condition(query).TryGet(out var condition, out var refusal)) return refusal;
        return await database.ReadAsync(async reader => await CustomerStore.SearchAsync(reader, scope, condition, page), ct);
    }
}
