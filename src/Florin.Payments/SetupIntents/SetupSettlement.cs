using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.SetupIntents;

/// <summary>Writes down what a gateway said of a verification: T2, whoever learned it and in whichever order.</summary>
/// <remarks>
/// As with payments: the first who learns it moves the attempt; the others find it moved and change nothing. The moves are
/// those of an attempt to collect (<see cref="AttemptMoves"/>), of which a verification never makes those that take money.
/// </remarks>
internal sealed class SetupSettlement(
    IEvents events, IJobs jobs, SavedMethods saved, SessionCompletion sessions, PaymentsMetrics metrics, PaymentsOptions options, TimeProvider time)
{
    /// <returns>The intent as it is now, or a decline; null when another answer came first and nothing was changed.</returns>
    public async Task<Result<SetupIntent>?> ApplyAsync(ITransaction tx, SetupAttempt attempt, GatewayAnswer answer, EventOrigin? origin)
    {
        var intent = (await SetupIntentStore.LockAsync(tx, attempt.SetupIntent))!;
        var happened = EventOf(answer, attempt);

        // Closed as never sent, and so it stays unless the amount was held after all: then it is freed.
        if (attempt.State == AttemptState.NotSent && happened != AttemptEvent.Held) return intent;
        var moved = Moved(attempt, answer, AttemptMoves.Next(attempt.State, happened));
        if (!await SetupAttemptStore.TryMoveAsync(tx, attempt, moved)) return null;
        tx.OnCommitted(() => metrics.AttemptSettled(moved.Connector, moved.State));
        var outcome = new Outcome(tx, intent, moved, origin, time.GetUtcNow());
        if (happened == AttemptEvent.Held) await jobs.EnqueueAsync(tx, ReleaseVerification.Job(moved.Id, outcome.Now));

        // A challenge and silence are waited out also where the intent was given up: an amount that is held then is freed.
        if (happened == AttemptEvent.Challenged && attempt.State == AttemptState.Sent) await jobs.EnqueueAsync(tx, SettleSetups.Job(moved.Id, outcome.Now + options.ChallengePatience));
        if (happened == AttemptEvent.NoAnswer && attempt.State == AttemptState.Sent) await jobs.EnqueueAsync(tx, SettleSetups.Job(moved.Id, outcome.Now + options.QuerySchedule[0]));
        if (!IsAwaited(intent, attempt)) return intent;
        return happened switch
        {
            AttemptEvent.Held => await SucceededAsync(outcome),
            AttemptEvent.Challenged => await ChallengedAsync(outcome),
            AttemptEvent.Refused or AttemptEvent.NeverSent => await FailedAsync(outcome, moved.Error!),
            _ => intent,
        };
    }

    // Given up, or closed as never sent and tried once more since: then the intent goes its own way.
    private static bool IsAwaited(SetupIntent intent, SetupAttempt attempt) =>
        intent.LatestAttempt == attempt.Id && intent.Status is SetupIntentStatus.Processing or SetupIntentStatus.RequiresAction;

    private static AttemptEvent EventOf(GatewayAnswer answer, SetupAttempt attempt) => answer switch
    {
        GatewayAnswer.Authorized authorized when authorized.Amount == attempt.Amount => AttemptEvent.Held,
        GatewayAnswer.Challenge challenge when IsOfTheWeb(challenge.RedirectUrl) => AttemptEvent.Challenged,
        GatewayAnswer.Declined => AttemptEvent.Refused,
        GatewayAnswer.NotSent or GatewayAnswer.NotFound => AttemptEvent.NeverSent,

        // Still working on it, no answer, or one that does not fit the question (such as money taken): we do not know.
        _ => AttemptEvent.NoAnswer,
    };

    // Browsers are sent there; an address of another kind, such as javascript:, is no answer.
    private static bool IsOfTheWeb(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);

    private SetupAttempt Moved(SetupAttempt attempt, GatewayAnswer answer, AttemptState to)
    {
        var moved = attempt with { State = to, Explanation = null };
        moved = answer switch
        {
            GatewayAnswer.Authorized authorized when to == AttemptState.Authorized => moved with { GatewayReference = authorized.Reference },
            GatewayAnswer.Challenge challenge when to == AttemptState.Challenge => moved with { GatewayReference = challenge.Reference, ChallengeUrl = challenge.RedirectUrl },
            GatewayAnswer.Declined declined => moved with
            {
                Error = PaymentRefusals.Decline(declined.Code, attempt.PaymentMethod, charge: null) is var error && error.Code == "payment_intent_authentication_failure"
                    ? error with { Code = "setup_intent_authentication_failure" }
                    : error,
                Explanation = $"{declined.Message} ({declined.GatewayCode})",
                GatewayReference = declined.Reference ?? moved.GatewayReference,
            },
            GatewayAnswer.NotSent notSent => moved with { Error = SetupRefusals.NotSent(attempt.PaymentMethod), Explanation = notSent.Reason },
            GatewayAnswer.NotFound => moved with { Error = SetupRefusals.NotSent(attempt.PaymentMethod), Explanation = "The gateway never received it." },
            GatewayAnswer.Unknown unknown => moved with { Explanation = unknown.Reason },
            GatewayAnswer.Pending => moved with { Explanation = "The gateway is still working on it." },
            _ => moved with { Explanation = $"The gateway answered {answer.GetType().Name}, which does not fit the question." },
        };
        var isOpen = to is AttemptState.Unknown or AttemptState.Challenge or AttemptState.Sent;
        return isOpen ? moved : moved with { SettledAt = time.GetUtcNow() };
    }

    private async Task<Result<SetupIntent>> SucceededAsync(Outcome outcome)
    {
        var (tx, intent, attempt, origin, _) = outcome;
        await saved.KeepAsync(tx, intent.Scope, intent.Customer, attempt.PaymentMethod, origin);
        var succeeded = intent with
        {
            Status = SetupIntentStatus.Succeeded,
            PaymentMethod = attempt.PaymentMethod,
            LastError = null,
            NextAction = null,
        };
        await MoveAsync(outcome, succeeded, EventTypes.SetupIntentSucceeded);
        await sessions.CompleteAsync(tx, succeeded, origin);
        return succeeded;
    }

    private async Task<Result<SetupIntent>> ChallengedAsync(Outcome outcome)
    {
        if (outcome.Intent.Status == SetupIntentStatus.RequiresAction) return outcome.Intent;
        var waiting = outcome.Intent with { Status = SetupIntentStatus.RequiresAction, NextAction = outcome.Attempt.ChallengeUrl };
        await MoveAsync(outcome, waiting, EventTypes.SetupIntentRequiresAction);
        return waiting;
    }

    private async Task<Result<SetupIntent>> FailedAsync(Outcome outcome, PaymentError error)
    {
        await SavedMethods.NotPaidAsync(outcome.Tx, outcome.Attempt.PaymentMethod);
        var failed = outcome.Intent with
        {
            Status = SetupIntentStatus.RequiresPaymentMethod,
            PaymentMethod = null,
            LastError = error,
            NextAction = null,
        };
        await MoveAsync(outcome, failed, EventTypes.SetupIntentSetupFailed);
        return SetupRefusals.Of(error, failed);
    }

    private async Task MoveAsync(Outcome outcome, SetupIntent to, string type)
    {
        if (!await SetupIntentStore.TryMoveAsync(outcome.Tx, outcome.Intent, to))
        {
            throw new InvalidOperationException($"Setup intent {to.Id} changed while it was locked.");
        }

        await events.RecordAsync(outcome.Tx, new NewEvent(to.Scope, type, to.Id.Value, PaymentJson.Bytes(to), Origin: outcome.Origin));
    }

    private sealed record Outcome(ITransaction Tx, SetupIntent Intent, SetupAttempt Attempt, EventOrigin? Origin, DateTimeOffset Now);
}
