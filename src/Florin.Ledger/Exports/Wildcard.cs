namespace Florin.Ledger.Exports;

internal static class Wildcard
{
    /// <summary>Whether a text fits a pattern in which each <c>*</c> stands for any text.</summary>
    public static bool Fits(string pattern, string text)
    {
        // Where the last star was, and how much it stands for so far: trying again from there suffices, so the cost is at
        // most the product of the lengths, whatever the pattern.
        var (at, next) = (0, 0);
        var (star, taken) = (-1, 0);
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '*') (star, taken) = (next++, at);
            else if (next < pattern.Length && pattern[next] == text[at]) (at, next) = (at + 1, next + 1);
            else if (star >= 0) (next, at) = (star + 1, ++taken);
            else return false;
        }

        return pattern.AsSpan(next).Trim('*').IsEmpty;
    }
}
