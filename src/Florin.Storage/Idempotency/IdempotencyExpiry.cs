using Florin.Kernel;
using Florin.Storage.Jobs;

namespace Florin.Storage.Idempotency;

/// <summary>Forgets keys after 30 days, in small batches so that no other write waits long.</summary>
internal sealed class IdempotencyExpiry(IDatabase database, TimeProvider time) : IJobHandler
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);
    private const int Batch = 500;

    public string Kind => "idempotency.expire";

    public int Concurrency => 1;

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public TimeSpan Lease => TimeSpan.FromMinutes(5);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var before = time.GetUtcNow() - KeepFor;
        while (await DeleteBatchAsync(before, ct) == Batch) ct.ThrowIfCancellationRequested();
        return JobOutcome.Done;
    }

    private Task<int> DeleteBatchAsync(DateTimeOffset before, CancellationToken ct) => database.WriteAsync(
        async tx => await tx.ExecuteAsync(
            $"""
             DELETE FROM idempotency_keys WHERE (shard, scope, key) IN (
                    SELECT shard, scope, key FROM idempotency_keys WHERE created_at_ms < {before} LIMIT {(long)Batch})
             """),
        ct);
}
