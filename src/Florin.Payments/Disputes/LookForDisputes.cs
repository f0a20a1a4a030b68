using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Routing;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.Disputes;

/// <summary>Asks every gateway for disputes that it may have called about in vain: while we were away, or a call was lost.</summary>
internal sealed class LookForDisputes(
    IDatabase database, IJobs jobs, ConnectorAccounts accounts, GatewayCalls gateways, PaymentsOptions options, TimeProvider time) : IJobHandler
{
    // A gateway that always says there is more must not keep us for ever.
    private const int MostPages = 100;
    private const int MostRevived = 1_000;

    public string Kind => "payments.look_for_disputes";

    public int Concurrency => 1;

    public TimeSpan? Every => options.LookForDisputesEvery;

    public TimeSpan Lease => TimeSpan.FromMinutes(30);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var since = time.GetUtcNow() - options.LookForDisputesSince;
        foreach (var (account, scope) in await accounts.AllAsync(ct)) await LookAsync(account, scope, since, ct);
        await ReviveAsync(ct);
        return JobOutcome.Done;
    }

    // A dispute that is open is asked about however long its gateway was silent before. One that gave up anew begins a
    // schedule of days, so this brings nobody questions by the hour.
    private async Task ReviveAsync(CancellationToken ct)
    {
        foreach (var dead in await jobs.DeadAsync(FollowDispute.JobKind, MostRevived, ct))
        {
            if (FollowDispute.TryReadKey(dead.Key) is not var (accountId, reference) || await accounts.FindAsync(accountId, ct) is not var (account, scope)) continue;
            await database.WriteAsync(
                async tx =>
                {
                    if (await DisputeStore.FindByReferenceAsync(tx, scope.Shard, account.Id, reference) is not { } id) return;
                    if (await DisputeStore.FindAsync(tx, id) is { IsOver: false }) await jobs.EnqueueAsync(tx, FollowDispute.Job(scope.Shard, account.Id, reference, time.GetUtcNow()));
                },
                ct);
        }
    }

    private async Task LookAsync(ConnectorAccount account, MerchantScope scope, DateTimeOffset since, CancellationToken ct)
    {
        for (var page = 0; page < MostPages; page++)
        {
            var said = await gateways.AskAsync(account, (connector, deadline) => connector.ListDisputesAsync(since, account, deadline));

            // No answer is no news: it is asked again at the next round, which reaches as far back.
            if (said is not GatewayAnswer.DisputesOpened opened) return;
            await FollowAsync(account, scope, opened.Disputes, ct);
            if (!opened.HasMore || opened.Disputes.Count == 0 || opened.Disputes[^1].OpenedAt <= since) return;
            since = opened.Disputes[^1].OpenedAt;
        }
    }

    private async Task FollowAsync(ConnectorAccount account, MerchantScope scope, IReadOnlyList<GatewayDispute> disputes, CancellationToken ct)
    {
        var unheard = await database.ReadAsync(
            async reader =>
            {
                var found = new List<GatewayDispute>();
                foreach (var dispute in disputes)
                {
                    var isOurs = Ids.TryParse<PaymentAttemptId>(dispute.PaymentKey, out var attempt) && attempt.Shard() == scope.Shard;
                    if (isOurs && await DisputeStore.FindByReferenceAsync(reader, scope.Shard, account.Id, dispute.Reference) is null) found.Add(dispute);
                }

                return found;
            },
            ct);
        if (unheard.Count == 0) return;
        var now = time.GetUtcNow();
        await database.WriteAsync(
            async tx =>
            {
                foreach (var dispute in unheard) await jobs.EnqueueAsync(tx, FollowDispute.Job(scope.Shard, account.Id, dispute.Reference, now));
            },
            ct);
    }
}
