using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Customers;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.PaymentMethods;

internal sealed class PaymentMethodsService(
    IDatabase database, IVault vault, CardChooser cards, SavedMethods saved, CustomersService customers, ITestClocks clocks, IdSource ids, TimeProvider time)
    : IPaymentMethods
{
    private const int FurthestExpiryYears = 50;

    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(15);

    public async Task<Result<CardToken>> CreateTokenAsync(
        PaymentRequest request, NewCard card, IdempotentWrite<CardToken>? answer, CancellationToken ct)
    {
        var scope = request.Scope;
        if (!vault.Seal(scope, card.Card).TryGet(out var sealedCard, out var refusal)) return refusal;
        var now = await clocks.NowAsync(scope, ct);
        var token = new CardToken(
            ids.New<TokenId>(scope.Shard), scope, sealedCard.Details, card.Billing, IsUsed: false, time.GetUtcNow(), now + TokenLife);
        await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, token.Id.Value);
                await vault.StoreAsync(tx, sealedCard);
                await PaymentMethodStore.InsertTokenAsync(tx, token);
                if (answer is not null) await answer.FinishAsync(tx, token);
            },
            ct);
        return token;
    }

    public Task<CardToken?> FindTokenAsync(MerchantScope scope, TokenId id, CancellationToken ct) =>
        database.AskAsync(async reader => await PaymentMethodStore.FindTokenAsync(reader, scope, id), ct);

    public async Task<Result<PaymentMethod>> CreateAsync(
        PaymentRequest request, NewPaymentMethod paymentMethod, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct)
    {
        var chosen = await cards.NewAsync(request.Scope, paymentMethod, ct);
        if (!chosen.TryGet(out var method, out var refusal)) return refusal;
        return await database.WriteAsync<Result<PaymentMethod>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, method.Method.Id.Value);
                if (await method.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                if (answer is not null) await answer.FinishAsync(tx, method.Method);
                return method.Method;
            },
            ct);
    }

    public Task<PaymentMethod?> FindAsync(MerchantScope scope, PaymentMethodId id, CancellationToken ct) =>
        database.AskAsync(async reader => await PaymentMethodStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<PaymentMethod>> FindManyAsync(
        MerchantScope scope, IReadOnlyCollection<PaymentMethodId> ids, CancellationToken ct) => ids.Count == 0
        ? []
        : await database.AskAsync(async reader => await PaymentMethodStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<PaymentMethod>> ListAsync(MerchantScope scope, CustomerId? customer, PageRequest<PaymentMethodId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await PaymentMethodStore.ListAsync(reader, scope, customer, page), ct);

    public async Task<Result<PaymentMethod>> AttachAsync(
        PaymentRequest request, string id, CustomerId customer, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct)
    {
        var choice = await cards.ByIdAsync(request.Scope, id, ct);
        if (!choice.TryGet(out var chosen, out var missing)) return missing;
        return await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, chosen.Method.Id.Value);
                if (await CustomerStore.LockAsync(tx, request.Scope, customer) is null) return Abandoned(tx, CustomersService.NoSuch(customer));
                if (await chosen.StoreAsync(tx, vault, time.GetUtcNow()) is { } used) return used;
                var attached = await saved.AttachAsync(tx, request.Scope, chosen.Method.Id, customer, request.Origin);
                if (attached.Refusal is { } refusal) return Abandoned(tx, refusal);
                if (answer is not null) await answer.FinishAsync(tx, attached);
                return attached;
            },
            ct);
    }

    public Task<Result<PaymentMethod>> DetachAsync(
        PaymentRequest request, PaymentMethodId id, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var found = await PaymentMethodStore.FindAsync(tx, request.Scope, id);
            if (found is null) return Abandoned(tx, NoSuch(id));
            if (found.Customer is { } customer) await customers.ForgetDefaultAsync(tx, request.Scope, customer, id, request.Origin);
            var method = (await PaymentMethodStore.LockAsync(tx, request.Scope, id))!;
            if (method.Customer is null) return Abandoned(tx, PaymentMethodRefusals.NotAttached);
            var detached = await saved.DetachAsync(tx, method, request.Origin);
            if (answer is not null) await answer.FinishAsync(tx, detached);
            return detached;
        },
        ct);

    public Task<Result<PaymentMethod>> UpdateAsync(
        PaymentRequest request, PaymentMethodId id, PaymentMethodChange change, IdempotentWrite<PaymentMethod>? answer, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var before = await PaymentMethodStore.LockAsync(tx, request.Scope, id);
            if (before is null) return Abandoned(tx, NoSuch(id));
            if (before.Customer is null) return Abandoned(tx, PaymentMethodRefusals.NotSaved);
            if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var metadata, out var tooMany)) return Abandoned(tx, tooMany);
            var changed = before with
            {
                Billing = Changed(before.Billing, change.Billing),
                Card = before.Card with
                {
                    ExpiryMonth = change.ExpiryMonth ?? before.Card.ExpiryMonth,
                    ExpiryYear = change.ExpiryYear ?? before.Card.ExpiryYear,
                },
                Metadata = metadata,
            };
            if (changed.Card != before.Card && !IsAhead(changed.Card)) return Abandoned(tx, PaymentMethodRefusals.ExpiryPassed);
            await PaymentMethodStore.UpdateAsync(tx, changed);
            await saved.RecordAsync(tx, EventTypes.PaymentMethodUpdated, before, changed, request.Origin);
            if (answer is not null) await answer.FinishAsync(tx, changed);
            return changed;
        },
        ct);

    private static Refusal NoSuch(PaymentMethodId id) => PaymentRefusals.NoSuch("PaymentMethod", id.ToString(), "payment_method");

    private static Result<PaymentMethod> Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private static BillingDetails Changed(BillingDetails before, BillingDetails? change) => change is null ? before : new(
        Texts.Changed(before.Name, change.Name),
        Texts.Changed(before.Email, change.Email),
        Texts.Changed(before.Phone, change.Phone),
        BillingAddress.Changed(before.Address, change.Address));

    // A card is good to the end of its month.
    private bool IsAhead(CardDetails card)
    {
        var now = time.GetUtcNow();
        return (card.ExpiryYear, card.ExpiryMonth).CompareTo((now.Year, now.Month)) >= 0 && card.ExpiryYear <= now.Year + FurthestExpiryYears;
    }
}
