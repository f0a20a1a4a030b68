using System.Diagnostics;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Balances;
using Florin.Payments.Charges;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Payments.Wire;
using Florin.Storage;

namespace Florin.Payments.Disputes;

/// <summary>What came of being told of a dispute.</summary>
internal enum DisputeSighting
{
    Seen,

    /// <summary>Its payment is not written down as captured yet, or a refund of it has no outcome: look again.</summary>
    TooEarly,

    /// <summary>It is about no payment of this account.</summary>
    NotOurs,

    /// <summary>It cannot be written down as it is told; the dispute says why, and waits for a person.</summary>
    Contradicted,
}

/// <summary>Writes down what a gateway says of a dispute, whoever asked and in whichever order the answers come.</summary>
internal sealed class DisputeSettlement(Postings postings, IEvents events, PaymentsMetrics metrics, IdSource ids, TimeProvider time)
{
    public async Task<(DisputeSighting Sighting, Dispute? Dispute)> ApplyAsync(
        ITransaction tx, ConnectorAccount account, MerchantScope scope, GatewayDispute told, EventOrigin? origin)
    {
        var known = await DisputeStore.FindByReferenceAsync(tx, scope.Shard, account.Id, told.Reference);
        if (known is null) return await OpenAsync(tx, account, scope, told);

        // First the charge, as refunds do: two that want both do not wait for each other in a circle.
        var charge = (await ChargeStore.LockAsync(tx, (await DisputeStore.FindAsync(tx, known.Value))!.Charge))!.Charge;
        var before = (await DisputeStore.LockAsync(tx, known.Value))!;
        var status = StatusOf(told);
        if (ProblemOf(before, charge, told, status) is { } problem)
        {
            // Not an answer that was overtaken: no money is moved, it is asked about again, and a person must look.
            var shown = await EscalatedAsync(tx, before, told, status, origin);
            await DisputeStore.SetAttentionAsync(tx, before.Id, problem);
            return (DisputeSighting.Contradicted, shown);
        }

        await DisputeStore.SetAttentionAsync(tx, before.Id, why: null);
        var waitsForMoney = before.Status == status && IsChargeback(status) && !before.Withdrawn;
        if (!waitsForMoney && !DisputeMoves.IsForward(before.Status, status)) return (DisputeSighting.Seen, before);
        if (Takes(status) && !before.Withdrawn && !await CanWithdrawAsync(tx, charge, told.Amount))
        {
            return (DisputeSighting.TooEarly, await EscalatedAsync(tx, before, told, status, origin));
        }

        var moved = await MoveAsync(tx, before with { DueBy = told.RespondBy }, charge, status, told.Amount, account.Id);
        await DisputeStore.UpdateAsync(tx, moved);
        await RecordUpdateAsync(tx, before, moved, origin);
        await RecordMoneyAsync(tx, before, moved, origin);
        return (DisputeSighting.Seen, moved);
    }

    /// <summary>Writes down whether a response arrived.</summary>
    /// <returns>The dispute as it is then, or why the gateway did not take it; null when another answer came first.</returns>
    public async Task<Result<Dispute>?> ConcludeAsync(ITransaction tx, DisputeResponse response, OperationState state, string? explanation, EventOrigin? origin)
    {
        var before = (await DisputeStore.LockAsync(tx, response.Dispute))!;
        var settled = response with { State = state, Explanation = explanation, SettledAt = state == OperationState.Unknown ? null : time.GetUtcNow() };
        if (!await DisputeResponseStore.TryMoveAsync(tx, response.State, settled)) return null;
        tx.OnCommitted(() => metrics.OperationSettled(before.Connector, Words<DisputeResponseKind>.Of(response.Kind), state));
        var isSubmission = state == OperationState.Succeeded && response.Kind == DisputeResponseKind.Evidence;
        var after = before with { Response = state, Submissions = before.Submissions + (isSubmission ? 1 : 0) };
        await DisputeStore.UpdateAsync(tx, after);
        await RecordUpdateAsync(tx, before, after, origin);
        return state switch
        {
            OperationState.Succeeded or OperationState.Unknown => after,
            OperationState.Declined => DisputeRefusals.ResponseDeclined(explanation),
            OperationState.NotSent => DisputeRefusals.ResponseNotSent(),
            OperationState.Sent or OperationState.Canceled => throw new UnreachableException($"A response does not become {state}."),
        };
    }

    /// <summary>An update that changes nothing is no event.</summary>
    public async Task RecordUpdateAsync(ITransaction tx, Dispute before, Dispute after, EventOrigin? origin)
    {
        var now = time.GetUtcNow();
        var json = PaymentJson.Bytes(after, now);
        if (PreviousAttributes.Of(PaymentJson.Bytes(before, now), json) is not { } previous) return;
        await events.RecordAsync(tx, new NewEvent(after.Scope, EventTypes.ChargeDisputeUpdated, after.Id.Value, json, previous, origin));
    }

