using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Balances;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Intents;
using Florin.Payments.UnknownOutcomes;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.Charges;

/// <summary>Writes down what a gateway said of a capture or a void, whoever learned it first.</summary>
internal sealed class OperationSettlement(
    Postings postings, IEvents events, IJobs jobs, PaymentsMetrics metrics, PaymentsOptions options, TimeProvider time)
{
    /// <summary>What a gateway's word means for an operation.</summary>
    public static OperationState StateOf(GatewayAnswer answer, ChargeOperation operation) => (answer, operation.Kind) switch
    {
        (GatewayAnswer.Captured captured, ChargeOperationKind.Capture) when captured.Amount == operation.Amount => OperationState.Succeeded,
        (GatewayAnswer.Voided, ChargeOperationKind.Void) => OperationState.Succeeded,
        (GatewayAnswer.Authorized raised, ChargeOperationKind.Increment) when raised.Amount == operation.Amount => OperationState.Succeeded,
        (GatewayAnswer.Declined, _) => OperationState.Declined,
        (GatewayAnswer.NotSent or GatewayAnswer.NotFound, _) => OperationState.NotSent,

        // Still working on it, no answer, or one that does not fit the question: we do not know.
        _ => OperationState.Unknown,
    };

    /// <returns>The intent as it is now, or why the gateway refused; null when another answer came first.</returns>
    public async Task<Result<PaymentIntent>?> ApplyAsync(
        ITransaction tx, OperationRow row, Merchant merchant, GatewayAnswer answer, EventOrigin? origin)
    {
        var before = row.Operation;
        var state = StateOf(answer, before);

        // Closed as never sent, and so it stays unless the gateway did it after all.
        if (before.State == OperationState.NotSent && state != OperationState.Succeeded) return null;
        var isSettled = state != OperationState.Unknown;
        var operation = before with
        {
            State = state,
            GatewayReference = ReferenceOf(answer),
            Explanation = Explain(answer),
            SettledAt = isSettled ? time.GetUtcNow() : null,
        };
        var intent = (await IntentStore.LockAsync(tx, before.PaymentIntent))!;
        if (!await OperationStore.TryMoveAsync(tx, before.State, operation))
        {
            // Another answer came first. If that was "never sent" and this one says that it was done, the gateway is asked once more.
            if (state == OperationState.Succeeded) await jobs.EnqueueAsync(tx, SettleOutcomes.Hint(before.Id, time.GetUtcNow()));
            return null;
        }

        var charge = (await ChargeStore.FindAsync(tx, before.Charge))!.Charge;
        tx.OnCommitted(() => metrics.OperationSettled(charge.Connector, Words<ChargeOperationKind>.Of(before.Kind), state));
        var change = new Change(tx, intent, charge, operation, origin, time.GetUtcNow());
        return state switch
        {
            OperationState.Succeeded when before.Kind == ChargeOperationKind.Capture => await CapturedAsync(change, merchant),
            OperationState.Succeeded when before.Kind == ChargeOperationKind.Increment => await RaisedAsync(change),
            OperationState.Succeeded => await VoidedAsync(change, row.CancellationReason),
            OperationState.Declined or OperationState.NotSent => await RefusedAsync(change, before.State),
            OperationState.Unknown or OperationState.Sent or OperationState.Canceled => await UnansweredAsync(change, before.State),
        };
    }

    /// <summary>Writes down that a hold is gone which no payment waits for, without an operation of ours that freed it.</summary>
    /// <returns>Whether it was held until now, and nothing is under way about it.</returns>
    public async Task<bool> TryFreeAsync(ITransaction tx, PaymentIntentId payment, ChargeId id)
    {
        var intent = (await IntentStore.LockAsync(tx, payment))!;
        var charge = (await ChargeStore.FindAsync(tx, id))!.Charge;
        if (charge.Status != ChargeStatus.Authorized || await OperationStore.IsUnderWayAsync(tx, id)) return false;
        await FreeAsync(tx, intent, charge, origin: null);
        return true;
    }

    private async Task<Result<PaymentIntent>> CapturedAsync(Change change, Merchant merchant)
    {
        var (tx, intent, charge, operation, _, now) = change;
        var captured = charge with
        {
            Status = ChargeStatus.Captured,
            Captured = operation.Amount,
            Fee = LedgerEntries.Fee(operation.Amount, merchant.Fees),
        };
        captured = await postings.CapturedAsync(tx, captured, now);
        await ChargeStore.SetCapturedAsync(tx, captured, operation.GatewayReference!);
        await MoveAttemptAsync(tx, charge.Attempt, AttemptEvent.Taken);
        await RecordAsync(change, "charge.captured", charge.Id.Value, PaymentJson.Bytes(captured));
        if (!change.IsAboutThePayment) return intent;
        var paid = intent with
        {
            Status = PaymentIntentStatus.Succeeded,
            AmountReceived = operation.Amount,
            AmountCapturable = Money.Zero(operation.Amount.Currency),
            LastError = null,
        };
        await IntentStore.MoveAsync(tx, intent.Status, paid);
        if (intent.CheckoutSession is { } session) await SessionStore.SetPaidAsync(tx, session);
        await RecordAsync(change, "payment_intent.succeeded", intent.Id.Value, PaymentJson.Bytes(paid));
        return paid;
    }

    private async Task<Result<PaymentIntent>> VoidedAsync(Change change, CancellationReason? reason)
    {
        var (tx, intent, charge, _, origin, now) = change;
        await FreeAsync(tx, intent, charge, origin);
        if (!change.IsAboutThePayment) return intent;
        var canceled = intent with
        {
            Status = PaymentIntentStatus.Canceled,
            AmountCapturable = Money.Zero(intent.Amount.Currency),
            CanceledAt = now,
            CancellationReason = reason,
            LastError = null,
        };
        await IntentStore.MoveAsync(tx, intent.Status, canceled);
        await RecordAsync(change, "payment_intent.canceled", intent.Id.Value, PaymentJson.Bytes(canceled));
        return canceled;
    }

    private async Task FreeAsync(ITransaction tx, PaymentIntent intent, Charge charge, EventOrigin? origin)
    {
        await ChargeStore.SetVoidedAsync(tx, charge.Id);
        await MoveAttemptAsync(tx, charge.Attempt, AttemptEvent.Freed);
        var json = PaymentJson.Bytes(charge with { Status = ChargeStatus.Voided });
        await events.RecordAsync(tx, new NewEvent(intent.Scope, EventTypes.ChargeUpdated, charge.Id.Value, json, Origin: origin));
    }

    private async Task<Result<PaymentIntent>> RaisedAsync(Change change)
    {
        var (tx, intent, charge, operation, _, _) = change;

        // While a capture or void of the hold has no outcome, the payment goes on waiting for that.
        var isBusy = await OperationStore.IsUnderWayAsync(tx, charge.Id);

        // Heard of so late that the hold was taken, freed or raised further since: it raises nothing any more.
        if (charge.Status != ChargeStatus.Authorized || operation.Amount <= charge.Amount) return isBusy ? intent : await HeldAsBeforeAsync(change);
        var raised = charge with { Amount = operation.Amount };
        await ChargeStore.RaiseAsync(tx, charge.Id, operation.Amount);
        await RecordAsync(change, EventTypes.ChargeUpdated, charge.Id.Value, PaymentJson.Bytes(raised));
        if (!change.IsAboutThePayment) return intent;
        var held = intent with
        {
            Status = isBusy ? intent.Status : PaymentIntentStatus.RequiresCapture,
            Amount = operation.Amount,
            AmountCapturable = operation.Amount,
        };
        await IntentStore.RaiseAsync(tx, intent, held);
        await RecordAsync(change, EventTypes.PaymentIntentAmountCapturableUpdated, held.Id.Value, PaymentJson.Bytes(held));
        return held;
    }

    private async Task<Result<PaymentIntent>> HeldAsBeforeAsync(Change change)
    {
        if (!change.IsAboutThePayment || change.Intent.Status != PaymentIntentStatus.Processing) return change.Intent;
        var held = change.Intent with { Status = PaymentIntentStatus.RequiresCapture };
        await IntentStore.MoveAsync(change.Tx, change.Intent.Status, held);
        await RecordAsync(change, EventTypes.PaymentIntentAmountCapturableUpdated, held.Id.Value, PaymentJson.Bytes(held));
        return held;
    }

    // The hold stands as before, and may be captured or freed again.
    private async Task<Result<PaymentIntent>> RefusedAsync(Change change, OperationState from)
    {
        var (tx, intent, _, operation, _, _) = change;
        if (!change.IsAboutThePayment) return intent;
        var held = intent with { Status = PaymentIntentStatus.RequiresCapture };
        await IntentStore.MoveAsync(tx, intent.Status, held);

        // Who was told that it is processing must hear that it is no longer.
        if (from == OperationState.Unknown) await RecordAsync(change, "payment_intent.amount_capturable_updated", held.Id.Value, PaymentJson.Bytes(held));
        var explanation = operation.Explanation ?? "no reason was given.";
        if (operation.State == OperationState.NotSent) return PaymentRefusals.GatewayNotReached(operation.Kind, explanation, held) with { FreesKey = from == OperationState.Sent };
        return operation.Kind switch
        {
            ChargeOperationKind.Capture => PaymentRefusals.CaptureRefused(explanation, held),
            ChargeOperationKind.Void => PaymentRefusals.VoidRefused(explanation, held),
            ChargeOperationKind.Increment => PaymentRefusals.IncrementRefused(explanation, held),
        };
    }

    private async Task<Result<PaymentIntent>> UnansweredAsync(Change change, OperationState from)
    {
        if (from != OperationState.Sent) return change.Intent;
        await jobs.EnqueueAsync(change.Tx, SettleOutcomes.Job(change.Operation.Id, change.Now + options.QuerySchedule[0]));

        if (!change.IsAboutThePayment) return change.Intent;
        await RecordAsync(change, "payment_intent.processing", change.Intent.Id.Value, PaymentJson.Bytes(change.Intent));
        return change.Intent;
    }

    private static async Task MoveAttemptAsync(ITransaction tx, PaymentAttemptId id, AttemptEvent happened)
    {
        var attempt = (await AttemptStore.FindAsync(tx, id))!;
        await AttemptStore.TryMoveAsync(tx, attempt, attempt with { State = AttemptMoves.Next(attempt.State, happened) });
    }

    private static string? ReferenceOf(GatewayAnswer answer) => answer switch
    {
        GatewayAnswer.Captured captured => captured.Reference,
        GatewayAnswer.Authorized raised => raised.Reference,
        GatewayAnswer.Voided voided => voided.Reference,
        GatewayAnswer.Refunded refunded => refunded.Reference,
        GatewayAnswer.Declined declined => declined.Reference,
        _ => null,
    };

    /// <summary>The gateway's word as an operator reads it; null where all went well.</summary>
    public static string? Explain(GatewayAnswer answer) => answer switch
    {
        GatewayAnswer.Declined declined => $"{declined.Message} ({declined.GatewayCode})",
        GatewayAnswer.NotSent notSent => notSent.Reason,
        GatewayAnswer.NotFound => "The gateway never received it.",
        GatewayAnswer.Unknown unknown => unknown.Reason,
        GatewayAnswer.Pending => "The gateway is still working on it.",
        _ => null,
    };

    private async ValueTask RecordAsync(Change change, string type, Guid subject, byte[] json) =>
        await events.RecordAsync(change.Tx, new NewEvent(change.Intent.Scope, type, subject, json, Origin: change.Origin));

    private sealed record Change(
        ITransaction Tx, PaymentIntent Intent, Charge Charge, ChargeOperation Operation, EventOrigin? Origin, DateTimeOffset Now)
    {
        /// <summary>Whether the payment waits for this very hold. One that came too late is freed while its payment was given
        /// up, or goes on with another card; then only the hold is written down.</summary>
        public bool IsAboutThePayment => Intent.LatestCharge == Charge.Id
            && (Intent.Status is PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresCapture);
    }
}
