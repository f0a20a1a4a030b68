using Florin.Api.Cards;
using Florin.Api.Charges;
using Florin.Api.Checkout;
using Florin.Api.Customers;
using Florin.Api.Events;
using Florin.Api.PaymentIntents;
using Florin.Api.Refunds;
using Florin.Api.Webhooks;

namespace Florin.Api.Routing;

/// <summary>Every route that a key opens.</summary>
internal static class ApiRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        .. PaymentIntentRoutes.All,
        .. ChargeRoutes.All,
        .. RefundRoutes.All,
        .. TokenRoutes.All,
        .. PaymentMethodRoutes.All,
        .. CustomerRoutes.All,
        .. CheckoutSessionRoutes.All,
        .. EventRoutes.All,
        .. WebhookEndpointRoutes.All,
    ];
}
