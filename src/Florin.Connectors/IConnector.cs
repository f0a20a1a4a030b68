using System.Collections.Frozen;
using Florin.Kernel;

namespace Florin.Connectors;

/// <summary>What may be asked of a gateway at any time, also late and twice: it moves no money.</summary>
/// <remarks>Apart from what sends (<see cref="IConnector"/>), so that who only asks cannot send past a <see cref="SendLimit"/>. A
/// reversal belongs here: it takes nothing, and makes an outcome certain.</remarks>
public interface IGatewayQuestions
{
    /// <summary>Lower-case letters, as in <c>aurora</c>; stored with each attempt.</summary>
    string Name { get; }

    /// <summary>Asks what became of an operation, by our key for it.</summary>
    /// <returns>What that operation's own call would have answered, or <see cref="GatewayAnswer.NotFound"/>; for an
    /// authorization whose challenge was passed but not confirmed, <see cref="GatewayAnswer.Challenge"/> still.</returns>
    Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Undoes an authorization by our key for it alone, also where the gateway has not heard of it yet; where
    /// <see cref="ConnectorCapabilities.ReversalByKey"/> says so.</summary>
    /// <returns><see cref="GatewayAnswer.Voided"/>: nothing is held or taken under that key, and nothing will be, even if the
    /// request itself arrives later. Where money was taken already that stays, and is the answer; otherwise what
    /// <see cref="QueryAsync"/> would say. It speaks of an operation sent before, so it never answers NotSent, and it may be
    /// sent again.</returns>
    Task<GatewayAnswer> ReverseAsync(ReverseOrder order, ConnectorAccount account, CancellationToken deadline) =>
        throw new NotSupportedException($"{Name} does not reverse by key.");

    /// <summary>Asks how a dispute stands, by the gateway's name for it.</summary>
    /// <returns><see cref="GatewayAnswer.Disputed"/>, <see cref="GatewayAnswer.NotFound"/> or
    /// <see cref="GatewayAnswer.Unknown"/>.</returns>
    Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Asks for the disputes opened at or after an instant: a gateway's calls about them may have been lost.</summary>
    /// <returns><see cref="GatewayAnswer.DisputesOpened"/> or <see cref="GatewayAnswer.Unknown"/>.</returns>
    Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline);
}

/// <summary>Our adapter to one gateway's API: it maps what we ask and what the gateway answers, and stores nothing.</summary>
/// <remarks>
/// Every call carries our own key for the operation, committed before the call, so that the same operation can be
/// asked about (<see cref="IGatewayQuestions.QueryAsync"/>) and is never carried out twice. A call never throws for what a gateway or a
/// network does: silence, nonsense and words that the connector does not know are <see cref="GatewayAnswer.Unknown"/>;
/// only what certainly never left is <see cref="GatewayAnswer.NotSent"/>. The token given is our deadline, not the
/// caller's wish to leave. <see cref="GatewayAnswer.NotSent"/> and a refusal of the request as such speak of this call
/// alone, so an operation is sent once: when its outcome is unknown it is asked about, not sent again. What speaks of an
/// operation sent before, <see cref="ConfirmAsync"/> and <see cref="IGatewayQuestions"/>, therefore never answers NotSent, nor
/// Declined because the gateway refused the call itself: both are Unknown there.
/// </remarks>
public interface IConnector : IGatewayQuestions
{
    ConnectorCapabilities Capabilities { get; }

    /// <summary>What the gateway's words for no mean.</summary>
    DeclineTable Declines => DeclineTable.ByCodeAlone;

    /// <summary>What an account's <see cref="ConnectorAccount.Credentials"/> must hold, by name.</summary>
    IReadOnlyList<string> CredentialNames { get; }

    /// <summary>Asks for an amount to be held, or (with <see cref="AuthorizeOrder.Capture"/>) taken at once.</summary>
    /// <returns><see cref="GatewayAnswer.Authorized"/>, <see cref="GatewayAnswer.Captured"/>,
    /// <see cref="GatewayAnswer.Challenge"/>, or an answer that any call may give.</returns>
    Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Carries on an authorization whose buyer came back from the issuer's challenge.</summary>
    /// <returns>As <see cref="AuthorizeAsync"/>; <see cref="GatewayAnswer.Challenge"/> again while the buyer is not
    /// done.</returns>
    /// <remarks>What the browser brought back is not looked at: the gateway alone knows how the challenge ended.</remarks>
    Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Takes some or all of an authorized amount; the rest of the hold is released.</summary>
    Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Frees a hold of which nothing was captured.</summary>
    Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Raises what is held, where <see cref="ConnectorCapabilities.IncrementalAuthorization"/> says so.</summary>
    /// <returns><see cref="GatewayAnswer.Authorized"/> with the new amount of the whole, or an answer that any call may give.
    /// After a clear no, the hold stands as before.</returns>
    Task<GatewayAnswer> IncrementAsync(IncrementOrder order, ConnectorAccount account, CancellationToken deadline) =>
        throw new NotSupportedException($"{Name} does not raise holds.");

