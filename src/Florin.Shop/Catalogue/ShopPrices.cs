using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;

namespace Florin.Shop.Catalogue;

/// <summary>The shop's products and prices in Florin's catalogue, where any merchant keeps them.</summary>
/// <remarks>A price is found by its lookup key, as in <c>ceramic-mug_krw</c>, so that the shop keeps no ids of its own.</remarks>
internal sealed class ShopPrices(ICatalogue catalogue, ShopOwner owner)
{
    private static readonly string[] Currencies = ["KRW", "USD", "EUR"];

    private PaymentRequest Request => new(owner.Scope, Origin: null);

    /// <summary>Makes whatever is missing. Several nodes may do so at once.</summary>
    public async Task SeedAsync(CancellationToken ct)
    {
        foreach (var product in DemoProducts.All)
        {
            ProductId? made = null;
            foreach (var currency in Currencies.Select(Currency.Get))
            {
                if (await FindPriceAsync(product, currency, ct) is { } present) made = present.Product;
                else made = await MakeAsync(product, currency, made, ct) ?? made;
            }
        }
    }

    public async Task<PriceId> FindAsync(DemoProduct product, Currency currency, CancellationToken ct) =>
        (await FindPriceAsync(product, currency, ct))?.Id
        ?? throw new InvalidOperationException($"{KeyOf(product, currency)} leads to no price; the shop was not seeded, or its price was renamed.");

    private static string KeyOf(DemoProduct product, Currency currency) => $"{product.Slug}_{currency.LowerCode}";

    private async Task<Price?> FindPriceAsync(DemoProduct product, Currency currency, CancellationToken ct)
    {
        var filter = new PriceFilter([KeyOf(product, currency)]);
        return (await catalogue.ListPricesAsync(owner.Scope, filter, new PageRequest<PriceId>(1), ct)).Items.SingleOrDefault();
    }

    /// <returns>Null where another node was first with this price.</returns>
    private async Task<ProductId?> MakeAsync(DemoProduct product, Currency currency, ProductId? made, CancellationToken ct)
    {
        var metadata = new Dictionary<string, string> { ["slug"] = product.Slug };
        var terms = new NewPriceTerms(product.Price(currency), TaxBehavior.Inclusive, Recurrence: null, new Dictionary<string, string>());
        var described = made is not null ? null : NewProduct.Named(product.EnglishName) with { Description = product.EnglishDescription, Metadata = metadata };
        var price = new NewPrice(made, described, terms, IsActive: true, Nickname: null, KeyOf(product, currency), TakesLookupKey: false);
        var created = await catalogue.CreateAsync(Request, price, answer: null, ct);
        return created.IsSuccess ? created.Value.Product : null;
    }
}
