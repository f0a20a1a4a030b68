using System.Globalization;

namespace Florin.Shop.Orders;

/// <summary>The addresses of an order's pages, without the leading slash.</summary>
internal static class OrderPaths
{
    public static string Order(Order order) => $"shop/orders/{order.Code}?token={order.Token}";

    /// <summary>Carries code, token and amount; all three must be the stored ones.</summary>
    public static string Return(Order order) => string.Create(
        CultureInfo.InvariantCulture,
        $"shop/orders/{order.Code}/return?token={order.Token}&amount={order.Total.Minor}&currency={order.Total.Currency.LowerCode}");

    public static string GivenUp(Order order) => $"shop/orders/{order.Code}/given-up?token={order.Token}";
}
