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

    public CheckoutMode Mode { get; init; }

    /// <summary>What saves the card, once the buyer has given one; only in <see cref="CheckoutMode.Setup"/>.</summary>
    public SetupIntentId? SetupIntent { get; init; }

    /// <summary>Whether a customer is made of a buyer who is nobody yet.</summary>
    public bool MakesCustomer { get; init; }
}

public enum CheckoutMode
{
    Payment,

    /// <summary>A card is saved and nothing is paid: the total is 0, in XXX (ISO 4217: no currency) where none is named.</summary>
    Setup,
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

    /// <summary>A card is saved, so there is nothing to pay.</summary>
    NoPaymentRequired,
}

/// <param name="UnitAmount">Of one piece.</param>
/// <param name="Quantity">1 or more.</param>
public sealed record CheckoutLine(string Name, string? Description, Uri? Image, Money UnitAmount, long Quantity)
{
    public Money Total => UnitAmount with { Minor = UnitAmount.Minor * Quantity };

    /// <summary>What it costs by the catalogue; null on lines from before there was one.</summary>
    public PriceId? Price { get; init; }
}

/// <summary>One line as it is asked for: by a price, or by what is sold and for how much.</summary>
/// <param name="Price">Either this or <paramref name="Inline"/>.</param>
public sealed record WantedLine(PriceId? Price, InlinePrice? Inline, long Quantity)
{
    /// <summary>What the buyer is shown, as in the buyer's own language; null shows what the catalogue says.</summary>
    public LineCaption? Caption { get; init; }
}

/// <param name="Image">Of our own origin it may be relative.</param>
public sealed record LineCaption(string Name, string? Description, Uri? Image);

/// <param name="Lines">Empty in <see cref="CheckoutMode.Setup"/>.</param>
/// <param name="ExpiresAt">30 minutes to 24 hours from now; null means 24 hours.</param>
public sealed record NewCheckoutSession(
    IReadOnlyList<WantedLine> Lines,
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

    public CheckoutMode Mode { get; init; }

    /// <inheritdoc cref="CheckoutSession.MakesCustomer"/>
    public bool MakesCustomer { get; init; }

    /// <summary>What the issuer is asked in, in <see cref="CheckoutMode.Setup"/>; null leaves it to the gateway account.</summary>
    public Currency? Currency { get; init; }
}

public sealed record CheckoutSessionFilter(
    CustomerId? Customer = null,
    PaymentIntentId? PaymentIntent = null,
    CheckoutStatus? Status = null,
    string? Email = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null);

/// <summary>A session and the payment made in it, as its page needs them.</summary>
/// <param name="MerchantName">Who is paid.</param>
public sealed record CheckoutVisit(CheckoutSession Session, PaymentIntent? Payment, string MerchantName)
{
    /// <summary>What saves the card, in <see cref="CheckoutMode.Setup"/>.</summary>
    public SetupIntent? Setup { get; init; }
}

public sealed record CheckoutPayment(CardEntry Card, string? Email);
