using Florin.Api.Errors;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage.Idempotency;

namespace Florin.Api;

/// <summary>What the routes stand on.</summary>
internal sealed record ApiServices(
    IPayments Payments,
    IPaymentMethods PaymentMethods,
    ICustomers Customers,
    ISetupIntents SetupIntents,
    ICatalogue Catalogue,
    ICheckoutSessions CheckoutSessions,
    IDisputes Disputes,
    IFiles Files,
    IBalances Balances,
    IGateways Gateways,
    ISearch Search,
    IRouting Routing,
    ITestClocks TestClocks,
    IMerchantBooks Books,
    ILedgerReports LedgerReports,
    ILedgerExports LedgerExports,
    ILedgerImports LedgerImports,
    IEvents Events,
    IWebhookEndpoints WebhookEndpoints,
    IWebhookDeliveries WebhookDeliveries,
    IMerchants Merchants,
    IUnknownOutcomes UnknownOutcomes,
    IPaymentPolicies PaymentPolicies,
    IAudit Audit,
    IIdempotency Idempotency,
    IdempotencyGate Gate,
    IdempotencyKeys Keys,
    LongReads LongReads,
    LongWrites LongWrites,
    Problems Problems,
    PublicAddress Address,
    TimeProvider Time);
