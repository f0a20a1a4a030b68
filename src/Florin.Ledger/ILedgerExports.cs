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
    /// <summary>Reads a mapping file, JSON or CSV (docs/operations/ledger.md shows both).</summary>
    /// <returns>Or <c>ledger_mapping_invalid</c>, with what is wrong and where.</returns>
    public static Result<GeneralLedgerMapping> Parse(string text) => Exports.MappingFile.Parse(text);

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
