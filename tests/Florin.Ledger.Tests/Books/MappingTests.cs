using Florin.Kernel;
using Florin.Ledger.Csv;
using Florin.Ledger.Exports;

namespace Florin.Ledger.Tests.Books;

public sealed class MappingTests
{
    [Fact]
    public void A_json_mapping_has_rules_in_their_order_and_defaults_after_them()
    {
        var mapping = GeneralLedgerMapping.Parse(
            """
            {
              "journals": "month", "by_kind": false,
              "accounts": [{ "pattern": "gateway:*", "currency": "KRW", "account": "1081", "name": "Won" }, { "pattern": "gateway:*", "account": "1080" }],
              "defaults": { "asset": "1999" },
            }
            """).Value;

        Assert.Equal((JournalSpan.Month, false), (mapping.Journals, mapping.IsByKind));
        Assert.Equal("1081", mapping.Find("gateway:a", AccountKind.Asset, Currency.Krw)!.Account);
        Assert.Equal("1080", mapping.Find("gateway:a", AccountKind.Asset, Currency.Eur)!.Account);
        Assert.Equal("1999", mapping.Find("bank", AccountKind.Asset, Currency.Eur)!.Account);
        Assert.Null(mapping.Find("bank", AccountKind.Equity, Currency.Eur));
    }

    [Fact]
    public void A_csv_mapping_has_the_columns_that_it_names()
    {
        var mapping = GeneralLedgerMapping.Parse("account,pattern,kind\r\n\"1,000\",bank,\r\n9,*,income\r\n").Value;

        Assert.Equal((JournalSpan.Day, true), (mapping.Journals, mapping.IsByKind));
        Assert.Equal("1,000", mapping.Find("bank", AccountKind.Liability, Currency.Eur)!.Account);
        Assert.Null(mapping.Find("other", AccountKind.Asset, Currency.Eur));
    }

    [Theory]
    [InlineData("", "maps no account")]
    [InlineData("{}", "maps no account")]
    [InlineData("{", "Line 1")]
    [InlineData("{\"acounts\": []}", "acounts")]
    [InlineData("{\"accounts\": [null]}", "accounts[0]")]
    [InlineData("{\"accounts\": [{\"pattern\": \"a\"}]}", "accounts[0]: an account")]
    [InlineData("{\"accounts\": [{\"account\": \"a\"}]}", "accounts[0]: a pattern")]
    [InlineData("{\"accounts\": [{\"pattern\": \"a\", \"account\": 7}]}", "$.accounts[0].account")]
    [InlineData("{\"journals\": \"week\", \"defaults\": {\"asset\": \"1\"}}", "'week'")]
    [InlineData("{\"defaults\": {\"assets\": \"1\"}}", "'assets'")]
    [InlineData("pattern,account,colour\na,1,red\n", "'colour'")]
    [InlineData("pattern,account\na\n", "Line 2: it has 1 cells")]
    [InlineData("pattern,account\na,1\n\n,1\n", "Line 4")]
    [InlineData("pattern,account,currency\na,1,won\n", "'won'")]
    [InlineData("pattern,account\n\"a,1\n", "Line 2: A quote")]
    public void A_wrong_mapping_is_refused_with_what_is_wrong_and_where(string text, string message)
    {
        var refusal = GeneralLedgerMapping.Parse(text).Refusal;

        Assert.Equal("ledger_mapping_invalid", refusal?.Code);
        Assert.Contains(message, refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faulty_lines_of_a_mapping_are_told_and_the_sentence_stays_short_of_them()
    {
        var (mapping, faults) = GeneralLedgerMapping.Read("pattern,kind,currency,account\nbank,,,1\n,assets,won,\ncash,,\nfee,,,4\n" + string.Concat(Enumerable.Repeat(",,,\n", 200)));

        Assert.Null(mapping);
        Assert.Equal(100, faults.Count);
        Assert.Equal(
            [
                (3, MappingFaultKind.PatternLength), (3, MappingFaultKind.AccountLength), (3, MappingFaultKind.UnknownKind), (3, MappingFaultKind.UnknownCurrency),
                (4, MappingFaultKind.CellCount), (6, MappingFaultKind.PatternLength),
            ],
            faults.Take(6).Select(fault => (fault.Line, fault.Kind)));
        Assert.EndsWith("And 80 more.", GeneralLedgerMapping.Parse("pattern,account\n" + string.Concat(Enumerable.Repeat(",\n", 200))).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("a*", "a", true)]
    [InlineData("*b", "aab", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("a**c", "abc", true)]
    [InlineData("", "a", false)]
    public void A_star_stands_for_any_text(string pattern, string text, bool fits) => Assert.Equal(fits, Wildcard.Fits(pattern, text));

    [Fact]
    public void Many_stars_cost_no_more_than_the_lengths_multiplied() =>
        Assert.False(Wildcard.Fits(string.Concat(Enumerable.Repeat("*a", 120)) + "b", new string('a', 255)));

    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@x")]
    [InlineData("\tx")]
    [InlineData("\rx")]
    [InlineData("＝x")]
    [InlineData("'=x")]
    [InlineData("''=x")]
    [InlineData("'x")]
    [InlineData("'")]
    [InlineData("a\"b,c\r\nd")]
    [InlineData("plain")]
    public void Guarded_text_begins_no_formula_and_comes_back_as_it_was(string text)
    {
        using var output = new StringWriter();
        var csv = new CsvWriter(output);
        csv.Text(text);
        csv.Text("next");
        csv.EndRow();

        var row = Assert.Single(CsvRows.Read(output.ToString()));
        Assert.Equal(2, row.Cells.Count);
        Assert.DoesNotMatch("^[=+@\t\r＝＋－＠-]", row.Cells[0]);
        Assert.Equal(text, CsvWriter.Unguard(row.Cells[0]));
    }
}
