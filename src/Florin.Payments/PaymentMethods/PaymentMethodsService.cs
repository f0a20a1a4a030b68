using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Vault;

namespace Florin.Payments.PaymentMethods;

internal sealed class PaymentMethodsService(IDatabase database, IVault vault, CardChooser cards, IdSource ids, TimeProvider time) : IPaymentMethods
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(15);

    public async Task<Result<CardToken>> CreateTokenAsync(
        PaymentRequest request, NewCard card, IdempotentWrite<CardToken>? answer, CancellationToken ct)
    {
        var scope = request.Scope;
        if (!vault.Seal(scope, card.Card).TryGet(out var sealedCard, out var refusal)) return refusal;
        var now = time.GetUtcNow();
        var token = new CardToken(
            ids.New<TokenId>(scope.Shard), scope, sealedCard.Details, card.Billing, IsUsed: false, now, now + TokenLife);
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
        database.ReadAsync(async reader => await PaymentMethodStore.FindTokenAsync(reader, scope, id), ct);

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
        database.ReadAsync(async reader => await PaymentMethodStore.FindAsync(reader, scope, id), ct);

    public async Task<IReadOnlyList<PaymentMethod>> FindManyAsync(
        MerchantScope scope, IReadOnlyCollection<PaymentMethodId> ids, CancellationToken ct) => ids.Count == 0
        ? []
        : await database.ReadAsync(async reader => await PaymentMethodStore.FindManyAsync(reader, scope, ids), ct);

    public Task<Page<PaymentMethod>> ListAsync(MerchantScope scope, PageRequest<PaymentMethodId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await PaymentMethodStore.ListAsync(reader, scope, page), ct);
}
