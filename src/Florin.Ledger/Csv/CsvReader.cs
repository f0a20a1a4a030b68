using System.Text;

namespace Florin.Ledger.Csv;

/// <param name="Line">Where the row begins, from 1.</param>
/// <param name="Text">The row as it was written.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Cells, string Text);

internal sealed class CsvException(int line, string message, string text) : Exception(message)
{
    public int Line { get; } = line;

    public string Text { get; } = text;
}

/// <summary>Reads rows of CSV (RFC 4180): cells with commas between, quoted where they hold commas, quotes or line ends.</summary>
internal static class CsvReader
{
    // A line of nothing but commas would take many times its size.
    private const int MaxCells = 1_000;

    /// <summary>Reads row by row; empty lines are passed over.</summary>
    /// <exception cref="CsvException">A quote is not closed, something follows one that is, or a row has more than 1,000 cells.</exception>
    public static IEnumerable<CsvRow> Read(string text)
    {
        var (at, line) = (text.StartsWith('\uFEFF') ? 1 : 0, 1);
        var cells = new List<string>();
        while (at < text.Length)
        {
            var (start, first) = (at, line);
            cells.Clear();
            do
            {
                if (cells.Count == MaxCells) throw new CsvException(first, $"A row has more than {MaxCells} cells.", text[start..at]);
                cells.Add(at < text.Length && text[at] == '"' ? Quoted(text, ref at, ref line, start, first) : Plain(text, ref at));
            }
            while (Passed(text, ref at, ','));
            var written = text[start..at];
            Passed(text, ref at, '\r');
            if (!Passed(text, ref at, '\n') && at < text.Length && text[at - 1] != '\r')
            {
                var rest = text.AsSpan(at).IndexOfAny('\r', '\n');
                at = rest < 0 ? text.Length : at + rest;
                throw new CsvException(first, "Something follows the closing quote of a cell.", text[start..at]);
            }

            line++;
            if (written.Length > 0) yield return new CsvRow(first, [.. cells], written);
        }
    }

    private static string Plain(string text, ref int at)
    {
        var length = text.AsSpan(at).IndexOfAny(",\r\n");
        if (length < 0) length = text.Length - at;
        at += length;
        return text.Substring(at - length, length);
    }

    private static string Quoted(string text, ref int at, ref int line, int start, int first)
    {
        var cell = new StringBuilder();
        at++;
        while (true)
        {
            var length = text.AsSpan(at).IndexOf('"');
            if (length < 0) throw new CsvException(first, "A quote is not closed.", text[start..]);
            var piece = text.AsSpan(at, length);
            cell.Append(piece);
            line += piece.Count('\n');
            at += length + 1;
            if (!Passed(text, ref at, '"')) return cell.ToString();
            cell.Append('"');
        }
    }

    private static bool Passed(string text, ref int at, char wanted)
    {
        if (at >= text.Length || text[at] != wanted) return false;
        at++;
        return true;
    }
}
