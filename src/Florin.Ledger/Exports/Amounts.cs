using System.Globalization;
using Florin.Kernel;

namespace Florin.Ledger.Exports;

/// <summary>Sums of amounts, which may pass the 63 bits that a single amount has.</summary>
internal static class Amounts
{
    /// <summary>As <see cref="Money.ToDecimalString"/>.</summary>
    public static string ToDecimal(Int128 minor, Currency currency)
    {
        var (major, rest) = Int128.DivRem(Int128.Abs(minor), currency.MinorPerMajor);
        var sign = minor < 0 ? "-" : "";
        var digits = currency.Digits == 0 ? "" : "." + ToText(rest).PadLeft(currency.Digits, '0');
        return sign + ToText(major) + digits;
    }

    public static string ToText(Int128 number) => number.ToString(CultureInfo.InvariantCulture);
}
