using System.Globalization;
using System.Text;

namespace Florin.Ledger.Exports;

/// <summary>How our texts are written so that hledger reads them as they are meant: what means something to it becomes
/// <c>%</c> and two hex digits for each byte of UTF-8, as in URLs.</summary>
internal static class HledgerText
{
    /// <summary>The description of the transaction that holds the balance assertions.</summary>
    public const string Checks = "balance checks";

    // The sign that begins it is followed by no hex digits, so no code of the merchant's own reads like it.
    private const string OtherMerchants = "equity:%other_merchants:";

    public static string Root(AccountKind kind) => kind switch
    {
        AccountKind.Asset => "assets",
        AccountKind.Liability => "liabilities",
        AccountKind.Income => "income",
        AccountKind.Expense => "expenses",
        AccountKind.Equity => "equity",
    };

    /// <summary>A colon parts a code into levels; one that would make an empty level is written out.</summary>
    public static string Account(ExportAccount account)
    {
        if (!account.IsOwn) return OtherMerchants + account.Id;
        var levels = account.Code.Split(':');
        return $"{Root(account.Kind)}:{(Array.Exists(levels, level => level.Length == 0) ? Level(account.Code) : string.Join(':', levels.Select(Level)))}";
    }

    /// <summary>One line: a comma would end a tag's value, brackets would hold a date.</summary>
    public static string Escape(string text) => Encode(
        text, (rune, isEdge) => !Rune.IsControl(rune) && rune.Value is not ('%' or ',' or '[' or ']') && !(isEdge && Rune.IsWhiteSpace(rune)));

    public static string Description(string text) => Encode(
        text, (rune, isEdge) => Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.' or ':' or '/' or '#' || (rune.Value == ' ' && !isEdge));

    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '%' && at + 2 < text.Length && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var coded))
            {
                bytes.Add(coded);
                at += 3;
                continue;
            }

            var next = text.IndexOf('%', at + 1);
            if (next < 0) next = text.Length;
            bytes.AddRange(Encoding.UTF8.GetBytes(text[at..next]));
            at = next;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string Level(string text) => Encode(text, (rune, _) => Rune.IsLetterOrDigit(rune) || rune.Value is '_' or '-' or '.');

    private static string Encode(string text, Func<Rune, bool, bool> isPlain)
    {
        var encoded = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isEdge = at == 0 || at + rune.Utf16SequenceLength == text.Length;
            at += rune.Utf16SequenceLength;
            if (isPlain(rune, isEdge))
            {
                encoded.Append(rune.ToString());
                continue;
            }

            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        return encoded.ToString();
    }
}
