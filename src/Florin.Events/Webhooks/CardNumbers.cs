using System.Text.RegularExpressions;

namespace Florin.Events.Webhooks;

/// <summary>Finds what looks like a card number in text of strangers, where none may be kept.</summary>
internal static partial class CardNumbers
{
    public static bool AppearIn(string text) => Candidate().Matches(text).Any(match => PassesLuhn(match.ValueSpan));

    public static string Redact(string text) =>
        Candidate().Replace(text, match => PassesLuhn(match.ValueSpan) ? "[card number]" : match.Value);

    // ISO/IEC 7812: up to 19 digits; fewer than 13 is none in use.
    [GeneratedRegex(@"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")]
    private static partial Regex Candidate();

    private static bool PassesLuhn(ReadOnlySpan<char> text)
    {
        var sum = 0;
        var doubled = false;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i])) continue;
            var digit = text[i] - '0';
            if (doubled) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
            doubled = !doubled;
        }

        return sum % 10 == 0;
    }
}
