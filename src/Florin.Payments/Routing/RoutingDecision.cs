using Florin.Connectors;
using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments;

/// <summary>Why an attempt went where it went, with all that it takes to decide it once more.</summary>
/// <param name="Version">The rules in force; null where the merchant had none.</param>
/// <param name="Rule">The rule that decided; null for the default.</param>
/// <param name="Follows">The attempt before, where this one was made because that one was turned down.</param>
/// <param name="Draw">What was drawn for a split.</param>
/// <param name="Candidates">Every account of the merchant's, those that could be used in their order first.</param>
public sealed record RoutingDecision(
    PaymentAttemptId Attempt,
    PaymentIntentId PaymentIntent,
    RoutingVersionId? Version,
    long? VersionNumber,
    string? Rule,
    PaymentAttemptId? Follows,
    RoutingDraw? Draw,
    IReadOnlyList<RoutingCandidate> Candidates,
    RoutingFacts Facts,
    DateTimeOffset DecidedAt)
{
    /// <summary>The rules that ask for the country of the card, and hold but for that: the country was not known.</summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];
}

/// <param name="By">The attempt whose id the number was made of: the first of a chain, so that all of it is drawn once.</param>
/// <param name="Number">From 0 up to, but not including, <paramref name="Of"/>, the sum of the weights.</param>
public sealed record RoutingDraw(PaymentAttemptId By, int Number, int Of);

public sealed record RoutingCandidate(ConnectorAccountId Account, string Connector, RoutingStanding Standing);

/// <summary>Whether an account was used, could be, or what kept it out.</summary>
public enum RoutingStanding
{
    Chosen,

    /// <summary>Would have been next.</summary>
    Able,

    /// <summary>Turned this payment down just before.</summary>
    Tried,

    /// <summary>A rule excluded it.</summary>
    Excluded,

    /// <summary>The merchant asked for another gateway by name.</summary>
    NotAskedFor,

    /// <summary>Neither the rule nor the default names it.</summary>
    NotListed,
    MethodUnsupported,
    CurrencyUnsupported,

    /// <summary>The account's own list of currencies leaves this one out, and no rule named the account.</summary>
    CurrencyNotWanted,
    ManualCaptureUnsupported,
    AmountOutOfBounds,

    /// <summary>It does not answer as it should; used only where nothing else can be.</summary>
    Unavailable,

    /// <summary>It would ask the buyer once more, who has passed a challenge already.</summary>
    AuthenticationNotTaken,
}

/// <summary>What rules can ask about a payment.</summary>
/// <param name="Amount">Null where nothing is paid and no currency is known, as when a card is saved.</param>
/// <param name="Country">The card's, ISO 3166-1 alpha-2; null where it is not known.</param>
/// <param name="Metadata">Only the keys that the rules ask for.</param>
public sealed record RoutingFacts(
    Money? Amount,
    string Method,
    CardBrand? Brand,
    string? Bin,
    string? Country,
    CustomerId? Customer,
    IReadOnlyDictionary<string, string> Metadata,
    CaptureMethod Capture,
    string? AskedFor,
    DateTimeOffset At)
{
    public const string CardMethod = "card";
}
