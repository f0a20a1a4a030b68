using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;
using Florin.Storage;
using Florin.Vault.Issuers;

namespace Florin.Vault;

internal sealed class CardVault(
    IDatabase database, CardCipher cipher, CvcMemory cvcs, IssuerDirectory issuers, KeyFile keys, IdSource ids, TimeProvider time) : IVault
{
    private readonly Secret<byte[]> fingerprintKey = keys.Ring.Derive("vault.fingerprint");

    public Result<SealedCard> Seal(MerchantScope scope, CardEntry entry)
    {
        if (!CardCheck.Check(entry, scope.IsLive, time.GetUtcNow()).TryGet(out var card, out var refusal)) return refusal;
        var id = ids.New<CardId>(scope.Shard);
        var holderName = string.IsNullOrWhiteSpace(entry.HolderName) ? null : entry.HolderName.Trim();
        var envelope = cipher.Encrypt(
            scope, id, new CardCipher.CardSecrets(Secret.Of(card.Digits), entry.ExpiryMonth, entry.ExpiryYear, holderName));
        var issued = issuers.Of(scope.IsLive, card.Digits);
        var details = new CardDetails(
            id,
            card.Brand == CardBrand.Unknown ? issued?.Brand ?? CardBrand.Unknown : card.Brand,
            Bin: card.Digits[..6],
            Last4: card.Digits[^4..],
            entry.ExpiryMonth,
            entry.ExpiryYear,
            FingerprintOf(scope, card.Digits),
            holderName)
        {
            Country = issued?.Country,
            Funding = issued?.Funding ?? CardFunding.Unknown,
        };
        return new SealedCard(scope, details, envelope.Ciphertext, envelope.WrappedKey, envelope.KeyId, entry.Cvc);
    }

    public async ValueTask StoreAsync(ITransaction tx, SealedCard card)
    {
        var scope = card.Scope;
        await tx.EnqueueAsync(
            $"""
             INSERT INTO vault_cards (shard, id, merchant, is_live, key_id, wrapped_key, ciphertext, created_at_ms)
             VALUES ({scope.Shard}, {card.Details.Id}, {scope.Merchant}, {scope.IsLive}, {card.KeyId}, {card.WrappedKey},
                     {card.Ciphertext}, {time.GetUtcNow()})
             """);
        if (card.Cvc is { } cvc) tx.OnCommitted(() => cvcs.Hold(card.Details.Id, cvc));
    }

    public async Task<Result<RevealedCard>> RevealAsync(MerchantScope scope, CardId id, CancellationToken ct)
    {
        var envelope = await database.AskAsync(
            async reader => await reader.FirstAsync(
                $"""
                 SELECT key_id, wrapped_key, ciphertext FROM vault_cards
                  WHERE shard = {scope.Shard} AND id = {id} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                 """,
                row => new CardCipher.Envelope(row.Text(0), row.Bytes(1), row.Bytes(2))),
            ct);
        if (envelope is null) return CardRefusals.NoSuchCard(id);
        var card = cipher.Decrypt(scope, id, envelope);
        return new RevealedCard(card.Number, card.ExpiryMonth, card.ExpiryYear, cvcs.Take(id), card.HolderName);
    }

    // The whole number under a key of its own (PCI DSS 3.5.1.1), and per merchant, so that merchants cannot compare.
    private string FingerprintOf(MerchantScope scope, string digits)
    {
        var hash = HMACSHA256.HashData(fingerprintKey.Reveal(), Encoding.ASCII.GetBytes($"{scope}|{digits}"));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
