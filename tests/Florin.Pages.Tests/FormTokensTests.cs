using System.Security.Cryptography;
using Florin.Kernel;

namespace Florin.Pages.Tests;

public sealed class FormTokensTests
{
    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));
    private readonly FormTokens tokens;

    public FormTokensTests() => tokens = new(Secret.Of(SHA256.HashData("a key"u8)), time);

    [Fact]
    public void A_token_holds_for_its_own_words() =>
        Assert.True(tokens.Verify(Issue(), "pay", "cs_1", "12000", "krw"));

    [Theory]
    [InlineData("refund", "cs_1", "12000", "krw")]
    [InlineData("pay", "cs_2", "12000", "krw")]
    [InlineData("pay", "cs_1", "1", "krw")]
    [InlineData("pay", "cs_1", "12000k", "rw")]
    public void A_token_does_not_hold_for_other_words(string purpose, string session, string amount, string currency) =>
        Assert.False(tokens.Verify(Issue(), purpose, session, amount, currency));

    [Fact]
    public void A_token_without_its_bound_words_does_not_hold() => Assert.False(tokens.Verify(Issue(), "pay", "cs_1"));

    [Fact]
    public void A_token_holds_until_it_expires_and_not_after()
    {
        var token = Issue();
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.True(tokens.Verify(token, "pay", "cs_1", "12000", "krw"));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(tokens.Verify(token, "pay", "cs_1", "12000", "krw"));
    }

    [Fact]
    public void A_token_with_any_character_changed_does_not_hold()
    {
        var token = Issue();
        // The last character carries only four bits of the MAC, so some changes of it decode to the same bytes.
        for (var i = 0; i < token.Length - 1; i++)
        {
            var changed = token[..i] + (token[i] == '7' ? '8' : '7') + token[(i + 1)..];
            Assert.False(tokens.Verify(changed, "pay", "cs_1", "12000", "krw"), changed);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("9999999999.")]
    [InlineData("-1.AAAA")]
    [InlineData("9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("9999999999.!!!!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Nonsense_is_no_token(string? token) => Assert.False(tokens.Verify(token, "pay", "cs_1", "12000", "krw"));

    [Fact]
    public void Another_key_makes_another_token()
    {
        var others = new FormTokens(Secret.Of(SHA256.HashData("another key"u8)), time);
        Assert.False(others.Verify(Issue(), "pay", "cs_1", "12000", "krw"));
    }

    private string Issue() => tokens.Issue("pay", "cs_1", TimeSpan.FromMinutes(30), "12000", "krw");
}
