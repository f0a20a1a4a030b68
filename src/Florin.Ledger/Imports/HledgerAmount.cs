using System.Text.RegularExpressions;
using Florin.Kernel;

namespace Florin.Ledger.Imports;

/// <summary>Amounts as journals write them: <c>10.00 EUR</c>, <c>-10.00 EUR</c>, <c>EUR -10.00</c>, <c>-EUR 10.00</c>.</summary>
internal static partial class HledgerAmount
{
    /// <returns>Null with a sentence where it is none.</returns>
    public static Money? Parse(string text, out string fault)
    {
        fault = "";
        var match = Form().Match(text);
        if (!match.Success)
        {
            fault = text.Contains(',', StringComparison.Ordinal)
                ? $"'{text}': amounts have a decimal point and no marks between thousands; a comma could mean either."
                : $"'{text}' is no amount with a currency of ISO 4217, such as -10.00 EUR.";
            return null;
        }

        var code = match.Groups["before"].Value + match.Groups["after"].Value;
        if (!Currency.TryGet(code, out var currency) || !currency.IsPayable)
        {
            fault = $"{code} is no currency of ISO 4217 in which amounts can be named.";
            return null;
        }

        var (sign, number) = (match.Groups["sign"].Value, match.Groups["number"].Value);
        if ((sign.Length > 0 && !char.IsAsciiDigit(number[0])) || !DraftText.TryAmount(sign + number, currency, out var amount))
        {
            fault = $"'{text}' is no amount of {code}, which has {currency.Digits} digits after the point.";
            return null;
        }

        return amount;
    }

    /// <summary>Whether an account, as it was read, ends in what was surely meant as its amount.</summary>
    /// <remarks>A whole number alone may be a name's own, as in <c>savings 2</c>.</remarks>
    public static bool Ends(string account) => Ending().IsMatch(account);

    [GeneratedRegex("""\s[-+]?(?:(?:"?[A-Z]{3}"?|\p{Sc})\s?[-+]?[0-9][0-9.,]*|[0-9][0-9.,]*\s?(?:"?[A-Z]{3}"?|\p{Sc})|[0-9][0-9.,]*[.,][0-9]+)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();

    [GeneratedRegex("""^(?:(?<sign>[-+]?)"?(?<before>[A-Z]{3})"?\s*(?<number>[-+]?[0-9][0-9.]*)|(?<number>[-+]?[0-9][0-9.]*)\s*"?(?<after>[A-Z]{3})"?)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
