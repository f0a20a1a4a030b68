using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Balances;
using Florin.Payments.Charges;
using Florin.Payments.Disputes;
using Florin.Payments.Intents;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;

namespace Florin.Payments.Refunds;

/// <summary>Returns captured money. The amount is set aside on the charge before the gateway is asked.</summary>
internal sealed class RefundsService(
    IDatabase database,
    Postings postings,
    IEvents events,
    IJobs jobs,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    PaymentCollector collector,
    PaymentsMetrics metrics,
    PaymentsOptions options,
    IdSource ids,
    TimeProvider time)
{
    public async Task<Result<Refund>> CreateAsync(
        PaymentRequest request, NewRefund wanted, IdempotentWrite<Refund>? answer, CancellationToken ct)
    {
        var target = await TargetAsync(request.Scope, wanted, ct);
        if (!target.TryGet(out var context, out var missing)) return missing;
        using var place = await gateways.PlaceToSendAsync(context.Account);
        if (place is null) return PaymentRefusals.GatewayFull(context.Account.Connector, subject: null);
        var id = ids.New<RefundId>(request.Scope.Shard);
        var begun = await database.WriteAsync(
            async tx =>
            {
                // The key first: a repeated request must meet its first answer, not the money that the first one took.
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var refund = await SetAsideAsync(tx, id, request, wanted, context);
                if (!refund.IsSuccess) tx.Abandon();
                return refund;
            },
            ct);
        return begun.TryGet(out var sent, out var refusal)
            ? await place.UnderAsync(() => SendAsync(sent, context, request.Origin, answer))
            : refusal;
    }

    /// <summary>Calls back a refund that its gateway is still working on.</summary>
    /// <remarks>It takes no T1 of its own: the refund is asked about until its outcome is known in any case, and the answer to
    /// that question is the answer to this request too, should its own be lost.</remarks>
    public async Task<Result<Refund>> CancelAsync(PaymentRequest request, RefundId id, IdempotentWrite<Refund>? answer, CancellationToken ct)
    {
        var lookedAt = time.GetUtcNow();
        var refund = await database.ReadAsync(async reader => await RefundStore.FindAsync(reader, id), ct);
        if (refund is null || refund.Scope != request.Scope) return PaymentRefusals.NoSuch("refund", id.ToString(), "refund");
        if (refund.State != OperationState.Unknown) return PaymentRefusals.RefundNotCancelable(refund);
        var row = await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, refund.Charge), ct);
        var target = await TargetOfAsync(row!, ct);
        if (!accounts.ConnectorOf(target.Account).Capabilities.RefundCancellation) return PaymentRefusals.RefundCancelUnsupported(refund, target.Account.Connector);
        using var place = await gateways.PlaceToSendAsync(target.Account);
        if (place is null) return PaymentRefusals.GatewayFull(target.Account.Connector, refund);
        if (answer is not null) await database.WriteAsync(async tx => await answer.BeginAsync(tx, id.Value), ct);

        // From here it may be called back: the deadline is ours, and the caller's token is left out on purpose.
        var order = new CancelRefundOrder(refund.GatewayKey, refund.Amount);
        var said = await place.UnderAsync(() => gateways.SendAsync(
            target.Account, lookedAt, (connector, deadline) => connector.CancelRefundAsync(order, target.Account, deadline)));

        // "Not found" may mean that the refund itself is still on its way; and that this call did not leave says nothing of the
        // refund, which did. Both are left to the query.
        said = said switch
        {
            GatewayAnswer.NotFound => new GatewayAnswer.Unknown("The gateway does not know the refund yet."),
            GatewayAnswer.NotSent notSent => new GatewayAnswer.Unknown(notSent.Reason),
            _ => said,
        };
        return await database.WriteAsync<Result<Refund>>(
            async tx =>
            {
                var settled = await ApplyAsync(tx, refund, said, request.Origin) ?? (await RefundStore.FindAsync(tx, id))!;
                Result<Refund> result = settled.State == OperationState.Succeeded ? PaymentRefusals.RefundNotCancelable(settled) : settled;
                if (answer is not null) await answer.FinishAsync(tx, result);
                return result;
            },
            CancellationToken.None);
    }

    /// <summary>Writes down what a gateway said of a refund, whoever learned it first.</summary>
    /// <returns>Null when another answer came first.</returns>
    public async Task<Refund?> ApplyAsync(ITransaction tx, Refund before, GatewayAnswer answer, EventOrigin? origin)
    {
        var now = time.GetUtcNow();
        var state = answer switch
        {
            GatewayAnswer.Refunded refunded when refunded.Amount == before.Amount => OperationState.Succeeded,
            GatewayAnswer.Voided => OperationState.Canceled,
            GatewayAnswer.Declined => OperationState.Declined,
            GatewayAnswer.NotSent or GatewayAnswer.NotFound => OperationState.NotSent,

            // Still working on it, no answer, or one that does not fit the question: we do not know.
            _ => OperationState.Unknown,
        };
        // Closed as never sent, and so it stays unless the gateway did it after all.
        var isLate = before.State == OperationState.NotSent;
        if (isLate && state != OperationState.Succeeded) return before;
        var refund = before with
        {
            State = state,
            GatewayReference = answer switch
            {
                GatewayAnswer.Refunded known => known.Reference,
                GatewayAnswer.Pending { Reference: { } reference } => reference,
                _ => before.GatewayReference,
            },
            Explanation = OperationSettlement.Explain(answer),
            SettledAt = state == OperationState.Unknown ? null : now,
        };
        var locked = (await ChargeStore.LockAsync(tx, before.Charge))!.Charge;
        if (!await RefundStore.TryMoveAsync(tx, before.State, refund))
        {
            // Another answer came first. If that was "never sent" and this one says that money went back, the gateway is asked once more.
            if (state == OperationState.Succeeded) await jobs.EnqueueAsync(tx, SettleOutcomes.Hint(before.Id, now));
            return null;
        }

        // What was set aside was released when it was closed. Where it is no longer there, more went back than was taken:
        // the job fails, and in the end waits for a person.
        if (isLate && !await ChargeStore.TryAddLateRefundAsync(tx, locked.Id, refund.Amount))
        {
            throw new InvalidOperationException($"Refund {refund.Id} was carried out after all, and its charge has nothing left to refund.");
        }

        if (isLate) locked = locked with { Refunded = locked.Refunded + refund.Amount };
        tx.OnCommitted(() => metrics.OperationSettled(locked.Connector, "refund", state));
        switch (state)
        {
            case OperationState.Succeeded:
                refund = await postings.RefundedAsync(tx, refund, locked, now);
                await RefundStore.SetBalanceTransactionAsync(tx, refund);
                await RecordAsync(tx, refund, "charge.refunded", locked.Id.Value, PaymentJson.Bytes(locked), origin);
                await RecordAsync(tx, refund, "refund.updated", refund.Id.Value, PaymentJson.Bytes(refund), origin);
                break;
            case OperationState.Declined or OperationState.NotSent:
                await ChargeStore.ReleaseRefundedAsync(tx, locked.Id, refund.Amount);
                await RecordAsync(tx, refund, "refund.failed", refund.Id.Value, PaymentJson.Bytes(refund), origin);
                break;
            case OperationState.Canceled:
                await ChargeStore.ReleaseRefundedAsync(tx, locked.Id, refund.Amount);
                await RecordAsync(tx, refund, EventTypes.RefundUpdated, refund.Id.Value, PaymentJson.Bytes(refund), origin);
                break;
            case OperationState.Unknown or OperationState.Sent:
                if (before.State == OperationState.Sent) await jobs.EnqueueAsync(tx, SettleOutcomes.Job(refund.Id, now + options.QuerySchedule[0]));
                break;
        }

        return refund;
    }

    private async Task<Result<Refund>> SetAsideAsync(
        ITransaction tx, RefundId id, PaymentRequest request, NewRefund wanted, Target target)
    {
        // Read under a lock, so that the refusal tells the truth and a gateway that wants the remainder gets the right one.
        var charge = (await ChargeStore.LockAsync(tx, target.Charge.Id))!.Charge;
        if (charge.Disputed.IsPositive || await DisputeStore.IsBeingChargedBackAsync(tx, charge.Id)) return PaymentRefusals.ChargeDisputed(charge.Id);
        var left = charge.Captured - charge.Refunded;
        var isOneAtATime = accounts.ConnectorOf(target.Account).Capabilities.RefundsOneAtATime;
        if (isOneAtATime && await RefundStore.IsUnderWayAsync(tx, charge.Id)) return PaymentRefusals.RefundUnderWay(charge.Id);
        if (wanted.ExpectedRemainingMinor is { } expected && expected != left.Minor) return PaymentRefusals.RefundableChanged(left);
        if (left.IsZero) return PaymentRefusals.AlreadyRefunded(charge.Id);
        var amount = left with { Minor = wanted.AmountMinor ?? left.Minor };
        if (amount > left || !await ChargeStore.TryAddRefundedAsync(tx, charge.Id, amount)) return PaymentRefusals.RefundTooLarge(left);
        var now = time.GetUtcNow();
        var refund = new Refund(
            id,
            request.Scope,
            charge.Id,
            charge.PaymentIntent,
            amount,
            OperationState.Sent,
            wanted.Reason,
            GatewayKey: id.ToString(),
            GatewayReference: null,
            Explanation: null,
            Queries: 0,
            wanted.Metadata,
            SentAt: now,
            DeadlineAt: collector.Deadline(now),
            SettledAt: null);
        await RefundStore.InsertAsync(tx, refund, left);
        await RecordAsync(tx, refund, "refund.created", id.Value, PaymentJson.Bytes(refund), request.Origin);
        return refund;
    }

    private async Task<Result<Refund>> SendAsync(Refund refund, Target target, EventOrigin? origin, IdempotentWrite<Refund>? answer)
    {
        // From here money may move: the deadline is ours, and the caller's token is left out on purpose.
        var remaining = await database.ReadAsync(async reader => await RefundStore.RemainingAsync(reader, refund), CancellationToken.None);
        var order = new RefundOrder(
            refund.GatewayKey, target.CaptureReference, refund.Amount, remaining, Words<RefundReason>.Of(refund.Reason));
        var said = await gateways.SendAsync(target.Account, refund.SentAt, (connector, deadline) => connector.RefundAsync(order, target.Account, deadline));
        return await database.WriteAsync<Result<Refund>>(
            async tx =>
            {
                var settled = await ApplyAsync(tx, refund, said, origin) ?? (await RefundStore.FindAsync(tx, refund.Id))!;
                if (answer is not null) await answer.FinishAsync(tx, settled);
                return settled;
            },
            CancellationToken.None);
    }

    private async Task<Result<Target>> TargetAsync(MerchantScope scope, NewRefund wanted, CancellationToken ct)
    {
        if (wanted.AmountMinor is <= 0)
        {
            return new Refusal(RefusalKind.Invalid, "amount_too_small", "A refund is at least 1 minor unit.", "amount");
        }

        if (wanted.PaymentIntent is null && wanted.Charge is null)
        {
            return new Refusal(RefusalKind.Invalid, "parameter_missing", "One of charge and payment_intent is needed.", "payment_intent");
        }

        ChargeId? chargeId = wanted.Charge;
        if (wanted.PaymentIntent is { } intentId)
        {
            var intent = await database.ReadAsync(async reader => await IntentStore.FindAsync(reader, scope, intentId), ct);
            if (intent is null) return PaymentRefusals.NoSuch("payment_intent", intentId.ToString(), "payment_intent");
            if (intent.LatestCharge is null) return PaymentRefusals.NothingCaptured($"PaymentIntent {intentId}");
            if (chargeId is not null && chargeId != intent.LatestCharge)
            {
                return new Refusal(RefusalKind.Invalid, "parameter_invalid", $"Charge {chargeId} is not the charge of {intentId}.", "charge");
            }

            chargeId = intent.LatestCharge;
        }

        var row = await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, chargeId!.Value), ct);
        if (row is null || row.Charge.Scope != scope) return PaymentRefusals.NoSuch("charge", chargeId.ToString()!, "charge");
        if (row.Charge.Status != ChargeStatus.Captured) return PaymentRefusals.NothingCaptured($"Charge {chargeId}");
        return await TargetOfAsync(row, ct);
    }

    private async Task<Target> TargetOfAsync(ChargeRow row, CancellationToken ct)
    {
        var attempt = await database.ReadAsync(async reader => await AttemptStore.FindAsync(reader, row.Charge.Attempt), ct);
        var account = (await accounts.FindAsync(attempt!.ConnectorAccount, ct))!.Value.Account;
        return new Target(account, row.Charge, row.GatewayReference!);
    }

    private async ValueTask RecordAsync(ITransaction tx, Refund refund, string type, Guid subject, byte[] json, EventOrigin? origin) =>
        await events.RecordAsync(tx, new NewEvent(refund.Scope, type, subject, json, Origin: origin));

    private sealed record Target(ConnectorAccount Account, Charge Charge, string CaptureReference);
}
