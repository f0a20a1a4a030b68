using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Florin.Kernel.Tests;

public sealed class MoneyTests
{
    private static readonly Currency[] OfEachDigits =
        [Currency.Krw, Currency.Eur, Currency.Get("KWD"), Currency.Get("CLF")];

    // FsCheck's own longs stay small; money must hold at the edges.
    private static Arbitrary<long> AnyMinor => Arb.From(Gen.OneOf(
        ArbMap.Default.GeneratorFor<long>(),
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((long)high << 32) ^ low,
        Gen.Elements(long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue - 1, long.MaxValue)));

    private static Arbitrary<long[]> AnyWeights => Arb.From(Gen.NonEmptyListOf(Gen.Elements(0L, 1, 2, 3, 7, 100, long.MaxValue))
        .Select(weights => weights.ToArray()).Where(weights => weights.Any(weight => weight > 0)));

    [Fact]
    public void Splitting_neither_makes_nor_loses_a_minor_unit() =>
        Prop.ForAll(AnyMinor, AnyWeights, (minor, weights) =>
            Exact(new Money(minor, Currency.Eur).Split(weights)) == minor).QuickCheckThrowOnFailure();

    [Fact]
    public void A_share_is_within_one_unit_of_its_exact_part_and_nothing_where_the_weight_is_nothing() =>
        Prop.ForAll(AnyMinor, AnyWeights, (minor, weights) =>
        {
            var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
            return new Money(minor, Currency.Eur).Split(weights).Zip(weights).All(pair =>
                BigInteger.Abs((pair.First.Minor * total) - ((BigInteger)minor * pair.Second)) <= total
                && (pair.Second != 0 || pair.First.IsZero));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_split_without_a_positive_weight_is_refused()
    {
        var money = new Money(10, Currency.Eur);

        Assert.Throws<ArgumentException>(() => money.Split([]));
        Assert.Throws<ArgumentException>(() => money.Split([0, 0]));
        Assert.Throws<ArgumentException>(() => money.Split([2, -1]));
    }

    [Fact]
    public void Arithmetic_is_exact_or_throws() =>
        Prop.ForAll(AnyMinor, AnyMinor, (left, right) =>
        {
            var (first, second) = (new Money(left, Currency.Eur), new Money(right, Currency.Eur));
            return IsExactOrThrows((BigInteger)left + right, () => first + second)
                && IsExactOrThrows((BigInteger)left - right, () => first - second)
                && IsExactOrThrows(-(BigInteger)left, () => -first)
                && (first < second) == (left < right) && (first >= second) == (left >= right);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Currencies_do_not_mix()
    {
        var (euro, dollar) = (new Money(1, Currency.Eur), new Money(1, Currency.Usd));

        Assert.Throws<InvalidOperationException>(() => euro + dollar);
        Assert.Throws<InvalidOperationException>(() => euro - dollar);
        Assert.Throws<InvalidOperationException>(() => euro < dollar);
        Assert.NotEqual(euro, dollar);
    }

    [Theory]
    [InlineData(1_000, 290, 29)]
    [InlineData(1_017, 290, 29)]
    [InlineData(1_018, 290, 30)]
    [InlineData(50, 100, 1)]
    [InlineData(49, 100, 0)]
    [InlineData(-50, 100, -1)]
    [InlineData(-49, 100, 0)]
    [InlineData(long.MaxValue, 10_000, long.MaxValue)]
    [InlineData(1_000, 0, 0)]
    public void Basis_points_round_half_away_from_zero(long minor, int basisPoints, long share) =>
        Assert.Equal(share, new Money(minor, Currency.Eur).BasisPoints(basisPoints).Minor);

    [Fact]
    public void Basis_points_beyond_what_fits_throw()
    {
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue, Currency.Eur).BasisPoints(10_001));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Money(1, Currency.Eur).BasisPoints(-1));
    }

    [Fact]
    public void The_decimal_form_reads_back_as_the_same_amount_in_currencies_of_every_number_of_digits() =>
        Prop.ForAll(AnyMinor, minor => OfEachDigits.All(currency =>
        {
            var money = new Money(minor, currency);
            return Money.TryParseDecimal(money.ToDecimalString(), currency, out var read) && read == money;
        })).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1250, "EUR", "12.50")]
    [InlineData(-5, "EUR", "-0.05")]
    [InlineData(12000, "KRW", "12000")]
    [InlineData(1, "KWD", "0.001")]
    [InlineData(12345, "CLF", "1.2345")]
    [InlineData(long.MinValue, "EUR", "-92233720368547758.08")]
    public void The_decimal_form_has_the_digits_of_its_currency(long minor, string code, string text) =>
        Assert.Equal(text, new Money(minor, Currency.Get(code)).ToDecimalString());

    [Theory]
    [InlineData("12.505", "EUR")]
    [InlineData("0.5", "KRW")]
    [InlineData("1.00000000000000000000000000001", "EUR")]
    [InlineData("92233720368547758.08", "EUR")]
    [InlineData("-92233720368547758.09", "EUR")]
    [InlineData("9999999999999999999999999999", "EUR")]
    [InlineData("1,000.00", "EUR")]
    [InlineData("1e3", "EUR")]
    [InlineData(" 1", "EUR")]
    [InlineData("", "EUR")]
    [InlineData(null, "EUR")]
    public void A_text_that_is_no_amount_of_the_currency_is_not_read(string? text, string code) =>
        Assert.False(Money.TryParseDecimal(text, Currency.Get(code), out _));

    [Fact]
    public void Zeros_that_a_gateway_adds_are_let_pass()
    {
        Assert.True(Money.TryParseDecimal("1000.00", Currency.Krw, out var won));
        Assert.Equal(new Money(1_000, Currency.Krw), won);
    }

    private static BigInteger Exact(IReadOnlyList<Money> shares) =>
        shares.Aggregate(BigInteger.Zero, (sum, share) => sum + share.Minor);

    private static bool IsExactOrThrows(BigInteger exact, Func<Money> compute)
    {
        try
        {
            return compute().Minor == exact;
        }
        catch (OverflowException)
        {
            return exact > long.MaxValue || exact < long.MinValue;
        }
    }
}
