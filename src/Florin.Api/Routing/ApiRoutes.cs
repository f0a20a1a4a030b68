using Florin.Api.Audit;
using Florin.Api.Balances;
using Florin.Api.Cards;
using Florin.Api.Catalogue;
using Florin.Api.Charges;
using Florin.Api.Checkout;
using Florin.Api.Customers;
using Florin.Api.Disputes;
using Florin.Api.Events;
using Florin.Api.Files;
using Florin.Api.Gateways;
using Florin.Api.Ledger;
using Florin.Api.PaymentIntents;
using Florin.Api.PaymentRouting;
using Florin.Api.Refunds;
using Florin.Api.Search;
using Florin.Api.SetupIntents;
using Florin.Api.TestHelpers;
using Florin.Api.UnknownOutcomes;
using Florin.Api.Webhooks;
using Florin.Merchants;

namespace Florin.Api.Routing;

/// <summary>Every route that a key opens, and the resource that a restricted key must have been given for it.</summary>
internal static class ApiRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        .. PaymentIntentRoutes.All.Of(ApiResource.PaymentIntents),
        .. ChargeRoutes.All.Of(ApiResource.Charges),
        .. RefundRoutes.All.Of(ApiResource.Refunds),
        .. DisputeRoutes.All.Of(ApiResource.Disputes),
        .. FileRoutes.All.Of(ApiResource.Files),
        .. BalanceRoutes.Balance.Of(ApiResource.Balance),
        .. BalanceRoutes.Transactions.Of(ApiResource.BalanceTransactions),
        .. TokenRoutes.All.Of(ApiResource.Tokens),
        .. PaymentMethodRoutes.All.Of(ApiResource.PaymentMethods),
        .. CustomerRoutes.All.Of(ApiResource.Customers),
        .. SetupIntentRoutes.All.Of(ApiResource.SetupIntents),
        .. ProductRoutes.All.Of(ApiResource.Products),
        .. PriceRoutes.All.Of(ApiResource.Prices),
        .. CheckoutSessionRoutes.All.Of(ApiResource.CheckoutSessions),
        .. EventRoutes.All.Of(ApiResource.Events),
        .. WebhookEndpointRoutes.All.Of(ApiResource.WebhookEndpoints),
        .. WebhookDeliveryRoutes.All.Of(ApiResource.WebhookEndpoints),
        .. GatewayRoutes.All.Of(ApiResource.Gateways),
        .. SearchRoutes.All,
        .. RoutingRoutes.All.Of(ApiResource.Routing),
        .. UnknownOutcomeRoutes.All.Of(ApiResource.UnknownOutcomes),
        .. PaymentPolicyRoutes.All.Of(ApiResource.PaymentPolicies),
        .. AuditRoutes.All.Of(ApiResource.AuditRecords),
        .. LedgerRoutes.All.Of(ApiResource.Ledger),
        .. TestClockRoutes.All.Of(ApiResource.TestClocks),
    ];
}
