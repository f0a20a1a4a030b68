using System.Text.RegularExpressions;

namespace Florin.Kernel;

/// <summary>Finds what looks like a card number where none belongs (PCI DSS 12.10.7).</summary>
public static partial class CardNumbers
{
    private const int Fewest = 13;
    private const int Most = 19;

    /// <summary>Whether the text has a run of 13 to 19 digits, single spaces and dashes aside, that begins as the
    /// schemes' numbers do and has a valid check digit (ISO/IEC 7812-1, Luhn). Digits within an id do not count:
    /// of our own ids, which are hexadecimal, some hold such a run by chance.</summary>
    public static bool AppearIn(ReadOnlySpan<char> text)
    {
        foreach (var candidate in Candidates().EnumerateMatches(text))
        {
            if (IsCardNumber(text.Slice(candidate.Index, candidate.Length), "23456")) return true;
        }

        return false;
    }

    /// <summary>The text with every such run replaced, the numbers of Korean domestic cards (9…) too: a text to read
    /// can lose an order number that looks like one, a parameter can't.</summary>
    public static string Redact(string text) =>
        Candidates().Replace(text, match => IsCardNumber(match.ValueSpan, "234569") ? "[card number]" : match.Value);

    // 2 to 6 is where the numbers of banks and their schemes begin; 13-digit milliseconds begin with 1.
    private static bool IsCardNumber(ReadOnlySpan<char> candidate, string firstDigits)
    {
        Span<int> digits = stackalloc int[Most];
        var count = 0;
        foreach (var letter in candidate)
        {
            if (letter is ' ' or '-') continue;
            if (!char.IsAsciiDigit(letter) || count == Most) return false;
            digits[count++] = letter - '0';
        }

        return count >= Fewest && firstDigits.Contains(candidate[0], StringComparison.Ordinal) && HasValidCheckDigit(digits[..count]);
    }

    private static bool HasValidCheckDigit(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)];
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    // An id (24 or more hexadecimal digits, or a UUID) is taken whole so that no run within it is looked at;
    // then digits in one piece that are not in the middle of a word; then digits in groups.
    [GeneratedRegex("""
        (?<![0-9A-Za-z]) (?: [0-9A-Fa-f]{24,} | [0-9A-Fa-f]{8} (?:-[0-9A-Fa-f]{4}){3} -[0-9A-Fa-f]{12} ) (?![0-9A-Za-z])
        | (?<![0-9]) (?! (?<=[A-Za-z]) [0-9]+ [A-Za-z] ) [0-9]{13,19} (?![0-9])
        | (?<![0-9] | [0-9][ -]) [0-9]{1,12} (?:[ -][0-9]{1,12}){1,18} (?![0-9] | [ -][0-9])
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Candidates();
}