    /// <summary>Returns some or all of a captured amount.</summary>
    Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Calls back a refund that is <see cref="GatewayAnswer.Pending"/>, where
    /// <see cref="ConnectorCapabilities.RefundCancellation"/> says so.</summary>
    /// <returns>How the refund stands now: <see cref="GatewayAnswer.Voided"/> when it was called back, otherwise what
    /// <see cref="IGatewayQuestions.QueryAsync"/> would answer. It speaks of an operation sent before, so it never answers NotSent.</returns>
    Task<GatewayAnswer> CancelRefundAsync(CancelRefundOrder order, ConnectorAccount account, CancellationToken deadline) =>
        throw new NotSupportedException($"{Name} does not call refunds back.");

    /// <summary>Says to a dispute what speaks for the merchant.</summary>
    /// <returns><see cref="GatewayAnswer.Disputed"/>, in which the order's key stands among the responses;
    /// <see cref="GatewayAnswer.Declined"/> where it is too late or not wanted; or NotSent or Unknown. Which of two it was
    /// that is unknown, <see cref="IGatewayQuestions.QueryDisputeAsync"/> tells.</returns>
    Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Gives a chargeback up: the money stays with the buyer.</summary>
    /// <returns>As <see cref="SubmitEvidenceAsync"/>.</returns>
    Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline);

    /// <summary>Checks a gateway's call to us and says which of our operations it speaks of.</summary>
    /// <returns>The keys named, or a refusal when the call is not provably the gateway's.</returns>
    /// <remarks>A webhook only hints: what happened is then asked with <see cref="IGatewayQuestions.QueryAsync"/>.</remarks>
    Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account);
}

/// <summary>What a connector can do; routing leaves out those that cannot do what a payment needs.</summary>
/// <param name="Currencies">Upper-case codes; empty means every payable currency.</param>
/// <param name="NotFoundIsFinalAfter">How long after sending an operation the gateway's "never heard of it" can be
/// trusted to mean that it never will.</param>
/// <param name="RefundsOneAtATime">A refund names what remains of its charge, so the one before it must be settled.</param>
/// <param name="IncrementalAuthorization">A hold can be raised.</param>
/// <param name="RefundCancellation">A refund that is still being worked on can be called back.</param>
/// <param name="ReversalByKey">An authorization whose answer was lost can be made void by our key for it.</param>
public sealed record ConnectorCapabilities(
    IReadOnlySet<string> Currencies,
    bool ManualCapture,
    bool PartialCapture,
    bool PartialRefund,
    TimeSpan NotFoundIsFinalAfter,
    bool RefundsOneAtATime = false,
    bool IncrementalAuthorization = false,
    bool RefundCancellation = false,
    bool ReversalByKey = false)
{
    /// <summary>The types of payment method that it takes.</summary>
    public IReadOnlySet<string> Methods { get; init; } = CardAlone;

    /// <summary>The least and the most that it takes at once, by upper-case currency code; a currency that is not named has no
    /// bounds.</summary>
    public IReadOnlyDictionary<string, AmountBounds> AmountBounds { get; init; } = FrozenDictionary<string, AmountBounds>.Empty;

    /// <summary>Tells, with a decline after a challenge that the buyer passed, what proves that it was passed.</summary>
    public bool GivesAuthentication { get; init; }

    /// <summary>Takes such a proof from another gateway in place of asking the buyer itself.</summary>
    public bool TakesAuthentication { get; init; }

    private static readonly IReadOnlySet<string> CardAlone = new HashSet<string>(StringComparer.Ordinal) { "card" };
}

/// <summary>Both in minor units, both allowed.</summary>
public readonly record struct AmountBounds(long LeastMinor, long MostMinor);

