using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Customers;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Routing;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.Intents;

/// <summary>Makes payment intents and confirms them: T1 of an attempt, then the gateway, then T2.</summary>
internal sealed class IntentsService(
    IDatabase database,
    IEvents events,
    IVault vault,
    IMerchants merchants,
    CardChooser cards,
    Router router,
    PaymentCollector collector,
    AttemptMaker attempts,
    IdSource ids,
    RandomSource random,
    TimeProvider time)
{
    /// <summary>Keeps every sum, fee and balance of any number of payments well inside 64 bits.</summary>
    public const long MaxAmountMinor = 999_999_999_999;

    private const int ClientSecretBytes = 18;

    // Against card testing: whoever holds a client secret may try cards, and a buyer rarely owns more than this.
    private const int MaxAttempts = 10;

    /// <param name="session">The checkout session that collects it.</param>
    /// <param name="newCustomer">To be stored with the intent, whose customer it is.</param>
    public async Task<Result<PaymentIntent>> CreateAsync(
        PaymentRequest request,
        NewPaymentIntent wanted,
        CheckoutSessionId? session,
        Customer? newCustomer,
        IdempotentWrite<PaymentIntent>? answer,
        CancellationToken ct)
    {
        if (Refuse(wanted.Amount) is { } wrong) return wrong;
        if (wanted.Customer is { } customer && newCustomer is null && await IsNobodyAsync(request.Scope, customer, ct)) return CustomersService.NoSuch(customer);
        ChosenMethod? chosen = null;
        if (wanted.PaymentMethod is not null || wanted.Card is not null)
        {
            var choice = await ChooseAsync(request.Scope, wanted.PaymentMethod, wanted.Card, wanted.Customer, ct);
            if (!choice.TryGet(out chosen, out var refusal)) return refusal;
        }

        var intent = NewIntent(request.Scope, wanted, chosen?.Method.Id, session);
        if (!wanted.Confirm) return await StoreAsync(request, intent, chosen, answer, ct);
        if (chosen is null) return PaymentRefusals.PaymentMethodMissing(null);

        var begun = await BeginAsync(intent, chosen, wanted.OffSession, ct);
        if (!begun.TryGet(out var start, out var unroutable)) return unroutable;
        var refused = await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);
                if (await chosen.UseAsync(tx, vault, time.GetUtcNow(), intent.Customer) is { } used) return used;
                if (session is { } id && !await SessionStore.TrySetPaymentAsync(tx, id, intent.Id, newCustomer?.Id)) return OvertakenIn(tx, intent);
                if (newCustomer is not null) await CustomersService.InsertAsync(tx, events, newCustomer, request.Origin);
                await IntentStore.InsertAsync(tx, start.Standing.Intent);
                await AttemptStore.InsertAsync(tx, start.Standing.Attempt);
                await RoutingDecisionStore.InsertAsync(tx, start.Route.Decision);
                await RecordAsync(tx, request, "payment_intent.created", intent);
                return null;
            },
            ct);
        return refused is not null
            ? refused
            : await collector.SendAsync(start.Standing, start.Route.Account, request.Origin, answer);
    }

    public async Task<Result<PaymentIntent>> ConfirmAsync(
        PaymentRequest request, PaymentIntentId id, Confirmation confirmation, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        var intent = await database.ReadAsync(async reader => await IntentStore.FindAsync(reader, request.Scope, id), ct);
        if (intent is null) return PaymentRefusals.NoSuch("payment_intent", id.ToString(), "intent");
        if (!MayBeConfirmed(intent)) return PaymentRefusals.UnexpectedState(intent, "it can no longer be confirmed");
        if (await AttemptsAsync(intent, ct) >= MaxAttempts) return PaymentRefusals.TooManyAttempts(intent, MaxAttempts);
        if (confirmation.PaymentMethod is null && confirmation.Card is null && intent.PaymentMethod is null)
        {
            return PaymentRefusals.PaymentMethodMissing(intent);
        }

        var choice = await ChooseAsync(
            request.Scope,
            confirmation.PaymentMethod ?? (confirmation.Card is null ? intent.PaymentMethod?.ToString() : null),
            confirmation.Card,
            intent.Customer,
            ct);
        if (!choice.TryGet(out var chosen, out var refusal)) return await OvertakenOrAsync(intent, refusal, ct);
        var confirmed = intent with
        {
            ReturnUrl = confirmation.ReturnUrl ?? intent.ReturnUrl,
            SetupFutureUsage = confirmation.SetupFutureUsage ?? intent.SetupFutureUsage,
        };
        var begun = await BeginAsync(confirmed, chosen, confirmation.OffSession, ct);
        if (!begun.TryGet(out var start, out var unroutable)) return unroutable;
        var refused = await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);

                // The state it is moved from is in the WHERE clause: of two confirmations at once, one finds it moved.
                if (!await IntentStore.TryMoveAsync(tx, intent, start.Standing.Intent)) return OvertakenIn(tx, intent);
                if (await chosen.UseAsync(tx, vault, time.GetUtcNow(), intent.Customer) is { } used) return used;
                await AttemptStore.InsertAsync(tx, start.Standing.Attempt);
                await RoutingDecisionStore.InsertAsync(tx, start.Route.Decision);
                return null;
            },
            ct);
        return refused is not null
            ? refused
            : await collector.SendAsync(start.Standing, start.Route.Account, request.Origin, answer);
    }

    public async Task<Result<PaymentIntent>> UpdateAsync(
        PaymentRequest request, PaymentIntentId id, PaymentIntentChange change, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct)
    {
        if (change.Amount is { } amount && Refuse(amount) is { } wrong) return wrong;
        if (change.Customer is { } customer && await IsNobodyAsync(request.Scope, customer, ct)) return CustomersService.NoSuch(customer);
        ChosenMethod? chosen = null;
        if (change.PaymentMethod is { Length: > 0 } method)
        {
            var choice = await cards.ByIdAsync(request.Scope, method, ct);
            if (!choice.TryGet(out chosen, out var refusal)) return refusal;
        }

        return await database.WriteAsync<Result<PaymentIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var intent = await IntentStore.LockAsync(tx, id);
                if (intent is null || intent.Scope != request.Scope)
                {
                    tx.Abandon();
                    return PaymentRefusals.NoSuch("payment_intent", id.ToString(), "intent");
                }

                if (await ProblemOfAsync(tx, intent, change, chosen) is { } problem)
                {
                    tx.Abandon();
                    return problem;
                }

                if (change.Amount is not null && intent.CheckoutSession is not null)
                {
                    tx.Abandon();
                    return PaymentRefusals.BelongsToCheckout(intent);
                }

                if (!MetadataChange.Apply(change.Metadata, intent.Metadata).TryGet(out var metadata, out var tooMany))
                {
                    tx.Abandon();
                    return tooMany;
                }

                if (chosen is not null && await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                var changed = Changed(intent, change, chosen, metadata);
                await IntentStore.UpdateDetailsAsync(tx, changed);
                if (answer is not null) await answer.FinishAsync(tx, changed);
                return changed;
            },
            ct);
    }

    /// <summary>Carries on after the issuer's challenge. Whoever comes second finds the attempt moved and looks on.</summary>
    public async Task<Result<PaymentIntent>> ResumeAsync(PaymentAttemptId id, string returnToken, ConnectorAccounts accounts, CancellationToken ct)
    {
        var attempt = await database.AskAsync(async reader => await AttemptStore.FindAsync(reader, id), ct);
        if (attempt is null || !FixedTime.Equal(attempt.ReturnToken, returnToken)) return PaymentRefusals.NoSuch("payment attempt", id.ToString(), "attempt");
        var account = (await accounts.FindAsync(attempt.ConnectorAccount, ct))?.Account
            ?? throw new InvalidOperationException($"The gateway account {attempt.ConnectorAccount} is gone.");
        var now = time.GetUtcNow();
        var standing = await database.WriteAsync(
            async tx =>
            {
                var intent = await IntentStore.LockAsync(tx, attempt.PaymentIntent);
                if (intent is not { Status: PaymentIntentStatus.RequiresAction }) return null;
                var resumed = attempt with
                {
                    State = AttemptMoves.Next(AttemptState.Challenge, AttemptEvent.Resumed),
                    SentAt = now,
                    DeadlineAt = collector.Deadline(now),
                };
                if (attempt.State != AttemptState.Challenge || !await AttemptStore.TryMoveAsync(tx, attempt, resumed)) return null;
                var processing = intent with { Status = PaymentIntentStatus.Processing, NextAction = null };
                await IntentStore.MoveAsync(tx, PaymentIntentStatus.RequiresAction, processing);
                var method = await PaymentMethodStore.FindAsync(tx, intent.Scope, attempt.PaymentMethod);
                return new Resumption(processing, resumed, method!);
            },
            ct);
        if (standing is null) return await database.ReadAsync(async reader => await PaymentCollector.PresentAsync(reader, attempt.PaymentIntent), ct);
        var merchant = await MerchantAsync(standing.Intent.Scope, CancellationToken.None);
        return await collector.ResumeAsync(new AttemptStanding(standing.Intent, standing.Attempt, standing.Method, merchant), account);
    }

    // What the buyer asked for counts, not at how many gateways it was tried.
    private async Task<int> AttemptsAsync(PaymentIntent intent, CancellationToken ct) => intent.LatestAttempt is null
        ? 0
        : await database.ReadAsync(async reader => (await AttemptStore.OfIntentAsync(reader, intent.Id)).Count(attempt => attempt.Follows is null), ct);

    // Of two confirmations at once, the first has used the method; the second is told of the payment, not of the method.
    private async Task<Refusal> OvertakenOrAsync(PaymentIntent intent, Refusal refusal, CancellationToken ct)
    {
        var present = await database.ReadAsync(async reader => await IntentStore.GetAsync(reader, intent.Id), ct);
        return MayBeConfirmed(present) ? refusal : PaymentRefusals.UnexpectedState(present, "it can no longer be confirmed");
    }

    private static Refusal OvertakenIn(ITransaction tx, PaymentIntent intent)
    {
        tx.Abandon();
        return PaymentRefusals.UnexpectedState(
            intent with { Status = PaymentIntentStatus.Processing }, "another request is collecting it; ask for it again");
    }

    private async Task<bool> IsNobodyAsync(MerchantScope scope, CustomerId customer, CancellationToken ct) =>
        await database.ReadAsync(async reader => await CustomerStore.FindAsync(reader, scope, customer), ct) is null or { IsDeleted: true };

    private static async Task<Refusal?> ProblemOfAsync(ITransaction tx, PaymentIntent intent, PaymentIntentChange change, ChosenMethod? chosen)
    {
        var isOpenOnly = change.Amount is not null || change.PaymentMethod is not null || change.Customer is not null || change.SetupFutureUsage is not null;
        if (isOpenOnly && !MayBeConfirmed(intent))
        {
            return PaymentRefusals.UnexpectedState(intent, "amount, currency, customer and payment method can no longer be changed");
        }

        if (change.Customer is not null && intent.Customer is not null && change.Customer != intent.Customer) return PaymentRefusals.CustomerStays;

        // The method given, or the one that the intent holds, must go with the customer.
        var customer = change.Customer ?? intent.Customer;
        if (chosen is not null) return PaymentMethodRefusals.ProblemOf(chosen.Method, customer);
        if (change.Customer is null || change.PaymentMethod is "" || intent.PaymentMethod is not { } held) return null;
        return await PaymentMethodStore.FindAsync(tx, intent.Scope, held) is { } method ? PaymentMethodRefusals.ProblemOf(method, customer) : null;
    }

    private static bool MayBeConfirmed(PaymentIntent intent) =>
        intent.Status is PaymentIntentStatus.RequiresPaymentMethod or PaymentIntentStatus.RequiresConfirmation;

    private static Refusal? Refuse(Money amount)
    {
        if (!amount.Currency.IsPayable)
        {
            return new Refusal(RefusalKind.Invalid, "currency_not_supported", $"{amount.Currency.Code} has no amounts to pay.", "currency");
        }

        if (amount.Minor <= 0)
        {
            return new Refusal(RefusalKind.Invalid, "amount_too_small", "The amount must be at least 1 minor unit.", "amount");
        }

        return amount.Minor > MaxAmountMinor ? PaymentRefusals.AmountTooLarge(MaxAmountMinor) : null;
    }

    private static PaymentIntent Changed(
        PaymentIntent intent, PaymentIntentChange change, ChosenMethod? chosen, IReadOnlyDictionary<string, string> metadata)
    {
        var method = chosen?.Method.Id ?? (change.PaymentMethod is "" ? null : intent.PaymentMethod);
        var status = !MayBeConfirmed(intent) ? intent.Status
            : method is null ? PaymentIntentStatus.RequiresPaymentMethod
            : PaymentIntentStatus.RequiresConfirmation;
        var amount = change.Amount ?? intent.Amount;
        return intent with
        {
            Amount = amount,
            AmountCapturable = intent.AmountCapturable with { Currency = amount.Currency },
            AmountReceived = intent.AmountReceived with { Currency = amount.Currency },
            PaymentMethod = method,
            Status = status,
            Description = Text(change.Description, intent.Description),
            StatementDescriptor = Text(change.StatementDescriptor, intent.StatementDescriptor),
            ReceiptEmail = Text(change.ReceiptEmail, intent.ReceiptEmail),
            Metadata = metadata,
            Customer = change.Customer ?? intent.Customer,
            SetupFutureUsage = change.SetupFutureUsage is { } usage ? usage.To : intent.SetupFutureUsage,
            Shipping = change.Shipping is { } shipping ? shipping.To : intent.Shipping,
        };

        static string? Text(string? changed, string? before) => changed is null ? before : changed.Length == 0 ? null : changed;
    }

    private async Task<Result<ChosenMethod>> ChooseAsync(
        MerchantScope scope, string? id, NewPaymentMethod? card, CustomerId? customer, CancellationToken ct)
    {
        var choice = id is not null ? await cards.ByIdAsync(scope, id, ct) : await cards.NewAsync(scope, card!, ct);
        return choice.TryGet(out var chosen, out _) && PaymentMethodRefusals.ProblemOf(chosen.Method, customer) is { } problem ? problem : choice;
    }

    // Everything that T1 needs and that must not be asked for while it is open.
    private async Task<Result<Start>> BeginAsync(PaymentIntent intent, ChosenMethod chosen, bool offSession, CancellationToken ct)
    {
        var routed = await router.ChooseAsync(intent, chosen.Method, ids.New<PaymentAttemptId>(intent.Scope.Shard), ct);
        if (!routed.TryGet(out var route, out var refusal)) return refusal;
        var attempt = attempts.New(intent, chosen.Method.Id, route) with { OffSession = offSession };
        var processing = intent with
        {
            Status = PaymentIntentStatus.Processing,
            PaymentMethod = chosen.Method.Id,
            LatestAttempt = attempt.Id,
            LastError = null,
            NextAction = null,
        };
        var merchant = await MerchantAsync(intent.Scope, ct);
        return new Start(new AttemptStanding(processing, attempt, chosen.Method, merchant), route);
    }

    private async Task<Merchant> MerchantAsync(MerchantScope scope, CancellationToken ct) => await merchants.FindAsync(scope.Merchant, ct)
        ?? throw new InvalidOperationException($"Merchant {scope.Merchant} is gone.");

    private Task<Result<PaymentIntent>> StoreAsync(
        PaymentRequest request, PaymentIntent intent, ChosenMethod? chosen, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<PaymentIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);
                if (chosen is not null && await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                await IntentStore.InsertAsync(tx, intent);
                await RecordAsync(tx, request, "payment_intent.created", intent);
                if (answer is not null) await answer.FinishAsync(tx, intent);
                return intent;
            },
            ct);

    private PaymentIntent NewIntent(MerchantScope scope, NewPaymentIntent wanted, PaymentMethodId? method, CheckoutSessionId? session)
    {
        var id = ids.New<PaymentIntentId>(scope.Shard);
        var nothing = Money.Zero(wanted.Amount.Currency);
        return new PaymentIntent(
            id,
            scope,
            wanted.Amount,
            AmountCapturable: nothing,
            AmountReceived: nothing,
            method is null ? PaymentIntentStatus.RequiresPaymentMethod : PaymentIntentStatus.RequiresConfirmation,
            wanted.CaptureMethod,
            ClientSecret: $"{id}_secret_{random.HexToken(ClientSecretBytes)}",
            method,
            LatestCharge: null,
            LatestAttempt: null,
            session,
            LastError: null,
            NextAction: null,
            wanted.ReturnUrl,
            wanted.Description,
            wanted.StatementDescriptor,
            wanted.ReceiptEmail,
            wanted.Connector,
            wanted.Metadata,
            CanceledAt: null,
            CancellationReason: null,
            CreatedAt: time.GetUtcNow())
        {
            Customer = wanted.Customer,
            SetupFutureUsage = wanted.SetupFutureUsage,
            Shipping = wanted.Shipping,
        };
    }

    private ValueTask<EventId> RecordAsync(ITransaction tx, PaymentRequest request, string type, PaymentIntent intent) =>
        events.RecordAsync(tx, new NewEvent(request.Scope, type, intent.Id.Value, PaymentJson.Bytes(intent), Origin: request.Origin));

    private sealed record Start(AttemptStanding Standing, Route Route);

    private sealed record Resumption(PaymentIntent Intent, PaymentAttempt Attempt, PaymentMethod Method);
}
