using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;

namespace Florin.Api.Tests;

/// <summary>Finds nothing; searches are tested on the real modules.</summary>
internal sealed class FakeSearch : ISearch
{
    public Task<Result<Page<PaymentIntent>>> PaymentIntentsAsync(MerchantScope scope, string query, PageRequest<PaymentIntentId> page, CancellationToken ct) =>
        Task.FromResult<Result<Page<PaymentIntent>>>(new Page<PaymentIntent>([], HasMore: false));

    public Task<Result<Page<Charge>>> ChargesAsync(MerchantScope scope, string query, PageRequest<ChargeId> page, CancellationToken ct) =>
        Task.FromResult<Result<Page<Charge>>>(new Page<Charge>([], HasMore: false));

    public Task<Result<Page<Customer>>> CustomersAsync(MerchantScope scope, string query, PageRequest<CustomerId> page, CancellationToken ct) =>
        Task.FromResult<Result<Page<Customer>>>(new Page<Customer>([], HasMore: false));
}
