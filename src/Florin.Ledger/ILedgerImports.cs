using Florin.Kernel;
using Florin.Storage.Idempotency;

namespace Florin.Ledger;

/// <summary>Brings opening balances and journals into a merchant's book: all of a file, or nothing of it.</summary>
/// <remarks>What is posted goes through the same engine as everything else, in one database transaction, so bounds, closed
/// periods and frozen accounts hold. A reference that was posted with the same content is a repetition and changes nothing.</remarks>
public interface ILedgerImports
{
    /// <summary>Reads a whole file, and posts it if nothing is wrong with any line of it.</summary>
    /// <param name="file">At most <see cref="LedgerImport.MaxBytes"/> of UTF-8; what lies beyond is not read.</param>
    /// <param name="answer">Stored together with what is posted; where nothing is, nothing is stored.</param>
    Task<LedgerImported> ImportAsync(LedgerImport import, Stream file, IdempotentWrite<LedgerImported>? answer, CancellationToken ct);
}

public enum LedgerImportFormat
{
    /// <summary>Postings, one a row, as <see cref="LedgerExportFormat.Csv"/> writes them; columns may be left out.</summary>
    Csv,

    /// <summary>Balances to begin with, one a row, each posted against the equity account <c>opening_balances</c>.</summary>
    OpeningCsv,

    /// <summary>A journal as hledger reads it: what we export, and plain transactions.</summary>
    Hledger,
}

/// <param name="IsDryRun">Whether all is tried and nothing kept.</param>
public sealed record LedgerImport(MerchantScope Scope, LedgerImportFormat Format, bool IsDryRun)
{
    public const int MaxBytes = 32 * 1024 * 1024;

    public const int MaxLines = 500_000;

    /// <summary>What one database transaction takes without keeping others waiting for long.</summary>
    public const int MaxTransactions = 50_000;

    /// <summary>Whose midnight a date without a time means.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Put before each reference, so that those of a file cannot pass for others; empty for none.</summary>
    public string ReferencePrefix { get; init; } = "";

    /// <summary>Whether the rules of a merchant's own entries hold (docs/decisions/0048): open accounts of its own alone, its own
    /// references, and notes that are texts. Opening balances are then posted against <c>own:opening_balances</c>.</summary>
    public bool IsOwn { get; init; }

    public int MostLines { get; init; } = MaxLines;

    public int MostTransactions { get; init; } = MaxTransactions;
}

/// <param name="IsKept">Whether it was posted (or had been before): nothing is wrong, and it was no dry run.</param>
/// <param name="Transactions">How many the file has; those at fault are not all counted.</param>
/// <param name="Repeated">How many of them had been posted before.</param>
/// <param name="Faults">Everything that is wrong, in the order of lines; empty when nothing is.</param>
public sealed record LedgerImported(bool IsKept, int Transactions, int Repeated, IReadOnlyList<LedgerImportFault> Faults)
{
    /// <summary>For a dry run the accounts that the file would open, in the order in which it names them: one that is misspelt
    /// shows among them.</summary>
    public IReadOnlyList<AccountName> Opens { get; init; } = [];
}

/// <param name="Line">From 1; 0 where the file as a whole is at fault.</param>
/// <param name="Code">As of a refusal: <c>ledger_import_invalid</c>, <c>ledger_unbalanced</c>, <c>ledger_period_closed</c> ...</param>
/// <param name="Text">The line, or as much of it as fits into 200 characters.</param>
public sealed record LedgerImportFault(int Line, string Code, string Message, string Text);
