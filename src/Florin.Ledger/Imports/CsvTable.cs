using Florin.Ledger.Csv;

namespace Florin.Ledger.Imports;

/// <summary>A row with its cells by column; one that is empty or not there is null.</summary>
internal sealed class NamedRow(CsvRow row, IReadOnlyDictionary<string, int> columns)
{
    public int Line => row.Line;

    public string Text => row.Text;

    public string? this[string column] =>
        columns.TryGetValue(column, out var at) && CsvWriter.Unguard(row.Cells[at]) is { Length: > 0 } cell ? cell : null;
}

/// <summary>A CSV file whose first row names the columns.</summary>
internal static class CsvTable
{
    public static IEnumerable<NamedRow> Read(string text, IReadOnlyCollection<string> known, IReadOnlyCollection<string> wanted, Faults faults)
    {
        Dictionary<string, int>? columns = null;
        using var rows = CsvRows.Read(text).GetEnumerator();
        while (!faults.AreTooMany && Next(rows, faults) is { } row)
        {
            if (columns is null)
            {
                columns = ColumnsOf(row, known, wanted, faults);
                if (columns is null) yield break;
            }
            else if (row.Cells.Count != columns.Count)
            {
                faults.Add(row.Line, row.Text, $"There are {row.Cells.Count} cells, and the first line names {columns.Count} columns.");
            }
            else
            {
                yield return new NamedRow(row, columns);
            }
        }

        if (columns is null) faults.Add(0, "", "The file is empty: its first line names the columns.");
    }

    private static CsvRow? Next(IEnumerator<CsvRow> rows, Faults faults)
    {
        try
        {
            return rows.MoveNext() ? rows.Current : null;
        }
        catch (CsvException wrong)
        {
            faults.Add(wrong.Line, wrong.Text, $"{wrong.Message} Nothing after this line was looked at.");
            return null;
        }
    }

    private static Dictionary<string, int>? ColumnsOf(
        CsvRow row, IReadOnlyCollection<string> known, IReadOnlyCollection<string> wanted, Faults faults)
    {
        var columns = new Dictionary<string, int>();
        var before = faults.Count;
        foreach (var (cell, at) in row.Cells.Select((cell, at) => (cell.Trim(), at)))
        {
            if (!known.Contains(cell)) faults.Add(row.Line, row.Text, $"There is no column '{cell}'; {string.Join(", ", known)} are.");
            else if (!columns.TryAdd(cell, at)) faults.Add(row.Line, row.Text, $"Column {cell} is named twice.");
        }

        foreach (var missing in wanted.Where(column => !columns.ContainsKey(column)))
        {
            faults.Add(row.Line, row.Text, $"Column {missing} is missing.");
        }

        return faults.Count == before ? columns : null;
    }
}
