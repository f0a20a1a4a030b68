using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments;

/// <summary>One visit to the hosted checkout: what is bought, and where the buyer goes afterwards.</summary>
/// <param name="UrlToken">The unguessable part of the page's address.</param>
/// <param name="ClientReferenceId">The merchant's own name for the order.</param>
/// <param name="Locale"><c>ko</c>, <c>en</c>, or null for the browser's choice.</param>
public sealed record CheckoutSession(
    CheckoutSessionId Id,
    MerchantScope Scope,
    string UrlToken,
    CheckoutStatus Status,
    CheckoutPaymentStatus PaymentStatus,
    Money Total,
    IReadOnlyList<CheckoutLine> Lines,
    CaptureMethod CaptureMethod,
    Uri SuccessUrl,
    Uri? CancelUrl,
    string? ClientReferenceId,
    string? CustomerEmail,
    string? Locale,
    string? Connector,
    PaymentIntentId? PaymentIntent,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset CreatedAt)
{
    /// <summary>Who buys, where the merchant knows.</summary>
    public CustomerId? Customer { get; init; }

    /// <inheritdoc cref="PaymentIntent.SetupFutureUsage"/>
    public FutureUsage? SetupFutureUsage { get; init; }
}

public enum CheckoutStatus
{
    Open,
    Complete,
    Expired,
}

public enum CheckoutPaymentStatus
{
    Unpaid,
    Paid,
}

/// <param name="UnitAmount">Of one piece.</param>
/// <param name="Quantity">1 or more.</param>
public sealed record CheckoutLine(string Name, string? Description, Uri? Image, Money UnitAmount, long Quantity)
{
    public Money Total => UnitAmount with { Minor = UnitAmount.Minor * Quantity };
}

/// <param name="ExpiresAt">30 minutes to 24 hours from now; null means 24 hours.</param>
public sealed record NewCheckoutSession(
    IReadOnlyList<CheckoutLine> Lines,
    CaptureMethod CaptureMethod,
    Uri SuccessUrl,
    Uri? CancelUrl,
    string? ClientReferenceId,
    string? CustomerEmail,
    string? Locale,
    string? Connector,
    string? Description,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset? ExpiresAt)
{
    /// <summary>Instead of <see cref="CustomerEmail"/>, which is then the customer's.</summary>
    public CustomerId? Customer { get; init; }

    /// <inheritdoc cref="PaymentIntent.SetupFutureUsage"/>
    public FutureUsage? SetupFutureUsage { get; init; }
}

/// <summary>A session and the payment made in it, as its page needs them.</summary>
/// <param name="MerchantName">Who is paid.</param>
public sealed record CheckoutVisit(CheckoutSession Session, PaymentIntent? Payment, string MerchantName);

public sealed record CheckoutPayment(CardEntry Card, string? Email);
