using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

/// <summary>Answers with the samples, in the test scope alone.</summary>
internal sealed class FakeCatalogue : ICatalogue
{
    public Task<Result<Product>> CreateAsync(PaymentRequest request, NewProduct product, IdempotentWrite<Product>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Product);

    public Task<Result<Product>> UpdateAsync(PaymentRequest request, ProductId id, ProductChange change, IdempotentWrite<Product>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Product);

    public Task<Result<Product>> DeleteAsync(PaymentRequest request, ProductId id, IdempotentWrite<Product>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Product);

    public Task<Product?> FindProductAsync(MerchantScope scope, ProductId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Product.Id ? Samples.Product : null);

    public Task<IReadOnlyList<Product>> FindProductsAsync(MerchantScope scope, IReadOnlyCollection<ProductId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Product>>([Samples.Product]);

    public Task<Page<Product>> ListProductsAsync(MerchantScope scope, ProductFilter filter, PageRequest<ProductId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Product>([Samples.Product], HasMore: false));

    public Task<Result<Price>> CreateAsync(PaymentRequest request, NewPrice price, IdempotentWrite<Price>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Price);

    public Task<Result<Price>> UpdateAsync(PaymentRequest request, PriceId id, PriceChange change, IdempotentWrite<Price>? answer, CancellationToken ct) =>
        FakePayments.Stored(answer, Samples.Price);

    public Task<Price?> FindPriceAsync(MerchantScope scope, PriceId id, CancellationToken ct) =>
        Task.FromResult(scope == Samples.Test && id == Samples.Price.Id ? Samples.Price : null);

    public Task<IReadOnlyList<Price>> FindPricesAsync(MerchantScope scope, IReadOnlyCollection<PriceId> ids, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<Price>>([Samples.Price]);

    public Task<Page<Price>> ListPricesAsync(MerchantScope scope, PriceFilter filter, PageRequest<PriceId> page, CancellationToken ct) =>
        Task.FromResult(new Page<Price>([Samples.Price], HasMore: false));
}
