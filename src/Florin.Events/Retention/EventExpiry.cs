using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Events.Retention;

/// <summary>Forgets events after 90 days and rolled secrets after their end, in small batches so that no other write waits long.</summary>
/// <remarks>An event that an endpoint is still owed stays, as does what is queued for a disabled one.</remarks>
internal sealed class EventExpiry(IDatabase database, TimeProvider time, ILogger<EventExpiry> log) : IJobHandler
{
    private const int KeepForDays = 90;
    private const int Batch = 100;

    public string Kind => "events.expire";

    public int Concurrency => 1;

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public TimeSpan Lease => TimeSpan.FromMinutes(30);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var before = EventStore.FirstValueAt(time.GetUtcNow() - TimeSpan.FromDays(KeepForDays));
        var deleted = 0;
        for (var shard = await NextShardAsync(-1, ct); shard is { } current; shard = await NextShardAsync(current.Value, ct))
        {
            int batch;
            do
            {
                ct.ThrowIfCancellationRequested();
                batch = await DeleteBatchAsync(current, before, ct);
                deleted += batch;
            }
            while (batch == Batch);
        }

        await ForgetOldSecretsAsync(ct);
        if (deleted > 0) Log.Expired(log, deleted, KeepForDays);
        return JobOutcome.Done;
    }

    // They sign nothing any more, so there is no reason to keep them.
    private Task ForgetOldSecretsAsync(CancellationToken ct) => database.WriteAsync(
        async tx => await tx.EnqueueAsync(
            $"UPDATE webhook_endpoints SET old_secret_sealed = NULL, old_secret_ends_at_ms = NULL WHERE old_secret_ends_at_ms <= {time.GetUtcNow()}"),
        ct);

    private Task<ShardId?> NextShardAsync(int after, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.FirstAsync<ShardId?>(
            $"SELECT shard FROM events WHERE shard > {(long)after} ORDER BY shard LIMIT 1",
            row => new ShardId((short)row.Int64(0))),
        ct);

    private Task<int> DeleteBatchAsync(ShardId shard, Guid before, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var expired = await tx.QueryAsync(
                $"""
                 SELECT id FROM events
                  WHERE shard = {shard} AND id < {before} AND NOT EXISTS (
                        SELECT 1 FROM webhook_deliveries d
                          JOIN webhook_endpoints w ON w.shard = d.shard AND w.id = d.endpoint_id
                         WHERE d.shard = events.shard AND d.event_id = events.id AND d.state = 'pending' AND w.status <> 'deleted')
                  ORDER BY id LIMIT {(long)Batch}
                 """,
                row => row.Id<EventId>(0));
            foreach (var id in expired)
            {
                await tx.EnqueueAsync($"DELETE FROM webhook_attempts WHERE shard = {shard} AND event_id = {id}");
                await tx.EnqueueAsync($"DELETE FROM webhook_deliveries WHERE shard = {shard} AND event_id = {id}");
                await tx.EnqueueAsync($"DELETE FROM events WHERE shard = {shard} AND id = {id}");
            }

            return expired.Count;
        },
        ct);
}
