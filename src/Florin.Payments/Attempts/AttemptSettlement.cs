using System.Diagnostics;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Balances;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.Attempts;

/// <summary>An attempt with all that its outcome touches.</summary>
internal sealed record AttemptStanding(PaymentIntent Intent, PaymentAttempt Attempt, PaymentMethod Method, Merchant Merchant);

/// <summary>Where a payment goes on after it was turned down: the attempt that is sent next, and why there.</summary>
internal sealed record Continuation(PaymentAttempt Attempt, ConnectorAccount Account, RoutingDecision Decision, GatewayAuthentication? Authentication);

/// <summary>Writes down what a gateway said of an attempt: T2, whoever learned it and in whichever order.</summary>
/// <remarks>
/// The caller of the API, the buyer's return, a webhook, a status query and the sweep after a crash all end here. The
/// first of them moves the attempt; the others find it moved and change nothing.
/// </remarks>
internal sealed class AttemptSettlement(
    Postings postings, IEvents events, IJobs jobs, SessionCompletion sessions, SavedMethods saved, PaymentsMetrics metrics, PaymentsOptions options, TimeProvider time)
{
    /// <param name="next">The attempt that takes this one's place in the same transaction: to the merchant the payment has not
    /// failed, it goes on.</param>
    /// <returns>The intent as it is now, or a decline; null when another answer came first and nothing was changed.</returns>
    public async Task<Result<PaymentIntent>?> ApplyAsync(
        ITransaction tx, AttemptStanding standing, GatewayAnswer answer, EventOrigin? origin, Continuation? next = null)
    {
        var attempt = standing.Attempt;
        answer = WithoutBuyer(answer, attempt);
        var happened = EventOf(answer, attempt);

        // Closed as never sent, and so it stays unless money moved after all.
        if (attempt.State == AttemptState.NotSent && happened is not (AttemptEvent.Taken or AttemptEvent.Held)) return standing.Intent;
        var moved = Moved(attempt, answer, AttemptMoves.Next(attempt.State, happened));

        // One ends when the next begins, and not a moment after it.
        if (next is not null && moved.SettledAt is not null) moved = moved with { SettledAt = next.Attempt.SentAt };
        if (!await AttemptStore.TryMoveAsync(tx, attempt, moved))
        {
            // Another answer came first. If that was "never sent" and this one says that money moved, the gateway is asked once more.
            if (happened is AttemptEvent.Taken or AttemptEvent.Held) await jobs.EnqueueAsync(tx, SettleOutcomes.Hint(attempt.Id, time.GetUtcNow()));
            return null;
        }

        var outcome = new Outcome(tx, standing with { Attempt = moved }, origin, time.GetUtcNow(), IsLast: next is null);
        var result = happened switch
        {
            AttemptEvent.Taken => await TakenAsync(outcome, (GatewayAnswer.Captured)answer),
            AttemptEvent.Held => await HeldAsync(outcome, (GatewayAnswer.Authorized)answer),
            AttemptEvent.Challenged => await ChallengedAsync(outcome, from: attempt.State),
            AttemptEvent.Refused => await RefusedAsync(outcome, (GatewayAnswer.Declined)answer),
            AttemptEvent.NeverSent => await NeverSentAsync(outcome, isShed: answer is GatewayAnswer.NotSent { IsShed: true }),
            AttemptEvent.NoAnswer => await UnansweredAsync(outcome, from: attempt.State),
            AttemptEvent.Freed => await ReversedAsync(outcome),
            AttemptEvent.Resumed => throw new UnreachableException("No gateway says that."),
        };
        tx.OnCommitted(() => metrics.AttemptSettled(moved.Connector, moved.State));
        return next is not null && result.TryGet(out var intent, out _) ? await GoOnAsync(outcome, intent, next) : result;
    }

    // T2 of one attempt and T1 of the next are one transaction: a crash leaves either both or neither, and what is left
    // "sent" is found by the sweep like any other attempt that was cut off.
    private async Task<Result<PaymentIntent>> GoOnAsync(Outcome outcome, PaymentIntent intent, Continuation next)
    {
        var onward = intent with { LatestAttempt = next.Attempt.Id, LastError = null, NextAction = null };
        await IntentStore.MoveAsync(outcome.Tx, outcome.Standing.Intent.Status, onward);
        await AttemptStore.InsertAsync(outcome.Tx, next.Attempt);
        await RoutingDecisionStore.InsertAsync(outcome.Tx, next.Decision);
        outcome.Tx.OnCommitted(() => metrics.WentElsewhere(outcome.Standing.Attempt.Connector, next.Attempt.Connector));
        return onward;
    }

    // Nobody is there to pass a challenge, or who is there has passed one: nobody is sent to it, so nothing can come of it.
    private static GatewayAnswer WithoutBuyer(GatewayAnswer answer, PaymentAttempt attempt) =>
        (attempt.OffSession || attempt.ChallengePassed) && answer is GatewayAnswer.Challenge challenge
            ? new GatewayAnswer.Declined(
                DeclineCode.AuthenticationRequired,
                GatewayCode: "challenge",
                attempt.OffSession ? "The issuer wants the buyer, who is not there." : "The issuer wants the buyer a second time.",
                challenge.Reference)
            : answer;

    private static AttemptEvent EventOf(GatewayAnswer answer, PaymentAttempt attempt) => answer switch
    {
        GatewayAnswer.Captured captured when captured.Amount == attempt.Amount => AttemptEvent.Taken,
        GatewayAnswer.Authorized authorized when !attempt.Capture && authorized.Amount == attempt.Amount => AttemptEvent.Held,
        GatewayAnswer.Challenge challenge when IsOfTheWeb(challenge.RedirectUrl) => AttemptEvent.Challenged,
        GatewayAnswer.Declined => AttemptEvent.Refused,
        GatewayAnswer.NotSent or GatewayAnswer.NotFound => AttemptEvent.NeverSent,
        GatewayAnswer.Voided => AttemptEvent.Freed,

        // Still working on it, no answer, or one that does not fit the question: we do not know.
        _ => AttemptEvent.NoAnswer,
    };

    // Browsers are sent there; an address of another kind, such as javascript:, is no answer.
    private static bool IsOfTheWeb(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);

    private PaymentAttempt Moved(PaymentAttempt attempt, GatewayAnswer answer, AttemptState to)
    {
        var moved = attempt with { State = to, Explanation = null };
        moved = answer switch
        {
            GatewayAnswer.Captured captured when to == AttemptState.Captured => moved with { GatewayReference = captured.Reference },
            GatewayAnswer.Authorized authorized when to == AttemptState.Authorized => moved with { GatewayReference = authorized.Reference },
            GatewayAnswer.Challenge challenge when to == AttemptState.Challenge => moved with { GatewayReference = challenge.Reference, ChallengeUrl = challenge.RedirectUrl },
            GatewayAnswer.Declined declined => moved with
            {
                DeclineCode = declined.Code,
                GatewayCode = declined.GatewayCode,
                Explanation = declined.Message,
                GatewayReference = declined.Reference ?? moved.GatewayReference,
            },
            GatewayAnswer.NotSent notSent => moved with { Explanation = notSent.Reason },
            GatewayAnswer.NotFound => moved with { Explanation = "The gateway never received it." },
            GatewayAnswer.Voided => moved with { Explanation = "It was reversed at the gateway; nothing is held or taken." },
            GatewayAnswer.Unknown unknown => moved with { Explanation = unknown.Reason },
            GatewayAnswer.Pending => moved with { Explanation = "The gateway is still working on it." },
            _ => moved with { Explanation = $"The gateway answered {answer.GetType().Name}, which does not fit the question." },
        };
        var isOpen = to is AttemptState.Unknown or AttemptState.Challenge or AttemptState.Sent;
        return isOpen ? moved : moved with { SettledAt = time.GetUtcNow() };
    }

    private async Task<Result<PaymentIntent>> TakenAsync(Outcome outcome, GatewayAnswer.Captured captured)
    {
        var (tx, standing, origin, now, _) = outcome;
        var (intent, attempt, _, merchant) = standing;
        var late = await LateDecisions.DecideAsync(tx, intent, attempt);
        var charge = NewCharge(standing, ChargeStatus.Captured, now) with
        {
            Captured = attempt.Amount,
            LateSuccess = late,

            // Nobody pays us for money that came too late and goes back.
            Fee = LateDecisions.IsKeptBack(late) ? Money.Zero(attempt.Amount.Currency) : LedgerEntries.Fee(attempt.Amount, merchant.Fees),
            AuthorizationCode = captured.AuthorizationCode,
        };
        charge = await postings.CapturedAsync(tx, charge, now);
        await ChargeStore.InsertAsync(tx, new ChargeRow(charge, captured.Reference));
        await RecordAsync(outcome, "charge.succeeded", charge.Id.Value, PaymentJson.Bytes(charge));
        if (LateDecisions.IsKeptBack(late)) return await LateAsync(outcome, charge);
        await saved.PaidAsync(tx, intent, attempt.PaymentMethod, origin);

        var paid = LateDecisions.Paid(intent, charge);
        await IntentStore.MoveAsync(tx, intent.Status, paid);
        await RecordAsync(outcome, "payment_intent.succeeded", paid.Id.Value, PaymentJson.Bytes(paid));
        await sessions.CompleteAsync(tx, paid, origin);
        return paid;
    }

    private async Task<Result<PaymentIntent>> HeldAsync(Outcome outcome, GatewayAnswer.Authorized authorized)
    {
        var (tx, standing, origin, now, _) = outcome;
        var (intent, attempt, _, _) = standing;
        var late = await LateDecisions.DecideAsync(tx, intent, attempt);
        var charge = NewCharge(standing, ChargeStatus.Authorized, now) with { AuthorizationCode = authorized.AuthorizationCode, LateSuccess = late };
        await ChargeStore.InsertAsync(tx, new ChargeRow(charge, authorized.Reference));
        await RecordAsync(outcome, "charge.succeeded", charge.Id.Value, PaymentJson.Bytes(charge));
        if (LateDecisions.IsKeptBack(late)) return await LateAsync(outcome, charge);
        await saved.PaidAsync(tx, intent, attempt.PaymentMethod, origin);

        var held = LateDecisions.Paid(intent, charge);
        await IntentStore.MoveAsync(tx, intent.Status, held);
        await RecordAsync(outcome, "payment_intent.amount_capturable_updated", held.Id.Value, PaymentJson.Bytes(held));
        await sessions.CompleteAsync(tx, held, origin);
        return held;
    }

    // Money that came too late is recorded as what it is, shown, and returned or asked about.
    private async Task<Result<PaymentIntent>> LateAsync(Outcome outcome, Charge charge)
    {
        if (charge.LateSuccess == LateSuccessPolicy.Refund) await jobs.EnqueueAsync(outcome.Tx, LateSuccess.Job(charge.Id, outcome.Now));
        var intent = outcome.Standing.Intent;
        if (intent.Status != PaymentIntentStatus.Canceled) return intent;
        var shown = intent with { LatestCharge = charge.Id, NextAction = null };
        await IntentStore.MoveAsync(outcome.Tx, PaymentIntentStatus.Canceled, shown);
        return shown;
    }

    // Nothing is held or taken, and nothing will be.
    private async Task<Result<PaymentIntent>> ReversedAsync(Outcome outcome) => LateDecisions.IsLate(outcome.Standing.Intent, outcome.Standing.Attempt)
        ? outcome.Standing.Intent
        : await FailedAsync(outcome, PaymentRefusals.Reversed(outcome.Standing.Attempt.PaymentMethod), outcome.Standing.Intent.LatestCharge);

    private async Task<Result<PaymentIntent>> ChallengedAsync(Outcome outcome, AttemptState from)
    {
        var (tx, standing, _, now, _) = outcome;

        // Where the job itself found the challenge out, it keeps its own schedule: enqueued from within, it would run again at once.
        if (from == AttemptState.Sent) await jobs.EnqueueAsync(tx, SettleOutcomes.Job(standing.Attempt.Id, now + options.ChallengePatience));
        if (from == AttemptState.Challenge || standing.Intent.Status == PaymentIntentStatus.Canceled) return standing.Intent;

        var waiting = standing.Intent with { Status = PaymentIntentStatus.RequiresAction, NextAction = standing.Attempt.ChallengeUrl };
        await IntentStore.MoveAsync(tx, standing.Intent.Status, waiting);
        await RecordAsync(outcome, "payment_intent.requires_action", waiting.Id.Value, PaymentJson.Bytes(waiting));
        return waiting;
    }

    private async Task<Result<PaymentIntent>> RefusedAsync(Outcome outcome, GatewayAnswer.Declined declined)
    {
        var (tx, standing, _, now, _) = outcome;
        var error = PaymentRefusals.Decline(declined.Code, standing.Attempt.PaymentMethod, standing.Attempt.Charge);
        var charge = NewCharge(standing, ChargeStatus.Failed, now) with { Failure = error };
        await ChargeStore.InsertAsync(tx, new ChargeRow(charge, declined.Reference));
        await RecordAsync(outcome, "charge.failed", charge.Id.Value, PaymentJson.Bytes(charge));
        return await FailedAsync(outcome, error, charge.Id);
    }

    private Task<Result<PaymentIntent>> NeverSentAsync(Outcome outcome, bool isShed)
    {
        var method = outcome.Standing.Attempt.PaymentMethod;
        var error = isShed ? PaymentRefusals.GatewayBusy(method) : PaymentRefusals.NotSent(method);
        return FailedAsync(outcome, error, outcome.Standing.Intent.LatestCharge);
    }

    private async Task<Result<PaymentIntent>> FailedAsync(Outcome outcome, PaymentError error, ChargeId? charge)
    {
        var intent = outcome.Standing.Intent;
        if (!outcome.IsLast) return intent with { LatestCharge = charge };
        await SavedMethods.NotPaidAsync(outcome.Tx, outcome.Standing.Attempt.PaymentMethod);
        if (intent.Status == PaymentIntentStatus.Canceled) return intent;
        var failed = intent with
        {
            Status = PaymentIntentStatus.RequiresPaymentMethod,
            PaymentMethod = null,
            LatestCharge = charge,
            LastError = error,
            NextAction = null,
        };
        await IntentStore.MoveAsync(outcome.Tx, intent.Status, failed);
        await RecordAsync(outcome, "payment_intent.payment_failed", failed.Id.Value, PaymentJson.Bytes(failed));
        return PaymentRefusals.Of(error, failed);
    }

    private async Task<Result<PaymentIntent>> UnansweredAsync(Outcome outcome, AttemptState from)
    {
        var (tx, standing, _, now, _) = outcome;
        var (intent, attempt, _, _) = standing;

        // Asked again and again without an answer, it stays what it is; the job that asks keeps its own schedule.
        if (from != AttemptState.Sent) return intent;
        await jobs.EnqueueAsync(tx, SettleOutcomes.Job(attempt.Id, now + options.QuerySchedule[0]));
        await RecordAsync(outcome, "payment_intent.processing", intent.Id.Value, PaymentJson.Bytes(intent));
        return intent;
    }

    private static Charge NewCharge(AttemptStanding standing, ChargeStatus status, DateTimeOffset now)
    {
        var attempt = standing.Attempt;
        var nothing = Money.Zero(attempt.Amount.Currency);
        return new Charge(
            attempt.Charge,
            standing.Intent.Scope,
            standing.Intent.Id,
            attempt.Id,
            status,
            attempt.Amount,
            Captured: nothing,
            Refunded: nothing,
            Fee: nothing,
            standing.Method,
            Failure: null,
            attempt.Connector,
            AuthorizationCode: null,
            now)
        {
            Customer = standing.Intent.Customer,
            Description = standing.Intent.Description,
            ReceiptEmail = standing.Intent.ReceiptEmail,
            Metadata = standing.Intent.Metadata,
            Shipping = standing.Intent.Shipping,
        };
    }

    private async ValueTask RecordAsync(Outcome outcome, string type, Guid subject, byte[] json) =>
        await events.RecordAsync(outcome.Tx, new NewEvent(outcome.Standing.Intent.Scope, type, subject, json, Origin: outcome.Origin));

    private sealed record Outcome(ITransaction Tx, AttemptStanding Standing, EventOrigin? Origin, DateTimeOffset Now, bool IsLast);
}
