using System.Threading.RateLimiting;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Api.Routing;

/// <summary>How often each key may ask: a bucket a key, of one second's requests, filled again each second.</summary>
/// <remarks>Counted by each node for itself. Live and test keys have buckets of different sizes, so that a test gone wild is
/// stopped without a thought for what live traffic needs.</remarks>
internal sealed class RateLimits(ApiOptions options) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<ApiCaller> limiter = PartitionedRateLimiter.Create<ApiCaller, ApiKeyId>(caller =>
    {
        var perSecond = PerSecond(options, caller.Scope);
        if (perSecond == 0) return RateLimitPartition.GetNoLimiter(caller.Key);
        return RateLimitPartition.GetTokenBucketLimiter(caller.Key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        });
    });

    /// <returns>Null when there is room; else the refusal, and when to ask again.</returns>
    public (Refusal Refusal, TimeSpan RetryAfter)? Refuse(ApiCaller caller)
    {
        using var lease = limiter.AttemptAcquire(caller);
        if (lease.IsAcquired) return null;
        var refusal = new Refusal(
            RefusalKind.RateLimited,
            "rate_limit",
            $"This key made more than {PerSecond(options, caller.Scope)} requests in a second; wait for as long as Retry-After says.");
        return (refusal, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Period);
    }

    public void Dispose() => limiter.Dispose();

    private static int PerSecond(ApiOptions options, MerchantScope scope) =>
        scope.IsLive ? options.LiveRequestsPerSecond : options.TestRequestsPerSecond;
}
