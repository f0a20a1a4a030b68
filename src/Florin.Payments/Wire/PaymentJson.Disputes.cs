using System.Text.Json;
using Florin.Kernel;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    private static readonly string[] EvidenceInOrder = [.. EvidenceFields.Texts.Concat(EvidenceFields.Files).Order(StringComparer.Ordinal)];

    /// <param name="now">Tells whether the deadline has passed, and what money is available.</param>
    public static void Write(Utf8JsonWriter writer, Dispute dispute, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, dispute.Id);
        writer.WriteString("object"u8, "dispute"u8);
        writer.WriteNumber("amount"u8, dispute.Amount.Minor);
        writer.WriteStartArray("balance_transactions"u8);
        foreach (var entry in dispute.BalanceTransactions) Write(writer, entry, now);
        writer.WriteEndArray();
        writer.WriteId("charge"u8, dispute.Charge);
        writer.WriteInstant("created"u8, dispute.CreatedAt);
        writer.WriteString("currency"u8, dispute.Amount.Currency.LowerCode);
        writer.WriteEmptyArray("enhanced_eligibility_types"u8);
        WriteEvidence(writer, dispute);
        writer.WriteStartObject("evidence_details"u8);
        writer.WriteInstant("due_by"u8, dispute.DueBy);
        writer.WriteEmptyObject("enhanced_eligibility"u8);
        writer.WriteBoolean("has_evidence"u8, dispute.Evidence.Count > 0);
        writer.WriteBoolean("past_due"u8, dispute.NeedsResponse && now >= dispute.DueBy);
        writer.WriteNumber("submission_count"u8, dispute.Submissions);
        writer.WriteString("submission_method"u8, dispute.Submissions > 0 ? "manual"u8 : "not_submitted"u8);
        writer.WriteEndObject();
        writer.WriteString("intended_submission_method"u8, "manual"u8);
        writer.WriteBoolean("is_charge_refundable"u8, dispute.IsChargeRefundable);
        writer.WriteBoolean("livemode"u8, dispute.Scope.IsLive);
        writer.WriteMetadata(dispute.Metadata);
        writer.WriteText("network_reason_code"u8, dispute.NetworkReasonCode);
        writer.WriteId("payment_intent"u8, dispute.PaymentIntent);
        writer.WriteStartObject("payment_method_details"u8);
        writer.WriteStartObject("card"u8);
        writer.WriteString("brand"u8, WireText.Of(dispute.Brand));
        writer.WriteString("case_type"u8, dispute.Withdrawn ? "chargeback"u8 : "inquiry"u8);
        writer.WriteString("network"u8, WireText.Of(dispute.Brand));
        writer.WriteText("network_reason_code"u8, dispute.NetworkReasonCode);
        writer.WriteEndObject();
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
        writer.WriteString("reason"u8, WireText.Of(dispute.Reason));
        writer.WriteString("status"u8, WireText.Of(dispute.Status));
        writer.WriteStartObject("florin"u8);
        writer.WriteString("connector"u8, dispute.Connector);
        writer.WriteNumber("fee"u8, dispute.Fee.Minor);
        writer.WriteString("gateway_reference"u8, dispute.GatewayReference);
        writer.WriteText("response_state"u8, dispute.Response is { } response ? WireText.Of(response) : null);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <param name="address">Where the content is to be had, with a key.</param>
    public static void Write(Utf8JsonWriter writer, StoredFile file, PublicAddress address)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, file.Id);
        writer.WriteString("object"u8, "file"u8);
        writer.WriteInstant("created"u8, file.CreatedAt);
        writer.WriteNull("expires_at"u8);
        writer.WriteText("filename"u8, file.Name);
        writer.WriteNull("links"u8);
        writer.WriteString("purpose"u8, WireText.Of(file.Purpose));
        writer.WriteNumber("size"u8, file.SizeBytes);
        writer.WriteNull("title"u8);
        writer.WriteString("type"u8, WireText.Of(file.Type));
        writer.WriteUrl("url"u8, new Uri(address.Url, $"v1/files/{file.Id}/contents"));
        writer.WriteEndObject();
    }

    /// <param name="now">Tells what is available from what is pending.</param>
    public static void Write(Utf8JsonWriter writer, BalanceTransaction entry, DateTimeOffset now)
    {
        var currency = entry.Amount.Currency.LowerCode;
        writer.WriteStartObject();
        writer.WriteId("id"u8, entry.Id);
        writer.WriteString("object"u8, "balance_transaction"u8);
        writer.WriteNumber("amount"u8, entry.Amount.Minor);
        writer.WriteInstant("available_on"u8, entry.AvailableOn);
        writer.WriteString("balance_type"u8, "payments"u8);
        writer.WriteInstant("created"u8, entry.CreatedAt);
        writer.WriteString("currency"u8, currency);
        writer.WriteText("description"u8, entry.Description);
        writer.WriteNull("exchange_rate"u8);
        writer.WriteNumber("fee"u8, entry.Fee.Minor);
        writer.WriteStartArray("fee_details"u8);
        if (entry.Fee.IsPositive)
        {
            writer.WriteStartObject();
            writer.WriteNumber("amount"u8, entry.Fee.Minor);
            writer.WriteNull("application"u8);
            writer.WriteString("currency"u8, currency);
            writer.WriteString("description"u8, entry.Kind == BalanceTransactionKind.Dispute ? "Dispute fee"u8 : "Processing fee"u8);
            // Stripe's name for what the platform keeps; programs that add up fees look for it.
            writer.WriteString("type"u8, "stripe_fee"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("net"u8, entry.Net.Minor);
        writer.WriteString("reporting_category"u8, WireText.ReportingCategoryOf(entry.Kind));
        writer.WriteString("source"u8, SourceOf(entry));
        writer.WriteString("status"u8, entry.AvailableOn <= now ? "available"u8 : "pending"u8);
        writer.WriteString("type"u8, WireText.TypeOf(entry.Kind));
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<CurrencyBalance> balances, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "balance"u8);
        WriteAmounts(writer, "available"u8, balances.Select(balance => balance.Available));
        writer.WriteBoolean("livemode"u8, isLive);
        WriteAmounts(writer, "pending"u8, balances.Select(balance => balance.Pending));
        writer.WriteEndObject();
    }

    private static void WriteAmounts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<Money> amounts)
    {
        writer.WriteStartArray(name);
        foreach (var amount in amounts)
        {
            writer.WriteStartObject();
            writer.WriteNumber("amount"u8, amount.Minor);
            writer.WriteString("currency"u8, amount.Currency.LowerCode);
            writer.WriteStartObject("source_types"u8);
            writer.WriteNumber("card"u8, amount.Minor);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteEvidence(Utf8JsonWriter writer, Dispute dispute)
    {
        writer.WriteStartObject("evidence"u8);
        foreach (var field in EvidenceInOrder) writer.WriteString(field, dispute.Evidence.GetValueOrDefault(field));
        writer.WriteEmptyObject("enhanced_evidence"u8);
        writer.WriteEndObject();
    }

    private static string SourceOf(BalanceTransaction entry) => entry.Kind switch
    {
        BalanceTransactionKind.Charge => ChargeId.From(entry.Source).ToString(),
        BalanceTransactionKind.Refund => RefundId.From(entry.Source).ToString(),
        BalanceTransactionKind.Dispute or BalanceTransactionKind.DisputeReversal => DisputeId.From(entry.Source).ToString(),
    };
}
