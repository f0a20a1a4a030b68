using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Florin.BackOffice.SignIn;

/// <summary>How often one address may try to sign in, whoever it says it is: a guess at each of a thousand users locks none.</summary>
internal sealed class SignInLimits : IDisposable
{
    /// <summary>More than the people behind one office's address mistype.</summary>
    public const int MostTries = 30;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly PartitionedRateLimiter<IPAddress?> limiter = PartitionedRateLimiter.Create<IPAddress?, string>(source =>
        RateLimitPartition.GetFixedWindowLimiter(NameOf(source), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = MostTries,
            Window = Window,
            QueueLimit = 0,
        }));

    /// <returns>How long to wait; null for a try that may be made, which is counted.</returns>
    public TimeSpan? WaitOf(IPAddress? source)
    {
        using var lease = limiter.AttemptAcquire(source);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    public void Dispose() => limiter.Dispose();

    // One subscriber has a whole /64 of IPv6 (RFC 6177), and could come from another address each time.
    private static string NameOf(IPAddress? source)
    {
        if (source is null) return "unknown";
        if (source.IsIPv4MappedToIPv6) source = source.MapToIPv4();
        return source.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(source.GetAddressBytes().AsSpan(0, 8))
            : source.ToString();
    }
}
