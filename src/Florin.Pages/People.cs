using System.Globalization;
using Florin.Kernel;

namespace Florin.Pages;

/// <summary>Amounts and instants as people read them.</summary>
/// <remarks>Spelt out here, not taken from the operating system's culture data, so that a page looks the same on every
/// machine and in every test.</remarks>
public static class People
{
    // Symbols that name one currency alone (CLDR 48, the long form where the narrow one is shared): the rest show
    // their code, since "$" or "kr" alone would leave the buyer guessing.
    private static readonly Dictionary<string, string> Symbols = new()
    {
        ["AUD"] = "A$",
        ["BRL"] = "R$",
        ["CAD"] = "CA$",
        ["CNY"] = "CN¥",
        ["EUR"] = "€",
        ["GBP"] = "£",
        ["HKD"] = "HK$",
        ["ILS"] = "₪",
        ["INR"] = "₹",
        ["JPY"] = "¥",
        ["KRW"] = "₩",
        ["MXN"] = "MX$",
        ["NZD"] = "NZ$",
        ["PHP"] = "₱",
        ["TWD"] = "NT$",
        ["USD"] = "$",
        ["VND"] = "₫",
    };

    private static readonly string[] EnglishMonths =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>An amount with symbol, grouping and the currency's digits: <c>₩12,000</c>, <c>$12.50</c>,
    /// <c>CHF 9.90</c>. Korean and English write amounts alike.</summary>
    public static string Format(Money amount)
    {
        var text = amount.ToDecimalString();
        var sign = text[0] == '-' ? "-" : "";
        var unsigned = text[sign.Length..];
        var point = unsigned.IndexOf('.', StringComparison.Ordinal);
        var (major, minor) = point < 0 ? (unsigned, "") : (unsigned[..point], unsigned[point..]);
        var symbol = Symbols.GetValueOrDefault(amount.Currency.Code) ?? amount.Currency.Code + "\u00A0";
        return sign + symbol + Grouped(major) + minor;
    }

    /// <summary>A date and a time of day, in the offset that <paramref name="instant"/> carries.</summary>
    public static string FormatInstant(DateTimeOffset instant, Language language) =>
        $"{FormatDate(instant, language)} {instant.ToString("HH:mm", CultureInfo.InvariantCulture)}";

    public static string FormatDate(DateTimeOffset instant, Language language)
    {
        var invariant = CultureInfo.InvariantCulture;
        return language switch
        {
            Language.English => string.Create(invariant, $"{instant.Day} {EnglishMonths[instant.Month - 1]} {instant.Year}"),
            Language.Korean => string.Create(invariant, $"{instant.Year}년 {instant.Month}월 {instant.Day}일"),
        };
    }

    /// <summary>The offset from UTC, as in <c>UTC+9</c> or <c>UTC-3:30</c>.</summary>
    public static string FormatOffset(DateTimeOffset instant)
    {
        if (instant.Offset == TimeSpan.Zero) return "UTC";
        var sign = instant.Offset < TimeSpan.Zero ? '-' : '+';
        var size = instant.Offset.Duration();
        var minutes = size.Minutes == 0 ? "" : size.ToString(@"\:mm", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"UTC{sign}{size.Hours}{minutes}");
    }

    private static string Grouped(string digits)
    {
        var first = digits.Length % 3;
        var groups = first == 0 ? new List<string>() : [digits[..first]];
        for (var i = first; i < digits.Length; i += 3) groups.Add(digits.Substring(i, 3));
        return string.Join(',', groups);
    }
}
