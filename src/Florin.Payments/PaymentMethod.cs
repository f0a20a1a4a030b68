using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments;

/// <summary>A card that a customer pays with, as merchants may see it.</summary>
public sealed record PaymentMethod(
    PaymentMethodId Id,
    MerchantScope Scope,
    CardDetails Card,
    BillingDetails Billing,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt)
{
    /// <summary>Whom it is saved for; then it is used with nobody else.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Used for a payment without being saved: not to be used again.</summary>
    public bool IsConsumed { get; init; }

    /// <summary>Detached from its customer: not to be used again.</summary>
    public bool IsDetached { get; init; }
}

public sealed record BillingDetails(string? Name, string? Email, string? Phone, BillingAddress? Address)
{
    public static readonly BillingDetails None = new(null, null, null, null);
}

public sealed record BillingAddress(
    string? Line1, string? Line2, string? City, string? State, string? PostalCode, string? Country)
{
    /// <summary>An address with some lines changed: null leaves a line, an empty text clears it.</summary>
    /// <returns>Null where no line is left.</returns>
    internal static BillingAddress? Changed(BillingAddress? before, BillingAddress? change)
    {
        if (change is null) return before;
        var changed = new BillingAddress(
            Texts.Changed(before?.Line1, change.Line1),
            Texts.Changed(before?.Line2, change.Line2),
            Texts.Changed(before?.City, change.City),
            Texts.Changed(before?.State, change.State),
            Texts.Changed(before?.PostalCode, change.PostalCode),
            Texts.Changed(before?.Country, change.Country));
        return changed == new BillingAddress(null, null, null, null, null, null) ? null : changed;
    }
}

internal static class Texts
{
    /// <param name="change">Null leaves a text as it is, an empty one clears it.</param>
    public static string? Changed(string? before, string? change) => change is null ? before : change.Length == 0 ? null : change;
}

/// <summary>A card as it was given, with what else is known of its holder.</summary>
public sealed record NewCard(CardEntry Card, BillingDetails Billing);

/// <param name="Card">Either this or <paramref name="Token"/>.</param>
/// <param name="Token">An id of ours, or in test mode one of the well-known <c>tok_visa</c> kind.</param>
public sealed record NewPaymentMethod(
    CardEntry? Card, string? Token, BillingDetails Billing, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
/// <param name="ExpiryYear">Four digits.</param>
public sealed record PaymentMethodChange(BillingDetails? Billing, int? ExpiryMonth, int? ExpiryYear, MetadataChange? Metadata);

/// <summary>A card that can be used once.</summary>
public sealed record CardToken(
    TokenId Id, MerchantScope Scope, CardDetails Card, BillingDetails Billing, bool IsUsed, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
