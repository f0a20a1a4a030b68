using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;

namespace Florin.Merchants;

/// <summary>What a key looks like: <c>fsk_test_</c>, <c>frk_live_</c> and so on, then letters, digits and underscores.</summary>
internal static class ApiKeyText
{
    private const int MaxLength = 200;
    private const int HintLength = 4;

    // 24 bytes are 192 random bits in 48 hex digits: nobody guesses them, so no slow hash is needed.
    private const int RandomBytes = 24;

    public static string Prefix(ApiKeyKind kind, bool isLive) => (kind, isLive) switch
    {
        (ApiKeyKind.Secret, false) => "fsk_test_",
        (ApiKeyKind.Secret, true) => "fsk_live_",
        (ApiKeyKind.Publishable, false) => "fpk_test_",
        (ApiKeyKind.Publishable, true) => "fpk_live_",
        (ApiKeyKind.Restricted, false) => "frk_test_",
        (ApiKeyKind.Restricted, true) => "frk_live_",
    };

    public static string New(ApiKeyKind kind, bool isLive, RandomSource random) => Prefix(kind, isLive) + random.HexToken(RandomBytes);

    public static string Hint(string text) => text[^HintLength..];

    public static bool HasTheForm(string text)
    {
        if (PrefixOf(text) is not { } prefix) return false;
        var rest = text.AsSpan(prefix.Length);
        if (rest.Length < HintLength || text.Length > MaxLength) return false;
        foreach (var character in rest)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_') return false;
        }

        return true;
    }

    /// <summary>The key as an error may show it: <c>fsk_test_****abcd</c>.</summary>
    public static string Masked(string text)
    {
        var prefix = PrefixOf(text) ?? "";
        var rest = text[prefix.Length..];

        // Of something short, four characters would be too much to tell; of something strange, they could be anything.
        if (rest.Length < 2 * HintLength || !Hint(rest).All(char.IsAsciiLetterOrDigit)) return prefix + "****";
        return prefix + "****" + Hint(rest);
    }

    public static byte[] Hash(Secret<byte[]> key, string text) => HMACSHA256.HashData(key.Reveal(), Encoding.ASCII.GetBytes(text));

    private static string? PrefixOf(string text)
    {
        foreach (var kind in Enum.GetValues<ApiKeyKind>())
        {
            foreach (var isLive in (ReadOnlySpan<bool>)[false, true])
            {
                var prefix = Prefix(kind, isLive);
                if (text.StartsWith(prefix, StringComparison.Ordinal)) return prefix;
            }
        }

        return null;
    }
}
