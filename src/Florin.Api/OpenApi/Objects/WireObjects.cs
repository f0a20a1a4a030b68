using System.Collections.Frozen;

namespace Florin.Api.OpenApi.Objects;

/// <summary>Every object that the API answers with.</summary>
/// <remarks>
/// A new object is described in a file of this folder, property by property as its writer writes it, and added here; a route
/// whose object is not here fails a test, and so does each answer of a test that does not fit its description.
/// </remarks>
internal static class WireObjects
{
    public static IReadOnlyList<WireObject> All { get; } =
    [
        PaymentObjects.PaymentIntent,
        PaymentObjects.Charge,
        PaymentObjects.Refund,
        DisputeObjects.Dispute,
        DisputeObjects.File,
        DisputeObjects.Balance,
        DisputeObjects.BalanceTransaction,
        CardObjects.PaymentMethod,
        CardObjects.Token,
        CustomerObjects.Customer,
        SetupObjects.SetupIntent,
        SetupObjects.SetupAttempt,
        CatalogueObjects.Product,
        CatalogueObjects.Price,
        CheckoutObjects.Session,
        CheckoutObjects.LineItem,
        EventObjects.Event,
        EventObjects.WebhookEndpoint,
        WebhookObjects.Attempt,
        WebhookObjects.Resend,
        LedgerObjects.Account,
        LedgerObjects.Transaction,
        LedgerObjects.Batch,
        LedgerObjects.Import,
        LedgerObjects.Hold,
        LedgerObjects.Balance,
        LedgerObjects.Statement,
        LedgerObjects.TrialBalance,
        LedgerObjects.IncomeStatement,
        LedgerObjects.BalanceSheet,
        LedgerObjects.PeriodEvent,
        GatewayObjects.Gateway,
        TestClockObjects.Clock,
        UnknownOutcomeObjects.Item,
        UnknownOutcomeObjects.Count,
        UnknownOutcomeObjects.Bulk,
        UnknownOutcomeObjects.BulkItem,
        UnknownOutcomeObjects.Policies,
        AuditObjects.Record,
        RoutingObjects.Version,
        RoutingObjects.Comparison,
        RoutingObjects.Simulation,
        RoutingObjects.Decision,
    ];

    private static readonly FrozenDictionary<string, WireObject> ByName = All.ToFrozenDictionary(wire => wire.Name);

    public static WireObject? Find(string name) => ByName.GetValueOrDefault(name);
}
