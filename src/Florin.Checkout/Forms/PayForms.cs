using System.Globalization;
using System.Net.Mail;
using Florin.Checkout.Pages;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Http;

namespace Florin.Checkout.Forms;

/// <summary>What a buyer submitted, checked field by field.</summary>
/// <param name="Card">Null when a field is wrong.</param>
internal sealed record PayFormReading(CardEntry Entry, CardErrors Errors, Vault.CardEntry? Card);

/// <summary>The card form: its token, and the reading of what comes back.</summary>
internal sealed class PayForms(FormTokens tokens, TimeProvider time)
{
    private const string Purpose = "pay";
    private const int ShortestNumber = 13;
    private const int LongestNumber = 19;
    private const int LongestName = 100;
    private const int LongestEmail = 254;

    // The buyer may look for their card this long; then the page is loaded anew with one click.
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    /// <summary>Good for one attempt: after a decline the page carries a new one, so that a reload sends nothing again.</summary>
    public string IssueToken(CheckoutVisit visit) => tokens.Issue(Purpose, visit.Session.Id.ToString(), TokenLife, Bound(visit));

    public bool IsGenuine(IFormCollection form, CheckoutVisit visit) =>
        tokens.Verify(form["form_token"], Purpose, visit.Session.Id.ToString(), Bound(visit));

    public PayFormReading Read(IFormCollection form, bool wantsEmail)
    {
        var number = Field(form, "cardnumber");
        var digits = new string([.. number.Where(character => character is not (' ' or '-'))]);
        var expiry = Field(form, "exp");
        var cvc = Field(form, "cvc");
        var name = Field(form, "name");
        var email = Field(form, "email");
        var hasExpiry = TryReadExpiry(expiry, out var month, out var year);
        var errors = new CardErrors(
            Number: CheckNumber(digits),
            Expiry: expiry.Length == 0 ? ExpiryError.Missing : !hasExpiry ? ExpiryError.Unreadable : IsPast(month, year) ? ExpiryError.Past : null,
            Cvc: cvc.Length == 0 ? CvcError.Missing : cvc.Length is 3 or 4 && cvc.All(char.IsAsciiDigit) ? null : CvcError.WrongLength,
            Name: name.Length > LongestName ? NameError.TooLong : IsPlain(name) ? null : NameError.Unreadable,
            Email: email.Length == 0 ? (wantsEmail ? EmailError.Missing : null) : IsEmail(email) && IsPlain(email) ? null : EmailError.Unreadable);
        var entry = new CardEntry(number.Length == 0 ? null : Secret.Of(number), expiry, name, email);
        var card = errors == CardErrors.None
            ? new Vault.CardEntry(Secret.Of(digits), month, year, Secret.Of(cvc), name.Length == 0 ? null : name)
            : null;
        return new PayFormReading(entry, errors, card);
    }

    private static string[] Bound(CheckoutVisit visit) =>
        [visit.Session.Total.ToString(), visit.Payment?.LatestAttempt?.ToString() ?? visit.Setup?.LatestAttempt?.ToString() ?? "first"];

    // What is kept and shown must not be a card number that landed in the wrong field, nor hold what no database keeps.
    private static bool IsPlain(string text) => !CardNumbers.AppearIn(text) && !text.Contains('\0', StringComparison.Ordinal);

    private static string Field(IFormCollection form, string name) => form[name].ToString().Trim();

    private static NumberError? CheckNumber(string digits)
    {
        if (digits.Length == 0) return NumberError.Missing;
        if (digits.Length is < ShortestNumber or > LongestNumber || !digits.All(char.IsAsciiDigit)) return NumberError.WrongLength;
        return HasCheckDigit(digits) ? null : NumberError.Mistyped;
    }

    // The Luhn check digit (ISO/IEC 7812-1 annex B), so that a slip is told before anything is sent; the vault checks again.
    private static bool HasCheckDigit(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit * 2 > 9 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>Reads <c>MMYY</c>, <c>MM/YY</c>, <c>MM / YYYY</c> and the like.</summary>
    private static bool TryReadExpiry(string text, out int month, out int year)
    {
        (month, year) = (0, 0);
        var digits = new string([.. text.Where(char.IsAsciiDigit)]);
        var hasOnlyKnownCharacters = text.All(character => char.IsAsciiDigit(character) || character is '/' or ' ' or '-');
        if (!hasOnlyKnownCharacters) return false;

        // A month of one digit is only clear where a slash follows it: 1/30.
        if (digits.Length is 3 or 5 && text.IndexOfAny(['/', '-']) == 1) digits = "0" + digits;
        if (digits.Length is not (4 or 6)) return false;
        month = int.Parse(digits.AsSpan(0, 2), CultureInfo.InvariantCulture);
        year = int.Parse(digits.AsSpan(2), CultureInfo.InvariantCulture);
        if (digits.Length == 4) year += 2000;
        return month is >= 1 and <= 12;
    }

    // A card is good to the last day of its month, wherever the buyer is: a day of grace covers all time zones.
    private bool IsPast(int month, int year)
    {
        var today = time.GetUtcNow().AddDays(-1);
        return year < today.Year || (year == today.Year && month < today.Month);
    }

    private static bool IsEmail(string text) =>
        text.Length <= LongestEmail && MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal);
}
