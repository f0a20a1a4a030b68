using Florin.BackOffice.Pages;
using Florin.Events;
using Florin.Payments;

namespace Florin.BackOffice.Payments;

/// <summary>Everything that happened to one payment, in order.</summary>
internal static class PaymentTimeline
{
    public static IReadOnlyList<TimelineEntry> Of(PaymentHistory history, IReadOnlyList<StoredEvent> events)
    {
        var intent = history.Intent;
        var entries = new List<TimelineEntry> { new(intent.CreatedAt, TimelineKind.Created, intent.Id.ToString(), intent.Amount) };
        foreach (var attempt in history.Attempts) entries.AddRange(Of(attempt));
        foreach (var operation in history.Operations) entries.AddRange(Of(operation));
        foreach (var refund in history.Refunds) entries.AddRange(Of(refund));
        entries.AddRange(history.Charges.Where(charge => charge.LateSuccess is not null).Select(Late));
        entries.AddRange(history.Disputes.Select(dispute =>
            new TimelineEntry(dispute.CreatedAt, TimelineKind.DisputeOpened, dispute.Id.ToString(), dispute.Amount, dispute.GatewayReference)));
        entries.AddRange(history.Statements.Select(Stated));
        if (intent.CanceledAt is { } canceledAt) entries.Add(new TimelineEntry(canceledAt, TimelineKind.Canceled, intent.Id.ToString()));
        entries.AddRange(events.Select(recorded => new TimelineEntry(recorded.CreatedAt, TimelineKind.EventRecorded, recorded.Id.ToString(), Detail: recorded.Type)));

        // What happened in the same millisecond stays in the order of cause and effect that it was added in.
        return [.. entries.OrderBy(entry => entry.At)];
    }

    private static IEnumerable<TimelineEntry> Of(PaymentAttempt attempt)
    {
        var id = attempt.Id.ToString();
        yield return new TimelineEntry(attempt.SentAt, TimelineKind.AttemptSent, id, attempt.Amount, attempt.Connector);
        if (attempt.ChallengeUrl is not null) yield return new TimelineEntry(attempt.SentAt, TimelineKind.Challenged, id);
        if (attempt.Queries > 0) yield return new TimelineEntry(attempt.SettledAt ?? attempt.SentAt, TimelineKind.OutcomeAsked, id, Detail: $"×{attempt.Queries}");
        var at = attempt.SettledAt ?? attempt.SentAt;
        switch (attempt.State)
        {
            case AttemptState.Authorized or AttemptState.Voided:
                yield return new TimelineEntry(at, TimelineKind.Authorized, id, attempt.Amount, attempt.GatewayReference);
                break;
            case AttemptState.Captured:
                var kind = attempt.Capture ? TimelineKind.Captured : TimelineKind.Authorized;
                yield return new TimelineEntry(at, kind, id, attempt.Amount, attempt.GatewayReference);
                break;
            case AttemptState.Declined:
                yield return new TimelineEntry(at, TimelineKind.Declined, id, Detail: $"{attempt.GatewayCode}: {attempt.Explanation}");
                break;
            case AttemptState.NotSent:
                yield return new TimelineEntry(at, TimelineKind.NotSent, id, Detail: attempt.Explanation);
                break;
            case AttemptState.Unknown:
                yield return new TimelineEntry(at, TimelineKind.OutcomeUnknown, id, Detail: attempt.Explanation);
                break;
            case AttemptState.Sent or AttemptState.Challenge:
                break;
        }
    }

    private static TimelineEntry Stated(OutcomeStatement statement)
    {
        var act = statement.Act;
        return new TimelineEntry(act.At, TimelineKind.OutcomeStated, statement.Item.ToString(), Detail: $"{act.Said} · {act.Actor}: {act.Explanation}") { File = act.File };
    }

    private static TimelineEntry Late(Charge charge)
    {
        var kind = charge.LateSuccess!.Value switch
        {
            LateSuccessPolicy.Refund => TimelineKind.LateReturned,
            LateSuccessPolicy.Accept => TimelineKind.LateKept,
            LateSuccessPolicy.Ask => TimelineKind.LateWaits,
        };
        return new TimelineEntry(charge.CreatedAt, kind, charge.Id.ToString(), charge.Amount);
    }

    private static IEnumerable<TimelineEntry> Of(ChargeOperation operation)
    {
        var id = operation.Id.ToString();
        var at = operation.SettledAt ?? operation.SentAt;
        switch (operation.State)
        {
            case OperationState.Succeeded:
                var kind = operation.Kind switch
                {
                    ChargeOperationKind.Capture => TimelineKind.Captured,
                    ChargeOperationKind.Void => TimelineKind.Voided,
                    ChargeOperationKind.Increment => TimelineKind.Authorized,
                };
                yield return new TimelineEntry(at, kind, id, operation.Amount, operation.GatewayReference);
                break;
            case OperationState.Declined:
                yield return new TimelineEntry(at, TimelineKind.Declined, id, operation.Amount, operation.Explanation);
                break;
            case OperationState.NotSent:
                yield return new TimelineEntry(at, TimelineKind.NotSent, id, operation.Amount, operation.Explanation);
                break;
            case OperationState.Unknown:
                yield return new TimelineEntry(at, TimelineKind.OutcomeUnknown, id, operation.Amount, operation.Explanation);
                break;
            case OperationState.Canceled:
                yield return new TimelineEntry(at, TimelineKind.Canceled, id, operation.Amount, operation.Explanation);
                break;
            case OperationState.Sent:
                yield return new TimelineEntry(at, TimelineKind.AttemptSent, id, operation.Amount);
                break;
        }
    }

    private static IEnumerable<TimelineEntry> Of(Refund refund)
    {
        var id = refund.Id.ToString();
        yield return new TimelineEntry(refund.SentAt, TimelineKind.RefundRequested, id, refund.Amount);
        var at = refund.SettledAt ?? refund.SentAt;
        switch (refund.State)
        {
            case OperationState.Succeeded:
                yield return new TimelineEntry(at, TimelineKind.Refunded, id, refund.Amount, refund.GatewayReference);
                break;
            case OperationState.Declined or OperationState.NotSent or OperationState.Canceled:
                yield return new TimelineEntry(at, TimelineKind.RefundFailed, id, refund.Amount, refund.Explanation);
                break;
            case OperationState.Unknown:
                yield return new TimelineEntry(at, TimelineKind.OutcomeUnknown, id, refund.Amount, refund.Explanation);
                break;
            case OperationState.Sent:
                break;
        }
    }
}
