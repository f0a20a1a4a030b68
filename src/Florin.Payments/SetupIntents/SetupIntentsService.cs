using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Customers;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.SetupIntents;

/// <summary>Makes setup intents and confirms them: T1 of a verification, then the gateway, then T2.</summary>
internal sealed class SetupIntentsService(
    IDatabase database,
    IEvents events,
    IVault vault,
    CardChooser cards,
    Verifier verifier,
    PaymentCollector collector,
    IdSource ids,
    RandomSource random,
    TimeProvider time) : ISetupIntents
{
    private const int ClientSecretBytes = 18;

    // Against card testing: whoever holds a client secret may try cards, and a buyer rarely owns more than this.
    private const int MaxAttempts = 10;

    public Task<Result<SetupIntent>> CreateAsync(
        PaymentRequest request, NewSetupIntent wanted, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        CreateAsync(request, wanted, session: null, newCustomer: null, answer, ct);

    /// <param name="session">The checkout session whose buyer saves a card.</param>
    /// <param name="newCustomer">To be stored with the intent, whose customer it is.</param>
    public async Task<Result<SetupIntent>> CreateAsync(
        PaymentRequest request,
        NewSetupIntent wanted,
        CheckoutSessionId? session,
        Customer? newCustomer,
        IdempotentWrite<SetupIntent>? answer,
        CancellationToken ct)
    {
        if (wanted.Customer is { } customer && newCustomer is null && await IsNobodyAsync(request.Scope, customer, ct)) return CustomersService.NoSuch(customer);
        ChosenMethod? chosen = null;
        if (wanted.PaymentMethod is not null || wanted.Card is not null)
        {
            var choice = await ChooseAsync(request.Scope, wanted.PaymentMethod, wanted.Card, wanted.Customer, ct);
            if (!choice.TryGet(out chosen, out var refusal)) return refusal;
        }

        var intent = NewIntent(request.Scope, wanted, chosen?.Method.Id, session);
        if (!wanted.Confirm) return await StoreAsync(request, intent, chosen, answer, ct);
        if (chosen is null) return SetupRefusals.PaymentMethodMissing(null);
        var begun = await BeginAsync(intent, chosen, ct);
        if (!begun.TryGet(out var start, out var unroutable)) return unroutable;
        var refused = await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);
                if (await chosen.UseAsync(tx, vault, time.GetUtcNow(), intent.Customer) is { } used) return used;
                if (session is { } id && !await SessionStore.TrySetSetupAsync(tx, id, intent.Id, newCustomer?.Id)) return OvertakenIn(tx, intent);
                if (newCustomer is not null) await CustomersService.InsertAsync(tx, events, newCustomer, request.Origin);
                await SetupIntentStore.InsertAsync(tx, start.Intent);
                await SetupAttemptStore.InsertAsync(tx, start.Attempt);
                await RecordAsync(tx, request, EventTypes.SetupIntentCreated, intent);
                return null;
            },
            ct);
        return refused is not null ? refused : await SendAsync(request, start, answer);
    }

    public async Task<Result<SetupIntent>> ConfirmAsync(
        PaymentRequest request, SetupIntentId id, SetupConfirmation confirmation, IdempotentWrite<SetupIntent>? answer, CancellationToken ct)
    {
        var (intent, attempts) = await database.ReadAsync(
            async reader => (await SetupIntentStore.FindAsync(reader, request.Scope, id), await SetupAttemptStore.CountAsync(reader, id)), ct);
        if (intent is null) return SetupRefusals.NoSuch(id);
        if (!MayBeConfirmed(intent)) return SetupRefusals.UnexpectedState(intent, "it can no longer be confirmed");
        if (attempts >= MaxAttempts) return SetupRefusals.TooManyAttempts(intent, MaxAttempts);
        if (confirmation.PaymentMethod is null && confirmation.Card is null && intent.PaymentMethod is null) return SetupRefusals.PaymentMethodMissing(intent);
        var choice = await ChooseAsync(
            request.Scope,
            confirmation.PaymentMethod ?? (confirmation.Card is null ? intent.PaymentMethod?.ToString() : null),
            confirmation.Card,
            intent.Customer,
            ct);
        if (!choice.TryGet(out var chosen, out var refusal)) return await OvertakenOrAsync(intent, refusal, ct);
        var begun = await BeginAsync(intent with { ReturnUrl = confirmation.ReturnUrl ?? intent.ReturnUrl }, chosen, ct);
        if (!begun.TryGet(out var start, out var unroutable)) return unroutable;
        var refused = await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);

                // What it is moved from is in the WHERE clause: of two confirmations at once, one finds it moved.
                if (!await SetupIntentStore.TryMoveAsync(tx, intent, start.Intent)) return OvertakenIn(tx, intent);
                if (await chosen.UseAsync(tx, vault, time.GetUtcNow(), intent.Customer) is { } used) return used;
                await SetupAttemptStore.InsertAsync(tx, start.Attempt);
                return null;
            },
            ct);
        return refused is not null ? refused : await SendAsync(request, start, answer);
    }

    public async Task<Result<SetupIntent>> UpdateAsync(
        PaymentRequest request, SetupIntentId id, SetupIntentChange change, IdempotentWrite<SetupIntent>? answer, CancellationToken ct)
    {
        if (change.Customer is { } customer && await IsNobodyAsync(request.Scope, customer, ct)) return CustomersService.NoSuch(customer);
        ChosenMethod? chosen = null;
        if (change.PaymentMethod is not null || change.Card is not null)
        {
            var choice = change.PaymentMethod is { } method ? await cards.ByIdAsync(request.Scope, method, ct) : await cards.NewAsync(request.Scope, change.Card!, ct);
            if (!choice.TryGet(out chosen, out var refusal)) return refusal;
        }

        return await database.WriteAsync<Result<SetupIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var intent = await SetupIntentStore.LockAsync(tx, id);
                if (intent is null || intent.Scope != request.Scope) return Abandoned(tx, SetupRefusals.NoSuch(id));
                if (await ProblemOfAsync(tx, intent, change, chosen) is { } problem) return Abandoned(tx, problem);
                if (!MetadataChange.Apply(change.Metadata, intent.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
                if (chosen is not null && await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                var changed = intent with
                {
                    Customer = change.Customer ?? intent.Customer,
                    PaymentMethod = chosen?.Method.Id ?? intent.PaymentMethod,
                    Status = chosen is null ? intent.Status : SetupIntentStatus.RequiresConfirmation,
                    Description = Texts.Changed(intent.Description, change.Description),
                    Metadata = metadata,
                };
                await SetupIntentStore.TryMoveAsync(tx, intent, changed);
                if (answer is not null) await answer.FinishAsync(tx, changed);
                return changed;
            },
            ct);
    }

    public Task<Result<SetupIntent>> CancelAsync(
        PaymentRequest request, SetupIntentId id, CancellationReason? reason, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<SetupIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var intent = await SetupIntentStore.LockAsync(tx, id);
                if (intent is null || intent.Scope != request.Scope) return Abandoned(tx, SetupRefusals.NoSuch(id));
                if (intent.Status is not (SetupIntentStatus.RequiresPaymentMethod or SetupIntentStatus.RequiresConfirmation or SetupIntentStatus.RequiresAction))
                {
                    return Abandoned(tx, SetupRefusals.UnexpectedState(intent, "one that is processing, succeeded or canceled cannot be canceled"));
                }

                if (intent.CheckoutSession is not null) return Abandoned(tx, SetupRefusals.BelongsToCheckout(intent));
                var canceled = await GiveUpAsync(tx, intent, reason, request.Origin);
                if (answer is not null) await answer.FinishAsync(tx, canceled);
                return canceled;
            },
            ct);

    /// <summary>Gives up an intent that the caller has locked. A challenge that the buyer completes all the same saves
    /// nothing: what it holds is freed.</summary>
    public async Task<SetupIntent> GiveUpAsync(ITransaction tx, SetupIntent intent, CancellationReason? reason, EventOrigin? origin)
    {
        var canceled = intent with { Status = SetupIntentStatus.Canceled, NextAction = null, CancellationReason = reason };
        await SetupIntentStore.TryMoveAsync(tx, intent, canceled);
        await RecordAsync(tx, new PaymentRequest(intent.Scope, origin), EventTypes.SetupIntentCanceled, canceled);
        return canceled;
    }

    public async Task<Result<SetupIntent>> ResumeAfterChallengeAsync(SetupAttemptId id, string returnToken, CancellationToken ct)
    {
        var attempt = await database.ReadAsync(async reader => await SetupAttemptStore.FindAsync(reader, id), ct);
        if (attempt is null || !FixedTime.Equal(attempt.ReturnToken, returnToken)) return PaymentRefusals.NoSuch("setup attempt", id.ToString(), "attempt");
        var now = time.GetUtcNow();
        var resumed = await database.WriteAsync(
            async tx =>
            {
                var intent = await SetupIntentStore.LockAsync(tx, attempt.SetupIntent);
                if (intent is not { Status: SetupIntentStatus.RequiresAction } || attempt.State != AttemptState.Challenge) return null;
                var sent = attempt with
                {
                    State = AttemptMoves.Next(AttemptState.Challenge, AttemptEvent.Resumed),
                    SentAt = now,
                    DeadlineAt = collector.Deadline(now),
                };
                if (!await SetupAttemptStore.TryMoveAsync(tx, attempt, sent)) return null;
                await SetupIntentStore.TryMoveAsync(tx, intent, intent with { Status = SetupIntentStatus.Processing, NextAction = null });
                return sent;
            },
            ct);
        return resumed is null
            ? await database.ReadAsync(async reader => await Verifier.PresentAsync(reader, attempt.SetupIntent), ct)
            : await verifier.ResumeAsync(resumed);
    }

    public Task<SetupIntent?> FindAsync(MerchantScope scope, SetupIntentId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await SetupIntentStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<SetupIntent>> FindManyAsync(MerchantScope scope, IReadOnlyCollection<SetupIntentId> ids, CancellationToken ct) =>
        ids.Count == 0 ? [] : await database.ReadAsync(async reader => await SetupIntentStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<SetupIntent>> ListAsync(MerchantScope scope, SetupIntentFilter filter, PageRequest<SetupIntentId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await SetupIntentStore.ListAsync(reader, scope, filter, page), ct);

    public Task<Page<SetupAttempt>?> ListAttemptsAsync(
        MerchantScope scope, SetupIntentId id, PageRequest<SetupAttemptId> page, CancellationToken ct) => database.ReadAsync(
        async reader => await SetupIntentStore.FindAsync(reader, scope, id) is null ? null : await SetupAttemptStore.ListAsync(reader, id, page), ct);

    public Task<IReadOnlyList<(SetupAttempt Attempt, SetupIntent Intent)>> FindAttemptsAsync(
        MerchantScope scope, IReadOnlyCollection<SetupAttemptId> ids, CancellationToken ct) => database.ReadAsync<IReadOnlyList<(SetupAttempt, SetupIntent)>>(
        async reader =>
        {
            var found = new List<(SetupAttempt, SetupIntent)>();
            foreach (var id in ids)
            {
                if (await SetupAttemptStore.FindAsync(reader, id) is not { } attempt) continue;
                if (await SetupIntentStore.FindAsync(reader, scope, attempt.SetupIntent) is { } intent) found.Add((attempt, intent));
            }

            return found;
        },
        ct);

    private static bool MayBeConfirmed(SetupIntent intent) =>
        intent.Status is SetupIntentStatus.RequiresPaymentMethod or SetupIntentStatus.RequiresConfirmation;

    private static async Task<Refusal?> ProblemOfAsync(ITransaction tx, SetupIntent intent, SetupIntentChange change, ChosenMethod? chosen)
    {
        var isOpenOnly = chosen is not null || change.Customer is not null;
        if (isOpenOnly && !MayBeConfirmed(intent)) return SetupRefusals.UnexpectedState(intent, "customer and payment method can no longer be changed");
        if (change.Customer is not null && intent.Customer is not null && change.Customer != intent.Customer) return SetupRefusals.CustomerStays;

        // The method given, or the one that the intent holds, must go with the customer.
        var customer = change.Customer ?? intent.Customer;
        if (chosen is not null) return PaymentMethodRefusals.ProblemOf(chosen.Method, customer);
        if (change.Customer is null || intent.PaymentMethod is not { } held) return null;
        return await PaymentMethodStore.FindAsync(tx, intent.Scope, held) is { } method ? PaymentMethodRefusals.ProblemOf(method, customer) : null;
    }

    private static Refusal OvertakenIn(ITransaction tx, SetupIntent intent) => Abandoned(
        tx, SetupRefusals.UnexpectedState(intent with { Status = SetupIntentStatus.Processing }, "another request is confirming it; ask for it again"));

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    // Of two confirmations at once, the first has used the method; the second is told of the intent, not of the method.
    private async Task<Refusal> OvertakenOrAsync(SetupIntent intent, Refusal refusal, CancellationToken ct)
    {
        var present = await database.ReadAsync(async reader => await SetupIntentStore.GetAsync(reader, intent.Id), ct);
        return MayBeConfirmed(present) ? refusal : SetupRefusals.UnexpectedState(present, "it can no longer be confirmed");
    }

    private async Task<bool> IsNobodyAsync(MerchantScope scope, CustomerId customer, CancellationToken ct) =>
        await database.ReadAsync(async reader => await CustomerStore.FindAsync(reader, scope, customer), ct) is null or { IsDeleted: true };

    private async Task<Result<ChosenMethod>> ChooseAsync(
        MerchantScope scope, string? id, NewPaymentMethod? card, CustomerId? customer, CancellationToken ct)
    {
        var choice = id is not null ? await cards.ByIdAsync(scope, id, ct) : await cards.NewAsync(scope, card!, ct);
        return choice.TryGet(out var chosen, out _) && PaymentMethodRefusals.ProblemOf(chosen.Method, customer) is { } problem ? problem : choice;
    }

    // Everything that T1 needs and that must not be asked for while it is open.
    private async Task<Result<Start>> BeginAsync(SetupIntent intent, ChosenMethod chosen, CancellationToken ct)
    {
        var id = ids.New<SetupAttemptId>(intent.Scope.Shard);
        if (!(await verifier.ChooseAsync(intent, chosen.Method, id, ct)).TryGet(out var route, out var refusal)) return refusal;
        var attempt = verifier.NewAttempt(intent, id, chosen.Method, route.Account, route.Amount);
        var processing = intent with
        {
            Status = SetupIntentStatus.Processing,
            PaymentMethod = chosen.Method.Id,
            LatestAttempt = attempt.Id,
            LastError = null,
            NextAction = null,
        };
        return new Start(processing, attempt, chosen.Method, route.Account);
    }

    private Task<Result<SetupIntent>> SendAsync(PaymentRequest request, Start start, IdempotentWrite<SetupIntent>? answer) =>
        verifier.SendAsync(start.Intent, start.Attempt, start.Method, start.Account, request.Origin, answer);

    private Task<Result<SetupIntent>> StoreAsync(
        PaymentRequest request, SetupIntent intent, ChosenMethod? chosen, IdempotentWrite<SetupIntent>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<SetupIntent>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, intent.Id.Value);
                if (chosen is not null && await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                await SetupIntentStore.InsertAsync(tx, intent);
                await RecordAsync(tx, request, EventTypes.SetupIntentCreated, intent);
                if (answer is not null) await answer.FinishAsync(tx, intent);
                return intent;
            },
            ct);

    private SetupIntent NewIntent(MerchantScope scope, NewSetupIntent wanted, PaymentMethodId? method, CheckoutSessionId? session)
    {
        var id = ids.New<SetupIntentId>(scope.Shard);
        return new SetupIntent(
            id,
            scope,
            method is null ? SetupIntentStatus.RequiresPaymentMethod : SetupIntentStatus.RequiresConfirmation,
            wanted.Usage,
            ClientSecret: $"{id}_secret_{random.HexToken(ClientSecretBytes)}",
            wanted.Customer,
            method,
            LatestAttempt: null,
            session,
            LastError: null,
            NextAction: null,
            wanted.ReturnUrl,
            wanted.Description,
            wanted.Currency,
            wanted.Connector,
            wanted.Metadata,
            CancellationReason: null,
            CreatedAt: time.GetUtcNow());
    }

    private async Task RecordAsync(ITransaction tx, PaymentRequest request, string type, SetupIntent intent) =>
        await events.RecordAsync(tx, new NewEvent(request.Scope, type, intent.Id.Value, PaymentJson.Bytes(intent), Origin: request.Origin));

    private sealed record Start(SetupIntent Intent, SetupAttempt Attempt, PaymentMethod Method, ConnectorAccount Account);
}
