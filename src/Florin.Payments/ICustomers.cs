using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>A merchant's customers. What is saved for them to pay with is in <see cref="IPaymentMethods"/>.</summary>
public interface ICustomers
{
    Task<Result<Customer>> CreateAsync(PaymentRequest request, NewCustomer customer, IdempotentWrite<Customer>? answer, CancellationToken ct);

    Task<Result<Customer>> UpdateAsync(
        PaymentRequest request, CustomerId id, CustomerChange change, IdempotentWrite<Customer>? answer, CancellationToken ct);

    /// <summary>Forgets a customer: what is known of the person is erased, and the saved payment methods are detached.</summary>
    Task<Result<Customer>> DeleteAsync(PaymentRequest request, CustomerId id, IdempotentWrite<Customer>? answer, CancellationToken ct);

    /// <summary>Finds deleted ones too, which say so.</summary>
    Task<Customer?> FindAsync(MerchantScope scope, CustomerId id, CancellationToken ct);

    Task<IReadOnlyList<Customer>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<CustomerId> ids, CancellationToken ct);

    /// <summary>Those that are not deleted.</summary>
    Task<Page<Customer>> ListAsync(MerchantScope scope, CustomerFilter filter, PageRequest<CustomerId> page, CancellationToken ct);
}
