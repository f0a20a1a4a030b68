using Florin.Kernel;
using Florin.Testing;
using Florin.Vault.Issuers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Vault.Tests;

/// <summary>What the vault says to a card before it is stored; touches no database.</summary>
public sealed class SealTests
{
    private static readonly MerchantScope Test = new(MerchantId.From(Guid.Parse("01984f00-0000-7000-8000-000000000001")), IsLive: false);

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("4242424242424242", CardBrand.Visa)]
    [InlineData("4222222222222", CardBrand.Visa)]
    [InlineData("5555555555554444", CardBrand.Mastercard)]
    [InlineData("2223003122003222", CardBrand.Mastercard)]
    [InlineData("2720992593319364", CardBrand.Mastercard)]
    [InlineData("378282246310005", CardBrand.Amex)]
    [InlineData("6011111111111117", CardBrand.Discover)]
    [InlineData("6445644564456445", CardBrand.Discover)]
    [InlineData("3056930009020004", CardBrand.Diners)]
    [InlineData("36227206271667", CardBrand.Diners)]
    [InlineData("3566002020360505", CardBrand.Jcb)]
    [InlineData("6200000000000005", CardBrand.UnionPay)]
    [InlineData("6205500000000000004", CardBrand.UnionPay)]
    [InlineData("9410000000000005", CardBrand.KoreanDomestic)]
    [InlineData("6759649826438453", CardBrand.Unknown)]
    public void A_number_shows_its_brand(string number, CardBrand brand)
    {
        var details = Seal(Card(number)).Value.Details;

        Assert.Equal(brand, details.Brand);
        Assert.Equal((number[..6], number[^4..]), (details.Bin, details.Last4));
    }

    [Theory]
    [InlineData("4242424242424241")]
    [InlineData("")]
    [InlineData("4")]
    [InlineData("00000000000")]
    [InlineData("4242424242424242424242")]
    [InlineData("4242424242424242x")]
    [InlineData("4242.4242.4242.4242")]
    [InlineData("４２４２４２４２４２４２４２４２")]
    [InlineData("42424242424242")]
    [InlineData("3782822463100050")]
    [InlineData("555555555555557")]
    public void A_number_that_no_card_has_is_refused(string number) => AssertRefused(Card(number), "incorrect_number", "number");

    [Fact]
    public void A_refusal_is_said_in_the_words_that_shops_know_and_shows_no_digit()
    {
        var refusal = Seal(Card("4242424242424241")).Refusal!;

        Assert.Equal((RefusalKind.Declined, "Your card number is incorrect."), (refusal.Kind, refusal.Message));
    }

    [Theory]
    [InlineData(0, 2030, "invalid_expiry_month", "exp_month")]
    [InlineData(13, 2030, "invalid_expiry_month", "exp_month")]
    [InlineData(12, 30, "invalid_expiry_year", "exp_year")]
    [InlineData(12, 2077, "invalid_expiry_year", "exp_year")]
    [InlineData(10, 2026, "expired_card", "exp_month")]
    [InlineData(12, 2025, "expired_card", "exp_month")]
    public void An_expiry_that_cannot_be_is_refused(int month, int year, string code, string param) =>
        AssertRefused(Card("4242424242424242") with { ExpiryMonth = month, ExpiryYear = year }, code, param);

    [Fact]
    public void A_card_is_good_to_the_last_day_of_its_month_everywhere_on_earth()
    {
        var card = Card("4242424242424242") with { ExpiryMonth = 11, ExpiryYear = 2026 };

        time.Advance(new DateTimeOffset(2026, 12, 1, 11, 59, 0, TimeSpan.Zero) - time.GetUtcNow());
        Assert.True(Seal(card).IsSuccess);
        time.Advance(TimeSpan.FromMinutes(1));
        AssertRefused(card, "expired_card", "exp_month");
    }

    [Theory]
    [InlineData("4242424242424242", "12")]
    [InlineData("4242424242424242", "1234")]
    [InlineData("4242424242424242", "12a")]
    [InlineData("4242424242424242", "")]
    [InlineData("378282246310005", "123")]
    public void A_security_code_of_the_wrong_length_is_refused(string number, string cvc) =>
        AssertRefused(Card(number) with { Cvc = Secret.Of(cvc) }, "invalid_cvc", "cvc");

    [Fact]
    public void A_card_without_a_security_code_is_taken() => Assert.True(Seal(Card("4242424242424242") with { Cvc = null }).IsSuccess);

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("4000000000000002")]
    [InlineData("5555555555554444")]
    [InlineData("378282246310005")]
    [InlineData("4000008260000000")]
    [InlineData("4000058260000005")]
    [InlineData("4000057640000008")]
    [InlineData("5200007840000022")]
    [InlineData("5555558265554449")]
    public void A_published_test_card_is_refused_in_live_mode_alone(string number)
    {
        Assert.True(Seal(Card(number)).IsSuccess);
        var refusal = Seal(Card(number), Test with { IsLive = true }).Refusal!;

        Assert.Equal(("card_declined", "live_mode_test_card"), (refusal.Code, refusal.DeclineCode));
    }

    [Fact]
    public void A_real_looking_number_is_taken_in_live_mode() =>
        Assert.True(Seal(Card("4929420573595709"), Test with { IsLive = true }).IsSuccess);

    [Fact]
    public void What_is_sealed_prints_and_holds_no_number()
    {
        var sealedCard = Seal(Card("4242424242424242")).Value;

        Assert.DoesNotContain("424242424242", $"{sealedCard} {sealedCard.Details} {Card("4242424242424242")}", StringComparison.Ordinal);
        Assert.Equal(-1, sealedCard.Ciphertext.AsSpan().IndexOf("4242"u8));
    }

    private static CardEntry Card(string number) =>
        new(Secret.Of(number), 12, 2030, Secret.Of(number.StartsWith("37", StringComparison.Ordinal) ? "1234" : "123"), "Erika Mustermann");

    private Result<SealedCard> Seal(CardEntry entry, MerchantScope? scope = null)
    {
        var keys = KeyFile.InMemory(RandomSource.System);
        var ids = new IdSource(time, RandomSource.System);
        using var cvcs = new CvcMemory(time);
        using var issuers = new IssuerDirectory(database: null!, time, NullLogger<IssuerDirectory>.Instance);
        return new CardVault(database: null!, new CardCipher(keys, RandomSource.System), cvcs, issuers, keys, ids, time).Seal(scope ?? Test, entry);
    }

    private void AssertRefused(CardEntry entry, string code, string param)
    {
        var refusal = Seal(entry).Refusal;
        Assert.Equal((code, param), (refusal?.Code, refusal?.Param));
    }
}
