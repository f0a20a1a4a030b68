using Florin.Connectors;
using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments;

/// <summary>A buyer's claim against a charge, brought by the card's issuer.</summary>
/// <param name="Amount">What is claimed.</param>
/// <param name="Fee">What the gateway's handling of it costs the merchant, whoever wins; zero for an inquiry.</param>
/// <param name="Withdrawn">Whether it is a chargeback (or became one), so that the amount was taken from the merchant.</param>
/// <param name="Evidence">By the API's name of the field; documents by their file's id.</param>
/// <param name="Submissions">How often evidence reached the issuer.</param>
/// <param name="Response">Where the latest response stands; null before the first.</param>
/// <param name="DueBy">Until when the issuer listens; afterwards silence has lost it.</param>
public sealed record Dispute(
    DisputeId Id,
    MerchantScope Scope,
    ChargeId Charge,
    PaymentIntentId PaymentIntent,
    ConnectorAccountId ConnectorAccount,
    string Connector,
    string GatewayReference,
    CardBrand Brand,
    Money Amount,
    Money Fee,
    DisputeStatus Status,
    bool Withdrawn,
    DisputeReason Reason,
    string? NetworkReasonCode,
    IReadOnlyDictionary<string, string> Evidence,
    int Submissions,
    OperationState? Response,
    DateTimeOffset DueBy,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt)
{
    /// <summary>Whether money of the charge can still be returned.</summary>
    public bool IsChargeRefundable { get; init; }

    /// <summary>What it did to the merchant's balance: nothing, the withdrawal, or also its reversal.</summary>
    public IReadOnlyList<BalanceTransaction> BalanceTransactions { get; init; } = [];

    /// <summary>Whether the issuer waits for the merchant.</summary>
    public bool NeedsResponse => Status is DisputeStatus.WarningNeedsResponse or DisputeStatus.NeedsResponse;

    public bool IsOver => Status is DisputeStatus.WarningClosed or DisputeStatus.Won or DisputeStatus.Lost;
}

/// <summary>Where a dispute stands. A <c>Warning</c> is an inquiry: nothing is taken unless it becomes a chargeback.</summary>
public enum DisputeStatus
{
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

public sealed record DisputeFilter(
    ChargeId? Charge = null, PaymentIntentId? PaymentIntent = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);

/// <param name="Evidence">By the API's name of the field; an empty text clears. Null leaves all as it is.</param>
/// <param name="Submit">Whether it goes to the issuer now; null: where evidence is given.</param>
public sealed record DisputeChange(IReadOnlyDictionary<string, string>? Evidence, bool? Submit, MetadataChange? Metadata);

/// <summary>What may speak for a merchant, by the API's names.</summary>
public static class EvidenceFields
{
    /// <summary>All texts together have at most so many characters.</summary>
    public const int MostCharacters = 150_000;

    /// <summary>All documents together have at most so many bytes.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    public static IReadOnlyList<string> Texts { get; } =
    [
        "access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_email_address",
        "customer_name", "customer_purchase_ip", "duplicate_charge_explanation", "duplicate_charge_id", "product_description",
        "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "shipping_address", "shipping_carrier",
        "shipping_date", "shipping_tracking_number", "uncategorized_text",
    ];

    public static IReadOnlyList<string> Files { get; } =
    [
        "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
        "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
    ];
}

/// <summary>A document as it was uploaded, without its content.</summary>
/// <param name="Name">As the uploader called it; for people alone.</param>
public sealed record StoredFile(
    FileId Id, MerchantScope Scope, FilePurpose Purpose, string? Name, FileType Type, long SizeBytes, DateTimeOffset CreatedAt);

public enum FilePurpose
{
    DisputeEvidence,

    /// <summary>Where somebody learned an outcome that a person states.</summary>
    OutcomeEvidence,
}

public enum FileType
{
    Pdf,
    Png,
    Jpg,
}

public sealed record NewFile(FilePurpose Purpose, string? Name, ReadOnlyMemory<byte> Content)
{
    public const int MostBytes = 5 * 1024 * 1024;
}

public sealed record FileFilter(FilePurpose? Purpose = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);

/// <summary>One change of what a merchant is owed.</summary>
/// <param name="Source">The id of what caused it: a charge, a refund, a dispute.</param>
/// <param name="Amount">Negative where it was taken.</param>
/// <param name="AvailableOn">From when on it counts as available.</param>
public sealed record BalanceTransaction(
    BalanceTransactionId Id,
    MerchantScope Scope,
    BalanceTransactionKind Kind,
    Guid Source,
    Money Amount,
    Money Fee,
    string? Description,
    DateTimeOffset AvailableOn,
    DateTimeOffset CreatedAt)
{
    public Money Net => Amount - Fee;
}

public enum BalanceTransactionKind
{
    Charge,
    Refund,
    Dispute,
    DisputeReversal,
}

/// <param name="Pending">Owed, and available only later.</param>
public sealed record CurrencyBalance(Money Available, Money Pending);

public sealed record BalanceTransactionFilter(
    IReadOnlyCollection<BalanceTransactionKind>? Kinds = null,
    Currency? Currency = null,
    Guid? Source = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null);
