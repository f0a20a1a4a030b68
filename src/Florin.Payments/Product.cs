using Florin.Kernel;

namespace Florin.Payments;

/// <summary>Names one thing that a merchant sells.</summary>
public readonly record struct ProductId(Guid Value) : IId<ProductId>
{
    public static string Prefix => "prod_";

    public static ProductId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one price of a product.</summary>
public readonly record struct PriceId(Guid Value) : IId<PriceId>
{
    public static string Prefix => "price_";

    public static PriceId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Something that a merchant sells.</summary>
/// <param name="IsActive">Whether it may be bought.</param>
/// <param name="Images">Addresses of the web, at most 8.</param>
/// <param name="UnitLabel">What one of it is called, as in <c>seat</c>.</param>
/// <param name="IsShippable">Null where the merchant did not say.</param>
/// <param name="DefaultPrice">One of its own prices.</param>
public sealed record Product(
    ProductId Id,
    MerchantScope Scope,
    string Name,
    bool IsActive,
    string? Description,
    IReadOnlyList<string> Images,
    string? Url,
    string? UnitLabel,
    string? StatementDescriptor,
    bool? IsShippable,
    PriceId? DefaultPrice,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset UpdatedAt,
    DateTimeOffset CreatedAt);

/// <summary>How much one of a product costs. Amount, currency and recurrence never change: whoever wants others makes a new
/// price.</summary>
/// <param name="IsActive">Whether it may be used for new purchases.</param>
/// <param name="LookupKey">A name of the merchant's that leads to one price at a time.</param>
/// <param name="Recurrence">Null for what is sold once.</param>
public sealed record Price(
    PriceId Id,
    MerchantScope Scope,
    ProductId Product,
    bool IsActive,
    Money UnitAmount,
    string? Nickname,
    string? LookupKey,
    TaxBehavior TaxBehavior,
    PriceRecurrence? Recurrence,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt);

/// <summary>Whether a price includes taxes; noted and shown, since nothing here reckons taxes.</summary>
public enum TaxBehavior
{
    Unspecified,
    Exclusive,
    Inclusive,
}

/// <summary>How often a price comes again. It is kept and shown; nothing is billed by it yet.</summary>
public sealed record PriceRecurrence(PriceInterval Interval, int Count, int? TrialDays);

public enum PriceInterval
{
    Day,
    Week,
    Month,
    Year,
}

/// <param name="DefaultPrice">Made with the product, as its default.</param>
public sealed record NewProduct(
    string Name,
    bool IsActive,
    string? Description,
    IReadOnlyList<string> Images,
    string? Url,
    string? UnitLabel,
    string? StatementDescriptor,
    bool? IsShippable,
    IReadOnlyDictionary<string, string> Metadata,
    NewPriceTerms? DefaultPrice)
{
    /// <summary>One of a name, and nothing else said.</summary>
    public static NewProduct Named(string name) => new(name, IsActive: true, null, [], null, null, null, null, Documents.NoMetadata, null);
}

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
/// <param name="DefaultPrice">One of the product's own active prices.</param>
public sealed record ProductChange(
    string? Name = null,
    bool? IsActive = null,
    string? Description = null,
    IReadOnlyList<string>? Images = null,
    string? Url = null,
    string? UnitLabel = null,
    string? StatementDescriptor = null,
    bool? IsShippable = null,
    PriceId? DefaultPrice = null,
    MetadataChange? Metadata = null);

/// <summary>What a price is, apart from whose.</summary>
public sealed record NewPriceTerms(Money UnitAmount, TaxBehavior TaxBehavior, PriceRecurrence? Recurrence, IReadOnlyDictionary<string, string> Metadata);

/// <param name="Product">Either this or <paramref name="NewProduct"/>.</param>
/// <param name="TakesLookupKey">Whether another price that has the key loses it; otherwise the key must be free.</param>
public sealed record NewPrice(
    ProductId? Product, NewProduct? NewProduct, NewPriceTerms Terms, bool IsActive, string? Nickname, string? LookupKey, bool TakesLookupKey);

/// <summary>A price that is made for one purchase, as <c>price_data</c>.</summary>
/// <param name="Product">Either this or <paramref name="NewProduct"/>.</param>
public sealed record InlinePrice(ProductId? Product, NewProduct? NewProduct, Money UnitAmount, TaxBehavior TaxBehavior);

/// <summary>What to change; null leaves a thing as it is, an empty text clears it.</summary>
public sealed record PriceChange(
    bool? IsActive = null,
    string? Nickname = null,
    string? LookupKey = null,
    bool TakesLookupKey = false,
    TaxBehavior? TaxBehavior = null,
    MetadataChange? Metadata = null);

/// <param name="Ids">Only these; empty means all.</param>
public sealed record ProductFilter(
    IReadOnlyCollection<ProductId> Ids,
    bool? IsActive = null,
    bool? IsShippable = null,
    string? Url = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null);

/// <param name="LookupKeys">Only prices with one of these; empty means all.</param>
/// <param name="IsRecurring">Whether only those that come again, or only those that do not.</param>
public sealed record PriceFilter(
    IReadOnlyCollection<string> LookupKeys,
    ProductId? Product = null,
    bool? IsActive = null,
    Currency? Currency = null,
    bool? IsRecurring = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null);
