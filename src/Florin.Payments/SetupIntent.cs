using Florin.Connectors;
using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments;

/// <summary>Names one wish to save a payment method without paying.</summary>
public readonly record struct SetupIntentId(Guid Value) : IId<SetupIntentId>
{
    public static string Prefix => "seti_";

    public static SetupIntentId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one try to have a card verified by its issuer.</summary>
public readonly record struct SetupAttemptId(Guid Value) : IId<SetupAttemptId>
{
    public static string Prefix => "setatt_";

    public static SetupAttemptId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>A payment method on its way to being saved: its issuer is asked, and the buyer where the issuer wants that, but
/// nothing is paid.</summary>
/// <param name="ClientSecret">Lets a browser see and confirm this intent alone: <c>seti_..._secret_...</c>.</param>
/// <param name="NextAction">Where the buyer must go, while <see cref="SetupIntentStatus.RequiresAction"/>.</param>
/// <param name="Currency">What the issuer is asked in; null leaves it to the gateway account.</param>
/// <param name="Connector">The gateway that the merchant asked for; null leaves it to routing.</param>
public sealed record SetupIntent(
    SetupIntentId Id,
    MerchantScope Scope,
    SetupIntentStatus Status,
    FutureUsage Usage,
    string ClientSecret,
    CustomerId? Customer,
    PaymentMethodId? PaymentMethod,
    SetupAttemptId? LatestAttempt,
    CheckoutSessionId? CheckoutSession,
    PaymentError? LastError,
    Uri? NextAction,
    Uri? ReturnUrl,
    string? Description,
    Currency? Currency,
    string? Connector,
    IReadOnlyDictionary<string, string> Metadata,
    CancellationReason? CancellationReason,
    DateTimeOffset CreatedAt);

/// <summary>Stripe's states; on the wire in snake case.</summary>
public enum SetupIntentStatus
{
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Canceled,
    Succeeded,
}

/// <summary>One try to have a card verified: a small amount is held, and freed as soon as the issuer said yes.</summary>
/// <param name="Amount">What is held for a moment. No gateway takes an amount of nothing in the same way as another.</param>
/// <param name="State">As of an attempt to collect: <c>authorized</c> while it is held, <c>voided</c> once it is free.</param>
/// <param name="Error">Why it failed; null while it did not.</param>
/// <param name="Release">The latest request to free what is held; null before the first.</param>
public sealed record SetupAttempt(
    SetupAttemptId Id,
    SetupIntentId SetupIntent,
    ConnectorAccountId ConnectorAccount,
    string Connector,
    PaymentMethodId PaymentMethod,
    Money Amount,
    AttemptState State,
    string? GatewayReference,
    Uri? ChallengeUrl,
    string ReturnToken,
    PaymentError? Error,
    string? Explanation,
    int Queries,
    HoldRelease? Release,
    DateTimeOffset SentAt,
    DateTimeOffset DeadlineAt,
    DateTimeOffset? SettledAt)
{
    /// <summary>Our key for it at the gateway.</summary>
    public string GatewayKey => Id.ToString();

    /// <summary>The card of its payment method.</summary>
    public required CardFace Card { get; init; }
}

/// <summary>What never changes of a card, as far as it may be shown.</summary>
/// <param name="Country">ISO 3166-1 alpha-2; null where it is not known.</param>
public sealed record CardFace(CardBrand Brand, string? Country, CardFunding Funding, string Last4)
{
    internal static CardFace Of(CardDetails card) => new(card.Brand, card.Country, card.Funding, card.Last4);
}

/// <summary>One request to free what a verification held.</summary>
/// <param name="Id">Our key for it at the gateway.</param>
public sealed record HoldRelease(ChargeOperationId Id, OperationState State, int Queries, DateTimeOffset SentAt);

/// <param name="PaymentMethod">An id of ours, or in test mode one of the well-known <c>pm_card_visa</c> kind.</param>
/// <param name="Card">Instead of <paramref name="PaymentMethod"/>: card or token given with the request.</param>
public sealed record NewSetupIntent(
    bool Confirm,
    FutureUsage Usage,
    CustomerId? Customer,
    string? PaymentMethod,
    NewPaymentMethod? Card,
    Uri? ReturnUrl,
    string? Description,
    Currency? Currency,
    string? Connector,
    IReadOnlyDictionary<string, string> Metadata);

/// <param name="PaymentMethod">Null uses the one that the intent holds already.</param>
public sealed record SetupConfirmation(string? PaymentMethod, NewPaymentMethod? Card, Uri? ReturnUrl);

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
/// <param name="Customer">Can be set where there is none.</param>
public sealed record SetupIntentChange(
    string? PaymentMethod, NewPaymentMethod? Card, CustomerId? Customer, string? Description, MetadataChange? Metadata);

public sealed record SetupIntentFilter(
    CustomerId? Customer = null, PaymentMethodId? PaymentMethod = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);