    public static DisputeStatus StatusOf(GatewayDispute told) => (told.Stage, told.State) switch
    {
        (GatewayDisputeStage.Inquiry, GatewayDisputeState.NeedsResponse) => DisputeStatus.WarningNeedsResponse,
        (GatewayDisputeStage.Inquiry, GatewayDisputeState.UnderReview) => DisputeStatus.WarningUnderReview,
        (GatewayDisputeStage.Inquiry, GatewayDisputeState.Closed or GatewayDisputeState.Won or GatewayDisputeState.Lost) => DisputeStatus.WarningClosed,
        (GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse) => DisputeStatus.NeedsResponse,
        (GatewayDisputeStage.Chargeback, GatewayDisputeState.UnderReview) => DisputeStatus.UnderReview,
        // A chargeback that is withdrawn leaves the money with the merchant.
        (GatewayDisputeStage.Chargeback, GatewayDisputeState.Won or GatewayDisputeState.Closed) => DisputeStatus.Won,
        (GatewayDisputeStage.Chargeback, GatewayDisputeState.Lost) => DisputeStatus.Lost,
    };

    private async Task<(DisputeSighting Sighting, Dispute? Dispute)> OpenAsync(ITransaction tx, ConnectorAccount account, MerchantScope scope, GatewayDispute told)
    {
        var isOurs = Ids.TryParse<PaymentAttemptId>(told.PaymentKey, out var attemptId) && attemptId.Shard() == scope.Shard;
        var attempt = isOurs ? await AttemptStore.FindAsync(tx, attemptId) : null;
        if (attempt is null || attempt.ConnectorAccount != account.Id) return (DisputeSighting.NotOurs, null);
        var charge = (await ChargeStore.LockAsync(tx, attempt.Charge))?.Charge;
        if (charge is not { Status: ChargeStatus.Captured }) return (DisputeSighting.TooEarly, null);

        // Of two that heard of it at once, the second was held up by the charge's lock and finds it written down.
        if (await DisputeStore.FindByReferenceAsync(tx, scope.Shard, account.Id, told.Reference) is not null)
        {
            return await ApplyAsync(tx, account, scope, told, origin: null);
        }

        var status = StatusOf(told);

        // It came to nothing before we heard of it, and never touched any money.
        if (!told.Amount.IsPositive) return (DisputeSighting.NotOurs, null);
        var first = new Dispute(
            ids.New<DisputeId>(scope.Shard),
            scope,
            charge.Id,
            charge.PaymentIntent,
            account.Id,
            account.Connector,
            told.Reference,
            charge.PaymentMethod.Card.Brand,
            told.Amount,
            Fee: Money.Zero(told.Amount.Currency),
            told.Stage == GatewayDisputeStage.Inquiry ? DisputeStatus.WarningNeedsResponse : DisputeStatus.NeedsResponse,
            Withdrawn: false,
            told.Reason,
            told.NetworkCode,
            Evidence: Documents.NoMetadata,
            Submissions: 0,
            Response: null,
            told.RespondBy,
            Metadata: Documents.NoMetadata,
            time.GetUtcNow())
        {
            IsChargeRefundable = charge.Refundable.IsPositive,
        };
        await DisputeStore.InsertAsync(tx, first);
        await ChargeStore.SetDisputeAsync(tx, charge.Id, first.Id);
        if (ProblemOf(first, charge, told, status) is { } problem)
        {
            await DisputeStore.SetAttentionAsync(tx, first.Id, problem);
            await RecordAsync(tx, first, EventTypes.ChargeDisputeCreated, origin: null);
            return (DisputeSighting.Contradicted, first);
        }

        if (Takes(status) && !await CanWithdrawAsync(tx, charge, told.Amount))
        {
            // The merchant sees it and can answer, and nothing more is refunded; its money is booked once that can be.
            await RecordAsync(tx, first, EventTypes.ChargeDisputeCreated, origin: null);
            return (DisputeSighting.TooEarly, first);
        }

        var opened = await MoveAsync(tx, first, charge, status, told.Amount, account.Id);
        await DisputeStore.UpdateAsync(tx, opened);
        await RecordAsync(tx, opened, EventTypes.ChargeDisputeCreated, origin: null);
        await RecordMoneyAsync(tx, first, opened, origin: null);
        return (DisputeSighting.Seen, opened);
    }

    // An inquiry whose issuer takes the money now is no longer an inquiry, also while that money cannot be booked: the merchant
    // sees it and can answer, and nothing more is refunded, as where the chargeback is the first that is heard of it.
    private async Task<Dispute> EscalatedAsync(ITransaction tx, Dispute before, GatewayDispute told, DisputeStatus status, EventOrigin? origin)
    {
        var wasInquiry = before.Status is DisputeStatus.WarningNeedsResponse or DisputeStatus.WarningUnderReview or DisputeStatus.WarningClosed;
        if (!wasInquiry || before.Withdrawn || !Takes(status)) return before;
        var escalated = before with { Status = DisputeStatus.NeedsResponse, DueBy = told.RespondBy, Response = null };
        await DisputeStore.UpdateAsync(tx, escalated);
        await DisputeStore.ForgetResolutionAsync(tx, before.Id);
        await RecordUpdateAsync(tx, before, escalated, origin);
        return escalated;
    }

