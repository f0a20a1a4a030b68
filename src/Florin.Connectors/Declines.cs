using System.Collections.Frozen;

namespace Florin.Connectors;

/// <summary>What kind of no a decline is, whichever gateway said it and in whichever words.</summary>
public enum DeclineClass
{
    /// <summary>The issuer's no to this card or this buyer: it would say so anywhere.</summary>
    Hard,

    /// <summary>A no of the moment: the same card may go through later, or by another way.</summary>
    Soft,

    /// <summary>The issuer wants the buyer, who was not asked or did not pass.</summary>
    AuthenticationRequired,

    /// <summary>Something in the request is wrong: what was typed, or what is asked for.</summary>
    InvalidRequest,

    /// <summary>The gateway's own trouble, or an account there that is not set up; the issuer was never asked.</summary>
    GatewayFault,
}

/// <param name="RetryableElsewhere">Whether the same payment may be sent to another gateway at once. Where in doubt it is not:
/// an issuer that has said no is not asked again by another door.</param>
public sealed record DeclineRule(DeclineCode Code, DeclineClass Class, bool RetryableElsewhere)
{
    /// <summary>What holds for a code wherever a connector's table does not say otherwise.</summary>
    public static DeclineRule Of(DeclineCode code) => code switch
    {
        DeclineCode.CallIssuer or DeclineCode.DoNotHonor or DeclineCode.DuplicateTransaction or DeclineCode.Fraudulent
            or DeclineCode.GenericDecline or DeclineCode.LostCard or DeclineCode.PickupCard or DeclineCode.RestrictedCard
            or DeclineCode.StolenCard or DeclineCode.TransactionNotAllowed or DeclineCode.NotPermitted or DeclineCode.CardNotSupported
            or DeclineCode.CurrencyNotSupported or DeclineCode.InvalidAccount => new(code, DeclineClass.Hard, RetryableElsewhere: false),
        DeclineCode.InsufficientFunds or DeclineCode.CardVelocityExceeded or DeclineCode.WithdrawalCountLimitExceeded =>
            new(code, DeclineClass.Soft, RetryableElsewhere: false),
        DeclineCode.IssuerNotAvailable or DeclineCode.TryAgainLater => new(code, DeclineClass.Soft, RetryableElsewhere: true),
        DeclineCode.AuthenticationFailed or DeclineCode.AuthenticationRequired =>
            new(code, DeclineClass.AuthenticationRequired, RetryableElsewhere: false),
        DeclineCode.ExpiredCard or DeclineCode.IncorrectCvc or DeclineCode.IncorrectNumber =>
            new(code, DeclineClass.InvalidRequest, RetryableElsewhere: false),

        // An acquirer's limit of what it takes at once; another's is another.
        DeclineCode.InvalidAmount => new(code, DeclineClass.InvalidRequest, RetryableElsewhere: true),
        DeclineCode.ProcessingError => new(code, DeclineClass.GatewayFault, RetryableElsewhere: true),
    };
}

/// <summary>What each of a gateway's own words for no means, and whether the payment may be tried at another gateway.</summary>
public sealed class DeclineTable
{
    /// <summary>The table of a connector that knows no words of its gateway's: the code alone tells.</summary>
    public static readonly DeclineTable ByCodeAlone = Of(FrozenDictionary<string, DeclineCode>.Empty);

    private DeclineTable(FrozenDictionary<string, DeclineRule> words) => Words = words;

    /// <summary>By the gateway's own word.</summary>
    public IReadOnlyDictionary<string, DeclineRule> Words { get; }

    /// <param name="codes">The gateway's words and what they are called with us.</param>
    /// <param name="otherwise">Words that mean something else than their code alone would say.</param>
    public static DeclineTable Of(IReadOnlyDictionary<string, DeclineCode> codes, params ReadOnlySpan<(string Word, DeclineRule Rule)> otherwise)
    {
        var words = codes.ToDictionary(pair => pair.Key, pair => DeclineRule.Of(pair.Value), StringComparer.Ordinal);
        foreach (var (word, rule) in otherwise) words[word] = rule;
        return new DeclineTable(words.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>What a decline means. A word that is in no table is judged by its code.</summary>
    public DeclineRule Judge(GatewayAnswer.Declined declined) =>
        Words.TryGetValue(declined.GatewayCode, out var rule) && rule.Code == declined.Code ? rule : DeclineRule.Of(declined.Code);
}
