using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.Routing;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.Disputes;

/// <summary>Asks a gateway how a dispute stands: when it called, when evidence went unanswered, right after the deadline, and daily.</summary>
internal sealed class FollowDispute(
    IDatabase database,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    DisputeSettlement settlement,
    PaymentsOptions options,
    TimeProvider time,
    ILogger<FollowDispute> log) : IJobHandler
{
    public const string JobKind = "payments.dispute";

    private const char Between = '/';

    // Clocks differ a little, and an issuer that is asked too early would be asked only a day later again.
    private static readonly TimeSpan AfterDeadline = TimeSpan.FromMinutes(1);

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    public static NewJob Job(ShardId shard, ConnectorAccountId account, string reference, DateTimeOffset runAt) =>
        new(shard, JobKind, $"{account}{Between}{reference}", runAt);

    /// <summary>Which dispute a job is about, as its key has it; null where it is no key of ours.</summary>
    public static (ConnectorAccountId Account, string Reference)? TryReadKey(string key)
    {
        var split = key.IndexOf(Between, StringComparison.Ordinal);
        return split > 0 && Ids.TryParse<ConnectorAccountId>(key[..split], out var account) ? (account, key[(split + 1)..]) : null;
    }

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        if (TryReadKey(job.Key) is not var (accountId, reference) || await accounts.FindAsync(accountId, ct) is not var (account, scope))
        {
            return new JobOutcome.GiveUp($"'{job.Key}' names no dispute of a gateway account.");
        }

        var askedAt = time.GetUtcNow();
        var said = await gateways.AskAsync(account, (connector, deadline) => connector.QueryDisputeAsync(reference, account, deadline));
        switch (said)
        {
            case GatewayAnswer.Disputed(var told) when told.Reference == reference:
                var (sighting, dispute, response) = await database.WriteAsync(tx => ApplyAsync(tx, account, scope, told, askedAt), CancellationToken.None);
                return sighting switch
                {
                    DisputeSighting.Seen => NextLook(dispute!, response),
                    DisputeSighting.TooEarly => await TooEarlyAsync(job, dispute),
                    DisputeSighting.Contradicted => NextLook(dispute!, response),
                    DisputeSighting.NotOurs => JobOutcome.Done,
                };
            case GatewayAnswer.NotFound:
                return LookAgain(job, $"{account.Connector} knows no dispute {reference}, which it spoke of before.");
            default:
                return LookAgain(job, OperationSettlement.Explain(said) ?? $"The gateway answered {said.GetType().Name}.");
        }
    }

    private async Task<(DisputeSighting Sighting, Dispute? Dispute, DisputeResponse? Response)> ApplyAsync(
        ITransaction tx, ConnectorAccount account, MerchantScope scope, GatewayDispute told, DateTimeOffset askedAt)
    {
        var (sighting, dispute) = await settlement.ApplyAsync(tx, account, scope, told, origin: null);
        if (dispute is null || await DisputeResponseStore.OpenAsync(tx, dispute.Id) is not { State: OperationState.Unknown } response) return (sighting, dispute, null);

        // A "never heard of it" counts only once the evidence can no longer be on its way.
        var arrived = told.Responses.Contains(response.GatewayKey);
        var isFinal = gateways.IsFinal(account, response.SentAt, askedAt);
        var state = arrived ? OperationState.Succeeded : isFinal ? OperationState.NotSent : OperationState.Unknown;
        var explanation = state == OperationState.NotSent ? "The gateway never received it." : response.Explanation;
        var asked = response with { Queries = response.Queries + 1 };
        await settlement.ConcludeAsync(tx, asked, state, explanation, origin: null);
        return (sighting, await DisputeStore.FindAsync(tx, dispute.Id), state == OperationState.Unknown ? asked : null);
    }

    private JobOutcome NextLook(Dispute dispute, DisputeResponse? unanswered)
    {
        var now = time.GetUtcNow();
        if (unanswered is not null) return new JobOutcome.RunAgain(now + options.QuerySchedule[Math.Min(unanswered.Queries, options.QuerySchedule.Count - 1)]);
        if (dispute.IsOver) return JobOutcome.Done;
        var daily = now + options.AskAboutDisputesEvery;
        var lapsed = dispute.DueBy + AfterDeadline;
        return new JobOutcome.RunAgain(lapsed > now && lapsed < daily ? lapsed : daily);
    }

    private async Task<JobOutcome> TooEarlyAsync(Job job, Dispute? dispute)
    {
        const string Why = "Its payment, or a refund of it, has no outcome yet; or less is left of the payment than the dispute claims.";
        var outcome = LookAgain(job, Why);
        if (outcome is JobOutcome.GiveUp && dispute is not null)
        {
            await database.WriteAsync(async tx => await DisputeStore.SetAttentionAsync(tx, dispute.Id, Why), CancellationToken.None);
        }

        return outcome;
    }

    private JobOutcome LookAgain(Job job, string why)
    {
        if (job.Attempt <= options.QuerySchedule.Count) return new JobOutcome.Failed(time.GetUtcNow() + options.QuerySchedule[job.Attempt - 1], why);
        Log.OutcomeStillUnknown(log, job.Key, job.Attempt);
        return new JobOutcome.GiveUp(why + " A person must look.");
    }
}
