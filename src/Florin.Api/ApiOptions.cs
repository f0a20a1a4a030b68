namespace Florin.Api;

/// <summary>What an installation may set about its API.</summary>
public sealed record ApiOptions
{
    /// <summary>More than two processors can answer, so that nothing but a program gone wild meets it.</summary>
    public const int DefaultRequestsPerSecond = 10_000;

    /// <summary>How many requests each live key may make in a second; 0 for no limit.</summary>
    public int LiveRequestsPerSecond { get; init; } = DefaultRequestsPerSecond;

    /// <summary>How many requests each test key may make in a second; 0 for no limit.</summary>
    public int TestRequestsPerSecond { get; init; } = DefaultRequestsPerSecond;
}
