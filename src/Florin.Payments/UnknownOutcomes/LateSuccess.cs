using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Returns money that came through after its payment had been given up.</summary>
internal sealed class LateSuccess(IDatabase database, HoldsService holds, RefundsService refunds, ILogger<LateSuccess> log) : IJobHandler
{
    public const string JobKind = "payments.return_late";

    public string Kind => JobKind;

    public int Concurrency => 4;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    public static NewJob Job(ChargeId charge, DateTimeOffset now) => new(charge.Shard(), JobKind, charge.ToString(), now);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<ChargeId>(job.Key);
        var row = (await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, id), ct))!;
        var charge = row.Charge;
        var intent = await database.ReadAsync(async reader => await IntentStore.GetAsync(reader, charge.PaymentIntent), ct);
        switch (charge.Status)
        {
            case ChargeStatus.Captured when charge.Refunded.IsZero:
                Log.LateSuccess(log, intent.Id, id);
                var refund = new NewRefund(PaymentIntent: null, id, AmountMinor: null, Reason: null, Documents.NoMetadata);
                var returned = await refunds.CreateAsync(new PaymentRequest(charge.Scope, Origin: null), refund, answer: null, ct);

                // An exception makes the job run again later: the money is not ours to keep.
                if (returned.Value.State is OperationState.Declined or OperationState.NotSent)
                {
                    throw new InvalidOperationException($"The gateway would not return {id}: {returned.Value.Explanation}");
                }

                break;
            case ChargeStatus.Authorized:
                Log.LateSuccess(log, intent.Id, id);
                await holds.FreeLateHoldAsync(intent, row, ct);
                break;
            case ChargeStatus.Captured or ChargeStatus.Voided or ChargeStatus.Failed:
                break;
        }

        return JobOutcome.Done;
    }
}
