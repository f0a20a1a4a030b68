using System.Buffers.Binary;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Merchants;

/// <summary>Forgets requests after 30 days, in small batches so that no other write waits long.</summary>
internal sealed class RequestLogExpiry(IDatabase database, TimeProvider time) : IJobHandler
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);
    private const int Batch = 200;

    public string Kind => "merchants.expire_requests";

    public int Concurrency => 1;

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public TimeSpan Lease => TimeSpan.FromMinutes(30);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var before = FirstIdAt(time.GetUtcNow() - KeepFor);
        for (var shard = await NextShardAsync(-1, ct); shard is { } current; shard = await NextShardAsync(current.Value, ct))
        {
            while (await DeleteBatchAsync(current, before, ct) == Batch) ct.ThrowIfCancellationRequested();
        }

        return JobOutcome.Done;
    }

    private Task<ShardId?> NextShardAsync(int after, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.FirstAsync<ShardId?>(
            $"SELECT shard FROM request_log WHERE shard > {(long)after} ORDER BY shard LIMIT 1",
            row => new ShardId((short)row.Int64(0))),
        ct);

    private Task<int> DeleteBatchAsync(ShardId shard, RequestId before, CancellationToken ct) => database.WriteAsync(
        async tx => await tx.ExecuteAsync(
            $"""
             DELETE FROM request_log WHERE (shard, id) IN (
                    SELECT shard, id FROM request_log WHERE shard = {shard} AND id < {before} ORDER BY id LIMIT {(long)Batch})
             """),
        ct);

    // Ids begin with their instant, so age is a range of the primary key and needs no index of its own.
    private static RequestId FirstIdAt(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, instant.ToUnixTimeMilliseconds() << 16);
        return new RequestId(new Guid(bytes, bigEndian: true));
    }
}
