using Florin.Connectors;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Refunds;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Finds what was sent to a gateway by a process that did not live to store the answer, and makes it unknown.</summary>
internal sealed class SweepCutOff(
    IDatabase database,
    IMerchants merchants,
    AttemptSettlement attempts,
    OperationSettlement operations,
    RefundsService refunds,
    PaymentsOptions options,
    TimeProvider time,
    ILogger<SweepCutOff> log) : IJobHandler
{
    private const int Batch = 100;

    private static readonly GatewayAnswer NoAnswer = new GatewayAnswer.Unknown("The process that waited for the answer is gone.");

    public string Kind => "payments.sweep";

    public int Concurrency => 1;

    public TimeSpan? Every => options.SweepEvery;

    public TimeSpan Lease => TimeSpan.FromSeconds(10);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (overdueAttempts, overdueOperations, overdueRefunds) = await database.ReadAsync(
            async reader => (
                await AttemptStore.OverdueAsync(reader, now, Batch),
                await OperationStore.OverdueAsync(reader, now, Batch),
                await RefundStore.OverdueAsync(reader, now, Batch)),
            ct);
        foreach (var attempt in overdueAttempts) await ApartAsync(attempt.GatewayKey, () => SweepAsync(attempt, ct));
        foreach (var row in overdueOperations)
        {
            await ApartAsync(row.Operation.GatewayKey, async () =>
            {
                var merchant = await MerchantOfAsync(row.Operation.PaymentIntent, ct);
                await database.WriteAsync(async tx => await operations.ApplyAsync(tx, row, merchant, NoAnswer, origin: null), ct);
            });
        }

        foreach (var refund in overdueRefunds)
        {
            await ApartAsync(
                refund.GatewayKey, () => database.WriteAsync(async tx => await refunds.ApplyAsync(tx, refund, NoAnswer, origin: null), ct));
        }

        return JobOutcome.Done;
    }

    // One row that cannot be swept must not keep the others from being asked about.
    private async Task ApartAsync(string key, Func<Task> sweep)
    {
        Log.OutcomeCutOff(log, key);
        try
        {
            await sweep();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotSwept(log, key, failure);
        }
    }

    private async Task SweepAsync(PaymentAttempt attempt, CancellationToken ct)
    {
        var merchant = await MerchantOfAsync(attempt.PaymentIntent, ct);
        await database.WriteAsync(
            async tx =>
            {
                var intent = (await IntentStore.LockAsync(tx, attempt.PaymentIntent))!;
                var method = (await PaymentMethodStore.FindAsync(tx, intent.Scope, attempt.PaymentMethod))!;
                await attempts.ApplyAsync(tx, new AttemptStanding(intent, attempt, method, merchant), NoAnswer, origin: null);
            },
            ct);
    }

    private async Task<Merchant> MerchantOfAsync(PaymentIntentId id, CancellationToken ct)
    {
        var intent = await database.ReadAsync(async reader => await IntentStore.GetAsync(reader, id), ct);
        return (await merchants.FindAsync(intent.Scope.Merchant, ct))!;
    }
}
