using Florin.Connectors;
using Florin.Payments;
using Florin.Payments.Wire;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class DisputeObjects
{
    public static WireObject Dispute { get; } = new("dispute", "A buyer's claim against a charge, brought by the card's issuer.",
    [
        new("id", Id<DisputeId>()),
        new("amount", Amount),
        new("balance_transactions", ListOf(Reference("balance_transaction"))),
        new("charge", Id<ChargeId>()),
        new("created", Instant),
        new("currency", Currency),
        new("enhanced_eligibility_types", ListOf(Text)),
        new("evidence", Object(
        [
            .. EvidenceFields.Texts.Select(field => new WireField(field, Text.Maybe())),
            .. EvidenceFields.Files.Select(field => new WireField(field, Id<FileId>().Maybe())),
            new WireField("enhanced_evidence", EmptyObject),
        ])),
        new("evidence_details", Object(
            new("due_by", Instant),
            new("enhanced_eligibility", EmptyObject),
            new("has_evidence", Truth),
            new("past_due", Truth),
            new("submission_count", Number),
            new("submission_method", Word("manual", "not_submitted")))),
        new("intended_submission_method", Word("manual")),
        new("is_charge_refundable", Truth),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("network_reason_code", Text.Maybe()),
        new("payment_intent", Id<PaymentIntentId>()),
        new("payment_method_details", Object(
            new("card", Object(
                new("brand", Text),
                new("case_type", Word("chargeback", "inquiry")),
                new("network", Text),
                new("network_reason_code", Text.Maybe()))),
            new("type", Word("card")))),
        new("reason", Word<DisputeReason>(WireText.Of)),
        new("status", Word<DisputeStatus>(WireText.Of)),
        new("florin", Object(
            new("connector", Text),
            new("fee", Amount),
            new("gateway_reference", Text),
            new("response_state", Word<OperationState>(WireText.Of).Maybe()))),
    ]);

    public static WireObject File { get; } = new("file", "A document that was uploaded.",
    [
        new("id", Id<FileId>()),
        new("created", Instant),
        new("expires_at", Nothing),
        new("filename", Text.Maybe()),
        new("links", Nothing),
        new("purpose", Word<FilePurpose>(WireText.Of)),
        new("size", Number),
        new("title", Nothing),
        new("type", Word<FileType>(WireText.Of)),
        new("url", Url),
    ]);

    public static WireObject Balance { get; } = new("balance", "What is owed to the merchant.",
    [
        new("available", ListOf(InOneCurrency)),
        new("livemode", Truth),
        new("pending", ListOf(InOneCurrency)),
    ]);

    public static WireObject BalanceTransaction { get; } = new("balance_transaction", "One change of what is owed to the merchant.",
    [
        new("id", Id<BalanceTransactionId>()),
        new("amount", Amount),
        new("available_on", Instant),
        new("balance_type", Word("payments")),
        new("created", Instant),
        new("currency", Currency),
        new("description", Text.Maybe()),
        new("exchange_rate", Nothing),
        new("fee", Amount),
        new("fee_details", ListOf(Object(
            new("amount", Amount),
            new("application", Nothing),
            new("currency", Currency),
            new("description", Text),
            new("type", Word("stripe_fee"))))),
        new("net", Amount),
        new("reporting_category", Word<BalanceTransactionKind>(WireText.ReportingCategoryOf)),
        new("source", Text),
        new("status", Word("available", "pending")),
        new("type", Word("charge", "refund", "adjustment")),
    ]);

    private static WireType InOneCurrency =>
        Object(new("amount", Amount), new("currency", Currency), new("source_types", Object(new WireField("card", Amount))));
}
