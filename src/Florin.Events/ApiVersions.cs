namespace Florin.Events;

/// <summary>The releases of the API, named as Stripe names them: a date and the train that it belongs to.</summary>
/// <remarks>
/// Releases of one train differ only by additions, so a train is accepted with any date. Stripe's typed SDKs refuse an event
/// of another train than their own, so the version is written on each event, and an endpoint may pin the one that its SDK
/// was made for. Between the two trains nothing differs in the objects that Florin has: see decision 0017.
/// </remarks>
public static class ApiVersions
{
    /// <summary>The release that Stripe's Node SDK 23.1.0 pins.</summary>
    public const string Current = "2026-10-28.endive";

    /// <summary>The two newest, newest first.</summary>
    public static IReadOnlyList<string> Trains { get; } = ["endive", "dahlia"];

    /// <summary>Whether callers may speak this release and endpoints pin it.</summary>
    public static bool IsAccepted(string version)
    {
        var dot = version.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && DateOnly.TryParseExact(version.AsSpan(0, dot), "yyyy-MM-dd", out _)
            && Trains.Contains(version[(dot + 1)..]);
    }

    /// <summary>What is accepted, for whoever sent something else.</summary>
    public static string Advice { get; } = $"send a date and one of the release trains {string.Join(" or ", Trains)}, such as {Current}.";
}
