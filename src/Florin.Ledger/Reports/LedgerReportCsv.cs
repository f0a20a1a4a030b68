using System.Text;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger;

/// <summary>Reports as tables for spreadsheets: UTF-8, one figure a row or one account a row, in the order of the report.</summary>
public static class LedgerReportCsv
{
    public static byte[] Of(IReadOnlyList<TrialBalanceLine> lines)
    {
        using var text = new StringWriter();
        var csv = Begin(text, "account", "account_kind", "currency", "opening_balance", "debits", "credits", "closing_balance", "debit_balance", "credit_balance");
        foreach (var line in lines)
        {
            csv.Text(line.Code);
            csv.Plain(line.Kind.Word());
            csv.Plain(line.Closing.Currency.Code);
            foreach (var figure in (Money[])[line.Opening, line.Debits, line.Credits, line.Closing, line.DebitBalance, line.CreditBalance])
            {
                csv.Plain(figure.ToDecimalString());
            }

            csv.EndRow();
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Of(IReadOnlyList<IncomeStatement> statements) => OfSections(statements.Select(statement => (
        statement.Currency,
        ((string, ReportSection)[])[("income", statement.Income), ("expenses", statement.Expenses)],
        ((string, Money)[])[("result", statement.Result)])));

    public static byte[] Of(IReadOnlyList<BalanceSheet> sheets) => OfSections(sheets.Select(sheet => (
        sheet.Currency,
        ((string, ReportSection)[])[("assets", sheet.Assets), ("liabilities", sheet.Liabilities), ("equity", sheet.Equity)],
        ((string, Money)[])[("earlier_results", sheet.EarlierResults), ("result", sheet.Result), ("total_equity", sheet.TotalEquity)])));

    // A row without an account is the sum of its section.
    private static byte[] OfSections(IEnumerable<(Currency Currency, (string, ReportSection)[] Sections, (string, Money)[] Results)> currencies)
    {
        using var text = new StringWriter();
        var csv = Begin(text, "section", "account", "currency", "amount");
        foreach (var (currency, sections, results) in currencies)
        {
            void Row(string section, string account, Money amount)
            {
                csv.Plain(section);
                csv.Text(account);
                csv.Plain(currency.Code);
                csv.Plain(amount.ToDecimalString());
                csv.EndRow();
            }

            foreach (var (name, section) in sections)
            {
                foreach (var line in section.Lines) Row(name, line.Code, line.Amount);
                Row(name, "", section.Total);
            }

            foreach (var (name, amount) in results) Row(name, "", amount);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static CsvWriter Begin(TextWriter text, params ReadOnlySpan<string> columns)
    {
        var csv = new CsvWriter(text);
        foreach (var column in columns) csv.Plain(column);
        csv.EndRow();
        return csv;
    }
}
