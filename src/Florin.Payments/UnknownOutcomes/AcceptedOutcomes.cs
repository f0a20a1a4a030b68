using System.Diagnostics;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Disputes;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Refunds;
using Florin.Payments.SetupIntents;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Takes an outcome that a person states the way that a gateway's word goes: the same move, from the same state.</summary>
internal sealed class AcceptedOutcomes(
    AttemptSettlement attempts,
    OperationSettlement operations,
    RefundsService refunds,
    SetupSettlement setups,
    DisputeSettlement disputes,
    SavedMethods saved,
    SessionCompletion sessions,
    IEvents events)
{
    /// <returns>Null where it was written down; a refusal where another outcome came first, or it cannot be.</returns>
    public async Task<Refusal?> ApplyAsync(ITransaction tx, UnknownOutcome item, OutcomeEvidence evidence, Merchant merchant, EventOrigin? origin)
    {
        var id = item.Id.Value;
        var said = AnswerOf(item, evidence);
        var isApplied = item.Kind switch
        {
            UnknownOutcomeKind.Payment => await AttemptAsync(tx, new PaymentAttemptId(id), said, merchant, origin),
            UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment => await OperationAsync(tx, new ChargeOperationId(id), said, merchant, origin),
            UnknownOutcomeKind.Refund => await RefundStore.FindAsync(tx, new RefundId(id)) is { State: OperationState.Unknown } refund
                && await refunds.ApplyAsync(tx, refund, said, origin) is not null,
            UnknownOutcomeKind.Setup => await SetupAttemptStore.FindAsync(tx, new SetupAttemptId(id)) is { State: AttemptState.Unknown } attempt
                && await setups.ApplyAsync(tx, attempt, said, origin) is not null,
            UnknownOutcomeKind.Release => await ReleasedAsync(tx, new SetupAttemptId(id)),
            UnknownOutcomeKind.Evidence => await EvidenceAsync(tx, new DisputeResponseId(id), evidence, origin),
            UnknownOutcomeKind.LateSuccess when evidence.Outcome == AcceptedOutcome.Kept => await KeepAsync(tx, new ChargeId(id), origin),
            UnknownOutcomeKind.LateSuccess => await ResolvedAsync(tx, new ChargeId(id)),
            UnknownOutcomeKind.Dispute => await DisputeResolvedAsync(tx, new DisputeId(id)),
        };
        return isApplied ? null
            : evidence.Outcome == AcceptedOutcome.Kept ? OutcomeRefusals.CannotBeKept
            : OutcomeRefusals.Settled(item.Id);
    }

    // What the gateway would have said.
    private static GatewayAnswer AnswerOf(UnknownOutcome item, OutcomeEvidence evidence) => evidence.Outcome switch
    {
        AcceptedOutcome.Captured => new GatewayAnswer.Captured(evidence.GatewayReference!, item.Amount),
        AcceptedOutcome.Authorized => new GatewayAnswer.Authorized(evidence.GatewayReference!, item.Amount),
        AcceptedOutcome.Refunded => new GatewayAnswer.Refunded(evidence.GatewayReference!, item.Amount),
        AcceptedOutcome.Voided => new GatewayAnswer.Voided(evidence.GatewayReference ?? item.GatewayReference ?? item.Operation),

        // Closed, and open to the gateway's own word: should it say later that money moved, that is written down and returned.
        AcceptedOutcome.Declined => new GatewayAnswer.NotSent("The gateway declined it, as somebody found out."),
        AcceptedOutcome.NeverSent => new GatewayAnswer.NotFound(),
        AcceptedOutcome.Received or AcceptedOutcome.Kept or AcceptedOutcome.Resolved => new GatewayAnswer.Unknown("No answer of a gateway."),
    };

    private async Task<bool> AttemptAsync(ITransaction tx, PaymentAttemptId id, GatewayAnswer said, Merchant merchant, EventOrigin? origin)
    {
        // The payment first, as everywhere: whoever settles it holds it, so its attempt is read as it stays.
        var attempt = (await AttemptStore.FindAsync(tx, id))!;
        var intent = (await IntentStore.LockAsync(tx, attempt.PaymentIntent))!;
        attempt = (await AttemptStore.FindAsync(tx, id))!;
        if (attempt.State is not (AttemptState.Unknown or AttemptState.Challenge)) return false;
        var method = (await PaymentMethodStore.FindAsync(tx, intent.Scope, attempt.PaymentMethod))!;
        return await attempts.ApplyAsync(tx, new AttemptStanding(intent, attempt, method, merchant), said, origin) is not null;
    }

    private async Task<bool> OperationAsync(ITransaction tx, ChargeOperationId id, GatewayAnswer said, Merchant merchant, EventOrigin? origin) =>
        await OperationStore.FindAsync(tx, id) is { Operation.State: OperationState.Unknown } row
        && await operations.ApplyAsync(tx, row, merchant, said, origin) is not null;

    private static async Task<bool> ReleasedAsync(ITransaction tx, SetupAttemptId id)
    {
        if (await SetupAttemptStore.FindAsync(tx, id) is not { State: AttemptState.Authorized, Release: { } release } attempt) return false;
        var freed = attempt with
        {
            State = AttemptMoves.Next(attempt.State, AttemptEvent.Freed),
            Release = release with { State = OperationState.Succeeded },
        };
        return await SetupAttemptStore.TryMoveAsync(tx, attempt, freed);
    }

    private async Task<bool> EvidenceAsync(ITransaction tx, DisputeResponseId id, OutcomeEvidence evidence, EventOrigin? origin)
    {
        if (await DisputeResponseStore.FindAsync(tx, id) is not { State: OperationState.Unknown } response) return false;

        // The charge is locked first everywhere.
        _ = await ChargeStore.LockAsync(tx, (await DisputeStore.FindAsync(tx, response.Dispute))!.Charge);
        var state = evidence.Outcome switch
        {
            AcceptedOutcome.Received => OperationState.Succeeded,
            AcceptedOutcome.Declined => OperationState.Declined,
            AcceptedOutcome.NeverSent => OperationState.NotSent,
            AcceptedOutcome.Captured or AcceptedOutcome.Authorized or AcceptedOutcome.Voided or AcceptedOutcome.Refunded or AcceptedOutcome.Kept
                or AcceptedOutcome.Resolved => throw new UnreachableException($"Evidence is not {evidence.Outcome}."),
        };
        return await disputes.ConcludeAsync(tx, response, state, "Stated by a person.", origin) is not null;
    }

    // The payment succeeds by the money that came too late, where it still can.
    private async Task<bool> KeepAsync(ITransaction tx, ChargeId id, EventOrigin? origin)
    {
        var seen = (await ChargeStore.FindAsync(tx, id))!.Charge;
        var intent = (await IntentStore.LockAsync(tx, seen.PaymentIntent))!;
        var charge = (await ChargeStore.LockAsync(tx, id))!.Charge;
        var attempt = (await AttemptStore.FindAsync(tx, charge.Attempt))!;
        var isWhole = charge.Refunded.IsZero && charge.Disputed.IsZero && charge.Status is ChargeStatus.Captured or ChargeStatus.Authorized;
        if (!isWhole || !LateDecisions.CanBeKept(intent, attempt)) return false;
        if (!await ChargeStore.TryDecideLateAsync(tx, id, LateSuccessPolicy.Accept)) return false;
        charge = charge with { LateSuccess = LateSuccessPolicy.Accept };
        var paid = LateDecisions.Paid(intent, charge);
        await saved.PaidAsync(tx, intent, attempt.PaymentMethod, origin);
        await IntentStore.MoveAsync(tx, intent.Status, paid);
        await RecordAsync(EventTypes.ChargeUpdated, charge.Id.Value, PaymentJson.Bytes(charge));
        var type = paid.Status == PaymentIntentStatus.Succeeded ? EventTypes.PaymentIntentSucceeded : EventTypes.PaymentIntentAmountCapturableUpdated;
        await RecordAsync(type, paid.Id.Value, PaymentJson.Bytes(paid));
        await sessions.CompleteAsync(tx, paid, origin);
        return true;

        async ValueTask RecordAsync(string of, Guid subject, byte[] json) =>
            await events.RecordAsync(tx, new NewEvent(intent.Scope, of, subject, json, Origin: origin));
    }

    private static async Task<bool> ResolvedAsync(ITransaction tx, ChargeId id)
    {
        await ChargeStore.SetAttentionAsync(tx, id, why: null);
        return true;
    }

    private static async Task<bool> DisputeResolvedAsync(ITransaction tx, DisputeId id)
    {
        await DisputeStore.ResolveAsync(tx, id);
        return true;
    }
}
