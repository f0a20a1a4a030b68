using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>A merchant's book, written for other programs.</summary>
/// <remarks>Everything is streamed: memory grows with the number of a merchant's accounts, not with that of its transactions.
/// Nothing here asks whose books may be seen: callers pass scopes and accounts that they have checked. Output is UTF-8.</remarks>
public interface ILedgerExports
{
    /// <summary>Writes a merchant's transactions in the order of recording.</summary>
    /// <returns>Where it ended, for <see cref="LedgerExport.AfterSeq"/> of the next one; or, before anything was written,
    /// <c>ledger_mapping_incomplete</c> with each account code that the mapping leaves out.</returns>
    Task<Result<LedgerExported>> WriteAsync(LedgerExport export, Stream output, CancellationToken ct);

    /// <summary>Which rule of a mapping each account falls under that an export of all would write lines for.</summary>
    Task<MappingCoverage> CoverAsync(MerchantScope scope, GeneralLedgerMapping mapping, CancellationToken ct);

    /// <summary>Writes a mapping to fill in, as CSV: a line for each of the merchant's accounts, without the merchant's own code for it.</summary>
    /// <remarks>The first <see cref="GeneralLedgerMapping.MaxRules"/> accounts: patterns are for whoever has more.</remarks>
    Task WriteMappingAsync(MerchantScope scope, Stream output, CancellationToken ct);

    /// <summary>Writes the postings of one account with the balance after each, as CSV. The first row is the opening balance.</summary>
    /// <remarks>References of a merchant's own are as the merchant wrote them.</remarks>
    /// <returns>How many postings were written; null where there is no such account (and nothing was written).</returns>
    Task<long?> WriteStatementAsync(LedgerAccountId account, LedgerSpan span, Stream output, CancellationToken ct);
}

public enum LedgerExportFormat
{
    /// <summary>A journal for hledger (and ledger), with balance assertions at the end.</summary>
    Hledger,

    /// <summary>A file for Beancount 2, with balance assertions at the end.</summary>
    Beancount,

    /// <summary>One posting a row, for spreadsheets; <see cref="LedgerImportFormat.Csv"/> reads it.</summary>
    Csv,

    /// <summary>Lines of a general ledger, in the merchant's own account codes, as CSV.</summary>
    GeneralLedger,
}

/// <param name="AfterSeq"><see cref="LedgerExported.LastSeq"/> of the export before this one; 0 for all.</param>
public sealed record LedgerExport(MerchantScope Scope, LedgerExportFormat Format, long AfterSeq)
{
    /// <summary>Wanted for <see cref="LedgerExportFormat.GeneralLedger"/>, and for nothing else.</summary>
    public GeneralLedgerMapping? Mapping { get; init; }

    /// <summary>Whose midnight parts the days; the exact instants are exported beside them.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether hledger and Beancount are told at the end what each account holds, so that they check it. Null: in an
    /// export of all, and not in a part, since what is dated back in a later part would contradict it.</summary>
    public bool? HasBalanceChecks { get; init; }

    /// <summary>After how many bytes no more transactions are begun; what is left is for the next export.</summary>
    public long EnoughBytes { get; init; } = long.MaxValue;
}

/// <param name="LastSeq">How far the book was read; the next export begins there, also when there was nothing.</param>
public sealed record LedgerExported(long LastSeq, long Transactions, long Postings)
{
    /// <summary>Whether it ended because it was large enough.</summary>
    public bool HasMore { get; init; }
}

/// <summary>What one journal of a general ledger gathers.</summary>
public enum JournalSpan
{
    /// <summary>One ledger transaction, line by line.</summary>
    Transaction,

    /// <summary>All of one day, summed up by account.</summary>
    Day,

    /// <summary>All of one calendar month, summed up by account.</summary>
    Month,
}

/// <summary>Which of the merchant's own account codes stands for which of ours.</summary>
/// <param name="IsByKind">Whether captures, refunds and so on of a day or month make a journal each.</param>
public sealed record GeneralLedgerMapping(JournalSpan Journals, bool IsByKind, IReadOnlyList<MappingRule> Rules)
{
    /// <summary>How many rules a mapping has at most.</summary>
    public const int MaxRules = 10_000;

    private const int MaxTold = 20;

    /// <summary>Reads a mapping file, JSON or CSV (docs/operations/ledger.md shows both), and tells all that is wrong with it.</summary>
    public static MappingReading Read(string text) => Exports.MappingFile.Read(text);

