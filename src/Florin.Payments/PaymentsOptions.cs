namespace Florin.Payments;

/// <summary>How long we wait, and how often we ask.</summary>
public sealed class PaymentsOptions
{
    /// <summary>How long a gateway may take to answer before its answer counts as lost.</summary>
    public TimeSpan GatewayDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long after the buyer pressed the button a payment that was turned down may still be sent to another gateway.</summary>
    public TimeSpan FailoverWithin { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When an unknown outcome is asked about, counted from one query to the next; then a person must look.</summary>
    public IReadOnlyList<TimeSpan> QuerySchedule { get; set; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        .. Enumerable.Repeat(TimeSpan.FromDays(1), 7),
    ];

    /// <summary>When a question is tried again that found too many to the same gateway waiting.</summary>
    public TimeSpan BusyGatewayPause { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When a challenge that the buyer has not come back from is asked about for the first time.</summary>
    public TimeSpan ChallengePatience { get; set; } = TimeSpan.FromMinutes(11);

    /// <summary>How long after a payment was begun a confirmation that was lost after the buyer's return is sent once more. Later
    /// the buyer, who thinks of it as failed by then, must come back.</summary>
    public TimeSpan ConfirmAgainWithin { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often we look for requests that a crash cut off.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after the day of a capture its money counts as available. What gateways agree to is days, so this is
    /// whole days.</summary>
    public TimeSpan SettlementDelay { get; set; } = TimeSpan.FromDays(2);

    /// <summary>How often an open dispute is asked about when its gateway does not call; also right after its deadline.</summary>
    public TimeSpan AskAboutDisputesEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often gateways are asked for disputes that they may have called about in vain.</summary>
    public TimeSpan LookForDisputesEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How far back they are asked: longer than we are ever away.</summary>
    public TimeSpan LookForDisputesSince { get; set; } = TimeSpan.FromDays(3);
}
