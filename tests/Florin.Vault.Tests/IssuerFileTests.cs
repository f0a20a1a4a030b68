using System.Text;
using Florin.Vault.Issuers;

namespace Florin.Vault.Tests;

/// <summary>What is read of a file with the table of issuers, and what is said of one that is wrong.</summary>
public sealed class IssuerFileTests
{
    private const string Header = "first,last,country,brand,funding,issuer";

    [Fact]
    public async Task Every_column_is_read_as_it_was_meant()
    {
        var rows = await ReadAsync($"\uFEFF{Header}\r\n40000000,40000099,kr,Visa,DEBIT,\"Bank, \"\"the\"\" first\"\r\n\r\n 500000 , 500009 ,US,,,");

        Assert.Equal(
            [
                new IssuerRow(40_000_000_000, 40_000_099_999, 8, "KR", CardBrand.Visa, CardFunding.Debit, "Bank, \"the\" first", Line: 2),
                new IssuerRow(50_000_000_000, 50_000_999_999, 6, "US", null, CardFunding.Unknown, null, Line: 4),
            ],
            rows);
    }

    [Fact]
    public async Task Columns_may_stand_in_any_order_and_those_that_say_nothing_may_be_left_out()
    {
        var row = Assert.Single(await ReadAsync("country,first,last,funding\nGB,400000,400000,prepaid\n"));

        Assert.Equal(("GB", CardFunding.Prepaid, null), (row.Country, row.Funding, row.Issuer));
    }

