using Florin.Kernel;

namespace Florin.Payments;

/// <summary>Names one of a merchant's customers.</summary>
public readonly record struct CustomerId(Guid Value) : IId<CustomerId>
{
    public static string Prefix => "cus_";

    public static CustomerId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Somebody who pays a merchant, perhaps more than once.</summary>
/// <param name="PreferredLocales">Languages by preference, as in <c>ko</c>.</param>
/// <param name="DefaultPaymentMethod">Of the methods saved for this customer, the one for invoices.</param>
/// <param name="IsDeleted">Then nothing but the id is left.</param>
public sealed record Customer(
    CustomerId Id,
    MerchantScope Scope,
    string? Email,
    string? Name,
    string? Phone,
    string? Description,
    BillingAddress? Address,
    ShippingDetails? Shipping,
    IReadOnlyList<string> PreferredLocales,
    PaymentMethodId? DefaultPaymentMethod,
    IReadOnlyDictionary<string, string> Metadata,
    bool IsDeleted,
    DateTimeOffset CreatedAt);

public sealed record ShippingDetails(string Name, string? Phone, BillingAddress Address);

/// <param name="PaymentMethod">Saved for the customer at once: an id of ours, or in test mode a well-known name.</param>
/// <param name="DefaultPaymentMethod">Only the one that is saved at once can be.</param>
public sealed record NewCustomer(
    string? Email,
    string? Name,
    string? Phone,
    string? Description,
    BillingAddress? Address,
    ShippingDetails? Shipping,
    IReadOnlyList<string> PreferredLocales,
    string? PaymentMethod,
    string? DefaultPaymentMethod,
    IReadOnlyDictionary<string, string> Metadata);

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
/// <param name="Address">Line by line: null leaves a line, an empty text clears it.</param>
public sealed record CustomerChange(
    string? Email = null,
    string? Name = null,
    string? Phone = null,
    string? Description = null,
    BillingAddress? Address = null,
    ShippingChange? Shipping = null,
    IReadOnlyList<string>? PreferredLocales = null,
    string? DefaultPaymentMethod = null,
    MetadataChange? Metadata = null);

/// <param name="To">Null clears it.</param>
public sealed record ShippingChange(ShippingDetails? To);

/// <param name="Email">Exactly as it was given.</param>
public sealed record CustomerFilter(string? Email = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null);

/// <summary>What to change of an object's metadata.</summary>
/// <param name="ClearFirst">Everything that was there goes.</param>
/// <param name="Entries">Merged key by key; an empty value removes its key.</param>
public sealed record MetadataChange(bool ClearFirst, IReadOnlyDictionary<string, string> Entries)
{
    /// <summary>The most keys that an object may have.</summary>
    public const int MostKeys = 50;

    /// <param name="change">Null changes nothing.</param>
    internal static Result<OrderedDictionary<string, string>> Apply(MetadataChange? change, IReadOnlyDictionary<string, string> before)
    {
        // In the order in which they came, so that the same metadata is always written the same way.
        var merged = new OrderedDictionary<string, string>(change is { ClearFirst: true } ? Documents.NoMetadata : before);
        foreach (var (key, value) in change?.Entries ?? Documents.NoMetadata)
        {
            if (value.Length == 0) merged.Remove(key);
            else merged[key] = value;
        }

        return merged.Count <= MostKeys
            ? merged
            : new Refusal(RefusalKind.Invalid, "metadata_invalid", $"Metadata would have {merged.Count} keys where {MostKeys} are the most.", "metadata");
    }
}
