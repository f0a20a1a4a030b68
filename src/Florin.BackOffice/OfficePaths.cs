using Florin.BackOffice.Pages;
using Florin.Events;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.BackOffice;

/// <summary>The addresses of the back office's pages.</summary>
internal static class OfficePaths
{
    public const string Home = "/office";
    public const string Payments = Home + "/payments";
    public const string Webhooks = Home + "/webhooks";
    public const string Keys = Home + "/keys";
    public const string NewKey = Keys + "/new";
    public const string Requests = Home + "/requests";
    public const string Gateways = Home + "/gateways";
    public const string Audit = Home + "/audit";
    public const string Routing = Home + "/routing";

    public const string Disputes = Home + "/disputes";
    public const string Files = Home + "/files";

    public const string UnknownOutcomes = Home + "/unknown-outcomes";
    public const string UnknownOutcomeBulks = UnknownOutcomes + "/bulk";
    public const string PaymentPolicy = UnknownOutcomes + "/policy";

    public const string Ledger = Home + "/ledger";
    public const string LedgerPeriods = Ledger + "/periods";
    public const string LedgerHolds = Ledger + "/holds";
    public const string LedgerExports = Ledger + "/exports";
    public const string LedgerMapping = LedgerExports + "/mapping.csv";
    public const string GeneralLedger = LedgerExports + "/general-ledger";

    public static string LedgerAccount(LedgerAccountId id) => $"{Ledger}/accounts/{id}";

    public static string LedgerStatementFile(LedgerAccountId id) => $"{Ledger}/accounts/{id}/statement.csv";

    public static string LedgerExport(LedgerExportFormat format) => $"{LedgerExports}/{QueryValue.Of(format)}";

    public static string LedgerTransaction(LedgerTransactionId id) => $"{Ledger}/transactions/{id}";

    public static string LedgerReportFile(LedgerReportKind kind) => $"{LedgerReport(kind)}.csv";

    public static string LedgerReport(LedgerReportKind kind) => $"{Ledger}/reports/{QueryValue.Of(kind)}";
    public static string RoutingVersion(RoutingVersionId id) => $"{Routing}/{id}";

    public static string ActivateRouting(RoutingVersionId id) => $"{Routing}/{id}/activate";

    public static string UnknownOutcome(UnknownOutcomeId id) => $"{UnknownOutcomes}/{id}";

    public static string OutcomeBulk(OutcomeBulkId id) => $"{UnknownOutcomeBulks}/{id}";

    public static string Dispute(DisputeId id) => $"{Disputes}/{id}";

    public static string File(FileId id) => $"{Files}/{id}";

    public static string Payment(PaymentIntentId id) => $"{Payments}/{id}";

    public static string Webhook(WebhookEndpointId id) => $"{Webhooks}/{id}";

    public static string Refund(PaymentIntentId id) => $"{Payments}/{id}/refund";

    public static string RollKey(ApiKeyId id) => $"{Keys}/{id}/roll";

    public static string RevokeKey(ApiKeyId id) => $"{Keys}/{id}/revoke";

    public static string Request(RequestId id) => $"{Requests}/{id}";
}
