using System.Globalization;
using Florin.BackOffice.Pages;
using Florin.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.BackOffice.Ledger;

/// <summary>A span of days as the address of a page has it; both days are within.</summary>
internal static class LedgerSpanQuery
{
    private const int LongestValue = 40;
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    public static LedgerSpanFilter Read(IQueryCollection query) => new(
        Value(query, "from"), Value(query, "to"), Value(query, "by") == "recorded" ? LedgerDate.Recorded : LedgerDate.Effective)
    {
        FromDayUnreadable = Value(query, "from") is { } from && DayOf(from) is null,
        ToDayUnreadable = Value(query, "to") is { } to && DayOf(to) is null,
    };

    public static LedgerSpan SpanOf(LedgerSpanFilter filter) => new(
        filter.By,
        filter.FromDay is null ? null : DayOf(filter.FromDay),
        filter.ToDay is null ? null : DayOf(filter.ToDay)?.AddDays(1));

    /// <summary>An address with the same span, so that a figure leads to what it is made of.</summary>
    public static string Url(string path, LedgerSpanFilter filter, string? page = null, bool isOldestFirst = false)
    {
        var query = new Dictionary<string, string?>();
        if (filter.FromDay is not null) query["from"] = filter.FromDay;
        if (filter.ToDay is not null) query["to"] = filter.ToDay;
        if (filter.By == LedgerDate.Recorded) query["by"] = "recorded";
        if (isOldestFirst) query["order"] = "oldest_first";
        if (page is not null) query["page"] = page;
        return QueryHelpers.AddQueryString(path, query);
    }

    /// <summary>All before the span; null where there is nothing before it.</summary>
    public static LedgerSpanFilter? Before(LedgerSpanFilter filter) => filter.FromDay is { } from && DayOf(from) is { } day && day > Earliest
        ? filter with { FromDay = null, ToDay = day.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }
        : null;

    public static DateTimeOffset? DayOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)
        && day.Year is >= 1970 and < 9999 ? day : null;

    private static string? Value(IQueryCollection query, string name)
    {
        var text = query[name].ToString().Trim();
        return text.Length is 0 or > LongestValue ? null : text;
    }
}
