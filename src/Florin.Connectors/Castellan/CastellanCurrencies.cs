using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Florin.Kernel;

namespace Florin.Connectors.Castellan;

/// <summary>Currencies by their ISO 4217 numbers.</summary>
internal static class CastellanCurrencies
{
    private static readonly FrozenDictionary<string, Currency> ByNumber =
        Currency.All.Where(currency => currency.IsPayable).ToFrozenDictionary(currency => currency.NumericCode);

    public static bool TryGet(string? number, [NotNullWhen(true)] out Currency? currency) =>
        ByNumber.TryGetValue(number ?? "", out currency);
}
