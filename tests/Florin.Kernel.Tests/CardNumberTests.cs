namespace Florin.Kernel.Tests;

public sealed class CardNumberTests
{
    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("card 4242 4242-4242 4242.")]
    [InlineData("378282246310005")]
    [InlineData("3782-822463-10005")]
    [InlineData("card4242424242424242")]
    [InlineData("pan_4242424242424242")]
    [InlineData("4242424242424242visa")]
    [InlineData("2 x 4242424242424242")]
    [InlineData("1 4242424242424242 2")]
    [InlineData("{\"n\":\"5555555555554444\"}")]
    public void A_card_number_is_found_in_a_text(string text) => Assert.True(CardNumbers.AppearIn(text));

    [Theory]
    [InlineData("4242424242424241")]
    [InlineData("42424242424242424242424242")]
    [InlineData("1798723200000")]
    [InlineData("order 2026-11-20")]
    [InlineData("no digits at all")]
    [InlineData("")]
    public void Other_numbers_are_none(string text)
    {
        Assert.False(CardNumbers.AppearIn(text));
        Assert.Equal(text, CardNumbers.Redact(text));
    }

    [Theory]
    [InlineData("pi_01a1fce0e2707002990073f5ad3c4001")]
    [InlineData("pi_01980000000070004242424242424242")]
    [InlineData("pi_01a1fce0e2707002990073f5ad3c4001 and a4242424242424242b")]
    [InlineData("4242424242424242aaaaaaaa00000001")]
    [InlineData("abcd1234-0000-4000-a424-242424242420")]
    [InlineData("a4242424242424242b")]
    public void Digits_within_an_id_are_none(string text)
    {
        Assert.False(CardNumbers.AppearIn(text));
        Assert.Equal(text, CardNumbers.Redact(text));
    }

    [Fact]
    public void No_id_of_ours_is_taken_for_a_card_number()
    {
        var ids = new IdSource(TimeProvider.System, RandomSource.System);
        for (var i = 0; i < 100_000; i++)
        {
            var id = $"pi_{ids.NewValue(new ShardId(1)):N}";
            Assert.False(CardNumbers.AppearIn(id), id);
        }
    }

    [Theory]
    [InlineData("card 4242424242424242 was", "card [card number] was")]
    [InlineData("4242 4242 4242 4242", "[card number]")]
    [InlineData("3782-822463-10005.", "[card number].")]
    [InlineData("{\"n\":\"9410000000000005\"}", "{\"n\":\"[card number]\"}")]
    public void What_could_be_a_card_number_is_masked_in_a_text_to_read(string written, string expected) =>
        Assert.Equal(expected, CardNumbers.Redact(written));
}
