namespace Florin.Connectors.Health;

/// <summary>How the merchants' accounts with gateways have been answering this process lately.</summary>
/// <remarks>
/// What is known is what this process saw since it started: each node keeps its own, and forgets it when it stops. So it
/// is a reason to choose another gateway and never a reason to believe anything about a payment.
/// </remarks>
public interface IGatewayHealth
{
    /// <summary>Whether a new authorization sent now would leave: the circuit lets it through and there is room.</summary>
    /// <param name="method">As in <see cref="GatewayMethods.Card"/>.</param>
    /// <remarks>Cheap enough for every payment; takes nothing, so the authorization may still be turned away.</remarks>
    bool IsAvailable(ConnectorAccountId account, string method);

    /// <summary>Whether a question asked now would leave at once, be it that its place was taken before. An implementation that bounds nothing always has room.</summary>
    bool HasRoomForQuestions(ConnectorAccountId account, string method) => true;

    /// <summary>Takes room for one call that moves money, before anything is written down for it. Waits as long as such a call waits.</summary>
    /// <returns>Null where there is none: nothing may be sent then. An implementation that bounds nothing always has room.</returns>
    ValueTask<GatewayPlace?> PlaceToSendAsync(ConnectorAccount account, string method) => new(GatewayPlace.Unbounded);

    /// <summary>The same for one question.</summary>
    ValueTask<GatewayPlace?> PlaceToAskAsync(ConnectorAccount account, string method) => new(GatewayPlace.Unbounded);

    /// <summary>How one account stands; null where it was not called since this process started.</summary>
    GatewayStanding? Find(ConnectorAccountId account, string method);

    /// <summary>Every account and method that was called since this process started, in order of connector and id.</summary>
    IReadOnlyList<GatewayStanding> Snapshot();
}

/// <summary>The methods of payment that accounts are watched by.</summary>
public static class GatewayMethods
{
    public const string Card = "card";
}

/// <summary>Whether new authorizations are let through, in the words that the wire uses (snake case of the name).</summary>
public enum CircuitState
{
    /// <summary>All is well: everything is let through.</summary>
    Closed,

    /// <summary>Too much failed: new authorizations are turned away until a pause is over.</summary>
    Open,

    /// <summary>The pause is over: one authorization at a time is let through to see how it goes.</summary>
    HalfOpen,
}

/// <summary>How one account of a merchant with a gateway has been answering, for one method of payment.</summary>
/// <param name="Circuit">Whether new authorizations are let through.</param>
/// <param name="OpenedAt">Since when it is open or half open; null while closed.</param>
/// <param name="LastMinute">Authorizations, captures, voids and refunds of the last minute.</param>
/// <param name="LastQuarter">The same of the last fifteen minutes.</param>
/// <param name="Payments">Room for what moves money.</param>
/// <param name="Questions">Room for what only asks; a lane of its own, so that neither starves the other.</param>
/// <param name="TurnedAway">How many authorizations the open circuit turned away since this process started.</param>
/// <param name="LastProblem">The last failure in our own words; null where there was none.</param>
public sealed record GatewayStanding(
    ConnectorAccountId Account,
    string Connector,
    string Method,
    CircuitState Circuit,
    DateTimeOffset? OpenedAt,
    CallFigures LastMinute,
    CallFigures LastQuarter,
    LaneFigures Payments,
    LaneFigures Questions,
    long TurnedAway,
    string? LastProblem,
    DateTimeOffset? LastProblemAt);

/// <summary>What became of the calls of a time that slides along with the clock.</summary>
/// <param name="Calls">How many ended.</param>
/// <param name="Unanswered">Those with an unknown outcome: silence, half an answer, nonsense, a gateway's own failure.</param>
/// <param name="NotSent">Those that never reached the gateway.</param>
/// <param name="Declined">Those that were answered with a clear no. A no is an answer, and so no failure.</param>
/// <param name="P50Ms">Half of them took at most this long, rounded up to the next step of about a fifth.</param>
/// <param name="P99Ms">99 of 100 took at most this long, rounded up alike.</param>
public readonly record struct CallFigures(int Calls, int Unanswered, int NotSent, int Declined, int P50Ms, int P99Ms)
{
    /// <summary>How many in ten thousand were answered, an issuer's no included; null without any call.</summary>
    public int? SuccessBasisPoints => Calls == 0 ? null : (int)((Calls - Unanswered - NotSent) * 10_000L / Calls);
}

/// <summary>How full one lane to a gateway is.</summary>
/// <param name="InFlight">Calls that wait for the gateway.</param>
/// <param name="Queued">Calls that wait for room.</param>
/// <param name="Shed">How many found no room since this process started.</param>
public readonly record struct LaneFigures(int InFlight, int Queued, long Shed);
