using System.Text;
using Florin.Ledger.Csv;
using FsCheck;
using FsCheck.Fluent;

namespace Florin.Ledger.Tests.Books;

public sealed class CsvRowTests
{
    [Fact]
    public void Rows_know_the_line_that_they_begin_on_and_how_they_were_written()
    {
        var rows = CsvRows.Read("\uFEFFa,b\r\n\"x\ny\"\"z\",2\r\n\r\n=1;2,\n,\"\"").ToList();

        Assert.Equal([(1, "a,b"), (2, "\"x\ny\"\"z\",2"), (5, "=1;2,"), (6, ",\"\"")], rows.Select(row => (row.Line, row.Text)));
        Assert.Equal(["a|b", "x\ny\"z|2", "=1;2|", "|"], rows.Select(row => string.Join('|', row.Cells)));
    }

    [Theory]
    [InlineData("a,b\n1,\"x\n3,4\n5,6", 2, "not closed")]
    [InlineData("a,b\n\"x\n\"y,2\n3,4", 2, "stands where none may")]
    [InlineData("a,b\nx\"y,2\n", 2, "stands where none may")]
    [InlineData("a,b\n1, \"x, y\"\n", 2, "stands where none may")]
    public void A_quote_out_of_place_ends_the_reading_with_the_line_of_its_row(string text, int line, string message)
    {
        var wrong = Assert.Throws<CsvException>(() => CsvRows.Read(text).Count());

        Assert.Equal(line, wrong.Line);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Equal(text.Split('\n')[line - 1], wrong.Text);
    }

    [Fact]
    public void A_row_has_a_thousand_cells_and_not_one_more()
    {
        Assert.Equal(1_000, Assert.Single(CsvRows.Read(new string(',', 999))).Cells.Count);
        Assert.Equal(3, Assert.Throws<CsvException>(() => CsvRows.Read("a\nb\n" + new string(',', 1_000)).Count()).Line);
    }

    [Fact]
    public void What_is_written_is_read_as_it_was() => Prop.ForAll<NonEmptyArray<NonEmptyArray<string?>>>(table =>
    {
        var output = new StringWriter();
        var writer = new CsvWriter(output);
        foreach (var row in table.Get)
        {
            foreach (var cell in row.Get) writer.Text(cell);
            writer.Text("end");
            writer.EndRow();
        }

        var read = CsvRows.Read(output.ToString()).Select(row => string.Join('|', row.Cells.Select(CsvWriter.Unguard)));
        return read.SequenceEqual(table.Get.Select(row => string.Join('|', row.Get.Append("end").Select(WellFormed))));
    }).QuickCheckThrowOnFailure();

    // Half of a surrogate pair has no UTF-8, and no database keeps it either.
    private static string WellFormed(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
}
