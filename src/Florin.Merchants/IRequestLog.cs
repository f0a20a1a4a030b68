using Florin.Kernel;
using Florin.Storage;

namespace Florin.Merchants;

/// <summary>What a merchant asked of the API, for its developers to look at. Kept for 30 days.</summary>
/// <remarks>It may lose a request when there are more than can be written down; it never makes one wait.</remarks>
public interface IRequestLog
{
    /// <summary>Takes a request to be written down soon, or counts it as lost. Returns at once.</summary>
    /// <param name="prepare">Called where there is room: what would be lost anyway is not worth preparing.</param>
    void Add(Func<LoggedRequest> prepare);

    /// <summary>Newest first, by cursor.</summary>
    Task<Page<LoggedRequest>> ListAsync(MerchantScope scope, RequestLogFilter filter, PageRequest<RequestId> page, CancellationToken ct);

    Task<LoggedRequest?> FindAsync(MerchantScope scope, RequestId id, CancellationToken ct);
}

/// <summary>Names one request to this installation.</summary>
public readonly record struct RequestId(Guid Value) : IId<RequestId>
{
    public static string Prefix => "req_";

    public static RequestId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <param name="Path">Without the query, whose parameters are in <paramref name="RequestBody"/>.</param>
/// <param name="Key">The key that was used.</param>
/// <param name="MaskedKey">As in <c>fsk_test_****abcd</c>.</param>
/// <param name="Source">The caller's address; null where it is not known.</param>
/// <param name="RequestBody">The parameters as JSON, without secrets and card data, cut off; null where there were none or
/// they could not be read.</param>
/// <param name="ResponseBody">The answer, likewise.</param>
public sealed record LoggedRequest(
    RequestId Id, MerchantScope Scope, DateTimeOffset At, string Method, string Path, int Status, ApiKeyId Key, string MaskedKey,
    string? Source, string? IdempotencyKey, string? ErrorCode, int DurationMs, string? RequestBody, string? ResponseBody);

/// <param name="LowestStatus">As in 400, for all that went wrong.</param>
/// <param name="HighestStatus">As in 499.</param>
/// <param name="PathPrefix">As in <c>/v1/refunds</c>.</param>
public sealed record RequestLogFilter(int? LowestStatus = null, int? HighestStatus = null, string? PathPrefix = null);
