using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>What merchants sell, and for how much.</summary>
public interface ICatalogue
{
    Task<Result<Product>> CreateAsync(PaymentRequest request, NewProduct product, IdempotentWrite<Product>? answer, CancellationToken ct);

    Task<Result<Product>> UpdateAsync(
        PaymentRequest request, ProductId id, ProductChange change, IdempotentWrite<Product>? answer, CancellationToken ct);

    /// <summary>Deletes a product that has no prices.</summary>
    /// <returns>The product as it was.</returns>
    Task<Result<Product>> DeleteAsync(PaymentRequest request, ProductId id, IdempotentWrite<Product>? answer, CancellationToken ct);

    Task<Product?> FindProductAsync(MerchantScope scope, ProductId id, CancellationToken ct);

    Task<IReadOnlyList<Product>> FindProductsAsync(MerchantScope scope, IReadOnlyCollection<ProductId> ids, CancellationToken ct);

    Task<Page<Product>> ListProductsAsync(MerchantScope scope, ProductFilter filter, PageRequest<ProductId> page, CancellationToken ct);

    Task<Result<Price>> CreateAsync(PaymentRequest request, NewPrice price, IdempotentWrite<Price>? answer, CancellationToken ct);

    Task<Result<Price>> UpdateAsync(PaymentRequest request, PriceId id, PriceChange change, IdempotentWrite<Price>? answer, CancellationToken ct);

    Task<Price?> FindPriceAsync(MerchantScope scope, PriceId id, CancellationToken ct);

    Task<IReadOnlyList<Price>> FindPricesAsync(MerchantScope scope, IReadOnlyCollection<PriceId> ids, CancellationToken ct);

    Task<Page<Price>> ListPricesAsync(MerchantScope scope, PriceFilter filter, PageRequest<PriceId> page, CancellationToken ct);
}
