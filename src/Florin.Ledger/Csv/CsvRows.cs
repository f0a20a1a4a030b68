using System.Text;
using CsvHelper;

namespace Florin.Ledger.Csv;

/// <param name="Line">Where the row begins, from 1.</param>
/// <param name="Text">The row as it was written.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Cells, string Text);

internal sealed class CsvException(int line, string message, string text) : Exception(message)
{
    public int Line { get; } = line;

    public string Text { get; } = text;
}

/// <summary>Rows of CSV (RFC 4180): cells with commas between, quoted where they hold commas, quotes or line ends.</summary>
internal static class CsvRows
{
    // A line of nothing but commas would take many times its size.
    private const int MaxCells = 1_000;

    private static readonly CsvReaderOptions Strict = CsvReaderOptions.Default with
    {
        // A file that was written with semicolons is refused for its columns, and not guessed at.
        Separator = ',',
        DetectSeparatorHint = false,
        HasHeader = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <summary>Reads row by row; empty lines are passed over.</summary>
    /// <exception cref="CsvException">A quote is not closed or stands where none may, or a row has more than 1,000 cells.</exception>
    public static IEnumerable<CsvRow> Read(string text)
    {
        using var reader = CsvReader.FromText(text, Strict);
        while (Next(reader, text))
        {
            var (line, written) = ((int)reader.LineNumber, Encoding.UTF8.GetString(reader.RawRecord));
            if (reader.FieldCount > MaxCells) throw new CsvException(line, $"A row has more than {MaxCells} cells.", written);
            var cells = new string[reader.FieldCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
            yield return new CsvRow(line, cells, written);
        }
    }

    private static bool Next(CsvReader reader, string text)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException wrong)
        {
            var line = (int)wrong.LineNumber;
            throw new CsvException(line, "A quote is not closed, or stands where none may.", LineOf(text, line));
        }
    }

    private static string LineOf(string text, int number)
    {
        var at = 1;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (at++ == number) return line.ToString();
        }

        return "";
    }
}
