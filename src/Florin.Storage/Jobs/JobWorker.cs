using System.Collections.Concurrent;
using Florin.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Storage.Jobs;

/// <summary>Runs due jobs of every kind that this process handles, each kind within its own bound.</summary>
internal sealed class JobWorker(
    IDatabase database,
    JobStore store,
    IEnumerable<IJobHandler> handlers,
    JobWakeUp wakeUp,
    TimeProvider time,
    RandomSource random,
    ILogger<JobWorker> log)
    : BackgroundService
{
    // Another node's jobs, and those that become due by time, are found this late at most.
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(1);

    private const int MaxFailures = 50;

    private readonly ConcurrentDictionary<Task, byte> running = [];
    private readonly List<Lane> lanes = [.. handlers.Select(handler => new Lane(handler))];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ScheduleRegularJobsAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ClaimDueAsync(stoppingToken) == 0) await wakeUp.WaitAsync(PollEvery, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Most likely the database is away. Jobs wait in it, so nothing is lost by looking again later, while a
                // worker that ended would leave a server that does half of its work.
                Log.JobsNotClaimed(log, failure);
                await DelayUnlessStoppedAsync(stoppingToken);
            }
        }

        // What runs finishes and is written down; what is cut off all the same is begun again after its lease.
        await Task.WhenAll(running.Keys);
    }

    /// <summary>Takes what is due of every kind and begins to run it; a round of the worker's loop.</summary>
    /// <returns>How many jobs were taken.</returns>
    internal async Task<int> ClaimDueAsync(CancellationToken ct)
    {
        var claimed = 0;
        foreach (var lane in lanes) claimed += await ClaimAsync(lane, ct);
        return claimed;
    }

    // Enqueueing twice is once, so every node may do this at its start.
    internal Task ScheduleRegularJobsAsync(CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var handler in handlers.Where(handler => handler.Every is not null))
            {
                await store.EnqueueAsync(tx, new NewJob(new ShardId(0), handler.Kind, "regular", time.GetUtcNow()));
            }
        },
        ct);

    private async Task DelayUnlessStoppedAsync(CancellationToken stoppingToken) =>
        await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<int> ClaimAsync(Lane lane, CancellationToken ct)
    {
        var free = lane.Free;
        if (free == 0) return 0;
        var claims = await store.ClaimAsync(lane.Handler.Kind, free, lane.Handler.Lease, ct);
        foreach (var claim in claims)
        {
            lane.Take();
            var run = RunAsync(lane, claim, ct);
            running.TryAdd(run, 0);
            _ = run.ContinueWith(ended => running.TryRemove(ended, out _), TaskScheduler.Default);
        }

        return claims.Count;
    }

    private async Task RunAsync(Lane lane, JobStore.Claim claim, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await store.SettleAsync(claim, await OutcomeAsync(lane.Handler, claim.Job, stopping), CancellationToken.None);
        }
        catch (Exception failure)
        {
            // Not written down: the lease ends and the job runs again.
            Log.JobNotSettled(log, claim.Job.Kind, claim.Job.Key, failure);
        }
        finally
        {
            lane.Give();
            wakeUp.Signal();
        }
    }

    private async Task<JobOutcome> OutcomeAsync(IJobHandler handler, Job job, CancellationToken stopping)
    {
        using var lease = new CancellationTokenSource(handler.Lease, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Token, stopping);
        try
        {
            var outcome = await handler.RunAsync(job, either.Token);
            if (outcome is JobOutcome.Finished && handler.Every is { } every) return new JobOutcome.RunAgain(time.GetUtcNow() + every);
            if (outcome is JobOutcome.GiveUp giveUp) Log.JobGaveUp(log, job.Kind, job.Key, giveUp.Why);
            return outcome;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new JobOutcome.Failed(time.GetUtcNow(), "The process was stopping.");
        }
        catch (Exception failure)
        {
            Log.JobFailed(log, job.Kind, job.Key, job.Attempt, failure);

            // Regular work has nobody to ask for it again, so it never gives up.
            return job.Attempt >= MaxFailures && handler.Every is null
                ? new JobOutcome.GiveUp(failure.Message)
                : new JobOutcome.Failed(time.GetUtcNow() + BackOff(job.Attempt), failure.Message);
        }
    }

    // Doubles from a second to an hour, with a fifth of jitter so that what failed together does not come back together.
    private TimeSpan BackOff(int attempt)
    {
        var doubled = FirstBackOff * Math.Pow(2, Math.Min(attempt - 1, 12));
        var bounded = doubled < LongestBackOff ? doubled : LongestBackOff;
        return bounded * (0.9 + (random.Fraction() * 0.2));
    }

    private sealed class Lane(IJobHandler handler)
    {
        private int taken;

        public IJobHandler Handler => handler;

        public int Free => handler.Concurrency - Volatile.Read(ref taken);

        public void Take() => Interlocked.Increment(ref taken);

        public void Give() => Interlocked.Decrement(ref taken);
    }
}
