using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Intents;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Charges;

/// <summary>What becomes of a hold: captured, or freed when its payment is given up.</summary>
internal sealed class HoldsService(
    IDatabase database,
    IEvents events,
    IMerchants merchants,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    OperationSettlement settlement,
    PaymentCollector collector,
    Reversals reversals,
    IdSource ids,
    TimeProvider time)
{
    // As at Stripe, and the declined ones count.
    private const int MaxIncrements = 10;

    public async Task<Result<PaymentIntent>> CaptureAsync(
        PaymentRequest request, PaymentIntentId id, long? amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        var found = await FindAsync(request.Scope, id, ct);
        if (!found.TryGet(out var intent, out var missing)) return missing;
        if (intent.Status != PaymentIntentStatus.RequiresCapture)
        {
            return PaymentRefusals.UnexpectedState(intent, "only one that is requires_capture can be captured");
        }

        var amount = intent.AmountCapturable with { Minor = amountMinor ?? intent.AmountCapturable.Minor };
        if (amount.Minor <= 0)
        {
            return new Refusal(RefusalKind.Invalid, "amount_too_small", "At least 1 minor unit must be captured.", "amount_to_capture");
        }

        if (amount > intent.AmountCapturable) return PaymentRefusals.CaptureTooLarge(intent.AmountCapturable);
        var context = await ContextAsync(intent, ct);
        if (amount < intent.AmountCapturable && !accounts.ConnectorOf(context.Account).Capabilities.PartialCapture)
        {
            return PaymentRefusals.PartialCaptureUnsupported(context.Account.Connector);
        }

        return await RunAsync(request, intent, context, ChargeOperationKind.Capture, amount, reason: null, answer, ct);
    }

    /// <param name="amountMinor">What is to be held in all.</param>
    public async Task<Result<PaymentIntent>> IncrementAsync(
        PaymentRequest request, PaymentIntentId id, long amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        var found = await FindAsync(request.Scope, id, ct);
        if (!found.TryGet(out var intent, out var missing)) return missing;
        if (intent.Status != PaymentIntentStatus.RequiresCapture)
        {
            return PaymentRefusals.UnexpectedState(intent, "only one that is requires_capture can be raised");
        }

        if (intent.CheckoutSession is not null) return PaymentRefusals.BelongsToCheckout(intent);
        var amount = intent.AmountCapturable with { Minor = amountMinor };
        if (amount <= intent.AmountCapturable) return PaymentRefusals.IncrementTooSmall(intent.AmountCapturable);
        if (amountMinor > IntentsService.MaxAmountMinor) return PaymentRefusals.AmountTooLarge(IntentsService.MaxAmountMinor);
        var context = await ContextAsync(intent, ct);
        if (!accounts.ConnectorOf(context.Account).Capabilities.IncrementalAuthorization) return PaymentRefusals.IncrementUnsupported(context.Account.Connector);
        var earlier = await database.ReadAsync(async reader => await OperationStore.OfIntentAsync(reader, id), ct);
        return earlier.Count(row => row.Operation is { Kind: ChargeOperationKind.Increment, State: not OperationState.NotSent }) >= MaxIncrements
            ? PaymentRefusals.TooManyIncrements(intent, MaxIncrements)
            : await RunAsync(request, intent, context, ChargeOperationKind.Increment, amount, reason: null, answer, ct);
    }

    public async Task<Result<PaymentIntent>> CancelAsync(
        PaymentRequest request, PaymentIntentId id, CancellationReason? reason, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        var found = await FindAsync(request.Scope, id, ct);
        if (!found.TryGet(out var intent, out var missing)) return missing;
        switch (intent.Status)
        {
            case PaymentIntentStatus.RequiresPaymentMethod or PaymentIntentStatus.RequiresConfirmation or PaymentIntentStatus.RequiresAction
                or PaymentIntentStatus.Processing when intent.CheckoutSession is not null && await MayBeGivenUpAsync(intent, ct):
                return PaymentRefusals.BelongsToCheckout(intent);
            case PaymentIntentStatus.RequiresPaymentMethod or PaymentIntentStatus.RequiresConfirmation or PaymentIntentStatus.RequiresAction
                or PaymentIntentStatus.Processing when await MayBeGivenUpAsync(intent, ct):
                return await GiveUpAsync(request, intent, reason, answer, ct);
            case PaymentIntentStatus.RequiresCapture:
                var context = await ContextAsync(intent, ct);
                return await RunAsync(request, intent, context, ChargeOperationKind.Void, intent.AmountCapturable, reason, answer, ct);
            default:
                return PaymentRefusals.UnexpectedState(intent, "one that is processing, succeeded or canceled cannot be canceled");
        }
    }

    // One that is being collected may be given up only where its gateway can undo what went unanswered.
    private async Task<bool> MayBeGivenUpAsync(PaymentIntent intent, CancellationToken ct) =>
        intent.Status != PaymentIntentStatus.Processing || await database.ReadAsync(async reader => await reversals.ReversibleAsync(reader, intent), ct) is not null;

    /// <summary>Frees the hold of a payment that was given up before its authorization came through.</summary>
    /// <returns>How far that came; null where the gateway has no room now, and nothing was done.</returns>
    public async Task<ChargeOperation?> FreeLateHoldAsync(PaymentIntent intent, ChargeRow charge, CancellationToken ct)
    {
        var context = await ContextOfAsync(intent, charge, ct);
        using var place = await gateways.PlaceToSendAsync(context.Account);
        if (place is null) return null;
        var operation = NewOperation(intent, context, ChargeOperationKind.Void, charge.Charge.Amount);
        await database.WriteAsync(async tx => await OperationStore.InsertAsync(tx, new OperationRow(operation, intent.CancellationReason)), ct);
        await place.UnderAsync(() => SendAsync(
            new PaymentRequest(intent.Scope, Origin: null), context, new OperationRow(operation, intent.CancellationReason), answer: null));
        return (await database.ReadAsync(async reader => await OperationStore.FindAsync(reader, operation.Id), CancellationToken.None))!.Operation;
    }

    /// <summary>Asks whether a late hold that its gateway would not free is gone there already, and writes that down.</summary>
    /// <remarks>A reversal may be under way while the answer "held" to an earlier question comes in; both are true, one after the other.</remarks>
    public async Task<bool> IsLateHoldGoneAsync(PaymentIntent intent, ChargeRow row, CancellationToken ct)
    {
        var attempt = (await database.ReadAsync(async reader => await AttemptStore.FindAsync(reader, row.Charge.Attempt), ct))!;
        var account = (await accounts.FindAsync(attempt.ConnectorAccount, ct))!.Value.Account;
        var order = new QueryOrder(GatewayOperation.Authorize, attempt.GatewayKey, attempt.GatewayReference, attempt.Amount);
        return await gateways.QueryAsync(account, order, attempt.SentAt) is GatewayAnswer.Voided
            && await database.WriteAsync(tx => settlement.TryFreeAsync(tx, intent.Id, row.Charge.Id), CancellationToken.None);
    }

    private async Task<Result<PaymentIntent>> FindAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct)
    {
        var intent = await database.ReadAsync(async reader => await IntentStore.FindAsync(reader, scope, id), ct);
        return intent is null ? PaymentRefusals.NoSuch("payment_intent", id.ToString(), "intent") : intent;
    }

    // Nothing is held, as far as we know. A challenge that the buyer completes all the same is asked about later, and returned
    // if money moved; an authorization that went unanswered is reversed.
    private Task<Result<PaymentIntent>> GiveUpAsync(
        PaymentRequest request, PaymentIntent intent, CancellationReason? reason, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<PaymentIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);

                // Read again under a lock: another attempt may have come and failed since, and must stay its latest.
                var current = (await IntentStore.LockAsync(tx, intent.Id))!;
                if (current.Status != intent.Status) return Overtaken(tx, current);
                var lost = await reversals.ReversibleAsync(tx, current);
                if (current.Status == PaymentIntentStatus.Processing && lost is null) return Overtaken(tx, current);
                if (lost is not null) await reversals.EnqueueAsync(tx, lost);
                var canceled = current with
                {
                    Status = PaymentIntentStatus.Canceled,
                    NextAction = null,
                    CanceledAt = time.GetUtcNow(),
                    CancellationReason = reason,
                };
                await IntentStore.MoveAsync(tx, current.Status, canceled);
                await events.RecordAsync(
                    tx,
                    new NewEvent(intent.Scope, "payment_intent.canceled", intent.Id.Value, PaymentJson.Bytes(canceled), Origin: request.Origin));
                if (answer is not null) await answer.FinishAsync(tx, canceled);
                return canceled;
            },
            ct);

    private async Task<Result<PaymentIntent>> RunAsync(
        PaymentRequest request,
        PaymentIntent intent,
        Context context,
        ChargeOperationKind kind,
        Money amount,
        CancellationReason? reason,
        IdempotentWrite<PaymentIntent>? answer,
        CancellationToken ct)
    {
        using var place = await gateways.PlaceToSendAsync(context.Account);
        if (place is null) return PaymentRefusals.GatewayFull(context.Account.Connector, intent);
        var row = new OperationRow(NewOperation(intent, context, kind, amount), reason);
        var refused = await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);

                // Capture and void race for this one move, so that a hold is never both taken and freed.
                var processing = intent with { Status = PaymentIntentStatus.Processing };
                if (!await IntentStore.TryMoveAsync(tx, intent, processing)) return Overtaken(tx, intent);
                await OperationStore.InsertAsync(tx, row);
                return null;
            },
            ct);
        return refused is not null ? refused : await place.UnderAsync(() => SendAsync(request, context, row, answer));
    }

    private async Task<Result<PaymentIntent>> SendAsync(
        PaymentRequest request, Context context, OperationRow row, IdempotentWrite<PaymentIntent>? answer)
    {
        // From here money may move: the deadline is ours, and the caller's token is left out on purpose.
        var (account, charge, authorizationReference, merchant) = context;
        var operation = row.Operation;
        var said = operation.Kind switch
        {
            ChargeOperationKind.Capture => await gateways.SendAsync(account, operation.SentAt, (connector, deadline) => connector.CaptureAsync(
                new CaptureOrder(operation.GatewayKey, authorizationReference, operation.Amount, charge.Amount), account, deadline)),
            ChargeOperationKind.Void => await gateways.SendAsync(account, operation.SentAt, (connector, deadline) => connector.VoidAsync(
                new VoidOrder(operation.GatewayKey, authorizationReference, charge.Amount), account, deadline)),
            ChargeOperationKind.Increment => await gateways.SendAsync(account, operation.SentAt, (connector, deadline) => connector.IncrementAsync(
                new IncrementOrder(operation.GatewayKey, authorizationReference, operation.Amount, charge.Amount), account, deadline)),
        };
        return await database.WriteAsync(
            async tx =>
            {
                var settled = await settlement.ApplyAsync(tx, row, merchant, said, request.Origin)
                    ?? await PaymentCollector.PresentAsync(tx, operation.PaymentIntent);
                if (answer is not null) await answer.FinishAsync(tx, settled);
                return settled;
            },
            CancellationToken.None);
    }

    private ChargeOperation NewOperation(PaymentIntent intent, Context context, ChargeOperationKind kind, Money amount)
    {
        var id = ids.New<ChargeOperationId>(intent.Scope.Shard);
        var now = time.GetUtcNow();
        return new ChargeOperation(
            id,
            context.Charge.Id,
            intent.Id,
            kind,
            amount,
            OperationState.Sent,
            GatewayKey: id.ToString(),
            GatewayReference: null,
            Explanation: null,
            Queries: 0,
            SentAt: now,
            DeadlineAt: collector.Deadline(now),
            SettledAt: null);
    }

    private async Task<Context> ContextAsync(PaymentIntent intent, CancellationToken ct)
    {
        var charge = await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, intent.LatestCharge!.Value), ct);
        return await ContextOfAsync(intent, charge!, ct);
    }

    private async Task<Context> ContextOfAsync(PaymentIntent intent, ChargeRow row, CancellationToken ct)
    {
        var attempt = await database.ReadAsync(async reader => await AttemptStore.FindAsync(reader, row.Charge.Attempt), ct);
        var account = (await accounts.FindAsync(attempt!.ConnectorAccount, ct))!.Value.Account;
        var merchant = (await merchants.FindAsync(intent.Scope.Merchant, ct))!;
        return new Context(account, row.Charge, row.GatewayReference!, merchant);
    }

    private static Refusal Overtaken(ITransaction tx, PaymentIntent intent)
    {
        tx.Abandon();
        return PaymentRefusals.UnexpectedState(intent, "another request is changing it; ask for it again");
    }

    private sealed record Context(ConnectorAccount Account, Charge Charge, string AuthorizationReference, Merchant Merchant);
}
