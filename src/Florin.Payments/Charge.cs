using Florin.Connectors;
using Florin.Kernel;

namespace Florin.Payments;

/// <summary>What one attempt charged, or failed to.</summary>
/// <param name="Amount">What was authorized.</param>
/// <param name="Refunded">Returned or on its way back; never more than captured.</param>
/// <param name="Fee">What the platform keeps of the capture.</param>
/// <param name="Failure">Null unless the attempt was declined.</param>
public sealed record Charge(
    ChargeId Id,
    MerchantScope Scope,
    PaymentIntentId PaymentIntent,
    PaymentAttemptId Attempt,
    ChargeStatus Status,
    Money Amount,
    Money Captured,
    Money Refunded,
    Money Fee,
    PaymentMethod PaymentMethod,
    PaymentError? Failure,
    string Connector,
    string? AuthorizationCode,
    DateTimeOffset CreatedAt)
{
    /// <summary>Who paid.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>What the issuer has taken back; with what was refunded never more than captured.</summary>
    public Money Disputed { get; init; } = Money.Zero(Amount.Currency);

    /// <summary>The latest claim against it.</summary>
    public DisputeId? Dispute { get; init; }

    /// <summary>What capturing it did to the merchant's balance.</summary>
    public BalanceTransactionId? BalanceTransaction { get; init; }

    /// <summary>What can still be returned. Nothing, while an issuer holds any of it.</summary>
    public Money Refundable => Disputed.IsZero ? Captured - Refunded : Money.Zero(Amount.Currency);

    /// <summary>At first that of the payment intent, as are the receipt e-mail and the metadata.</summary>
    public string? Description { get; init; }

    public string? ReceiptEmail { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = Documents.NoMetadata;

    /// <summary>Where what was paid for is sent.</summary>
    public ShippingDetails? Shipping { get; init; }

    /// <summary>What was decided where the money came after its payment had been given up; null where it came in time.</summary>
    public LateSuccessPolicy? LateSuccess { get; init; }
}

/// <summary>What becomes of money that comes after its payment was given up.</summary>
public enum LateSuccessPolicy
{
    /// <summary>It is returned.</summary>
    Refund,

    /// <summary>The payment succeeds after all where nobody decided against it; otherwise the money is returned.</summary>
    Accept,

    /// <summary>It waits for a person.</summary>
    Ask,
}

public enum ChargeStatus
{
    Authorized,
    Captured,
    Voided,
    Failed,
}

/// <summary>Everything that was tried for one payment.</summary>
public sealed record PaymentHistory(
    PaymentIntent Intent,
    IReadOnlyList<PaymentAttempt> Attempts,
    IReadOnlyList<Charge> Charges,
    IReadOnlyList<ChargeOperation> Operations,
    IReadOnlyList<Refund> Refunds)
{
    public IReadOnlyList<Dispute> Disputes { get; init; } = [];

    /// <summary>Why each attempt went where it went; attempts made before there was routing have none.</summary>
    public IReadOnlyList<RoutingDecision> Decisions { get; init; } = [];

    /// <summary>The outcomes that people stated, oldest first.</summary>
    public IReadOnlyList<OutcomeStatement> Statements { get; init; } = [];
}

/// <summary>One try to collect a payment through one connector.</summary>
/// <param name="GatewayKey">Our key for it at the gateway.</param>
/// <param name="GatewayReference">The gateway's own name for it, once known.</param>
/// <param name="Queries">How often the gateway was asked what became of it.</param>
public sealed record PaymentAttempt(
    PaymentAttemptId Id,
    PaymentIntentId PaymentIntent,
    ChargeId Charge,
    ConnectorAccountId ConnectorAccount,
    string Connector,
    PaymentMethodId PaymentMethod,
    Money Amount,
    bool Capture,
    AttemptState State,
    string GatewayKey,
    string? GatewayReference,
    Uri? ChallengeUrl,
    string ReturnToken,
    DeclineCode? DeclineCode,
    string? GatewayCode,
    string? Explanation,
    int Queries,
    DateTimeOffset SentAt,
    DateTimeOffset DeadlineAt,
    DateTimeOffset? SettledAt)
{
    /// <summary>The buyer is not there, so a challenge is a decline.</summary>
    public bool OffSession { get; init; }

    /// <summary>The attempt at another gateway that was turned down just before, and in whose place this one came.</summary>
    public PaymentAttemptId? Follows { get; init; }

    /// <summary>The buyer passed a challenge for the attempt before: another would ask twice, so it is a decline.</summary>
    public bool ChallengePassed { get; init; }

    internal bool WasChallenged => ChallengeUrl is not null;
}

/// <summary>Where an attempt stands; "declined", "not sent" and "unknown" are three things.</summary>
public enum AttemptState
{
    Sent,
    Challenge,
    Authorized,
    Captured,
    Declined,
    NotSent,
    Unknown,
    Voided,
}

public enum ChargeOperationKind
{
    Capture,
    Void,

    /// <summary>The hold is raised; its amount is what is held in all.</summary>
    Increment,
}

/// <summary>Where a capture, void or refund stands at the gateway.</summary>
public enum OperationState
{
    Sent,
    Succeeded,
    Declined,
    NotSent,
    Unknown,

    /// <summary>Called back before the gateway carried it out; only a refund can be.</summary>
    Canceled,
}

/// <summary>One capture, void or increment asked of a gateway.</summary>
public sealed record ChargeOperation(
    ChargeOperationId Id,
    ChargeId Charge,
    PaymentIntentId PaymentIntent,
    ChargeOperationKind Kind,
    Money Amount,
    OperationState State,
    string GatewayKey,
    string? GatewayReference,
    string? Explanation,
    int Queries,
    DateTimeOffset SentAt,
    DateTimeOffset DeadlineAt,
    DateTimeOffset? SettledAt);

/// <summary>Money returned, or on its way back.</summary>
public sealed record Refund(
    RefundId Id,
    MerchantScope Scope,
    ChargeId Charge,
    PaymentIntentId PaymentIntent,
    Money Amount,
    OperationState State,
    RefundReason? Reason,
    string GatewayKey,
    string? GatewayReference,
    string? Explanation,
    int Queries,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset SentAt,
    DateTimeOffset DeadlineAt,
    DateTimeOffset? SettledAt)
{
    public DateTimeOffset CreatedAt => SentAt;

    /// <summary>What it did to the merchant's balance; null until the gateway has carried it out.</summary>
    public BalanceTransactionId? BalanceTransaction { get; init; }
}

public enum RefundReason
{
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

/// <param name="PaymentIntent">Either this or <paramref name="Charge"/>; both only where they belong together.</param>
/// <param name="AmountMinor">Null returns all that is left.</param>
public sealed record NewRefund(
    PaymentIntentId? PaymentIntent, ChargeId? Charge, long? AmountMinor, RefundReason? Reason, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>What the asker saw as left to refund; when it is another amount by then, nothing is refunded.</summary>
    public long? ExpectedRemainingMinor { get; init; }
}

public sealed record RefundFilter(
    PaymentIntentId? PaymentIntent = null, ChargeId? Charge = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);

public sealed record ChargeFilter(
    CustomerId? Customer = null, PaymentIntentId? PaymentIntent = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
public sealed record ChargeChange(string? Description, string? ReceiptEmail, MetadataChange? Metadata);
