using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments;

/// <summary>Finds a merchant's objects by a query in Stripe's search language, newest first.</summary>
/// <remarks>Each answers with a page, or with a refusal <c>search_query_invalid</c> that names the place. What was written is
/// found at once: a search reads the rows themselves and their index, not a copy that follows later.</remarks>
public interface ISearch
{
    Task<Result<Page<PaymentIntent>>> PaymentIntentsAsync(MerchantScope scope, string query, PageRequest<PaymentIntentId> page, CancellationToken ct);

    Task<Result<Page<Charge>>> ChargesAsync(MerchantScope scope, string query, PageRequest<ChargeId> page, CancellationToken ct);

    Task<Result<Page<Customer>>> CustomersAsync(MerchantScope scope, string query, PageRequest<CustomerId> page, CancellationToken ct);
}
