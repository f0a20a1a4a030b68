using System.Globalization;
using Florin.Pages;
using Florin.Shop.Catalogue;
using Florin.Shop.Orders;
using Florin.Shop.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Shop.Storefront;

/// <summary>Where a buyer comes back to, and where an order can be looked at. A return counts only when code, token,
/// amount and session are the stored ones; and even then it is the session that tells whether the order is paid.</summary>
internal static class OrderEndpoints
{
    private static readonly TimeSpan KoreanOffset = TimeSpan.FromHours(9);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var orders = endpoints.MapGroup("/shop/orders/{code}").AllowAnonymous();
        orders.MapGet("", ShowAsync);
        orders.MapGet("/return", ReturnAsync);
        orders.MapGet("/given-up", GivenUpAsync);
    }

    private static async Task<IResult> ReturnAsync(string code, HttpContext http, OrderDesk desk, CancellationToken ct)
    {
        var query = http.Request.Query;
        var order = await desk.FindAsync(code, query["token"], ct);
        var isTheOrders = order is { Session: { } session }
            && query["amount"] == order.Total.Minor.ToString(CultureInfo.InvariantCulture)
            && query["currency"] == order.Total.Currency.LowerCode
            && query["session"] == session.ToString();
        if (order is null || !isTheOrders) return StorefrontEndpoints.Problem(ShopProblem.NotYours, StatusCodes.Status400BadRequest, http);
        return Outcome(await desk.SettleAsync(order, ct), http);
    }

    private static async Task<IResult> GivenUpAsync(string code, HttpContext http, OrderDesk desk, CancellationToken ct)
    {
        var order = await desk.FindAsync(code, http.Request.Query["token"], ct);
        return order is null
            ? StorefrontEndpoints.Problem(ShopProblem.NotYours, StatusCodes.Status400BadRequest, http)
            : Outcome(await desk.GiveUpAsync(order, ct), http);
    }

    private static async Task<IResult> ShowAsync(string code, HttpContext http, OrderDesk desk, CancellationToken ct)
    {
        var order = await desk.FindAsync(code, http.Request.Query["token"], ct);
        if (order is null) return StorefrontEndpoints.Problem(ShopProblem.NotFound, StatusCodes.Status404NotFound, http);
        var look = Look.Of(http.Request);
        return PageResult.Of(new OrderModel
        {
            Language = look.Language,
            Here = "/" + OrderPaths.Order(order),
            HomeUrl = look.At(Shelves.Home),
            OrderCode = order.Code,
            Step = StepOf(order.State),
            PlacedAt = look.Language == Language.Korean ? order.PlacedAt.ToOffset(KoreanOffset) : order.PlacedAt,
            Total = order.Total,
            Lines = LinesOf(order, look.Language),
        });
    }

    private static PageResult Outcome(Order order, HttpContext http)
    {
        var look = Look.Of(http.Request);
        var product = DemoProducts.All.Single(product => product.Slug == order.Slug);
        var outcome = order.State switch
        {
            OrderState.Success or OrderState.Complete => ReturnOutcome.Paid,
            OrderState.Fail => ReturnOutcome.Failed,
            OrderState.Cancel => ReturnOutcome.Cancelled,
            OrderState.Prepay or OrderState.InProgress => ReturnOutcome.Checking,
        };
        return PageResult.Of(new ReturnModel
        {
            Language = look.Language,
            Here = http.Request.Path + http.Request.QueryString,
            HomeUrl = look.At(Shelves.Home),
            Outcome = outcome,
            OrderCode = order.Code,
            Total = order.Total,
            Lines = LinesOf(order, look.Language),
            OrderUrl = "/" + OrderPaths.Order(order),
            TryAgainUrl = outcome is ReturnOutcome.Failed or ReturnOutcome.Cancelled ? look.At(Shelves.PathOf(product)) : null,
        });
    }

    private static IReadOnlyList<OrderLine> LinesOf(Order order, Language language)
    {
        var product = DemoProducts.All.Single(product => product.Slug == order.Slug);
        return [new OrderLine(product.Name(language), order.Quantity, order.Total, ShopAssets.Files.Url(product.Picture))];
    }

    private static OrderStep StepOf(OrderState state) => state switch
    {
        OrderState.Prepay => OrderStep.Prepay,
        OrderState.InProgress => OrderStep.InProgress,
        OrderState.Success => OrderStep.Success,
        OrderState.Fail => OrderStep.Fail,
        OrderState.Cancel => OrderStep.Cancel,
        OrderState.Complete => OrderStep.Complete,
    };
}
