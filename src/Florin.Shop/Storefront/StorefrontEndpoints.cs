using System.Globalization;
using Florin.Pages;
using Florin.Payments;
using Florin.Shop.Catalogue;
using Florin.Shop.Orders;
using Florin.Shop.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Shop.Storefront;

/// <summary>The catalogue, the products, and the button that begins a payment.</summary>
internal static class StorefrontEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var shop = endpoints.MapGroup("/shop").AllowAnonymous();
        shop.MapGet("", CatalogueAsync);
        shop.MapGet("/products/{slug}", ProductAsync);
        shop.MapPost("/products/{slug}/buy", BuyAsync).DisableAntiforgery();

        // The address of a form that was sent, entered by hand or reloaded, shows the product again.
        shop.MapGet("/products/{slug}/buy", (string slug) => new SeeOther($"/shop/products/{Uri.EscapeDataString(slug)}"));
        shop.MapGet("/{**rest}", (HttpContext http) => Problem(ShopProblem.NotFound, StatusCodes.Status404NotFound, http));
    }

    public static PageResult Problem(ShopProblem problem, int status, HttpContext http)
    {
        var look = Look.Of(http.Request);
        var model = new ShopProblemModel
        {
            Language = look.Language,
            Here = http.Request.Path,
            HomeUrl = look.At(Shelves.Home),
            Problem = problem,
            RequestId = http.TraceIdentifier,
        };
        return PageResult.Of(model, status);
    }

    private static async Task<IResult> CatalogueAsync(HttpContext http, Shelves shelves, CancellationToken ct) =>
        PageResult.Of(await shelves.CatalogueAsync(Look.Of(http.Request), ct));

    private static async Task<IResult> ProductAsync(string slug, HttpContext http, Shelves shelves, CancellationToken ct) =>
        Find(slug) is { } product
            ? PageResult.Of(await shelves.ProductAsync(product, Look.Of(http.Request), quantity: 1, problem: null, ct))
            : Problem(ShopProblem.NotFound, StatusCodes.Status404NotFound, http);

    private static async Task<IResult> BuyAsync(string slug, HttpContext http, Shelves shelves, OrderDesk desk, CancellationToken ct)
    {
        if (Find(slug) is not { } product) return Problem(ShopProblem.NotFound, StatusCodes.Status404NotFound, http);
        var look = Look.Of(http.Request);
        var form = (await http.Request.TryReadSentFormAsync(ct)).Form ?? FormCollection.Empty;
        if (!shelves.IsGenuine(form["form_token"], product)) return await AgainAsync(BuyProblem.FormExpired, quantity: 1, StatusCodes.Status400BadRequest);
        if (!int.TryParse(form["quantity"], NumberStyles.None, CultureInfo.InvariantCulture, out var quantity)
            || quantity is < 1 or > OrderDesk.MaxQuantity)
        {
            return await AgainAsync(BuyProblem.BadQuantity, quantity: 1, StatusCodes.Status400BadRequest);
        }

        var placed = await desk.PlaceAsync(product, quantity, look.Currency, look.Language, ct);
        if (placed.TryGet(out var session, out var refusal)) return new SeeOther($"/c/{session.Id}/{session.UrlToken}");
        return refusal.Code == "not_enough_left"
            ? await AgainAsync(BuyProblem.NotEnoughLeft, quantity: 1, StatusCodes.Status409Conflict)
            : await AgainAsync(BuyProblem.Unavailable, quantity, StatusCodes.Status503ServiceUnavailable);

        async Task<IResult> AgainAsync(BuyProblem problem, int quantity, int status) =>
            PageResult.Of(await shelves.ProductAsync(product, look, quantity, problem, ct), status);
    }

    private static DemoProduct? Find(string slug) => DemoProducts.All.FirstOrDefault(product => product.Slug == slug);
}
