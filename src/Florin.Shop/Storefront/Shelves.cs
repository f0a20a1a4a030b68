using Florin.Kernel;
using Florin.Pages;
using Florin.Shop.Catalogue;
using Florin.Shop.Orders;
using Florin.Shop.Pages;

namespace Florin.Shop.Storefront;

/// <summary>How a visitor looks at the shop: in which language and currency.</summary>
internal sealed record Look(Language Language, Currency Currency)
{
    public static IReadOnlyList<Currency> Currencies { get; } = [Currency.Krw, Currency.Usd, Currency.Eur];

    public static Look Of(Microsoft.AspNetCore.Http.HttpRequest request)
    {
        var language = Languages.Choose(request.Query["lang"], kept: null, request.Headers.AcceptLanguage);
        var asked = Currencies.FirstOrDefault(currency => currency.LowerCode == request.Query["currency"]);
        return new Look(language, asked ?? (language == Language.Korean ? Currency.Krw : Currency.Usd));
    }

    /// <summary>An address that keeps this look.</summary>
    public string At(string path, Currency? currency = null) => $"{path}?currency={(currency ?? Currency).LowerCode}&lang={Language.Tag()}";

    public IReadOnlyList<CurrencyChoice> Choices(string path) =>
        [.. Currencies.Select(currency => new CurrencyChoice(currency.Code, At(path, currency), currency == Currency))];
}

/// <summary>The catalogue and the product pages, with what is on the shelf now.</summary>
internal sealed class Shelves(FormTokens tokens, OrderDesk desk)
{
    public const string Home = "/shop";

    private const string Purpose = "buy";
    private const int FewUnits = 5;
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(12);

    public async Task<CatalogueModel> CatalogueAsync(Look look, CancellationToken ct)
    {
        var available = await desk.AvailableAsync(ct);
        return new CatalogueModel
        {
            Language = look.Language,
            Here = $"{Home}?currency={look.Currency.LowerCode}",
            HomeUrl = look.At(Home),
            Currencies = look.Choices(Home),
            Products = [.. DemoProducts.All.Select(product => new ProductCard(
                product.Name(look.Language),
                product.Price(look.Currency),
                ShopAssets.Files.Url(product.Picture),
                look.At(PathOf(product)),
                AvailabilityOf(available.GetValueOrDefault(product.Slug))))],
        };
    }

    public async Task<ProductDetailModel> ProductAsync(DemoProduct product, Look look, int quantity, BuyProblem? problem, CancellationToken ct)
    {
        var available = (await desk.AvailableAsync(ct)).GetValueOrDefault(product.Slug);
        return new ProductDetailModel
        {
            Language = look.Language,
            Here = $"{PathOf(product)}?currency={look.Currency.LowerCode}",
            HomeUrl = look.At(Home),
            Currencies = look.Choices(PathOf(product)),
            Name = product.Name(look.Language),
            Description = product.Description(look.Language),
            Price = product.Price(look.Currency),
            PictureUrl = ShopAssets.Files.Url(product.Picture),
            Availability = AvailabilityOf(available),
            BuyAction = look.At(PathOf(product) + "/buy"),
            FormToken = tokens.Issue(Purpose, product.Slug, TokenLife),
            MaxQuantity = (int)Math.Clamp(available, 1, OrderDesk.MaxQuantity),
            Quantity = quantity,
            Problem = problem,
        };
    }

    public bool IsGenuine(string? token, DemoProduct product) => tokens.Verify(token, Purpose, product.Slug);

    public static string PathOf(DemoProduct product) => $"{Home}/products/{product.Slug}";

    private static Availability AvailabilityOf(long units) => units switch
    {
        <= 0 => Availability.SoldOut,
        <= FewUnits => Availability.Few,
        _ => Availability.InStock,
    };
}