    [Theory]
    [InlineData("", 0, "The first line names the columns")]
    [InlineData("first,last\n", 1, "There is a column country.")]
    [InlineData("first,last,country,colour\n", 1, "Column 4 is one of")]
    [InlineData("first,last,country,first\n", 1, "Column first is named once.")]
    [InlineData("400000,400000,US,,,\n", 1, "Column 1 is one of")]
    [InlineData(Header + "\n", 0, "at least one range")]
    [InlineData(Header + "\n400000,400000,US\n", 2, "There are 6 cells")]
    [InlineData(Header + "\n40000,40000,US,,,\n", 2, "first is 6 to 11 digits.")]
    [InlineData(Header + "\n400000,400000000000,US,,,\n", 2, "last is 6 to 11 digits.")]
    [InlineData(Header + "\n4242424242424242,4242424242424242,US,,,\n", 2, "first is 6 to 11 digits.")]
    [InlineData(Header + "\n40000x,400001,US,,,\n", 2, "first is 6 to 11 digits.")]
    [InlineData(Header + "\n４00000,400001,US,,,\n", 2, "first is 6 to 11 digits.")]
    [InlineData(Header + "\n400000,40000099,US,,,\n", 2, "the same number of digits")]
    [InlineData(Header + "\n400001,400000,US,,,\n", 2, "first is not greater than last.")]
    [InlineData(Header + "\n400000,400000,ZZ,,,\n", 2, "country is a code of ISO 3166-1")]
    [InlineData(Header + "\n400000,400000,,,,\n", 2, "country is a code of ISO 3166-1")]
    [InlineData(Header + "\n400000,400000,US,maestro,,\n", 2, "brand is empty or one of amex, ")]
    [InlineData(Header + "\n400000,400000,US,,charge,\n", 2, "funding is empty, credit, ")]
    [InlineData(Header + "\n400000,400000,US,,,a\tb\n", 2, "issuer is a name")]
    [InlineData(Header + "\n400000,400000,US,,,\"a\n", 2, "A cell that begins with a quote")]
    [InlineData(Header + "\n400000,400000,US,,,\"a\"b\n", 2, "A cell that begins with a quote")]
    [InlineData(Header + "\n400000,400000,US,,,\n400000,400000,GB,,,\n", 3, "this one stands in line 2 as well")]
    [InlineData(Header + "\n40000000,40000099,US,,,\n400000,400000,GB,,,\n", 3, "this one stands in line 2 as well")]
    [InlineData(Header + "\n400000,400009,US,,,\n400005,400015,GB,,,\n", 3, "this one and that of line 2 cross")]
    [InlineData(Header + "\n400005,400015,US,,,\n400000,400005,GB,,,\n", 3, "this one and that of line 2 cross")]
    [InlineData(Header + "\n400000,400099,US,,,\n400010,400019,GB,,,\n400015,400025,FR,,,\n", 4, "this one and that of line 3 cross")]
    public async Task What_is_wrong_is_told_with_its_line_and_what_was_expected(string text, long line, string expected)
    {
        var fault = (await FaultsAsync(text)).First();

        Assert.Equal(line, fault.Line);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_line_is_told_and_none_of_it_is_shown()
    {
        var text = new StringBuilder(Header).Append('\n');
        for (var i = 0; i < 5_000; i++) text.Append("4242424242424242,4242424242424242,US,,,\n");

        var faults = await FaultsAsync(text.ToString());

        Assert.Equal(Enumerable.Range(2, 5_000).Select(line => (long)line), faults.Select(fault => fault.Line).Distinct());
        Assert.DoesNotContain(faults, fault => fault.Message.Contains("4242", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_is_too_long_or_no_text_is_a_fault_and_the_next_one_is_read()
    {
        var text = $"{Header}\n400000,400000,US,,,{new string('x', 200_000)}\n400001,400001,US,,,";
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), 0xC3, 0x28, (byte)'\n', .. "400002,4,US,,,"u8];

        var faults = await FaultsAsync(bytes);

        Assert.Equal(
            [(2, "A line has at most 1000 characters."), (3, "The file is text in UTF-8."), (4, "last is 6 to 11 digits.")],
            faults.Select(fault => (fault.Line, fault.Message)));
    }

    [Fact]
    public void A_table_has_no_more_ranges_than_it_may()
    {
        var faults = new List<IssuerFault>();
        var file = new IssuerFile(faults.Add);
        file.Read(1, Header);
        for (var i = 0; i < IssuerFile.MostRanges; i++) Assert.True(file.Read(i + 2, $"{40_000_000 + i},{40_000_000 + i},US,,,"));
        Assert.Empty(faults);

        Assert.False(file.Read(IssuerFile.MostRanges + 2, "99999999,99999999,US,,,"));
        Assert.Equal(IssuerFile.MostRanges + 2, Assert.Single(faults).Line);
    }

    [Fact]
    public async Task Lines_are_read_whole_wherever_the_pieces_of_a_file_end()
    {
        var lines = Enumerable.Range(0, 20_000).Select(i => $"{400_000 + i},{400_000 + i},US,visa,credit,Bank {i}");

        var rows = await ReadAsync(string.Join('\n', lines.Prepend(Header)), pieces: 7);

        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"Bank {i}"), rows.Select(row => row.Issuer));
    }

    [Fact]
    public void The_ranges_of_test_cards_are_a_table_without_faults() => Assert.True(TestIssuers.Rows.Count > 80);

    private static async Task<List<IssuerRow>> ReadAsync(string text, int? pieces = null)
    {
        var (rows, faults) = await TryAsync(Encoding.UTF8.GetBytes(text), pieces);
        Assert.Empty(faults);
        return rows;
    }

    private static Task<List<IssuerFault>> FaultsAsync(string text) => FaultsAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<List<IssuerFault>> FaultsAsync(byte[] bytes)
    {
        var (_, faults) = await TryAsync(bytes, pieces: null);
        Assert.NotEmpty(faults);
        return faults;
    }

    private static async Task<(List<IssuerRow> Rows, List<IssuerFault> Faults)> TryAsync(byte[] bytes, int? pieces)
    {
        var faults = new List<IssuerFault>();
        var file = new IssuerFile(faults.Add);
        using var stream = pieces is { } size ? new InPieces(bytes, size) : new MemoryStream(bytes);
        await foreach (var (number, line) in IssuerLines.ReadAsync(stream, CancellationToken.None))
        {
            if (!file.Read(number, line)) break;
        }

        return (file.Finish(), faults);
    }

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class InPieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
