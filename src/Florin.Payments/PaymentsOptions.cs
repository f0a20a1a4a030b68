namespace Florin.Payments;

/// <summary>How long we wait, and how often we ask.</summary>
public sealed class PaymentsOptions
{
    /// <summary>How long a gateway may take to answer before its answer counts as lost.</summary>
    public TimeSpan GatewayDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>When an unknown outcome is asked about, counted from one query to the next; then a person must look.</summary>
    public IReadOnlyList<TimeSpan> QuerySchedule { get; set; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        .. Enumerable.Repeat(TimeSpan.FromDays(1), 7),
    ];

    /// <summary>When a challenge that the buyer has not come back from is asked about for the first time.</summary>
    public TimeSpan ChallengePatience { get; set; } = TimeSpan.FromMinutes(11);

    /// <summary>How often we look for requests that a crash cut off.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(5);
}
