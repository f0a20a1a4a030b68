namespace Florin.Kernel.Tests;

/// <summary>ISO 4217 list one as of 2026-02-01.</summary>
public sealed class CurrencyTests
{
    private const string NoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
    private const string ThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
    private const string FourDigits = "CLF UYW";
    private const string NoAmounts = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";

    [Fact]
    public void Every_code_has_the_digits_of_the_standard()
    {
        Assert.Equal(NoDigits, CodesWhere(currency => currency.IsPayable && currency.Digits == 0));
        Assert.Equal(ThreeDigits, CodesWhere(currency => currency.Digits == 3));
        Assert.Equal(FourDigits, CodesWhere(currency => currency.Digits == 4));
        Assert.Equal(NoAmounts, CodesWhere(currency => !currency.IsPayable));
        Assert.Equal(139, Currency.All.Count(currency => currency.Digits == 2));
        Assert.Equal(178, Currency.All.Count);
    }

    [Fact]
    public void Codes_and_numbers_are_well_formed_and_unique()
    {
        Assert.All(Currency.All, currency => Assert.Matches("^[A-Z]{3}$", currency.Code));
        Assert.All(Currency.All, currency => Assert.Matches("^[0-9]{3}$", currency.NumericCode));
        Assert.All(Currency.All, currency => Assert.False(string.IsNullOrWhiteSpace(currency.Name)));
        Assert.All(Currency.All, currency => Assert.Equal((long)Math.Pow(10, currency.Digits), currency.MinorPerMajor));
        Assert.Equal(Currency.All.Count, Currency.All.DistinctBy(currency => currency.NumericCode).Count());
    }

    [Theory]
    [InlineData("krw")]
    [InlineData("KRW")]
    [InlineData("Krw")]
    public void A_code_is_found_in_either_case(string code) => Assert.Same(Currency.Krw, Currency.Get(code));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("EU")]
    [InlineData("EURO")]
    [InlineData("DEM")]
    [InlineData("eu ")]
    public void A_code_that_is_not_in_the_list_is_not_found(string? code) => Assert.False(Currency.TryGet(code, out _));

    private static string CodesWhere(Func<Currency, bool> condition) =>
        string.Join(' ', Currency.All.Where(condition).Select(currency => currency.Code));
}
