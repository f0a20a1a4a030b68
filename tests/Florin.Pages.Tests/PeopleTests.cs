using Florin.Kernel;

namespace Florin.Pages.Tests;

public sealed class PeopleTests
{
    [Theory]
    [InlineData(12_000, "KRW", "₩12,000")]
    [InlineData(0, "KRW", "₩0")]
    [InlineData(1_250, "USD", "$12.50")]
    [InlineData(-1_250, "USD", "-$12.50")]
    [InlineData(123_456_789, "EUR", "€1,234,567.89")]
    [InlineData(990, "CHF", "CHF\u00A09.90")]
    [InlineData(1_234_567, "BHD", "BHD\u00A01,234.567")]
    [InlineData(long.MinValue, "JPY", "-¥9,223,372,036,854,775,808")]
    public void Amounts_are_written_with_symbol_grouping_and_the_currencys_digits(long minor, string currency, string text) =>
        Assert.Equal(text, People.Format(new Money(minor, Currency.Get(currency))));

    [Fact]
    public void Instants_are_written_in_their_own_offset()
    {
        var instant = new DateTimeOffset(2026, 11, 21, 9, 5, 0, TimeSpan.FromHours(9));

        Assert.Equal("21 Nov 2026 09:05", People.FormatInstant(instant, Language.English));
        Assert.Equal("2026년 11월 21일 09:05", People.FormatInstant(instant, Language.Korean));
        Assert.Equal("UTC+9", People.FormatOffset(instant));
        Assert.Equal("UTC-3:30", People.FormatOffset(instant.ToOffset(new TimeSpan(-3, -30, 0))));
        Assert.Equal("UTC", People.FormatOffset(instant.ToOffset(TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("ko", "en", "en", Language.Korean)]
    [InlineData("xx", "ko-KR", "en", Language.Korean)]
    [InlineData(null, "auto", "ko-KR,ko;q=0.9,en;q=0.8", Language.Korean)]
    [InlineData(null, null, "fr, ko;q=0.2, en-GB;q=0.7", Language.English)]
    [InlineData(null, null, "en;q=0, ko;q=0.1", Language.Korean)]
    [InlineData(null, null, "de", Language.English)]
    [InlineData(null, null, ";q=;,,ko;q=abc", Language.English)]
    [InlineData(null, null, null, Language.English)]
    public void The_language_is_what_was_asked_for_then_what_was_kept_then_what_the_browser_likes(
        string? asked, string? kept, string? accepted, Language chosen) =>
        Assert.Equal(chosen, Languages.Choose(asked, kept, accepted));
}
