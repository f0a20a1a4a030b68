using Florin.Kernel;

namespace Florin.Payments;

/// <summary>What a customer owes, and its way to being paid.</summary>
/// <param name="AmountCapturable">Held and not yet taken.</param>
/// <param name="AmountReceived">Taken.</param>
/// <param name="ClientSecret">Lets a browser see and confirm this payment alone: <c>pi_..._secret_...</c>.</param>
/// <param name="LatestCharge">What the last attempt charged, or failed to.</param>
/// <param name="NextAction">Where the buyer must go, while <see cref="PaymentIntentStatus.RequiresAction"/>.</param>
/// <param name="Connector">The gateway that the merchant asked for; null leaves it to routing.</param>
public sealed record PaymentIntent(
    PaymentIntentId Id,
    MerchantScope Scope,
    Money Amount,
    Money AmountCapturable,
    Money AmountReceived,
    PaymentIntentStatus Status,
    CaptureMethod CaptureMethod,
    string ClientSecret,
    PaymentMethodId? PaymentMethod,
    ChargeId? LatestCharge,
    PaymentAttemptId? LatestAttempt,
    CheckoutSessionId? CheckoutSession,
    PaymentError? LastError,
    Uri? NextAction,
    Uri? ReturnUrl,
    string? Description,
    string? StatementDescriptor,
    string? ReceiptEmail,
    string? Connector,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset? CanceledAt,
    CancellationReason? CancellationReason,
    DateTimeOffset CreatedAt)
{
    /// <summary>Who pays; once set it stays.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Whether the method is saved for the customer once the payment went through.</summary>
    public FutureUsage? SetupFutureUsage { get; init; }

    /// <summary>Where what is paid for is sent.</summary>
    public ShippingDetails? Shipping { get; init; }
}

/// <summary>How a saved payment method will be used: with the customer present, or also without.</summary>
public enum FutureUsage
{
    OffSession,
    OnSession,
}

/// <summary>Stripe's states; on the wire in snake case.</summary>
public enum PaymentIntentStatus
{
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
}

public enum CaptureMethod
{
    Automatic,
    Manual,
}

public enum CancellationReason
{
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
    Abandoned,

    /// <summary>Ours alone: the checkout session lapsed.</summary>
    Expired,
}

/// <summary>Why the last attempt failed.</summary>
/// <param name="Code">As in <c>card_declined</c>.</param>
/// <param name="DeclineCode">As in <c>insufficient_funds</c>; null where no issuer was asked.</param>
public sealed record PaymentError(
    string Code, string? DeclineCode, string Message, PaymentMethodId? PaymentMethod, ChargeId? Charge);

/// <param name="PaymentMethod">An id of ours, or in test mode one of the well-known <c>pm_card_visa</c> kind.</param>
/// <param name="Card">Instead of <paramref name="PaymentMethod"/>: card or token given with the request.</param>
/// <param name="ReturnUrl">Where the buyer is sent after a challenge.</param>
public sealed record NewPaymentIntent(
    Money Amount,
    CaptureMethod CaptureMethod,
    bool Confirm,
    string? PaymentMethod,
    NewPaymentMethod? Card,
    Uri? ReturnUrl,
    string? Description,
    string? StatementDescriptor,
    string? ReceiptEmail,
    string? Connector,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Who pays.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Saves the method for the customer once the payment went through.</summary>
    public FutureUsage? SetupFutureUsage { get; init; }

    /// <summary>The buyer is not there: where the issuer wants a challenge, the payment is declined.</summary>
    public bool OffSession { get; init; }

    public ShippingDetails? Shipping { get; init; }
}

/// <param name="PaymentMethod">Null uses the one that the intent holds already.</param>
public sealed record Confirmation(string? PaymentMethod, NewPaymentMethod? Card, Uri? ReturnUrl)
{
    /// <summary>Null leaves what the intent says.</summary>
    public FutureUsage? SetupFutureUsage { get; init; }

    /// <inheritdoc cref="NewPaymentIntent.OffSession"/>
    public bool OffSession { get; init; }
}

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
public sealed record PaymentIntentChange(
    Money? Amount, string? PaymentMethod, string? Description, string? StatementDescriptor, string? ReceiptEmail, MetadataChange? Metadata)
{
    /// <summary>Can be set where there is none; who pays cannot be changed.</summary>
    public CustomerId? Customer { get; init; }

    public FutureUsageChange? SetupFutureUsage { get; init; }

    public ShippingChange? Shipping { get; init; }
}

/// <param name="To">Null: the method is not to be saved.</param>
public sealed record FutureUsageChange(FutureUsage? To);

/// <param name="AmountFrom">The least amount, whatever the currency.</param>
/// <param name="Refunded">How much of the payment was returned.</param>
/// <param name="OutcomeUnknown">Only payments whose gateway has not answered.</param>
/// <param name="Text">Found in description, receipt e-mail or metadata; or an id, or a card's last four digits.</param>
public sealed record PaymentIntentFilter(
    PaymentIntentStatus? Status = null,
    Currency? Currency = null,
    AmountBound? AmountFrom = null,
    AmountBound? AmountTo = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null,
    RefundedPart? Refunded = null,
    bool OutcomeUnknown = false,
    string? Text = null)
{
    public CustomerId? Customer { get; init; }
}

/// <summary>How much of a captured payment was returned.</summary>
public enum RefundedPart
{
    None,
    Some,
    All,
}

/// <summary>The same bound in major units for currencies of any digits: 12.50 is 1250 cents, and 12 or 13 won.</summary>
public sealed record AmountBound(long WithNoDigits, long WithTwoDigits, long WithThreeDigits, long WithFourDigits);
