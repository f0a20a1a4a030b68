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
    DateTimeOffset CreatedAt);

public sealed record BillingDetails(string? Name, string? Email, string? Phone, BillingAddress? Address)
{
    public static readonly BillingDetails None = new(null, null, null, null);
}

public sealed record BillingAddress(
    string? Line1, string? Line2, string? City, string? State, string? PostalCode, string? Country);

/// <summary>A card as it was given, with what else is known of its holder.</summary>
public sealed record NewCard(CardEntry Card, BillingDetails Billing);

/// <param name="Card">Either this or <paramref name="Token"/>.</param>
/// <param name="Token">An id of ours, or in test mode one of the well-known <c>tok_visa</c> kind.</param>
public sealed record NewPaymentMethod(
    CardEntry? Card, string? Token, BillingDetails Billing, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A card that can be used once.</summary>
public sealed record CardToken(
    TokenId Id, MerchantScope Scope, CardDetails Card, BillingDetails Billing, bool IsUsed, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
