using System.Text.RegularExpressions;

namespace Florin.Kernel;

/// <summary>Finds what looks like a card number where none belongs (PCI DSS 12.10.7).</summary>
public static partial class CardNumbers
{
    private const int Fewest = 13;
    private const int Most = 19;

    /// <summary>Whether the text has a run of 13 to 19 digits, spaces and dashes aside, that begins as the schemes'
    /// numbers do and has a valid check digit (ISO/IEC 7812-1, Luhn).</summary>
    public static bool AppearIn(ReadOnlySpan<char> text)
    {
        Span<byte> digits = stackalloc byte[Most + 1];
        var count = 0;
        foreach (var letter in text)
        {
            if (char.IsAsciiDigit(letter))
            {
                if (count <= Most) digits[count++] = (byte)(letter - '0');
            }
            else if (letter is not (' ' or '-') || count == 0)
            {
                if (IsCardNumber(digits[..count])) return true;
                count = 0;
            }
        }

        return IsCardNumber(digits[..count]);
    }

    // 2 to 6 is where the numbers of banks and their schemes begin; 13-digit milliseconds begin with 1.
    private static bool IsCardNumber(ReadOnlySpan<byte> digits) =>
        digits.Length is >= Fewest and <= Most && digits[0] is >= 2 and <= 6 && HasValidCheckDigit(digits);

    private static bool HasValidCheckDigit(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)];
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>The text with every such run replaced.</summary>
    public static string Redact(string text) =>
        Candidate().Replace(text, match => AppearIn(match.ValueSpan) ? "[card number]" : match.Value);

    [GeneratedRegex(@"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")]
    private static partial Regex Candidate();
}
