namespace Florin.Vault;

/// <summary>Which scheme a number belongs to, and how its numbers and codes look (ISO/IEC 7812 issuer ranges).</summary>
internal static class CardBrands
{
    private sealed record Range(int From, int To, CardBrand Brand, int MinDigits, int MaxDigits)
    {
        // A range is written with as many leading digits as tell it apart.
        public bool Contains(int firstSix)
        {
            var shift = Shift(From);
            return firstSix / shift >= From && firstSix / shift <= To;
        }

        private static int Shift(int leading)
        {
            var shift = 1;
            for (var scaled = leading; scaled < 100_000; scaled *= 10) shift *= 10;
            return shift;
        }
    }

    // The first that fits wins.
    private static readonly Range[] Ranges =
    [
        new(34, 34, CardBrand.Amex, 15, 15),
        new(37, 37, CardBrand.Amex, 15, 15),
        new(300, 305, CardBrand.Diners, 14, 19),
        new(3095, 3095, CardBrand.Diners, 14, 19),
        new(36, 36, CardBrand.Diners, 14, 19),
        new(38, 39, CardBrand.Diners, 14, 19),
        new(3528, 3589, CardBrand.Jcb, 16, 19),
        new(4, 4, CardBrand.Visa, 13, 19),
        new(51, 55, CardBrand.Mastercard, 16, 16),
        new(2221, 2720, CardBrand.Mastercard, 16, 16),
        new(6011, 6011, CardBrand.Discover, 16, 19),
        new(644, 649, CardBrand.Discover, 16, 19),
        new(65, 65, CardBrand.Discover, 16, 19),
        new(62, 62, CardBrand.UnionPay, 16, 19),
        new(81, 81, CardBrand.UnionPay, 16, 19),

        // ISO/IEC 7812 leaves 9 to each country; Korean issuers use it for cards that work in Korea alone.
        new(9, 9, CardBrand.KoreanDomestic, 15, 16),
    ];

    // Numbers that gateways and schemes publish for tests.
    private static readonly HashSet<string> TestNumbers = new(StringComparer.Ordinal)
    {
        "4242424242424242", "4111111111111111", "4012888888881881", "4222222222222", "4000056655665556",
        "4000057640000008", "4000058260000005", "5200007840000022", "5555558265554449",
        "5555555555554444", "5200828282828210", "5105105105105100", "2223003122003222",
        "378282246310005", "371449635398431", "378734493671000",
        "6011111111111117", "6011000990139424", "6011981111111113",
        "3056930009020004", "36227206271667", "30569309025904", "38520000023237",
        "6555900000604105", "3566002020360505", "3530111333300000",
        "6200000000000005", "6200000000000047", "6205500000000000004",
    };

    /// <returns>The brand, and whether a number of that brand may have so many digits.</returns>
    public static (CardBrand Brand, bool HasItsLength) Of(string digits)
    {
        var firstSix = int.Parse(digits.AsSpan(0, 6), System.Globalization.CultureInfo.InvariantCulture);
        var range = Array.Find(Ranges, range => range.Contains(firstSix));
        if (range is null) return (CardBrand.Unknown, true);
        var hasLength = digits.Length >= range.MinDigits && digits.Length <= range.MaxDigits;

        // Visa numbers have 13, 16 or 19 digits and nothing in between.
        if (range.Brand == CardBrand.Visa) hasLength = digits.Length is 13 or 16 or 19;
        return (range.Brand, hasLength);
    }

    public static bool IsCvc(CardBrand brand, string cvc)
    {
        if (!cvc.All(char.IsAsciiDigit)) return false;
        return brand switch
        {
            CardBrand.Amex => cvc.Length == 4,
            CardBrand.Unknown => cvc.Length is 3 or 4,
            CardBrand.Visa or CardBrand.Mastercard or CardBrand.Discover or CardBrand.Diners or CardBrand.Jcb
                or CardBrand.UnionPay or CardBrand.KoreanDomestic => cvc.Length == 3,
        };
    }

    /// <summary>Whether no real card has this number. 400000 is the range that test cards are dealt from.</summary>
    public static bool IsTestNumber(string digits) =>
        digits.StartsWith("400000", StringComparison.Ordinal) || TestNumbers.Contains(digits);

    /// <summary>The check digit of ISO/IEC 7812-1 annex B.</summary>
    public static bool PassesLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
