using Florin.Kernel;
using Florin.Storage;

namespace Florin.Vault;

/// <summary>Card data in, token out. Nothing outside of this module keeps a PAN; nothing at all keeps a CVC on disk.</summary>
public interface IVault
{
    /// <summary>Checks a card as it was typed and encrypts it. Touches no database.</summary>
    /// <returns>The card ready to be stored, or a refusal of kind <see cref="RefusalKind.Declined"/> that names the field:
    /// <c>incorrect_number</c>, <c>invalid_expiry_month</c>, <c>invalid_expiry_year</c>, <c>expired_card</c>,
    /// <c>invalid_cvc</c>; in live mode <c>card_declined</c> for a published test number.</returns>
    Result<SealedCard> Seal(MerchantScope scope, CardEntry entry);

    /// <summary>Writes a sealed card in the caller's transaction; its CVC is then held in memory until it is used.</summary>
    ValueTask StoreAsync(ITransaction tx, SealedCard card);

    /// <summary>Opens a card for one attempt. The CVC, if one is still held, is given once and then gone.</summary>
    /// <returns>The card, or <c>resource_missing</c> where this merchant and mode has no such card.</returns>
    Task<Result<RevealedCard>> RevealAsync(MerchantScope scope, CardId id, CancellationToken ct);
}

/// <summary>Names one card in the vault. Internal: merchants see payment methods.</summary>
public readonly record struct CardId(Guid Value) : IId<CardId>
{
    public static string Prefix => "vlt_";

    public static CardId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum CardBrand
{
    Unknown,
    Visa,
    Mastercard,
    Amex,
    Discover,
    Diners,
    Jcb,
    UnionPay,
    KoreanDomestic,
}

/// <summary>Whose money a card spends.</summary>
public enum CardFunding
{
    /// <summary>No table of issuers says it.</summary>
    Unknown,
    Credit,
    Debit,
    Prepaid,
}

/// <summary>A card as a person typed it.</summary>
/// <param name="Number">Digits, possibly with spaces and dashes.</param>
/// <param name="ExpiryYear">Four digits.</param>
public sealed record CardEntry(
    Secret<string> Number, int ExpiryMonth, int ExpiryYear, Secret<string>? Cvc, string? HolderName);

/// <summary>What may be shown of a card.</summary>
/// <param name="Bin">The first six digits.</param>
/// <param name="Fingerprint">The same for the same number at the same merchant; says nothing about the number.</param>
public sealed record CardDetails(
    CardId Id, CardBrand Brand, string Bin, string Last4, int ExpiryMonth, int ExpiryYear, string Fingerprint, string? HolderName)
{
    /// <summary>Where its issuer is, ISO 3166-1 alpha-2, by the <see cref="IIssuers">table of issuers</see> of the day on which the
    /// card came in; null where that had no such range.</summary>
    public string? Country { get; init; }

    /// <summary>By the same table.</summary>
    public CardFunding Funding { get; init; }
}

/// <summary>A checked and encrypted card that is not stored yet.</summary>
public sealed class SealedCard
{
    internal SealedCard(MerchantScope scope, CardDetails details, byte[] ciphertext, byte[] wrappedKey, string keyId, Secret<string>? cvc) =>
        (Scope, Details, Ciphertext, WrappedKey, KeyId, Cvc) = (scope, details, ciphertext, wrappedKey, keyId, cvc);

    public CardDetails Details { get; }

    internal MerchantScope Scope { get; }

    internal byte[] Ciphertext { get; }

    internal byte[] WrappedKey { get; }

    internal string KeyId { get; }

    internal Secret<string>? Cvc { get; }
}

public sealed record RevealedCard(
    Secret<string> Number, int ExpiryMonth, int ExpiryYear, Secret<string>? Cvc, string? HolderName);
