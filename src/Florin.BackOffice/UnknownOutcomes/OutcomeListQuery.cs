using Florin.BackOffice.Pages;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.BackOffice.UnknownOutcomes;

/// <summary>The work queue's filter as its address has it: read for the query, and kept for the page's own links and forms.</summary>
internal static class OutcomeListQuery
{
    private static readonly string[] FilterNames = ["kind", "reason", "gateway", "currency", "min", "max", "age"];

    // What is worth reading of an address.
    private const int LongestValue = 200;

    public static OutcomeFilter Read(IQueryCollection query)
    {
        var currency = Currency.TryGet(Value(query, "currency"), out var known) ? known : null;
        return new OutcomeFilter(
            Kind: QueryValue.TryParse<UnknownOutcomeKind>(Value(query, "kind"), out var kind) ? kind : null,
            Reason: QueryValue.TryParse<UnknownOutcomeReason>(Value(query, "reason"), out var reason) && reason != UnknownOutcomeReason.Settled ? reason : null,
            WaitsForPerson: Value(query, "reason") == OutcomeFilter.Waiting,
            Gateway: Ids.TryParse<ConnectorAccountId>(Value(query, "gateway"), out var gateway) ? gateway : null,
            Currency: currency?.Code,
            MinAmount: Value(query, "min"),
            MaxAmount: Value(query, "max"),
            Age: QueryValue.TryParse<OutcomeAge>(Value(query, "age"), out var age) ? age : null)
        {
            MinAmountError = ErrorOf(Value(query, "min"), currency),
            MaxAmountError = ErrorOf(Value(query, "max"), currency),
        };
    }

    public static UnknownOutcomeFilter ToFilter(OutcomeFilter filter, DateTimeOffset now)
    {
        Currency? currency = filter.Currency is null ? null : Currency.Get(filter.Currency);
        return new UnknownOutcomeFilter(
            filter.Kind,
            filter.Reason,
            filter.Gateway,
            currency,
            MinorOf(filter.MinAmount, currency),
            MinorOf(filter.MaxAmount, currency),
            SentFrom: null,
            SentBefore: filter.Age switch
            {
                OutcomeAge.Hour => now - TimeSpan.FromHours(1),
                OutcomeAge.Day => now - TimeSpan.FromDays(1),
                OutcomeAge.Week => now - TimeSpan.FromDays(7),
                null => null,
            },
            filter.WaitsForPerson ? true : null);
    }

    /// <summary>An address with this filter in it, and the place in the list where <paramref name="cursor"/> says so.</summary>
    public static string Url(string path, IQueryCollection query, string? cursorName = null, string? cursor = null)
    {
        var kept = FilterNames.Where(name => Value(query, name) is not null).ToDictionary(name => name, name => Value(query, name));
        if (cursorName is not null) kept[cursorName] = cursor;
        return QueryHelpers.AddQueryString(path, kept);
    }

    private static OutcomeAmountError? ErrorOf(string? typed, Currency? currency) =>
        typed is null ? null
        : currency is null ? OutcomeAmountError.CurrencyMissing
        : MinorOf(typed, currency) is null ? OutcomeAmountError.Unreadable
        : null;

    private static long? MinorOf(string? typed, Currency? currency) =>
        typed is not null && currency is { } known && Money.TryParseDecimal(typed, known, out var amount) && amount.Minor >= 0 ? amount.Minor : null;

    private static string? Value(IQueryCollection query, string name)
    {
        var text = query[name].ToString().Trim();
        return text.Length is 0 or > LongestValue ? null : text;
    }
}
