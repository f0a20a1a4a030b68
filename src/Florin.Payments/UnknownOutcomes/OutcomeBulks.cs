using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Works a bulk action off, a few items at a time, each as if it had been asked for alone.</summary>
/// <remarks>A run that was cut off leaves items that were acted on and not noted: asked about again, they are found settled, which
/// is what was wanted of them.</remarks>
internal sealed class OutcomeBulks(IDatabase database, UnknownOutcomesService outcomes, TimeProvider time) : IJobHandler
{
    public const string JobKind = "payments.outcome_bulk";

    // So many items wait for gateways at once: a bulk action must not starve payments.
    private const int AtOnce = 4;
    private const int Batch = 20;

    public string Kind => JobKind;

    public int Concurrency => 2;

    public TimeSpan Lease => TimeSpan.FromMinutes(5);

    public static NewJob Job(OutcomeBulkId id, DateTimeOffset now) => new(id.Shard(), JobKind, id.ToString(), now);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<OutcomeBulkId>(job.Key);
        var (bulk, items) = await database.ReadAsync(
            async reader => (await BulkStore.FindAsync(reader, id), await BulkStore.QueuedAsync(reader, id, Batch)), ct);
        if (bulk is null || items.Count == 0) return JobOutcome.Done;
        await Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (item, token) => await RunAsync(bulk, item, token));
        return new JobOutcome.RunAgain(time.GetUtcNow());
    }

    private async Task RunAsync(OutcomeBulk bulk, UnknownOutcomeId item, CancellationToken ct)
    {
        var request = new OutcomeRequest(new PaymentRequest(bulk.Scope, Origin: null), bulk.Actor);
        var result = bulk.Act switch
        {
            OutcomeBulkAct.Query => await outcomes.QueryAsync(request, item, answer: null, ct),
            OutcomeBulkAct.Cancel => await outcomes.CancelAsync(request, item, answer: null, ct),

            // Noted in the transaction that writes the outcome down.
            OutcomeBulkAct.Accept => await outcomes.AcceptAsync(
                request,
                item,
                new OutcomeEvidence(bulk.Outcome!.Value, GatewayReference: null, bulk.Evidence!, File: null),
                answer: null,
                also: async tx => await BulkStore.EndAsync(tx, bulk.Id, new OutcomeBulkItem(item, OutcomeBulkItemState.Done, Code: null, Words<AcceptedOutcome>.Of(bulk.Outcome))),
                ct),
        };
        var ended = result.Match(
            settled => new OutcomeBulkItem(item, OutcomeBulkItemState.Done, Code: null, Words<UnknownOutcomeReason>.Of(settled.Reason)),
            refusal => bulk.Act != OutcomeBulkAct.Accept && refusal.Code == OutcomeRefusals.SettledCode
                ? new OutcomeBulkItem(item, OutcomeBulkItemState.Done, Code: null, Words<UnknownOutcomeReason>.Of(UnknownOutcomeReason.Settled))
                : new OutcomeBulkItem(item, OutcomeBulkItemState.Failed, refusal.Code, refusal.Message));
        await database.WriteAsync(async tx => await BulkStore.EndAsync(tx, bulk.Id, ended), CancellationToken.None);
    }
}
