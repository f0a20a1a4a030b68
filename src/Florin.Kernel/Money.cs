using System.Globalization;

namespace Florin.Kernel;

/// <summary>An amount: a whole number of minor units (cents, yen, fils) of one currency.</summary>
/// <remarks>Digits of each currency: ISO 4217 list one. Arithmetic is checked; overflow throws.</remarks>
public readonly record struct Money(long Minor, Currency Currency)
{
    public bool IsZero => Minor == 0;

    public bool IsPositive => Minor > 0;

    public static Money Zero(Currency currency) => new(0, currency);

    public static Money operator +(Money left, Money right) => left with { Minor = left.Minor + right.In(left.Currency) };

    public static Money operator -(Money left, Money right) => left with { Minor = left.Minor - right.In(left.Currency) };

    public static Money operator -(Money amount) => amount with { Minor = -amount.Minor };

    public static bool operator <(Money left, Money right) => left.Minor < right.In(left.Currency);

    public static bool operator >(Money left, Money right) => left.Minor > right.In(left.Currency);

    public static bool operator <=(Money left, Money right) => left.Minor <= right.In(left.Currency);

    public static bool operator >=(Money left, Money right) => left.Minor >= right.In(left.Currency);

    /// <summary>A share of this amount in basis points (hundredths of a percent).</summary>
    /// <param name="basisPoints">0 or more; 290 is 2.9 %.</param>
    /// <returns>The share, rounded half away from zero, as card schemes round fees.</returns>
    public Money BasisPoints(int basisPoints)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(basisPoints);
        var product = (Int128)Minor * basisPoints;
        var half = product < 0 ? -5_000 : 5_000;
        return this with { Minor = (long)((product + half) / 10_000) };
    }

    /// <summary>Splits into shares in proportion to <paramref name="weights"/>; no minor unit is made or lost.</summary>
    /// <param name="weights">Non-negative, at least one positive; percents, shares and cents all serve.</param>
    /// <returns>One share a weight, in order, summing to this amount; leftover units go to the first shares with a
    /// positive weight.</returns>
    /// <exception cref="ArgumentException">A weight is negative, or none is positive.</exception>
    public IReadOnlyList<Money> Split(IReadOnlyList<long> weights)
    {
        Int128 total = 0;
        foreach (var weight in weights)
        {
            if (weight < 0) throw new ArgumentException($"A weight of {weight} is negative.", nameof(weights));
            total += weight;
        }

        if (total == 0) throw new ArgumentException("No weight is positive.", nameof(weights));

        var shares = new Money[weights.Count];
        var left = Minor;
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = this with { Minor = (long)((Int128)Minor * weights[i] / total) };
            left -= shares[i].Minor;
        }

        // Division truncates toward zero, so fewer units are left over than there are positive weights.
        for (var i = 0; left != 0; i++)
        {
            if (weights[i] == 0) continue;
            shares[i] = shares[i] with { Minor = shares[i].Minor + Math.Sign(left) };
            left -= Math.Sign(left);
        }

        return shares;
    }

    /// <summary>The amount in major units with the currency's digits and no grouping: <c>12.50</c>, <c>12000</c>.</summary>
    /// <remarks>For machines (gateways, CSV). What a person reads is formatted by their culture.</remarks>
    public string ToDecimalString()
    {
        var sign = Minor < 0 ? "-" : "";
        var magnitude = UInt128.CreateChecked(Int128.Abs(Minor));
        var perMajor = (UInt128)Currency.MinorPerMajor;
        var major = (magnitude / perMajor).ToString(CultureInfo.InvariantCulture);
        if (Currency.Digits == 0) return sign + major;
        var minor = (magnitude % perMajor).ToString(CultureInfo.InvariantCulture).PadLeft(Currency.Digits, '0');
        return $"{sign}{major}.{minor}";
    }

    /// <summary>Reads what <see cref="ToDecimalString"/> writes. Zeros after the currency's digits are let pass (gateways
    /// write <c>1000.00</c> won); any other digit there is refused.</summary>
    public static bool TryParseDecimal(string? text, Currency currency, out Money money)
    {
        money = default;
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

        // A decimal holds 28 digits and rounds what goes beyond, which would hide a digit too many.
        if (text is null || text.Length > 28) return false;
        if (!decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var major)) return false;
        if (major is > long.MaxValue or < long.MinValue) return false;
        var minor = major * currency.MinorPerMajor;
        if (minor != decimal.Truncate(minor) || minor is > long.MaxValue or < long.MinValue) return false;
        money = new Money((long)minor, currency);
        return true;
    }

    public override string ToString() => $"{ToDecimalString()} {Currency.Code}";

    private long In(Currency currency) => Currency == currency
        ? Minor
        : throw new InvalidOperationException($"{currency.Code} and {Currency.Code} do not mix.");
}