    /// <summary>Why what is told cannot be written down; null where it can, now or once a refund has its outcome.</summary>
    private static string? ProblemOf(Dispute before, Charge charge, GatewayDispute told, DisputeStatus status) =>
        told.Amount.Currency != charge.Captured.Currency ? $"It claims {told.Amount} of a charge in {charge.Captured.Currency.Code}."
        : DisputeMoves.Contradicts(before.Status, status) ? $"The gateway says {Words<DisputeStatus>.Of(status)} now, and said {Words<DisputeStatus>.Of(before.Status)} before."
        : before.Withdrawn && IsChargeback(status) && told.Amount != before.Amount ? $"The gateway says that it is about {told.Amount} now; {before.Amount} was booked."
        : IsChargeback(status) && !before.Withdrawn && told.Amount > Claimable(charge, status)
            ? $"It claims {told.Amount}, and only {Claimable(charge, status)} was captured and is not disputed already."
        : null;

    private static Money Claimable(Charge charge, DisputeStatus status) => Takes(status) ? charge.Captured - charge.Disputed : charge.Captured;

    // Not while a refund has no outcome, and not more than is left: the issuer may claim what was refunded before.
    private static async Task<bool> CanWithdrawAsync(ITransaction tx, Charge charge, Money claimed) =>
        claimed <= charge.Captured - charge.Refunded - charge.Disputed && !await RefundStore.IsUnderWayAsync(tx, charge.Id);

    // What each status means for the money. A step that was missed is made up for.
    private async Task<Dispute> MoveAsync(
        ITransaction tx, Dispute dispute, Charge charge, DisputeStatus to, Money claimed, ConnectorAccountId account)
    {
        var now = time.GetUtcNow();
        var held = dispute.Withdrawn ? dispute.Amount : Money.Zero(claimed.Currency);
        if (IsChargeback(to) && !dispute.Withdrawn)
        {
            if (Takes(to) && !await ChargeStore.TryAddDisputedAsync(tx, charge.Id, claimed))
            {
                // More would go back than was taken: nothing is written, the job fails, and in the end a person must look.
                throw new InvalidOperationException($"The gateway's dispute {dispute.GatewayReference} takes {claimed}, which is more than is left of {charge.Id}.");
            }

            dispute = dispute with
            {
                Amount = claimed,
                Withdrawn = true,
                Fee = await ConnectorAccounts.DisputeFeeAsync(tx, account, claimed.Currency),
                IsChargeRefundable = false,
            };
            dispute = await postings.WithdrawnAsync(tx, dispute, charge, now);
        }

        switch (to)
        {
            case DisputeStatus.Won:
                if (held.IsPositive) await ChargeStore.ReleaseDisputedAsync(tx, charge.Id, held);
                dispute = await postings.ReinstatedAsync(tx, dispute, charge, now) with
                {
                    IsChargeRefundable = charge.Disputed == held && charge.Captured > charge.Refunded,
                };
                break;
            case DisputeStatus.Lost:
                await postings.LostAsync(tx, dispute, now);
                break;
            case DisputeStatus.WarningNeedsResponse or DisputeStatus.WarningUnderReview or DisputeStatus.WarningClosed
                or DisputeStatus.NeedsResponse or DisputeStatus.UnderReview:
                break;
        }

        // What was said to the inquiry is not yet said to the chargeback.
        var hasEscalated = to == DisputeStatus.NeedsResponse && dispute.Status is DisputeStatus.WarningNeedsResponse or DisputeStatus.WarningUnderReview;
        return dispute with { Status = to, Response = hasEscalated ? null : dispute.Response };
    }

    private async Task RecordMoneyAsync(ITransaction tx, Dispute before, Dispute after, EventOrigin? origin)
    {
        if (after.Withdrawn && !before.Withdrawn) await RecordAsync(tx, after, EventTypes.ChargeDisputeFundsWithdrawn, origin);
        if (after.Status == DisputeStatus.Won && before.Status != DisputeStatus.Won) await RecordAsync(tx, after, EventTypes.ChargeDisputeFundsReinstated, origin);
        if (after.IsOver && !before.IsOver) await RecordAsync(tx, after, EventTypes.ChargeDisputeClosed, origin);
    }

    private async ValueTask RecordAsync(ITransaction tx, Dispute dispute, string type, EventOrigin? origin) =>
        await events.RecordAsync(tx, new NewEvent(dispute.Scope, type, dispute.Id.Value, PaymentJson.Bytes(dispute, time.GetUtcNow()), Origin: origin));

    // What was won needs no room on the charge, also where nobody had heard of it before: it was taken and given back, and the
    // issuer may have claimed the same money anew since.
    private static bool Takes(DisputeStatus status) => IsChargeback(status) && status != DisputeStatus.Won;

    private static bool IsChargeback(DisputeStatus status) =>
        status is DisputeStatus.NeedsResponse or DisputeStatus.UnderReview or DisputeStatus.Won or DisputeStatus.Lost;
}
