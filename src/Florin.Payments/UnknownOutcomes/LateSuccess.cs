using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Returns money that came through after its payment had been given up, or its attempt closed.</summary>
/// <remarks>The job ends only when the gateway has stated that all of it is back: the money is not ours to keep.</remarks>
internal sealed class LateSuccess(
    IDatabase database, HoldsService holds, RefundsService refunds, PaymentsOptions options, TimeProvider time, ILogger<LateSuccess> log) : IJobHandler
{
    public const string JobKind = "payments.return_late";

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    public static NewJob Job(ChargeId charge, DateTimeOffset now) => new(charge.Shard(), JobKind, charge.ToString(), now);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<ChargeId>(job.Key);
        var (row, intent, isUnderWay) = await database.ReadAsync(
            async reader =>
            {
                var found = (await ChargeStore.FindAsync(reader, id))!;
                var payment = found.Charge.PaymentIntent;
                var operations = await OperationStore.OfIntentAsync(reader, payment);
                var returned = await RefundStore.OfIntentAsync(reader, payment);
                var open = operations.Any(operation => operation.Operation.Charge == id && IsOpen(operation.Operation.State))
                    || returned.Any(refund => refund.Charge == id && IsOpen(refund.State));
                return (found, await IntentStore.GetAsync(reader, payment), open);
            },
            ct);

        // Its outcome is being asked for already; if that is no, the money must be returned once more.
        if (isUnderWay) return LookAgain();
        var charge = row.Charge;
        switch (charge.Status)
        {
            case ChargeStatus.Captured when charge.Refunded < charge.Captured:
                Log.LateSuccess(log, intent.Id, id);
                var wanted = new NewRefund(PaymentIntent: null, id, AmountMinor: null, Reason: null, Documents.NoMetadata);
                var returned = await refunds.CreateAsync(new PaymentRequest(charge.Scope, Origin: null), wanted, answer: null, ct);
                return AfterTrying(id, returned.Value.State, returned.Value.Explanation);
            case ChargeStatus.Authorized:
                Log.LateSuccess(log, intent.Id, id);
                var freed = await holds.FreeLateHoldAsync(intent, row, ct);
                return AfterTrying(id, freed.State, freed.Explanation);
            case ChargeStatus.Captured or ChargeStatus.Voided or ChargeStatus.Failed:
                break;
        }

        return JobOutcome.Done;
    }

    private static bool IsOpen(OperationState state) => state is OperationState.Sent or OperationState.Unknown;

    private JobOutcome.RunAgain LookAgain() => new(time.GetUtcNow() + options.QuerySchedule[0]);

    // An exception makes the job run again, later each time, and wait for a person in the end.
    private JobOutcome AfterTrying(ChargeId charge, OperationState state, string? explanation) => state switch
    {
        OperationState.Succeeded => JobOutcome.Done,
        OperationState.Sent or OperationState.Unknown => LookAgain(),
        OperationState.Declined or OperationState.NotSent or OperationState.Canceled =>
            throw new InvalidOperationException($"The gateway would not return {charge}: {explanation}"),
    };
}
