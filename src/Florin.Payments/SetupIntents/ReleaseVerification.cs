using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.SetupIntents;

/// <summary>Frees the small amount that a verification held: the cardholder's money is not ours to keep.</summary>
/// <remarks>
/// The job ends only when the gateway has stated that the hold is gone. A request to free it is sent once; when its
/// answer is lost it is asked about, and only after a clear no is it asked for again, under a new key.
/// </remarks>
internal sealed class ReleaseVerification(
    IDatabase database, GatewayCalls gateways, Verifier verifier, IdSource ids, PaymentsMetrics metrics, PaymentsOptions options, TimeProvider time, ILogger<ReleaseVerification> log)
    : IJobHandler
{
    public const string JobKind = "payments.release_verification";

    public string Kind => JobKind;

    public int Concurrency => 8;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    public static NewJob Job(SetupAttemptId id, DateTimeOffset runAt) => new(id.Shard(), JobKind, id.ToString(), runAt);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<SetupAttemptId>(job.Key);
        var attempt = await database.ReadAsync(async reader => await SetupAttemptStore.FindAsync(reader, id), ct);
        if (attempt is not { State: AttemptState.Authorized }) return JobOutcome.Done;
        var account = await verifier.AccountAsync(attempt, ct);
        return attempt.Release is { State: OperationState.Sent or OperationState.Unknown } sent
            ? await AskAsync(attempt, sent, account)
            : await SendAsync(attempt, account, ct);
    }

    private async Task<JobOutcome> SendAsync(SetupAttempt attempt, ConnectorAccount account, CancellationToken ct)
    {
        using var place = await gateways.PlaceToSendAsync(account);
        if (place is null) return new JobOutcome.RunAgain(time.GetUtcNow() + options.BusyGatewayPause);
        var release = new HoldRelease(ids.New<ChargeOperationId>(attempt.Id.Shard()), OperationState.Sent, Queries: 0, time.GetUtcNow());
        var sending = attempt with { Release = release };
        if (!await database.WriteAsync(async tx => await SetupAttemptStore.TryMoveAsync(tx, attempt, sending), ct)) return JobOutcome.Done;
        var order = new VoidOrder(release.Id.ToString(), attempt.GatewayReference!, attempt.Amount);
        var said = await place.UnderAsync(
            () => gateways.SendAsync(account, release.SentAt, (connector, deadline) => connector.VoidAsync(order, account, deadline)));
        return await SettleAsync(sending, release, said);
    }

    // Also where an earlier run of this job was cut off after sending.
    private async Task<JobOutcome> AskAsync(SetupAttempt attempt, HoldRelease sent, ConnectorAccount account)
    {
        var order = new QueryOrder(GatewayOperation.Void, sent.Id.ToString(), attempt.GatewayReference, attempt.Amount);
        var said = await gateways.QueryAsync(account, order, sent.SentAt);
        return await SettleAsync(attempt, sent with { Queries = sent.Queries + 1 }, said);
    }

    private async Task<JobOutcome> SettleAsync(SetupAttempt attempt, HoldRelease release, GatewayAnswer said)
    {
        var state = said switch
        {
            GatewayAnswer.Voided => OperationState.Succeeded,
            GatewayAnswer.Declined => OperationState.Declined,
            GatewayAnswer.NotSent or GatewayAnswer.NotFound => OperationState.NotSent,

            // Still working on it, no answer, or one that does not fit the question: we do not know.
            _ => OperationState.Unknown,
        };
        var settled = attempt with
        {
            State = state == OperationState.Succeeded ? AttemptMoves.Next(attempt.State, AttemptEvent.Freed) : attempt.State,
            Explanation = OperationSettlement.Explain(said),
            Release = release with { State = state },
        };
        await database.WriteAsync(
            async tx =>
            {
                if (await SetupAttemptStore.TryMoveAsync(tx, attempt, settled)) tx.OnCommitted(() => metrics.OperationSettled(attempt.Connector, "release", state));
            },
            CancellationToken.None);
        switch (state)
        {
            case OperationState.Succeeded:
                return JobOutcome.Done;
            case OperationState.Unknown or OperationState.Sent when release.Queries < options.QuerySchedule.Count:
                return new JobOutcome.RunAgain(time.GetUtcNow() + options.QuerySchedule[release.Queries]);
            case OperationState.Unknown or OperationState.Sent:
                Log.OutcomeStillUnknown(log, release.Id.ToString(), release.Queries);
                return new JobOutcome.GiveUp($"The gateway gave no outcome in {release.Queries} queries; a person must look.");
            default:
                // An exception makes the job run again, later each time, and wait for a person in the end.
                throw new InvalidOperationException($"The gateway would not free what {attempt.Id} holds: {settled.Explanation}");
        }
    }
}
