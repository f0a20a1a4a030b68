using System.Text.RegularExpressions;

namespace Florin.Ledger;

/// <summary>Which codes of accounts are a merchant's own to choose. All others are Florin's, now and later.</summary>
public static partial class OwnCodes
{
    public const string Prefix = "own:";

    private const int MaxLength = 255;

    /// <summary>Whether the account is the merchant's own to post to.</summary>
    public static bool IsOwn(string code) => code.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether an account of the merchant's own may be opened under the code.</summary>
    public static bool IsWellFormed(string code) => code.Length <= MaxLength && Form().IsMatch(code);

    // Letters of any script; nothing that means something to a journal, a table or an address.
    [GeneratedRegex(@"\Aown(:[\p{L}\p{M}\p{Nd}._@+/-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
