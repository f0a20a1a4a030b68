using Florin.Kernel;
using Florin.Payments.TestClocks;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.PaymentMethods;

/// <summary>A payment method to pay with; a new one is stored in the transaction that uses it.</summary>
internal sealed record ChosenMethod(PaymentMethod Method, SealedCard? NewCard = null, TokenId? Token = null)
{
    private bool IsNew => NewCard is not null || Token is not null;

    /// <returns>A refusal when the token was used or ran out meanwhile; the transaction is abandoned then.</returns>
    public async Task<Refusal?> StoreAsync(ITransaction tx, IVault vault, DateTimeOffset now)
    {
        if (!IsNew) return null;
        if (Token is { } token && !await PaymentMethodStore.TryUseTokenAsync(tx, token, await TestClockStore.NowAsync(tx, Method.Scope, now)))
        {
            tx.Abandon();
            return PaymentRefusals.TokenUsed(token.ToString());
        }

        if (NewCard is not null) await vault.StoreAsync(tx, NewCard);
        await PaymentMethodStore.InsertAsync(tx, Method);
        return null;
    }

    /// <summary>Stores a new method, and takes it for a payment of a customer, or of nobody.</summary>
    /// <returns>A refusal when the method or its token was used meanwhile; the transaction is abandoned then.</returns>
    public async Task<Refusal?> UseAsync(ITransaction tx, IVault vault, DateTimeOffset now, CustomerId? customer)
    {
        if (IsNew) return await (this with { Method = Method with { IsConsumed = true } }).StoreAsync(tx, vault, now);
        if (await PaymentMethodStore.TryUseAsync(tx, Method.Id, customer)) return null;
        tx.Abandon();
        return PaymentMethodRefusals.NotAgain;
    }
}

/// <summary>Finds out what a request pays with: a stored method, a token, a card, or a well-known test name.</summary>
internal sealed class CardChooser(IDatabase database, IVault vault, ITestClocks clocks, IdSource ids, TimeProvider time)
{
    public async Task<Result<ChosenMethod>> ByIdAsync(MerchantScope scope, string id, CancellationToken ct)
    {
        if (!scope.IsLive && TestCards.ByPaymentMethod(id) is { } entry) return Seal(scope, entry, BillingDetails.None, Documents.NoMetadata);
        var found = Ids.TryParse<PaymentMethodId>(id, out var known)
            ? await database.AskAsync(async reader => await PaymentMethodStore.FindAsync(reader, scope, known), ct)
            : null;
        return found is null ? PaymentRefusals.NoSuch("PaymentMethod", id, "payment_method") : new ChosenMethod(found);
    }

    public async Task<Result<ChosenMethod>> NewAsync(MerchantScope scope, NewPaymentMethod given, CancellationToken ct)
    {
        if (given.Card is { } card) return Seal(scope, card, given.Billing, given.Metadata);
        var text = given.Token!;
        if (!scope.IsLive && TestCards.ByToken(text) is { } entry) return Seal(scope, entry, given.Billing, given.Metadata);
        var token = Ids.TryParse<TokenId>(text, out var id)
            ? await database.AskAsync(async reader => await PaymentMethodStore.FindTokenAsync(reader, scope, id), ct)
            : null;
        if (token is null) return PaymentRefusals.NoSuch("token", text, "token");
        if (token.IsUsed) return PaymentRefusals.TokenUsed(text);
        if (token.ExpiresAt <= await clocks.NowAsync(scope, ct)) return PaymentRefusals.TokenExpired(text);
        var billing = given.Billing == BillingDetails.None ? token.Billing : given.Billing;
        return new ChosenMethod(Method(scope, token.Card, billing, given.Metadata), Token: token.Id);
    }

    private Result<ChosenMethod> Seal(
        MerchantScope scope, CardEntry entry, BillingDetails billing, IReadOnlyDictionary<string, string> metadata) =>
        vault.Seal(scope, entry).Map(card => new ChosenMethod(Method(scope, card.Details, billing, metadata), NewCard: card));

    private PaymentMethod Method(
        MerchantScope scope, CardDetails card, BillingDetails billing, IReadOnlyDictionary<string, string> metadata) =>
        new(ids.New<PaymentMethodId>(scope.Shard), scope, card, billing, metadata, time.GetUtcNow());
}
