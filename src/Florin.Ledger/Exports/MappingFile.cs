using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Exports;

/// <summary>Reads a mapping file, as JSON or CSV, and finds all that is wrong with it.</summary>
internal sealed class MappingFile
{
    private const int MaxLength = 1024 * 1024;
    private const int MaxRules = GeneralLedgerMapping.MaxRules;
    private const int MaxText = 255;

    // Whoever mends a hundred lines reads the file again anyway.
    private const int MaxFaults = 100;

    public static readonly IReadOnlyList<string> Columns = ["pattern", "kind", "currency", "account", "name"];

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly List<MappingRule> rules = [];
    private readonly List<MappingFault> faults = [];
    private JournalSpan journals = JournalSpan.Day;
    private bool isByKind = true;

    public static MappingReading Read(string text)
    {
        var file = new MappingFile();
        if (text.Length > MaxLength) file.Fault(0, "", MappingFaultKind.TooLong, $"{MaxLength}");
        else file.ReadText(text);
        return file.faults.Count > 0
            ? new MappingReading(null, file.faults)
            : new MappingReading(new GeneralLedgerMapping(file.journals, file.isByKind, file.rules), []);
    }

    private void ReadText(string text)
    {
        try
        {
            if (text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{")) ReadJson(text);
            else ReadCsv(text);
        }
        catch (CsvException wrong)
        {
            Fault(wrong.Line, "", MappingFaultKind.NotCsv, wrong.Message);
        }
        catch (JsonException wrong)
        {
            Fault((int)(wrong.LineNumber ?? 0) + 1, wrong.Path ?? "", MappingFaultKind.NotJson, "");
        }

        if (faults.Count > 0) return;
        if (rules.Count == 0) Fault(0, "", MappingFaultKind.NoRules, "");
        if (rules.Count > MaxRules) Fault(0, "", MappingFaultKind.TooManyRules, $"{rules.Count}");
    }

    private void ReadJson(string text)
    {
        var document = JsonSerializer.Deserialize<Document>(text.TrimStart('\uFEFF'), Form)!;
        foreach (var (entry, index) in (document.Accounts ?? []).Select((entry, index) => (entry, index)))
        {
            if (entry is null) Fault(0, $"accounts[{index}]", MappingFaultKind.NotJson, "");
            else Rule(0, $"accounts[{index}]", entry);
        }

        // Defaults are rules that fit whatever those before did not.
        foreach (var (kind, account) in document.Defaults ?? []) Rule(0, $"defaults.{kind}", new Entry("*", kind, null, account, null));
        isByKind = document.ByKind ?? true;
        if (document.Journals is { } word && !TryJournals(word, out journals)) Fault(0, "journals", MappingFaultKind.UnknownJournals, word);
    }

    private void ReadCsv(string text)
    {
        List<string>? columns = null;
        foreach (var row in CsvRows.Read(text))
        {
            var cells = row.Cells.Select(cell => cell.Trim()).ToList();
            if (columns is null)
            {
                columns = cells;
                foreach (var other in columns.Where(column => !Columns.Contains(column))) Fault(row.Line, "", MappingFaultKind.UnknownColumn, other);
                if (columns.Distinct().Count() != columns.Count) Fault(row.Line, "", MappingFaultKind.ColumnTwice, "");
                if (faults.Count > 0) return;
                continue;
            }

            if (faults.Count >= MaxFaults) return;
            if (cells.Count != columns.Count)
            {
                Fault(row.Line, "", MappingFaultKind.CellCount, $"{cells.Count}");
                continue;
            }

            string? Cell(string column) => columns.IndexOf(column) is >= 0 and var at ? cells[at] : null;
            var pattern = Cell("pattern") is { } code ? CsvWriter.Unguard(code) : null;
            Rule(row.Line, "", new Entry(pattern, Cell("kind"), Cell("currency"), Cell("account"), Cell("name")));
        }
    }

    private void Rule(int line, string path, Entry entry)
    {
        var before = faults.Count;
        if (string.IsNullOrEmpty(entry.Pattern) || entry.Pattern.Length > MaxText) Fault(line, path, MappingFaultKind.PatternLength, $"{MaxText}");
        if (string.IsNullOrEmpty(entry.Account) || entry.Account.Length > MaxText) Fault(line, path, MappingFaultKind.AccountLength, $"{MaxText}");
        if (entry.Name?.Length > MaxText) Fault(line, path, MappingFaultKind.NameLength, $"{MaxText}");
        AccountKind? onlyKind = null;
        if (!string.IsNullOrEmpty(entry.Kind))
        {
            if (LedgerWords.TryKind(entry.Kind, out var known)) onlyKind = known;
            else Fault(line, path, MappingFaultKind.UnknownKind, entry.Kind);
        }

        Currency? onlyCurrency = null;
        if (!string.IsNullOrEmpty(entry.Currency) && !Currency.TryGet(entry.Currency, out onlyCurrency)) Fault(line, path, MappingFaultKind.UnknownCurrency, entry.Currency);
        if (faults.Count == before) rules.Add(new MappingRule(entry.Pattern!, onlyKind, onlyCurrency, entry.Account!, entry.Name ?? ""));
    }

    private void Fault(int line, string path, MappingFaultKind kind, string found)
    {
        if (faults.Count < MaxFaults) faults.Add(new MappingFault(line, path, kind, found));
    }

    private static bool TryJournals(string word, out JournalSpan journals)
    {
        (journals, var isKnown) = word switch
        {
            "day" => (JournalSpan.Day, true),
            "month" => (JournalSpan.Month, true),
            "transaction" => (JournalSpan.Transaction, true),
            _ => (JournalSpan.Day, false),
        };
        return isKnown;
    }

    private sealed record Document(string? Journals, bool? ByKind, IReadOnlyList<Entry?>? Accounts, Dictionary<string, string>? Defaults);

    private sealed record Entry(string? Pattern, string? Kind, string? Currency, string? Account, string? Name);
}