/// <summary>What proves to an acquirer that the issuer saw the buyer (EMV 3-D Secure): it may be shown to another acquirer for
/// the same card and amount. Alive for one request; never stored.</summary>
/// <param name="Indicator">The electronic commerce indicator, as in <c>05</c>.</param>
/// <param name="Value">The cardholder authentication verification value (CAVV).</param>
/// <param name="Transaction">The directory server's transaction id.</param>
public sealed record GatewayAuthentication(string Indicator, Secret<string> Value, string Transaction);

/// <summary>A merchant's account with a gateway: where it is, and how we prove who we are.</summary>
/// <param name="Id">Our own id of the account, with the prefix <c>ca_</c>.</param>
/// <param name="BaseUrl">Ends with a slash.</param>
/// <param name="Credentials">Named by the connector, as in <c>api_key</c>, <c>merchant_id</c>, <c>signing_key</c>.</param>
public sealed record ConnectorAccount(
    ConnectorAccountId Id, string Connector, Uri BaseUrl, IReadOnlyDictionary<string, Secret<string>> Credentials);

/// <summary>Names one merchant's account with one gateway.</summary>
public readonly record struct ConnectorAccountId(Guid Value) : IId<ConnectorAccountId>
{
    public static string Prefix => "ca_";

    public static ConnectorAccountId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Card data on its way out, alive for one call.</summary>
/// <param name="Cvc">Absent for a stored card; never kept.</param>
public sealed record GatewayCard(
    Secret<string> Pan, int ExpiryMonth, int ExpiryYear, Secret<string>? Cvc, string? HolderName);

/// <param name="Key">Our key for this operation, unique for ever: 32 to 40 characters of [a-z0-9_].</param>
/// <param name="Capture">Take the money at once instead of holding it.</param>
/// <param name="ReturnUrl">Where the issuer's challenge sends the buyer back to.</param>
/// <param name="WebhookUrl">Where the gateway may tell us of this operation later.</param>
public sealed record AuthorizeOrder(
    string Key, Money Amount, bool Capture, GatewayCard Card, Uri ReturnUrl, Uri? WebhookUrl, string? Description)
{
    /// <summary>What the buyer proved at another gateway already; given to connectors alone that take it
    /// (<see cref="ConnectorCapabilities.TakesAuthentication"/>).</summary>
    public GatewayAuthentication? Authentication { get; init; }
}

/// <param name="Key">The key of the authorization being carried on.</param>
/// <param name="Reference">The gateway's reference from <see cref="GatewayAnswer.Challenge"/>.</param>
public sealed record ConfirmOrder(string Key, string Reference, Money Amount, bool Capture);

/// <param name="AuthorizationReference">The gateway's reference from <see cref="GatewayAnswer.Authorized"/>.</param>
/// <param name="Authorized">What was authorized; <paramref name="Amount"/> is at most this.</param>
public sealed record CaptureOrder(string Key, string AuthorizationReference, Money Amount, Money Authorized);

public sealed record VoidOrder(string Key, string AuthorizationReference, Money Authorized);

/// <param name="CaptureReference">The gateway's reference from <see cref="GatewayAnswer.Captured"/>.</param>
/// <param name="Remaining">What was captured and not yet refunded before this refund.</param>
public sealed record RefundOrder(string Key, string CaptureReference, Money Amount, Money Remaining, string? Reason);

/// <param name="Amount">What is to be held in all.</param>
/// <param name="Authorized">What is held now.</param>
public sealed record IncrementOrder(string Key, string AuthorizationReference, Money Amount, Money Authorized);

/// <param name="Key">Our key of the refund that is called back.</param>
public sealed record CancelRefundOrder(string Key, Money Amount);

/// <param name="Key">Our key of the authorization that is undone.</param>
public sealed record ReverseOrder(string Key, Money Amount);

public enum GatewayOperation
{
    Authorize,
    Increment,
    Capture,
    Void,
    Refund,
}

/// <param name="Key">Our key of the operation asked about.</param>
/// <param name="AuthorizationReference">The gateway's reference for the payment it belongs to, where we know it.</param>
public sealed record QueryOrder(GatewayOperation Operation, string Key, string? AuthorizationReference, Money Amount);

public sealed record GatewayWebhook(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <param name="Keys">Our keys of the operations that it speaks of.</param>
/// <param name="Disputes">The gateway's names of the disputes that it speaks of.</param>
public sealed record GatewayNotice(IReadOnlyList<string> Keys, IReadOnlyList<string> Disputes)
{
    public static GatewayNotice OfOperation(string key) => new([key], []);

    public static GatewayNotice OfDispute(string reference) => new([], [reference]);
}