    /// <summary>Reads a mapping file, or says what is wrong and where.</summary>
    /// <returns>Or <c>ledger_mapping_invalid</c>.</returns>
    public static Result<GeneralLedgerMapping> Parse(string text)
    {
        var (mapping, faults) = Read(text);
        if (mapping is not null) return mapping;
        var told = string.Join(' ', faults.Take(MaxTold).Select(fault => fault.Message));
        return LedgerRefusals.BadMapping(faults.Count > MaxTold ? $"{told} And {faults.Count - MaxTold} more." : told);
    }

    /// <summary>The first rule that fits; null where none does.</summary>
    public MappingRule? Find(string code, AccountKind kind, Currency currency)
    {
        foreach (var rule in Rules)
        {
            if (rule.Fits(code, kind, currency)) return rule;
        }

        return null;
    }
}

/// <param name="Pattern">An account code; each <c>*</c> in it stands for any text, also none.</param>
/// <param name="Kind">Only accounts of this kind; null for all.</param>
/// <param name="Currency">Only accounts in this currency; null for all.</param>
/// <param name="Account">The merchant's own code.</param>
/// <param name="Name">What the merchant calls it, or empty.</param>
public sealed record MappingRule(string Pattern, AccountKind? Kind, Currency? Currency, string Account, string Name)
{
    internal bool Fits(string code, AccountKind kind, Currency currency) =>
        (Kind is null || Kind == kind) && (Currency is null || Currency == currency) && Exports.Wildcard.Fits(Pattern, code);
}

/// <param name="Mapping">Null where something is wrong.</param>
/// <param name="Faults">Everything that is wrong, in the order of lines, at most 100; empty when nothing is.</param>
public sealed record MappingReading(GeneralLedgerMapping? Mapping, IReadOnlyList<MappingFault> Faults);

/// <summary>What may be wrong with a line of a mapping file, or with the file.</summary>
public enum MappingFaultKind
{
    TooLong,
    NoRules,
    TooManyRules,
    NotCsv,
    NotJson,
    UnknownColumn,
    ColumnTwice,
    CellCount,
    PatternLength,
    AccountLength,
    NameLength,
    UnknownKind,
    UnknownCurrency,
    UnknownJournals,
}

/// <param name="Line">From 1; 0 where that is not known.</param>
/// <param name="Path">Which part of a JSON document, as in <c>accounts[2]</c>; empty for CSV.</param>
/// <param name="Found">What was found there, or the most that may be.</param>
public sealed record MappingFault(int Line, string Path, MappingFaultKind Kind, string Found)
{
    /// <summary>A sentence that names the place.</summary>
    public string Message => (Line, Path) switch
    {
        (0, "") => Sentence,
        (0, _) => $"{Path}: {Sentence}",
        (_, "") => $"Line {Line}: {Sentence}",
        _ => $"Line {Line}, {Path}: {Sentence}",
    };

    private string Sentence => Kind switch
    {
        MappingFaultKind.TooLong => $"A mapping file has at most {Found} characters.",
        MappingFaultKind.NoRules => "It maps no account.",
        MappingFaultKind.TooManyRules => $"It has {Found} rules; {GeneralLedgerMapping.MaxRules} are the most.",
        MappingFaultKind.NotCsv => Found,
        MappingFaultKind.NotJson => "what is there does not belong there, or is no JSON.",
        MappingFaultKind.UnknownColumn => $"there is no column '{Found}'; pattern, kind, currency, account and name are.",
        MappingFaultKind.ColumnTwice => "a column is named twice.",
        MappingFaultKind.CellCount => $"it has {Found} cells, and not as many as the first line.",
        MappingFaultKind.PatternLength => $"a pattern has 1 to {Found} characters.",
        MappingFaultKind.AccountLength => $"an account has 1 to {Found} characters.",
        MappingFaultKind.NameLength => $"a name has at most {Found} characters.",
        MappingFaultKind.UnknownKind => $"'{Found}' is no kind of account; {LedgerWords.AllKinds} are.",
        MappingFaultKind.UnknownCurrency => $"'{Found}' is no currency of ISO 4217.",
        MappingFaultKind.UnknownJournals => $"'{Found}' is none of transaction, day and month.",
    };
}

/// <param name="Accounts">In the order of codes.</param>
/// <param name="Unused">Rules that no account falls under: one that is misspelt shows among them.</param>
public sealed record MappingCoverage(IReadOnlyList<MappedAccount> Accounts, IReadOnlyList<MappingRule> Unused);

/// <param name="Id">Null for another merchant's account, which nobody here may look at.</param>
/// <param name="Rule">The first that fits; null where the mapping leaves the account out.</param>
public sealed record MappedAccount(LedgerAccountId? Id, string Code, AccountKind Kind, Currency Currency, MappingRule? Rule);
