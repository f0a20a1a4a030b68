namespace Florin.Events;

/// <summary>The release of the API that objects are rendered as, named as Stripe names its releases.</summary>
/// <remarks>Stripe's typed SDKs refuse an event of another release train than their own, so it is written on each event,
/// and an endpoint may pin the one that its SDK was made for.</remarks>
public static class ApiVersions
{
    /// <summary>The release that Stripe's Node SDK 23.1.0 pins.</summary>
    public const string Current = "2026-10-28.endive";

    /// <summary>What an endpoint may pin: the releases of one train differ only by additions.</summary>
    public static IReadOnlyList<string> Known { get; } = [Current, "2026-09-30.endive"];
}
