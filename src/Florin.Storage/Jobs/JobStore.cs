using Florin.Kernel;
using Florin.Storage.Nodes;

namespace Florin.Storage.Jobs;

/// <summary>The jobs table: claims with leases, so that a job is neither lost in a crash nor run by two at leisure.</summary>
internal sealed class JobStore(IDatabase database, IdSource ids, Node self, TimeProvider time, JobWakeUp wakeUp) : IJobs, INodeHoldings
{
    private static readonly SqlFragment DeadColumns = new("kind, key, attempts, last_error, created_at_ms");

    public sealed record Claim(Job Job, long Generation, Guid Token);

    public async ValueTask EnqueueAsync(ITransaction tx, NewJob job)
    {
        var now = time.GetUtcNow();
        await tx.EnqueueAsync(
            $"""
             INSERT INTO jobs (shard, kind, key, state, run_at_ms, generation, attempts, lease_until_ms, payload, created_at_ms)
             VALUES ({job.Shard}, {job.Kind}, {job.Key}, 'queued', {job.RunAt}, 1, 0, 0, {job.Payload}, {now})
             ON CONFLICT (shard, kind, key) DO UPDATE
                SET generation = jobs.generation + 1, state = 'queued', payload = excluded.payload,
                    attempts = CASE WHEN jobs.state = 'dead' THEN 0 ELSE jobs.attempts END,
                    run_at_ms = CASE WHEN jobs.state = 'queued' AND jobs.lease_until_ms <= {now} AND jobs.run_at_ms < excluded.run_at_ms
                                     THEN jobs.run_at_ms ELSE excluded.run_at_ms END
             """);
        if (job.RunAt <= now) tx.OnCommitted(() => wakeUp.Signal());
    }

