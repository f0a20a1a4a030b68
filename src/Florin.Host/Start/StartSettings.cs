using System.Net;
using Florin.Api;
using Florin.Host.Commands;

namespace Florin.Host.Start;

/// <summary>What <c>florin start</c> was asked for.</summary>
/// <param name="PublicUrl">Where browsers and gateways reach it from outside; ends with a slash.</param>
/// <param name="DrainFor">How long it stays up, answering "not ready", before it stops accepting; for load balancers.</param>
/// <param name="GatewayTimeout">How long a gateway may take to answer before its answer counts as lost.</param>
/// <param name="TrustedProxies">Whose word is taken for where a request came from.</param>
/// <param name="SettlementDelay">How long after the day of its capture money counts as available.</param>
/// <param name="DemoPayments">Whether the demo shop begins with some payments.</param>
internal sealed record StartSettings(
    Installation Place,
    IPAddress Host,
    int Port,
    Uri PublicUrl,
    bool Demo,
    bool Json,
    bool LogRequests,
    TimeSpan DrainFor,
    TimeSpan GatewayTimeout,
    ApiOptions Api,
    IReadOnlyList<IPNetwork> TrustedProxies,
    TimeSpan SettlementDelay,
    bool DemoPayments)
{
    /// <summary>When unknown outcomes are asked about; null for the usual times.</summary>
    public IReadOnlyList<TimeSpan>? QuerySchedule { get; init; }

    /// <summary>How long after it was sent a simulated acquirer's "never heard of it" is final.</summary>
    public required TimeSpan SandboxNotFoundIsFinalAfter { get; init; }

    public int SandboxPort => Port + 1;

    /// <summary>Where the connectors reach the sandbox; ends with a slash.</summary>
    public Uri SandboxUrl => new UriBuilder(Uri.UriSchemeHttp, Reachable(Host), SandboxPort).Uri;

    /// <exception cref="CannotRunException">The text is no address of this machine.</exception>
    public static IPAddress ParseHost(string text)
    {
        if (text == "localhost") return IPAddress.Loopback;
        if (IPAddress.TryParse(text, out var address)) return address;
        throw new CannotRunException($"--host takes an IP address, such as 127.0.0.1 or 0.0.0.0, and not '{text}'.");
    }

    /// <exception cref="CannotRunException">The text is no such URL.</exception>
    public static Uri ParsePublicUrl(string? text, IPAddress host, int port)
    {
        if (text is null) return new UriBuilder(Uri.UriSchemeHttp, Reachable(host), port).Uri;
        if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" })
        {
            return url;
        }

        throw new CannotRunException($"--public-url takes an address such as https://pay.example, and not '{text}'.");
    }

    // "Any address" is good to listen on and no address to go to.
    private static string Reachable(IPAddress host) =>
        host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : host.ToString();
}
