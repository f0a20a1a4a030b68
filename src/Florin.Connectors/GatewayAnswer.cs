using System.Text;
using Florin.Kernel;

namespace Florin.Connectors;

/// <summary>What a gateway said. "Declined", "never sent" and "don't know" are three things.</summary>
public abstract record GatewayAnswer
{
    private GatewayAnswer()
    {
    }

    /// <summary>We were too late to send it, by our own clock: it says nothing about the gateway. Only with
    /// <see cref="NotSent"/>, and with <see cref="Unknown"/> where the call was about something sent before.</summary>
    public bool IsOurDelay { get; init; }

    /// <summary>Leaves out <see cref="IsOurDelay"/>: printed is what a gateway said.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>The issuer holds the amount.</summary>
    public sealed record Authorized(string Reference, Money Amount, string? AuthorizationCode = null) : GatewayAnswer;

    /// <summary>The amount was taken. <paramref name="Reference"/> is what a refund names.</summary>
    public sealed record Captured(string Reference, Money Amount, string? AuthorizationCode = null) : GatewayAnswer;

    /// <summary>The hold is gone.</summary>
    public sealed record Voided(string Reference) : GatewayAnswer;

    /// <summary>The amount was returned.</summary>
    public sealed record Refunded(string Reference, Money Amount) : GatewayAnswer;

    /// <summary>The gateway took the operation in and works on it; ask again later.</summary>
    public sealed record Pending(string? Reference) : GatewayAnswer;

    /// <summary>The issuer wants the buyer to prove who they are at <paramref name="RedirectUrl"/>.</summary>
    public sealed record Challenge(string Reference, Uri RedirectUrl) : GatewayAnswer;

    /// <summary>How a dispute stands, to a question about it or to what was said to it.</summary>
    public sealed record Disputed(GatewayDispute Dispute) : GatewayAnswer;

    /// <summary>Disputes opened since an instant, oldest first; a full page may have more behind it.</summary>
    public sealed record DisputesOpened(IReadOnlyList<GatewayDispute> Disputes, bool HasMore) : GatewayAnswer;

    /// <summary>A clear no: nothing was held, taken or returned.</summary>
    /// <param name="GatewayCode">The gateway's own word, for operators.</param>
    /// <param name="Message">A sentence for a developer; carries no card data.</param>
    public sealed record Declined(DeclineCode Code, string GatewayCode, string Message, string? Reference = null)
        : GatewayAnswer
    {
        /// <summary>What proves that the buyer had passed the issuer's challenge before the no; null where there was none, or
        /// the gateway does not tell.</summary>
        public GatewayAuthentication? Authentication { get; init; }
    }

    /// <summary>The request certainly never reached the gateway.</summary>
    public sealed record NotSent(string Reason) : GatewayAnswer
    {
        /// <summary>We did not even try: the gateway is known to be failing, or too much waits for it already.</summary>
        public bool IsShed { get; init; }
    }

    /// <summary>Only to a query: the gateway knows no operation with that key.</summary>
    public sealed record NotFound : GatewayAnswer;

    /// <summary>Anything may have happened: no answer, half an answer, or a word that we do not know.</summary>
    public sealed record Unknown(string Reason) : GatewayAnswer;
}

/// <summary>Why a card was declined, in the words that the wire uses (snake case of the member's name).</summary>
public enum DeclineCode
{
    AuthenticationFailed,
    AuthenticationRequired,
    CallIssuer,
    CardNotSupported,
    CardVelocityExceeded,
    CurrencyNotSupported,
    DoNotHonor,
    DuplicateTransaction,
    ExpiredCard,
    Fraudulent,
    GenericDecline,
    IncorrectCvc,
    IncorrectNumber,
    InsufficientFunds,
    InvalidAccount,
    InvalidAmount,
    IssuerNotAvailable,
    LostCard,
    NotPermitted,
    PickupCard,
    ProcessingError,
    RestrictedCard,
    StolenCard,
    TransactionNotAllowed,
    TryAgainLater,
    WithdrawalCountLimitExceeded,
}
