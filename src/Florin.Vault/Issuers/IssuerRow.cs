using System.Globalization;

namespace Florin.Vault.Issuers;

/// <summary>A range as it stands in a file and in the database.</summary>
/// <param name="First">The first eleven digits of its lowest number.</param>
/// <param name="Last">The first eleven digits of its highest number.</param>
/// <param name="Digits">How many of them were given.</param>
/// <param name="Line">Where it stood in the file; 0 where it was stored.</param>
internal readonly record struct IssuerRow(
    long First, long Last, int Digits, string Country, CardBrand? Brand, CardFunding Funding, string? Issuer, long Line = 0)
{
    /// <summary>One range after another; where they begin together, the wider one comes first.</summary>
    public static readonly Comparison<IssuerRow> Outwards = (one, other) =>
        (one.First, -one.Last, one.Line).CompareTo((other.First, -other.Last, other.Line));

    public IssuerFacts Facts => new(Country, Brand, Funding);

    public IssuerRange ToRange(bool isTest) => new(Shown(First), Shown(Last), Country, Brand, Funding, Issuer, isTest);

    /// <summary>Fills leading digits up to eleven.</summary>
    /// <param name="with">0 for the lowest such number, 9 for the highest.</param>
    public static long Filled(string digits, char with) =>
        long.Parse(digits.PadRight(IssuerRange.MostDigits, with), NumberStyles.None, CultureInfo.InvariantCulture);

    private string Shown(long number) => number.ToString("D11", CultureInfo.InvariantCulture)[..Digits];
}
