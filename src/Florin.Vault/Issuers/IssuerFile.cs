using System.Collections.Frozen;
using Florin.Kernel;

namespace Florin.Vault.Issuers;

/// <summary>Reads a table of issuers line by line, and says of each that is wrong what was expected.</summary>
/// <remarks>Ranges may lie within others, and then the narrower counts. Two that cross, or are the same, are refused: neither would
/// be right.</remarks>
internal sealed class IssuerFile(Action<IssuerFault> onFault)
{
    /// <summary>Twice what the largest scheme's table has.</summary>
    public const int MostRanges = 1_000_000;

    private const int MostIssuerCharacters = 100;

    private static readonly string[] Columns = ["first", "last", "country", "brand", "funding", "issuer"];
    private static readonly string[] Required = ["first", "last", "country"];

    private static readonly FrozenDictionary<string, CardBrand> Brands = Enum.GetValues<CardBrand>()
        .Where(brand => brand != CardBrand.Unknown)
        .ToFrozenDictionary(CardWords.Of, brand => brand, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, CardFunding> Fundings =
        Enum.GetValues<CardFunding>().ToFrozenDictionary(CardWords.Of, funding => funding, StringComparer.OrdinalIgnoreCase);

    private readonly List<IssuerRow> rows = [];

    // A few thousand names stand in hundreds of thousands of lines.
    private readonly Dictionary<string, string> issuers = new(StringComparer.Ordinal);
    private Dictionary<string, int>? columns;
    private bool isOver;

    public long Faults { get; private set; }

    /// <param name="line">Null: it is longer than a line may be.</param>
    /// <returns>False where reading on has no use.</returns>
    public bool Read(long number, string? line)
    {
        if (isOver || line?.Length == 0) return !isOver;
        if (line is null) Wrong(number, $"A line has at most {IssuerLines.MostCharacters} characters.");
        else if (line.Contains('\ufffd', StringComparison.Ordinal)) Wrong(number, "The file is text in UTF-8.");
        else if (IssuerLines.Cells(line) is not { } cells) Wrong(number, "A cell that begins with a quote ends with one, in the same line.");
        else if (columns is null) ReadHeader(number, cells);
        else ReadRow(number, cells);
        if (columns is null) isOver = true;
        return !isOver;
    }

    /// <summary>What was read, in the order of <see cref="IssuerRow.Outwards"/>; of use where there are no faults.</summary>
    public List<IssuerRow> Finish()
    {
        if (columns is null && Faults == 0) Wrong(0, $"The first line names the columns: {string.Join(',', Columns)}.");
        if (columns is not null && rows.Count == 0 && Faults == 0) Wrong(0, "There is at least one range below the names of the columns.");
        rows.Sort(IssuerRow.Outwards);
        Compare();
        return rows;
    }

    private void ReadHeader(long number, List<string> cells)
    {
        var named = new Dictionary<string, int>(StringComparer.Ordinal);
        var before = Faults;
        for (var at = 0; at < cells.Count; at++)
        {
            if (!Columns.Contains(cells[at])) Wrong(number, $"Column {at + 1} is one of {string.Join(", ", Columns)}.");
            else if (!named.TryAdd(cells[at], at)) Wrong(number, $"Column {cells[at]} is named once.");
        }

        foreach (var missing in Required.Where(column => !named.ContainsKey(column))) Wrong(number, $"There is a column {missing}.");
        if (Faults == before) columns = named;
    }

    private void ReadRow(long number, List<string> cells)
    {
        if (cells.Count != columns!.Count)
        {
            Wrong(number, $"There are {columns.Count} cells, one for each column.");
            return;
        }

        var before = Faults;
        var (first, last) = (Digits(number, cells, "first"), Digits(number, cells, "last"));
        if (first is not null && last is not null)
        {
            if (first.Length != last.Length) Wrong(number, "first and last have the same number of digits.");
            else if (string.CompareOrdinal(first, last) > 0) Wrong(number, "first is not greater than last.");
        }

        if (!CountryCodes.TryGet(Cell(cells, "country"), out var country)) Wrong(number, "country is a code of ISO 3166-1 alpha-2, such as KR.");
        var (brandWord, fundingWord, issuer) = (Cell(cells, "brand"), Cell(cells, "funding"), Cell(cells, "issuer"));
        CardBrand? brand = null;
        if (Brands.TryGetValue(brandWord, out var known)) brand = known;
        else if (brandWord.Length > 0) Wrong(number, $"brand is empty or one of {string.Join(", ", Brands.Keys.Order(StringComparer.Ordinal))}.");
        if (!Fundings.TryGetValue(fundingWord, out var funding) && fundingWord.Length > 0) Wrong(number, "funding is empty, credit, debit, prepaid or unknown.");
        if (issuer.Length > MostIssuerCharacters || issuer.Any(char.IsControl)) Wrong(number, $"issuer is a name of at most {MostIssuerCharacters} characters.");
        if (Faults > before) return;
        if (rows.Count == MostRanges)
        {
            Wrong(number, $"A table has at most {MostRanges} ranges. Nothing after this line was looked at.");
            isOver = true;
            return;
        }

        rows.Add(new IssuerRow(
            IssuerRow.Filled(first!, '0'), IssuerRow.Filled(last!, '9'), first!.Length, country!, brand, funding, Kept(issuer), number));
    }

    private string? Digits(long number, List<string> cells, string column)
    {
        var text = Cell(cells, column);
        if (text.Length is >= IssuerRange.LeastDigits and <= IssuerRange.MostDigits && text.All(char.IsAsciiDigit)) return text;
        Wrong(number, $"{column} is {IssuerRange.LeastDigits} to {IssuerRange.MostDigits} digits.");
        return null;
    }

    private string Cell(List<string> cells, string column) => columns!.TryGetValue(column, out var at) ? cells[at] : "";

    private string? Kept(string issuer)
    {
        if (issuer.Length == 0) return null;
        if (issuers.TryGetValue(issuer, out var kept)) return kept;
        issuers.Add(issuer, issuer);
        return issuer;
    }

    // Each range is compared with the narrowest of those that it begins in: whoever lies within that lies within all around it.
    private void Compare()
    {
        var around = new Stack<IssuerRow>();
        var wrong = new List<(long Line, long Other, bool IsSame)>();
        foreach (var row in rows)
        {
            while (around.TryPeek(out var passed) && passed.Last < row.First) around.Pop();
            if (around.TryPeek(out var outer) && (outer.First, outer.Last) == (row.First, row.Last))
            {
                wrong.Add((row.Line, outer.Line, IsSame: true));
            }
            else if (around.Count > 0 && outer.Last < row.Last)
            {
                wrong.Add((Math.Max(row.Line, outer.Line), Math.Min(row.Line, outer.Line), IsSame: false));
            }
            else
            {
                around.Push(row);
            }
        }

        foreach (var (line, other, isSame) in wrong.Order())
        {
            Wrong(line, isSame
                ? $"Each range stands once; this one stands in line {other} as well."
                : $"Ranges that overlap lie one within the other; this one and that of line {other} cross.");
        }
    }

    private void Wrong(long line, string message)
    {
        Faults++;
        onFault(new IssuerFault(line, message));
    }
}
