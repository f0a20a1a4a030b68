using System.Threading.Channels;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Merchants;

/// <summary>A short queue in memory, and the table that <see cref="RequestLogWriter"/> writes it to.</summary>
internal sealed class RequestLog(IDatabase database, RequestLogMetrics metrics) : IRequestLog
{
    /// <summary>How many requests may wait. Each is at most some 17 KiB, so all of them are bounded too.</summary>
    public const int MostWaiting = 1_000;

    private static readonly SqlFragment Columns = new(
        """
        id, merchant, is_live, at_ms, method, path, status, key_id, key_masked, source, idempotency_key, error_code, duration_ms,
        request_body, response_body
        """);

    private readonly Channel<LoggedRequest> waiting = Channel.CreateBounded<LoggedRequest>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public ChannelReader<LoggedRequest> Waiting => waiting.Reader;

    private bool HasRoom => waiting.Reader.Count < MostWaiting;

    public void Add(Func<LoggedRequest> prepare)
    {
        if (!HasRoom || !waiting.Writer.TryWrite(prepare())) metrics.Lost(1);
    }

    public async Task<Page<LoggedRequest>> ListAsync(
        MerchantScope scope, RequestLogFilter filter, PageRequest<RequestId> page, CancellationToken ct)
    {
        Sql query = $"SELECT {Columns} FROM request_log WHERE shard = {scope.Shard} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}";
        if (filter.LowestStatus is { } lowest) query.Append($" AND status >= {(long)lowest}");
        if (filter.HighestStatus is { } highest) query.Append($" AND status <= {(long)highest}");
        if (filter.PathPrefix is { Length: > 0 } prefix) query.Append($" AND substr(path, 1, CAST({(long)prefix.Length} AS integer)) = {prefix}");
        return await database.ReadAsync(async reader => await reader.PageAsync(query, page, Read), ct);
    }

    public Task<LoggedRequest?> FindAsync(MerchantScope scope, RequestId id, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.FirstAsync(
            $"""
             SELECT {Columns} FROM request_log
              WHERE shard = {scope.Shard} AND id = {id} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
             """,
            Read),
        ct);

    public Task WriteDownAsync(IReadOnlyList<LoggedRequest> requests, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var request in requests) await tx.EnqueueAsync(Insert(request));
        },
        ct);

    private static Sql Insert(LoggedRequest request) =>
        $"""
         INSERT INTO request_log (shard, {Columns})
         VALUES ({request.Scope.Shard}, {request.Id}, {request.Scope.Merchant}, {request.Scope.IsLive}, {request.At}, {request.Method},
                 {request.Path}, {(long)request.Status}, {request.Key}, {request.MaskedKey}, {request.Source}, {request.IdempotencyKey},
                 {request.ErrorCode}, {(long)request.DurationMs}, {request.RequestBody}, {request.ResponseBody})
         ON CONFLICT (shard, id) DO NOTHING
         """;

    private static LoggedRequest Read(ISqlRow row) => new(
        row.Id<RequestId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.Instant(3),
        row.Text(4),
        row.Text(5),
        row.Int32(6),
        row.Id<ApiKeyId>(7),
        row.Text(8),
        row.TextOrNull(9),
        row.TextOrNull(10),
        row.TextOrNull(11),
        row.Int32(12),
        row.TextOrNull(13),
        row.TextOrNull(14));
}
