using System.Globalization;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Exports;

/// <summary>One posting a row, with its transaction's facts beside each.</summary>
internal sealed class PostingsCsvWriter(TextWriter output, TimeZoneInfo zone) : BookWriter(output, zone)
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "seq", "id", "date", "effective", "recorded", "kind", "reference", "subject", "correction", "corrects", "hold", "line",
        "account", "account_kind", "currency", "side", "amount", "amount_minor", "metadata",
    ];

    private readonly CsvWriter csv = new(output);

    public override void Begin(LedgerExport export)
    {
        foreach (var column in Columns) csv.Plain(column);
        csv.EndRow();
    }

    public override void Write(TransactionDetail transaction, IReadOnlyList<ExportAccount> accounts)
    {
        var invariant = CultureInfo.InvariantCulture;
        for (var i = 0; i < accounts.Count; i++)
        {
            var posting = transaction.Postings[i];
            csv.Plain(transaction.Seq.ToString(invariant));
            csv.Plain(transaction.Id.ToString());
            csv.Plain(Date(DateOf(transaction.EffectiveAt)));
            csv.Plain(Instant(transaction.EffectiveAt));
            csv.Plain(Instant(transaction.RecordedAt));
            csv.Text(transaction.Kind);
            csv.Text(transaction.Reference);
            csv.Plain(transaction.Subject.ToString("N"));
            csv.Plain(transaction.Correction?.Word());
            csv.Plain(transaction.Corrects?.ToString());
            csv.Plain(transaction.Hold?.ToString());
            csv.Plain(posting.Line.ToString(invariant));
            csv.Text(accounts[i].Code);
            csv.Plain(accounts[i].Kind.Word());
            csv.Plain(posting.Amount.Currency.Code);
            csv.Plain(posting.Side.Word());
            csv.Plain(posting.Amount.ToDecimalString());
            csv.Plain(posting.Amount.Minor.ToString(invariant));
            csv.Text(transaction.Metadata);
            csv.EndRow();
        }
    }

    public override void End(IReadOnlyList<ExportAccount>? checks, DateTimeOffset lastDate)
    {
        // A table has no room for what is checked.
    }
}
