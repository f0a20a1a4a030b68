using System.Collections.Concurrent;
using System.Threading.Channels;
using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Events.Webhooks;

/// <summary>Sends what is due, at least once, each endpoint within its own bound so that a dead one delays no other.</summary>
internal sealed class DeliveryWorker(
    DeliveryStore store,
    WebhookSender sender,
    DeliveryWakeUp wakeUp,
    EventMetrics metrics,
    TimeProvider time,
    RandomSource random,
    ILogger<DeliveryWorker> log)
    : BackgroundService
{
    // Another node's events, and deliveries that become due by time, are found this late at most.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterDatabaseFailure = TimeSpan.FromSeconds(1);

    // Longer than an attempt may take with all that is written before and after it.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const int MaxRunning = 256;

    // Endpoints that fail may hold half of the slots together: however many are dead, the living ones have the other half.
    private const int MaxRunningFailing = MaxRunning / 2;

    private const int SettledTogether = 128;
    private const int TriesToSettle = 3;

    private readonly ConcurrentDictionary<WebhookEndpointId, EndpointLane> lanes = [];
    private readonly ConcurrentDictionary<Task, byte> running = [];
    private readonly Channel<SettledDelivery> ended = Channel.CreateUnbounded<SettledDelivery>(new UnboundedChannelOptions { SingleReader = true });
    private DateTimeOffset nextFullLook = DateTimeOffset.MinValue;
    private DateTimeOffset nextCount = DateTimeOffset.MinValue;
    private int turn;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settling = SettleAsync();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await wakeUp.WaitAsync(LookEvery, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Most likely the database is away. Deliveries wait in it, so nothing is lost by looking again later, while a
                // worker that ended would leave a server that tells nobody anything.
                Log.NotClaimed(log, failure);
                await Task.Delay(AfterDatabaseFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // What is being sent is cut off and its lease given back, so that the next process sends it at once.
        await Task.WhenAll(running.Keys);
        ended.Writer.Complete();
        await settling;
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var due = await FindDueAsync(now, ct);
        var claims = Share(due);
        if (claims.Count > 0)
        {
            // Claimed and read under no caller's token but to the end: a claim that is cut off waits for its lease.
            foreach (var delivery in await store.ClaimAsync(claims, now, now + Lease, CancellationToken.None)) Begin(delivery, ct);
        }

        if (now < nextCount) return;
        nextCount = now + CountEvery;
        metrics.Backlog = await store.BacklogAsync(ct);
    }

    private async Task<List<ListeningEndpoint>> FindDueAsync(DateTimeOffset now, CancellationToken ct)
    {
        var woken = wakeUp.Take();
        if (now < nextFullLook)
        {
            return woken.Count == 0 ? [] : (await store.ListeningAsync(woken, now, ct)).FindAll(endpoint => endpoint.HasDue);
        }

        var all = await store.ListeningAsync(now, ct);
        nextFullLook = now + LookEvery;
        foreach (var endpoint in all) wakeUp.Listen(endpoint.Scope);
        ForgetLanes([.. all.Select(endpoint => endpoint.Id)]);
        return all.FindAll(endpoint => endpoint.HasDue);
    }

    private void ForgetLanes(HashSet<WebhookEndpointId> listening)
    {
        foreach (var (id, lane) in lanes)
        {
            if (lane.Running == 0 && (!lane.IsFailing || !listening.Contains(id))) lanes.TryRemove(id, out _);
        }
    }

    /// <summary>Shares the free slots out, each endpoint in turn the first.</summary>
    private List<EndpointClaim> Share(List<ListeningEndpoint> due)
    {
        if (due.Count == 0) return [];
        var free = MaxRunning - lanes.Values.Sum(lane => lane.Running);
        var freeForFailing = MaxRunningFailing - lanes.Values.Sum(lane => lane.IsFailing ? lane.Running : 0);
        var share = Math.Max(free / due.Count, 1);
        turn = (turn + 1) % due.Count;
        var claims = new List<EndpointClaim>();
        for (var i = 0; i < due.Count; i++)
        {
            var endpoint = due[(turn + i) % due.Count];
            var lane = lanes.GetOrAdd(endpoint.Id, static _ => new EndpointLane());
            var limit = Math.Min(Math.Min(lane.Room, share), lane.IsFailing ? Math.Min(free, freeForFailing) : free);

            // There may be more due than there is room for; the next delivery that ends makes room.
            wakeUp.LookAgainAt(endpoint.Scope);
            if (limit <= 0) continue;
            free -= limit;
            if (lane.IsFailing) freeForFailing -= limit;
            claims.Add(new EndpointClaim(endpoint, limit));
        }

        return claims;
    }

    private void Begin(DueDelivery delivery, CancellationToken stopping)
    {
        var lane = lanes.GetOrAdd(delivery.Endpoint.Id, static _ => new EndpointLane());
        lane.Begin();
        var run = DeliverAsync(delivery, lane, stopping);
        running.TryAdd(run, 0);
        _ = run.ContinueWith(done => running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task DeliverAsync(DueDelivery delivery, EndpointLane lane, CancellationToken stopping)
    {
        await Task.Yield();
        bool? isTaken = null;
        try
        {
            var outcome = await sender.SendAsync(delivery, stopping);
            isTaken = outcome.IsTaken;
            var settled = Judge(delivery, outcome);
            metrics.Attempted(settled.Verdict, outcome.Attempt.DurationMs);
            ended.Writer.TryWrite(settled);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            ended.Writer.TryWrite(new SettledDelivery(delivery, Verdict.CutOff, null, time.GetUtcNow()));
        }
        catch (Exception failure)
        {
            // Something of ours is wrong (a secret that does not open, say): not the endpoint's fault, and it may be
            // mended, so it is tried again on the schedule and shown.
            Log.NotSent(log, delivery.Event.Id, delivery.Endpoint.Id, failure);
            isTaken = false;
            var attempt = new DeliveryAttempt(time.GetUtcNow(), null, 0, "It could not be sent.");
            ended.Writer.TryWrite(Judge(delivery, new AttemptOutcome(attempt, RetryAfter: null)));
        }
        finally
        {
            lane.End(isTaken);
            wakeUp.RoomCameFree();
        }
    }

    private SettledDelivery Judge(DueDelivery delivery, AttemptOutcome outcome)
    {
        var attempt = outcome.Attempt;
        if (outcome.IsTaken) return new SettledDelivery(delivery, Verdict.Delivered, attempt, attempt.At, outcome.AnswerHeaders);
        Log.NotTaken(log, delivery.Event.Id, delivery.Endpoint.Id, attempt.Status, attempt.DurationMs);
        if (outcome.IsGone)
        {
            // The event stays queued, for the case that the endpoint is enabled again.
            Log.EndpointGone(log, delivery.Endpoint.Id);
            return new SettledDelivery(delivery, Verdict.Gone, attempt, time.GetUtcNow(), outcome.AnswerHeaders);
        }

        var attempts = delivery.Attempts + 1;
        if (RetrySchedule.Next(delivery.Endpoint.Scope.IsLive, attempts, outcome.RetryAfter, random) is { } wait)
        {
            return new SettledDelivery(delivery, Verdict.Retry, attempt, time.GetUtcNow() + wait, outcome.AnswerHeaders);
        }

        Log.GaveUp(log, delivery.Event.Id, delivery.Endpoint.Id, attempts);
        return new SettledDelivery(delivery, Verdict.GaveUp, attempt, attempt.At, outcome.AnswerHeaders);
    }

    // What ended while the last transaction ran is written down in the next one, all together.
    private async Task SettleAsync()
    {
        var batch = new List<SettledDelivery>(SettledTogether);
        while (await ended.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < SettledTogether && ended.Reader.TryRead(out var one)) batch.Add(one);
            await SettleAsync(batch);
        }
    }

    private async Task SettleAsync(List<SettledDelivery> batch)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.SettleAsync(batch, time.GetUtcNow(), CancellationToken.None);
                return;
            }
            catch (Exception failure)
            {
                // Left unsettled, the leases end and the endpoints hear the same events again, with the same ids.
                Log.NotSettled(log, batch.Count, failure);
                if (tries == TriesToSettle) return;
            }

            await Task.Delay(AfterDatabaseFailure, time);
        }
    }
}
