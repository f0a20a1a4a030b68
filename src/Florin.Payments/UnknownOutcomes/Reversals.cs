using Florin.Connectors;
using Florin.Payments.Attempts;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Gives payments up whose authorization went unanswered: the gateway is told to make it void by our key for it.</summary>
/// <remarks>Only where the gateway promises that nothing is held or taken under that key afterwards, also if the request itself
/// arrives later. Elsewhere such a payment waits until its outcome is known.</remarks>
internal sealed class Reversals(IConnectors connectors, IJobs jobs, TimeProvider time)
{
    /// <summary>The attempt that must be reversed for a processing payment to be given up; null where that is not possible.</summary>
    /// <param name="intent">Locked by the caller, so that nobody learns the attempt's outcome meanwhile.</param>
    public async Task<PaymentAttempt?> ReversibleAsync(ISqlReader reader, PaymentIntent intent)
    {
        if (intent is not { Status: PaymentIntentStatus.Processing, LatestAttempt: { } id }) return null;
        var attempt = await AttemptStore.FindAsync(reader, id);
        return attempt is { State: AttemptState.Unknown } && CanReverse(attempt) ? attempt : null;
    }

    /// <summary>Has an attempt reversed whose payment the caller's transaction gives up.</summary>
    public ValueTask EnqueueAsync(ITransaction tx, PaymentAttempt attempt) => jobs.EnqueueAsync(tx, SettleOutcomes.Job(attempt.Id, time.GetUtcNow()));

    /// <summary>Whether an unknown attempt is reversed instead of asked about: nobody wants its money any more.</summary>
    /// <remarks>An open challenge is only ended where a person asked for it: the buyer may be about to pass it.</remarks>
    public async Task<bool> IsWantedAsync(ISqlReader reader, PaymentIntent intent, PaymentAttempt attempt) =>
        (attempt.State == AttemptState.Unknown || (attempt.State == AttemptState.Challenge && await OutcomeActs.WasCanceledAsync(reader, attempt.Id)))
        && CanReverse(attempt) && await LateDecisions.DecideAsync(reader, intent, attempt) == LateSuccessPolicy.Refund;

    private bool CanReverse(PaymentAttempt attempt) => connectors.Get(attempt.Connector).Capabilities.ReversalByKey;
}