    /// <summary>Takes up to <paramref name="limit"/> due jobs of a kind and holds them until the lease ends.</summary>
    public Task<List<Claim>> ClaimAsync(string kind, int limit, TimeSpan lease, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = time.GetUtcNow();
            var token = ids.NewValue(new ShardId(0));

            // PostgreSQL's other workers step over rows being claimed; SQLite has one writer at a time anyway.
            // Materialized, since a plan that asks the inner question twice would claim more than the limit.
            var skipLocked = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE SKIP LOCKED" : "");
            return await tx.QueryAsync(
                $"""
                 WITH due AS MATERIALIZED (
                      SELECT shard, kind, key FROM jobs
                       WHERE state = 'queued' AND kind = {kind} AND run_at_ms <= {now} AND lease_until_ms <= {now}
                       ORDER BY run_at_ms LIMIT {limit} {skipLocked})
                 UPDATE jobs SET lease_token = {token}, lease_until_ms = {now + lease}, lease_node_id = {self.Id}, attempts = attempts + 1
                   FROM due
                  WHERE jobs.shard = due.shard AND jobs.kind = due.kind AND jobs.key = due.key
                 RETURNING jobs.shard, jobs.kind, jobs.key, jobs.payload, jobs.attempts, jobs.generation
                 """,
                row => new Claim(
                    new Job(new ShardId((short)row.Int64(0)), row.Text(1), row.Text(2), row.Text(3), row.Int32(4)),
                    row.Int64(5),
                    token));
        },
        ct);

    /// <summary>Writes down how a run ended; a lease that was lost meanwhile is left to its new holder.</summary>
    public Task SettleAsync(Claim claim, JobOutcome outcome, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var job = claim.Job;
            Sql mine = $"shard = {job.Shard} AND kind = {job.Kind} AND key = {job.Key} AND lease_token = {claim.Token}";
            switch (outcome)
            {
                case JobOutcome.Finished:
                    // Enqueued again while it ran: keep the row, and let it run anew at once.
                    var ended = await tx.ExecuteAsync($"DELETE FROM jobs WHERE {mine} AND generation = {claim.Generation}");
                    if (ended == 1) break;
                    await tx.ExecuteAsync($"UPDATE jobs SET lease_token = NULL, lease_until_ms = 0, attempts = 0 WHERE {mine}");
                    tx.OnCommitted(wakeUp.Signal);
                    break;
                case JobOutcome.RunAgain again:
                    await PutBackAsync(tx, mine, claim, again.At, failure: null, attempts: 0);
                    break;
                case JobOutcome.Failed failed:
                    await PutBackAsync(tx, mine, claim, failed.RetryAt, failed.Why, job.Attempt);
                    break;
                case JobOutcome.GiveUp giveUp:
                    // Asked for once more while it ran: then it does not wait for a person yet.
                    await tx.ExecuteAsync(
                        $"""
                         UPDATE jobs SET lease_token = NULL, lease_until_ms = 0, last_error = {giveUp.Why},
                                state = CASE WHEN generation = {claim.Generation} THEN 'dead' ELSE state END
                          WHERE {mine}
                         """);
                    break;
            }
        },
        ct);

    // One that was enqueued again while it ran keeps the time that was asked for.
    private static async Task PutBackAsync(ITransaction tx, Sql mine, Claim claim, DateTimeOffset at, string? failure, long attempts) =>
        await tx.ExecuteAsync(
            $"""
             UPDATE jobs SET lease_token = NULL, lease_until_ms = 0, last_error = {failure}, attempts = {attempts},
                    run_at_ms = CASE WHEN generation = {claim.Generation} THEN {at} ELSE run_at_ms END
              WHERE {mine}
             """);

    /// <inheritdoc/>
    /// <remarks>Without its token a run that goes on all the same is not written down, and so cannot end its successor's.</remarks>
    public async Task ReleaseAsync(ITransaction tx, Guid node, DateTimeOffset now)
    {
        var freed = await tx.ExecuteAsync(
            $"UPDATE jobs SET lease_token = NULL, lease_until_ms = 0 WHERE state = 'queued' AND lease_node_id = {node} AND lease_until_ms > {now}");
        if (freed > 0) tx.OnCommitted(wakeUp.Signal);
    }

    public Task<IReadOnlyList<DeadJob>> DeadAsync(int limit, CancellationToken ct) => DeadAsync(
        $"SELECT {DeadColumns} FROM jobs WHERE state = 'dead' ORDER BY created_at_ms DESC LIMIT {limit}", ct);

    public Task<IReadOnlyList<DeadJob>> DeadAsync(string kind, int limit, CancellationToken ct) => DeadAsync(
        $"SELECT {DeadColumns} FROM jobs WHERE state = 'dead' AND kind = {kind} ORDER BY created_at_ms DESC LIMIT {limit}", ct);

    public async Task<IReadOnlyList<JobBacklog>> BacklogAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"""
             SELECT kind, SUM(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END),
                    MIN(CASE WHEN state = 'queued' THEN run_at_ms END)
               FROM jobs GROUP BY kind
             """,
            row => new JobBacklog(row.Text(0), row.Int64(1), row.Int64(2), LateBy(row.InstantOrNull(3)))),
        ct);

    private async Task<IReadOnlyList<DeadJob>> DeadAsync(Sql sql, CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            sql, row => new DeadJob(row.Text(0), row.Text(1), row.Int32(2), row.TextOrNull(3) ?? "", row.Instant(4))),
        ct);

    private TimeSpan LateBy(DateTimeOffset? runAt)
    {
        var late = time.GetUtcNow() - (runAt ?? DateTimeOffset.MaxValue);
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }
}

/// <summary>Tells the worker of this process that a job has just become due.</summary>
internal sealed class JobWakeUp : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Signal()
    {
        // Under load a signal nearly always waits already; asking first spares an exception for each job.
        if (signal.CurrentCount > 0) return;
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another signal came in between; one is enough.
        }
    }

    public void Dispose() => signal.Dispose();

    /// <summary>Waits for a signal, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var delay = Task.Delay(longest, time, enough.Token);
        var signalled = signal.WaitAsync(enough.Token);
        var first = await Task.WhenAny(delay, signalled);
        await enough.CancelAsync();
        await first;
    }
}
