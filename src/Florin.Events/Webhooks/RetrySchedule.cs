using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>When a delivery that was not taken is tried again, and when it is given up.</summary>
internal static class RetrySchedule
{
    /// <summary>The longest that an endpoint may put us off by <c>Retry-After</c>.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    // Ten attempts over some 75 hours, so that an endpoint may be down over a weekend.
    private static readonly TimeSpan[] Live =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    // Three within an hour: who tries things out is at the desk.
    private static readonly TimeSpan[] Test = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(30)];

    /// <param name="attempts">How many were made, 1 or more.</param>
    /// <param name="retryAfter">What the endpoint asked for.</param>
    /// <returns>How long to wait, with a fifth of jitter either way; null when that was the last attempt.</returns>
    public static TimeSpan? Next(bool isLive, int attempts, TimeSpan? retryAfter, RandomSource random)
    {
        var waits = isLive ? Live : Test;
        if (attempts > waits.Length) return null;
        var wait = waits[attempts - 1] * (0.8 + (random.Fraction() * 0.4));
        if (retryAfter is not { } asked) return wait;
        var bounded = asked < LongestRetryAfter ? asked : LongestRetryAfter;
        return bounded > wait ? bounded : wait;
    }
}
