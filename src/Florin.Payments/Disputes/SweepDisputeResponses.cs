using Florin.Payments.Charges;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.Disputes;

/// <summary>Finds what was said to disputes by a process that did not live to store the answer, and makes it unknown.</summary>
internal sealed class SweepDisputeResponses(
    IDatabase database, IJobs jobs, DisputeSettlement settlement, PaymentsOptions options, TimeProvider time, ILogger<SweepDisputeResponses> log) : IJobHandler
{
    private const int Batch = 100;

    public string Kind => "payments.sweep_dispute_responses";

    public int Concurrency => 1;

    public TimeSpan? Every => options.SweepEvery;

    public TimeSpan Lease => TimeSpan.FromSeconds(10);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var overdue = await database.ReadAsync(async reader => await DisputeResponseStore.OverdueAsync(reader, time.GetUtcNow(), Batch), ct);
        foreach (var response in overdue)
        {
            Log.OutcomeCutOff(log, response.GatewayKey);
            await database.WriteAsync(
                async tx =>
                {
                    var dispute = (await DisputeStore.FindAsync(tx, response.Dispute))!;
                    _ = await ChargeStore.LockAsync(tx, dispute.Charge);
                    await settlement.ConcludeAsync(tx, response, OperationState.Unknown, "The process that waited for the answer is gone.", origin: null);
                    await jobs.EnqueueAsync(tx, FollowDispute.Job(dispute.Scope.Shard, dispute.ConnectorAccount, dispute.GatewayReference, time.GetUtcNow()));
                },
                ct);
        }

        return JobOutcome.Done;
    }
}
