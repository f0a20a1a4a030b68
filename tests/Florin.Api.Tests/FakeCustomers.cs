using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Answers with the sample, in the test scope alone.</summary>
internal sealed class FakeCustomers : ICustomers
{
    public Task<Result<Customer>> CreateAsync(PaymentRequest request, NewCustomer customer, IdempotentWrite<Customer>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Customer);

    public Task<Result<Customer>> UpdateAsync(PaymentRequest request, CustomerId id, CustomerChange change, IdempotentWrite<Customer>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Customer);

    public Task<Result<Customer>> DeleteAsync(PaymentRequest request, CustomerId id, IdempotentWrite<Customer>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Customer);

    public Task<Customer?> FindAsync(MerchantScope scope, CustomerId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Customer.Id ? Samples.Customer : null);

    public Task<IReadOnlyList<Customer>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<CustomerId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Customer>>([Samples.Customer]);

    public Task<Page<Customer>> ListAsync(MerchantScope scope, CustomerFilter filter, PageRequest<CustomerId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Customer>([Samples.Customer], HasMore: false));
}
