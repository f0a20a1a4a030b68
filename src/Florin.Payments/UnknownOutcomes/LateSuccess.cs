using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Payments.Disputes;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Returns money that came through after its payment had been given up, or its attempt closed.</summary>
/// <remarks>The job ends only when the gateway has stated that all of it is back: the money is not ours to keep. Where that
/// cannot be had, the charge waits for a person.</remarks>
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
        if (charge.LateSuccess is LateSuccessPolicy.Accept or LateSuccessPolicy.Ask) return JobOutcome.Done;
        switch (charge.Status)
        {
            case ChargeStatus.Captured when charge.Disputed.IsPositive:
                return await ChargedBackAsync(charge, ct);
            case ChargeStatus.Captured when charge.Refunded < charge.Captured:
                Log.LateSuccess(log, intent.Id, id);
                var wanted = new NewRefund(PaymentIntent: null, id, AmountMinor: null, Reason: null, Documents.NoMetadata);
                var returned = await refunds.CreateAsync(new PaymentRequest(charge.Scope, Origin: null), wanted, answer: null, ct);

                // Another refund was quicker, or an issuer, or the gateway has no room: looked at anew, it is seen which.
                if (!returned.TryGet(out var refund, out var refusal)) return refusal.Code == PaymentRefusals.ChargeDisputedCode ? LookAtDisputes() : LookAgain();
                return await AfterTryingAsync(job, id, refund.State, refund.Explanation, ct);
            case ChargeStatus.Authorized:
                Log.LateSuccess(log, intent.Id, id);
                var freed = await holds.FreeLateHoldAsync(intent, row, ct);
                if (freed is { State: OperationState.Declined } && await holds.IsLateHoldGoneAsync(intent, row, ct)) return await ReturnedAsync(id, ct);
                return freed is null ? LookAgain() : await AfterTryingAsync(job, id, freed.State, freed.Explanation, ct);
            case ChargeStatus.Captured or ChargeStatus.Voided or ChargeStatus.Failed:
                break;
        }

        return await ReturnedAsync(id, ct);
    }

    private static bool IsOpen(OperationState state) => state is OperationState.Sent or OperationState.Unknown;

    // What an issuer decides takes days.
    private JobOutcome.RunAgain LookAtDisputes() => new(time.GetUtcNow() + options.AskAboutDisputesEvery);

    private JobOutcome.RunAgain LookAgain() => new(time.GetUtcNow() + options.QuerySchedule[0]);

    // The issuer took the money back before it was returned. While that may still be won it must not be given twice.
    private async Task<JobOutcome> ChargedBackAsync(Charge charge, CancellationToken ct)
    {
        var isOpen = await database.ReadAsync(async reader => await DisputeStore.IsAnyOpenAsync(reader, charge.Id), ct);
        if (isOpen) return LookAtDisputes();
        var kept = charge.Captured - charge.Refunded - charge.Disputed;
        if (kept.IsZero) return await ReturnedAsync(charge.Id, ct);
        return await NotReturnedAsync(charge.Id, $"The issuer took a part of it back, and {kept} is left that a gateway does not refund beside a chargeback.", ct);
    }

    private async Task<JobOutcome> AfterTryingAsync(Job job, ChargeId charge, OperationState state, string? explanation, CancellationToken ct) => state switch
    {
        OperationState.Succeeded => await ReturnedAsync(charge, ct),
        OperationState.Sent or OperationState.Unknown => LookAgain(),

        // Each no is followed by another try, under a new key, before a person is asked.
        OperationState.Declined or OperationState.NotSent or OperationState.Canceled when job.Attempt <= options.QuerySchedule.Count =>
            new JobOutcome.Failed(time.GetUtcNow() + options.QuerySchedule[job.Attempt - 1], $"The gateway would not return {charge}: {explanation}"),
        OperationState.Declined or OperationState.NotSent or OperationState.Canceled =>
            await NotReturnedAsync(charge, $"The gateway would not return it: {explanation}", ct),
    };

    private async Task<JobOutcome> ReturnedAsync(ChargeId charge, CancellationToken ct)
    {
        await database.WriteAsync(async tx => await ChargeStore.SetAttentionAsync(tx, charge, why: null), ct);
        return JobOutcome.Done;
    }

    private async Task<JobOutcome> NotReturnedAsync(ChargeId charge, string why, CancellationToken ct)
    {
        await database.WriteAsync(async tx => await ChargeStore.SetAttentionAsync(tx, charge, why), ct);
        return new JobOutcome.GiveUp($"{charge}: {why} A person must look.");
    }
}
