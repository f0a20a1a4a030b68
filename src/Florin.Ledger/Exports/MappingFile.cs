using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Exports;

/// <summary>Reads mapping files.</summary>
internal static class MappingFile
{
    private const int MaxLength = 1024 * 1024;
    private const int MaxRules = 10_000;
    private const int MaxText = 255;

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public static Result<GeneralLedgerMapping> Parse(string text)
    {
        if (text.Length > MaxLength) return LedgerRefusals.BadMapping($"A mapping file has at most {MaxLength} characters.");
        try
        {
            return text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{") ? OfJson(text) : OfCsv(text);
        }
        catch (MappingException wrong)
        {
            return LedgerRefusals.BadMapping(wrong.Message);
        }
        catch (CsvException wrong)
        {
            return LedgerRefusals.BadMapping($"Line {wrong.Line}: {wrong.Message}");
        }
        catch (JsonException wrong)
        {
            return LedgerRefusals.BadMapping($"Line {wrong.LineNumber + 1}, {wrong.Path}: what is there does not belong there, or is no JSON.");
        }
    }

    private static GeneralLedgerMapping OfJson(string text)
    {
        var document = JsonSerializer.Deserialize<Document>(text.TrimStart('\uFEFF'), Form) ?? throw new MappingException("It is null.");
        var rules = new List<MappingRule>();
        foreach (var (entry, index) in (document.Accounts ?? []).Select((entry, index) => (entry, index)))
        {
            if (entry is null) throw new MappingException($"accounts[{index}] is null.");
            rules.Add(RuleOf($"accounts[{index}]", entry.Pattern, entry.Kind, entry.Currency, entry.Account, entry.Name));
        }

        // Defaults are rules that fit whatever those before did not.
        foreach (var (kind, account) in document.Defaults ?? []) rules.Add(RuleOf($"defaults.{kind}", "*", kind, null, account, null));
        return MappingOf(JournalsOf(document.Journals), document.ByKind ?? true, rules);
    }

    private static GeneralLedgerMapping OfCsv(string text)
    {
        string[] known = ["pattern", "kind", "currency", "account", "name"];
        List<string>? columns = null;
        var rules = new List<MappingRule>();
        foreach (var row in CsvRows.Read(text))
        {
            var cells = row.Cells.Select(cell => cell.Trim()).ToList();
            if (columns is null)
            {
                columns = cells;
                if (columns.Find(column => !known.Contains(column)) is { } other) throw new MappingException($"Line {row.Line}: there is no column '{other}'; {string.Join(", ", known)} are.");
                if (columns.Distinct().Count() != columns.Count) throw new MappingException($"Line {row.Line}: a column is named twice.");
                continue;
            }

            if (cells.Count != columns.Count) throw new MappingException($"Line {row.Line} has {cells.Count} cells, and the first line {columns.Count}.");
            string? Cell(string column) => columns.IndexOf(column) is >= 0 and var at ? cells[at] : null;
            rules.Add(RuleOf($"Line {row.Line}", Cell("pattern"), Cell("kind"), Cell("currency"), Cell("account"), Cell("name")));
        }

        return MappingOf(JournalSpan.Day, true, rules);
    }

    private static GeneralLedgerMapping MappingOf(JournalSpan journals, bool isByKind, List<MappingRule> rules) => rules.Count switch
    {
        0 => throw new MappingException("It maps no account."),
        > MaxRules => throw new MappingException($"It has {rules.Count} rules; {MaxRules} are the most."),
        _ => new GeneralLedgerMapping(journals, isByKind, rules),
    };

    private static MappingRule RuleOf(string where, string? pattern, string? kind, string? currency, string? account, string? name)
    {
        if (string.IsNullOrEmpty(pattern) || pattern.Length > MaxText) throw new MappingException($"{where}: a pattern has 1 to {MaxText} characters.");
        if (string.IsNullOrEmpty(account) || account.Length > MaxText) throw new MappingException($"{where}: an account has 1 to {MaxText} characters.");
        if (name?.Length > MaxText) throw new MappingException($"{where}: a name has at most {MaxText} characters.");
        AccountKind? onlyKind = null;
        if (!string.IsNullOrEmpty(kind))
        {
            onlyKind = LedgerWords.TryKind(kind, out var known) ? known : throw new MappingException($"{where}: '{kind}' is no kind of account; {LedgerWords.AllKinds} are.");
        }

        Currency? onlyCurrency = null;
        if (!string.IsNullOrEmpty(currency) && !Currency.TryGet(currency, out onlyCurrency))
        {
            throw new MappingException($"{where}: '{currency}' is no currency of ISO 4217.");
        }

        return new MappingRule(pattern, onlyKind, onlyCurrency, account, name ?? "");
    }

    private static JournalSpan JournalsOf(string? word) => word switch
    {
        null or "day" => JournalSpan.Day,
        "month" => JournalSpan.Month,
        "transaction" => JournalSpan.Transaction,
        _ => throw new MappingException($"journals: '{word}' is none of transaction, day and month."),
    };

    private sealed class MappingException(string message) : Exception(message);

    private sealed record Document(string? Journals, bool? ByKind, IReadOnlyList<Entry?>? Accounts, Dictionary<string, string>? Defaults);

    private sealed record Entry(string? Pattern, string? Kind, string? Currency, string? Account, string? Name);
}
