using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.UnknownOutcomes;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.SetupIntents;

/// <summary>Finds out what became of a verification whose answer was lost, or whose buyer never came back.</summary>
internal sealed class SettleSetups(
    IDatabase database, GatewayCalls gateways, Verifier verifier, SetupSettlement settlement, OutcomeActs acts, PaymentsOptions options, TimeProvider time, ILogger<SettleSetups> log)
    : IJobHandler
{
    public const string JobKind = "payments.settle_setup";

    public string Kind => JobKind;

    public int Concurrency => 8;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    public static NewJob Job(SetupAttemptId id, DateTimeOffset runAt) => new(id.Shard(), JobKind, id.ToString(), runAt);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<SetupAttemptId>(job.Key);
        var attempt = await database.ReadAsync(async reader => await SetupAttemptStore.FindAsync(reader, id), ct);
        if (attempt is null || !IsAsked(attempt.State, isHinted: job.Payload == SettleOutcomes.Hinted)) return JobOutcome.Done;
        var account = await verifier.AccountAsync(attempt, ct);
        var order = new QueryOrder(GatewayOperation.Authorize, attempt.GatewayKey, attempt.GatewayReference, attempt.Amount);
        var said = await gateways.QueryAsync(account, order, attempt.SentAt);
        var asked = attempt with { Queries = attempt.Queries + 1 };
        await database.WriteAsync(
            async tx =>
            {
                await settlement.ApplyAsync(tx, asked, said, origin: null);
                await acts.RecordAsync(tx, id.Value, OutcomeActKind.Query, said);
            },
            CancellationToken.None);
        var state = await database.ReadAsync(async reader => (await SetupAttemptStore.FindAsync(reader, id))!.State, ct);
        return state switch
        {
            // Only now do we know that the buyer is wanted, so the buyer is given time first.
            AttemptState.Challenge when attempt.State == AttemptState.Unknown => new JobOutcome.RunAgain(time.GetUtcNow() + options.ChallengePatience),
            AttemptState.Unknown or AttemptState.Challenge => AskAgain(attempt.GatewayKey, asked.Queries),
            AttemptState.Sent or AttemptState.Authorized or AttemptState.Captured or AttemptState.Declined or AttemptState.NotSent
                or AttemptState.Voided => JobOutcome.Done,
        };
    }

    /// <summary>Whether an attempt is asked about; one that was closed as never sent, only when the gateway itself speaks of it.</summary>
    public static bool IsAsked(AttemptState state, bool isHinted) =>
        state is AttemptState.Unknown or AttemptState.Challenge || (isHinted && state == AttemptState.NotSent);

    private JobOutcome AskAgain(string key, int queries)
    {
        if (queries < options.QuerySchedule.Count) return new JobOutcome.RunAgain(time.GetUtcNow() + options.QuerySchedule[queries]);
        Log.OutcomeStillUnknown(log, key, queries);
        return new JobOutcome.GiveUp($"The gateway gave no outcome in {queries} queries; a person must look.");
    }
}
