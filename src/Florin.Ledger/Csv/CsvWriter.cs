namespace Florin.Ledger.Csv;

/// <summary>Writes rows of CSV (RFC 4180) that a spreadsheet shows and does not run.</summary>
/// <remarks>A spreadsheet takes text that begins with one of these signs for a formula, whoever wrote it: such text gets an
/// apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection). Numbers of ours stay as they are.</remarks>
internal sealed class CsvWriter(TextWriter output)
{
    // The wide forms are what East Asian spreadsheets read as the same signs.
    private const string Formulas = "=+-@\t\r\n＝＋－＠";

    private bool isFirst = true;

    public void Text(string? text) => Cell(Guard(text ?? ""));

    /// <summary>A number, a date or a word of our own, which begins with nothing that could be run but a minus sign.</summary>
    public void Plain(string? text) => Cell(text ?? "");

    public void EndRow()
    {
        output.Write("\r\n");
        isFirst = true;
    }

    /// <summary>What <see cref="Text"/> made of it, undone.</summary>
    public static string Unguard(string cell) => cell.Length > 1 && cell[0] == '\'' && IsGuarded(cell[1..]) ? cell[1..] : cell;

    private static string Guard(string text) => IsGuarded(text) ? "'" + text : text;

    // Text that looks guarded already gets one more apostrophe, so that undoing it gives the text and not less.
    private static bool IsGuarded(string text) => text.TrimStart('\'') is { Length: > 0 } rest && Formulas.Contains(rest[0], StringComparison.Ordinal);

    private void Cell(string text)
    {
        if (!isFirst) output.Write(',');
        isFirst = false;
        if (text.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            output.Write(text);
            return;
        }

        output.Write('"');
        output.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        output.Write('"');
    }
}
