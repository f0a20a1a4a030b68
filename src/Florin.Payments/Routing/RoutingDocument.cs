using System.Collections.Frozen;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Vault;

namespace Florin.Payments.Routing;

/// <summary>A merchant's routing rules as they were written, checked and resolved to accounts.</summary>
/// <param name="Default">Where to go where no rule decides, or where none of a rule's accounts can; null: by the priority of
/// the accounts themselves.</param>
internal sealed record RoutingDocument(IReadOnlyList<RoutingRule> Rules, IReadOnlyList<AccountName>? Default, int MaxAttempts)
{
    /// <summary>The document that says nothing.</summary>
    public const string NothingWritten = "{}";

    /// <summary>What holds for a merchant who wrote nothing.</summary>
    public static readonly RoutingDocument Unwritten = new([], null, RoutingBounds.UsualAttempts);

    /// <summary>Whether any rule asks for this metadata key; what is not asked for is not stored with a decision.</summary>
    public bool AsksFor(string metadataKey) => Rules.Any(rule => rule.When.Metadata.ContainsKey(metadataKey));
}

/// <param name="Prefer">In order; or empty, with <paramref name="Split"/> or with neither.</param>
internal sealed record RoutingRule(
    string Name, RoutingCondition When, IReadOnlyList<AccountName> Prefer, IReadOnlyList<AccountShare> Split, IReadOnlyList<AccountName> Exclude)
{
    /// <summary>A rule that only excludes lets the rules below it decide.</summary>
    public bool Decides => Prefer.Count > 0 || Split.Count > 0;
}

/// <summary>An account as a document names it: by its id, or by its gateway, with which a merchant has one account a mode.</summary>
internal readonly record struct AccountName(string Text)
{
    public bool Names(ConnectorAccount account) => Text == account.Connector || Text == account.Id.ToString();
}

internal readonly record struct AccountShare(AccountName Account, int Weight);

/// <summary>When a rule applies: everything that is given must hold; what is empty is not asked.</summary>
internal sealed record RoutingCondition
{
    public static readonly RoutingCondition Always = new();

    public AmountRange? Amount { get; init; }

    public IReadOnlySet<string> Currencies { get; init; } = FrozenSet<string>.Empty;

    public IReadOnlySet<string> Methods { get; init; } = FrozenSet<string>.Empty;

    public IReadOnlySet<CardBrand> Brands { get; init; } = FrozenSet<CardBrand>.Empty;

    /// <summary>Leading digits.</summary>
    public IReadOnlyList<string> Bins { get; init; } = [];

    /// <summary>Of the card, ISO 3166-1 alpha-2. A card whose country is not known is of none of them.</summary>
    public IReadOnlySet<string> Countries { get; init; } = FrozenSet<string>.Empty;

    public IReadOnlySet<CustomerId> Customers { get; init; } = FrozenSet<CustomerId>.Empty;

    /// <summary>All of them must be there, each with one of its values.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Metadata { get; init; } = FrozenDictionary<string, IReadOnlySet<string>>.Empty;

    public TimeOfDay? Time { get; init; }

    public bool Holds(RoutingFacts facts) =>
        (Countries.Count == 0 || (facts.Country is { } country && Countries.Contains(country))) && HoldsBesideCountry(facts);

    /// <summary>Whether everything holds but that the country of the card is asked for and not known.</summary>
    public bool LacksCountryAlone(RoutingFacts facts) => Countries.Count > 0 && facts.Country is null && HoldsBesideCountry(facts);

    private bool HoldsBesideCountry(RoutingFacts facts) =>
        (Amount is null || Amount.Contains(facts.Amount))
        && (Currencies.Count == 0 || (facts.Amount is { } amount && Currencies.Contains(amount.Currency.Code)))
        && (Methods.Count == 0 || Methods.Contains(facts.Method))
        && (Brands.Count == 0 || (facts.Brand is { } brand && Brands.Contains(brand)))
        && (Bins.Count == 0 || (facts.Bin is { } bin && Bins.Any(prefix => bin.StartsWith(prefix, StringComparison.Ordinal))))
        && (Customers.Count == 0 || (facts.Customer is { } customer && Customers.Contains(customer)))
        && Metadata.All(wanted => facts.Metadata.TryGetValue(wanted.Key, out var value) && wanted.Value.Contains(value))
        && (Time is null || Time.Contains(facts.At));
}

/// <summary>Minor units of one currency, both ends included; a payment in another currency is outside.</summary>
internal sealed record AmountRange(Currency Currency, long? LeastMinor, long? MostMinor)
{
    public bool Contains(Money? amount) => amount is { } known
        && known.Currency == Currency
        && (LeastMinor is null || known.Minor >= LeastMinor)
        && (MostMinor is null || known.Minor <= MostMinor);
}

/// <summary>A part of the day where the zone's clocks show it; one that ends before it begins goes past midnight.</summary>
/// <param name="Weekdays">Days on which it begins; empty means every day.</param>
/// <param name="Until">Excluded. Equal to <paramref name="From"/>: the whole day.</param>
internal sealed record TimeOfDay(TimeZoneInfo Zone, TimeOnly From, TimeOnly Until, IReadOnlySet<DayOfWeek> Weekdays)
{
    public bool Contains(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Zone).DateTime;
        var (time, day) = (TimeOnly.FromDateTime(local), local.DayOfWeek);
        if (From == Until) return IsOn(day);
        if (From < Until) return time >= From && time < Until && IsOn(day);

        // Past midnight the part belongs to the day before, on which it began.
        if (time >= From) return IsOn(day);
        return time < Until && IsOn(local.AddDays(-1).DayOfWeek);
    }

    private bool IsOn(DayOfWeek day) => Weekdays.Count == 0 || Weekdays.Contains(day);
}

/// <summary>How large a document may be: it is read on the path of payments.</summary>
internal static class RoutingBounds
{
    public const int DocumentCharacters = 64 * 1024;
    public const int Rules = 100;
    public const int NameCharacters = 80;
    public const int Items = 100;
    public const int MetadataKeys = 10;
    public const int MetadataKeyCharacters = 40;
    public const int MetadataValueCharacters = 500;
    public const int MostWeight = 10_000;
    public const int UsualAttempts = 2;
    public const int MostAttempts = 5;

    // What is wrong with a document is told all at once, but not without end.
    public const int Problems = 20;
}
