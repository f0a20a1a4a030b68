using System.Text;

namespace Florin.Host.Logging;

/// <summary>The last guard of the logs: replaces what could be a card number, whoever wrote it there by mistake.</summary>
internal static class CardNumberMask
{
    // ISO/IEC 7812: a PAN has 13 to 19 digits in use, and payment cards begin with 2 to 6 (Korean domestic ones with 9).
    private const int Shortest = 13;
    private const int Longest = 19;
    private const string FirstDigits = "234569";
    private const string Mask = "[card number]";

    public static string Apply(string text)
    {
        StringBuilder? masked = null;
        var copied = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]) || (i > 0 && char.IsAsciiLetterOrDigit(text[i - 1]))) continue;
            var end = CardEnd(text, i);
            if (end == i) continue;
            (masked ??= new StringBuilder(text.Length)).Append(text, copied, i - copied).Append(Mask);
            copied = end;
            i = end - 1;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    // Where the card number that begins at start ends; start itself when there is none. Groups may be set apart by one
    // space or dash. Digits inside a word are part of an id: random hex holds Luhn-valid runs by chance.
    private static int CardEnd(string text, int start)
    {
        if (!FirstDigits.Contains(text[start], StringComparison.Ordinal)) return start;
        Span<int> digits = stackalloc int[Longest];
        var (count, position) = (0, start);
        while (position < text.Length)
        {
            if (char.IsAsciiDigit(text[position]))
            {
                if (count == Longest) return start;
                digits[count++] = text[position++] - '0';
            }
            else if (text[position] is ' ' or '-' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1]))
            {
                position++;
            }
            else
            {
                break;
            }
        }

        if (count < Shortest || (position < text.Length && char.IsAsciiLetter(text[position]))) return start;
        return PassesLuhn(digits[..count]) ? position : start;
    }

    // ISO/IEC 7812-1 annex B.
    private static bool PassesLuhn(ReadOnlySpan<int> digits)
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
}
