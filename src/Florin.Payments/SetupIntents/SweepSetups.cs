using Florin.Connectors;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.SetupIntents;

/// <summary>Finds verifications that were sent by a process that did not live to store the answer, and makes them unknown.</summary>
internal sealed class SweepSetups(
    IDatabase database, SetupSettlement settlement, PaymentsOptions options, TimeProvider time, ILogger<SweepSetups> log) : IJobHandler
{
    private const int Batch = 100;

    private static readonly GatewayAnswer NoAnswer = new GatewayAnswer.Unknown("The process that waited for the answer is gone.");

    public string Kind => "payments.sweep_setups";

    public int Concurrency => 1;

    public TimeSpan? Every => options.SweepEvery;

    public TimeSpan Lease => TimeSpan.FromSeconds(10);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var overdue = await database.ReadAsync(async reader => await SetupAttemptStore.OverdueAsync(reader, now, Batch), ct);
        foreach (var attempt in overdue)
        {
            Log.OutcomeCutOff(log, attempt.GatewayKey);
            try
            {
                await database.WriteAsync(async tx => await settlement.ApplyAsync(tx, attempt, NoAnswer, origin: null), ct);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // One row that cannot be swept must not keep the others from being asked about.
                Log.NotSwept(log, attempt.GatewayKey, failure);
            }
        }

        return JobOutcome.Done;
    }
}
