using System.Globalization;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Exports;

/// <summary>The postings of one account, with what it held after each.</summary>
internal sealed class StatementCsv
{
    public const int RowsAtOnce = 5_000;

    private readonly CsvWriter csv;
    private readonly AccountName account;
    private Int128 balance;

    public StatementCsv(TextWriter output, StatementPage first)
    {
        csv = new CsvWriter(output);
        account = first.Account.Name;
        balance = first.Opening.Minor;
        foreach (var column in (string[])
            [
                "effective", "recorded", "transaction", "line", "kind", "reference", "account", "currency",
                "side", "amount", "amount_minor", "balance", "balance_minor",
            ])
        {
            csv.Plain(column);
        }

        csv.EndRow();
        Facts("", "", "", "", "opening_balance", "");
        csv.Plain("");
        csv.Plain("");
        csv.Plain("");
        Balance();
    }

    public long Rows { get; private set; }

    /// <summary>The balance goes on from row to row; what a row says of it itself is not looked at.</summary>
    public void Write(StatementRow row)
    {
        Facts(
            BookWriter.Instant(row.EffectiveAt),
            BookWriter.Instant(row.RecordedAt),
            row.Transaction.ToString(),
            row.Line.ToString(CultureInfo.InvariantCulture),
            row.Kind,
            OwnReferences.Shown(account.Scope, row.Reference));
        csv.Plain(row.Side.Word());
        csv.Plain(row.Amount.ToDecimalString());
        csv.Plain(row.Amount.Minor.ToString(CultureInfo.InvariantCulture));
        balance += row.Side.Sign() * account.Kind.NaturalSign() * row.Amount.Minor;
        Balance();
        Rows++;
    }

    private void Facts(string effective, string recorded, string transaction, string line, string kind, string reference)
    {
        csv.Plain(effective);
        csv.Plain(recorded);
        csv.Plain(transaction);
        csv.Plain(line);
        csv.Text(kind);
        csv.Text(reference);
        csv.Text(account.Code);
        csv.Plain(account.Currency.Code);
    }

    private void Balance()
    {
        var shown = new Money(WideSum.Shown(balance, account.Code), account.Currency);
        csv.Plain(shown.ToDecimalString());
        csv.Plain(shown.Minor.ToString(CultureInfo.InvariantCulture));
        csv.EndRow();
    }
}
