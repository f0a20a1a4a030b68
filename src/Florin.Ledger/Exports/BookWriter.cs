using System.Globalization;

namespace Florin.Ledger.Exports;

/// <summary>Writes transactions in one form.</summary>
internal abstract class BookWriter(TextWriter output, TimeZoneInfo zone)
{
    protected TextWriter Output => output;

    /// <summary>What stands before the first transaction.</summary>
    public abstract void Begin(LedgerExport export);

    /// <param name="accounts">Those of its postings, in their order.</param>
    public abstract void Write(TransactionDetail transaction, IReadOnlyList<ExportAccount> accounts);

    /// <summary>What stands after the last transaction.</summary>
    /// <param name="checks">What each account holds, for the reader to check; null for nothing to check.</param>
    /// <param name="lastDate">The last effective date of all that the checks cover.</param>
    public abstract void End(IReadOnlyList<ExportAccount>? checks, DateTimeOffset lastDate);

    protected DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    protected static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>In UTC to the millisecond, as it is stored.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What is known of a transaction besides its postings, by the names that imports read.</summary>
    protected static IEnumerable<(string Name, string Value)> FactsOf(TransactionDetail transaction)
    {
        yield return ("id", transaction.Id.ToString());
        yield return ("reference", transaction.Reference);
        yield return ("kind", transaction.Kind);
        yield return ("subject", transaction.Subject.ToString("N"));
        yield return ("effective", Instant(transaction.EffectiveAt));
        yield return ("recorded", Instant(transaction.RecordedAt));
        if (transaction.Correction is { } correction) yield return ("correction", correction.Word());
        if (transaction.Corrects is { } corrected) yield return ("corrects", corrected.ToString());
        if (transaction.Hold is { } hold) yield return ("hold", hold.ToString());
        if (transaction.Metadata is { } metadata) yield return ("metadata", metadata);
    }

    protected static string Amount(PostingDetail posting) =>
        Amounts.ToDecimal(posting.Side.Sign() * (Int128)posting.Amount.Minor, posting.Amount.Currency);

    protected static string Title(LedgerExport export) =>
        $"Ledger of {export.Scope.Merchant} in {(export.Scope.IsLive ? "live" : "test")} mode, by days of {export.Zone.Id}";
}
