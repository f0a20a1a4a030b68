using Florin.Kernel;

namespace Florin.Vault;

/// <summary>What can be said about a card without asking its issuer.</summary>
internal static class CardCheck
{
    private const int MaxYearsAhead = 50;

    // People write a card as it is embossed; other characters mean that this is no card number.
    private const int MaxTyped = 40;

    /// <returns>The digits and the brand, or the refusal that names the wrong field.</returns>
    public static Result<(string Digits, CardBrand Brand)> Check(CardEntry entry, bool isLive, DateTimeOffset now)
    {
        if (DigitsOf(entry.Number.Reveal()) is not { } digits || !CardBrands.PassesLuhn(digits)) return CardRefusals.IncorrectNumber;
        var (brand, hasItsLength) = CardBrands.Of(digits);
        if (!hasItsLength) return CardRefusals.IncorrectNumber;
        if (entry.ExpiryMonth is < 1 or > 12) return CardRefusals.InvalidExpiryMonth;
        if (entry.ExpiryYear < 2000 || entry.ExpiryYear > now.Year + MaxYearsAhead) return CardRefusals.InvalidExpiryYear;

        // A card is good to the last day of its month wherever its holder is: the last place on earth to leave a day
        // behind is twelve hours after UTC.
        var today = now.UtcDateTime.AddHours(-12);
        if ((entry.ExpiryYear, entry.ExpiryMonth).CompareTo((today.Year, today.Month)) < 0) return CardRefusals.ExpiredCard;
        if (entry.Cvc is { } cvc && !CardBrands.IsCvc(brand, cvc.Reveal())) return CardRefusals.InvalidCvc;
        if (isLive && CardBrands.IsTestNumber(digits)) return CardRefusals.TestCardInLiveMode;
        return (digits, brand);
    }

    private static string? DigitsOf(string typed)
    {
        if (typed.Length > MaxTyped) return null;
        foreach (var character in typed)
        {
            if (!char.IsAsciiDigit(character) && character is not (' ' or '-')) return null;
        }

        var digits = string.Concat(typed.Where(char.IsAsciiDigit));
        return digits.Length is >= 12 and <= 19 ? digits : null;
    }
}
