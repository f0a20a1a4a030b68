using System.Text.Json;
using Florin.Api.Routing;
using Florin.Ledger;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Ledger;

/// <summary><c>/v1/florin/ledger/reports/...</c>: figures of all accounts over a span of time.</summary>
internal static class LedgerReportRoutes
{
    public static Task<StoredResponse> ShowTrialBalanceAsync(ApiCall call) => ShowAsync(
        call,
        "trial-balance.csv",
        span => call.Services.Books.TrialBalanceAsync(call.Scope, span, call.Ct),
        (writer, lines, span) => WriteTrialBalance(writer, lines, span, call.Scope.IsLive),
        LedgerReportCsv.Of);

    public static Task<StoredResponse> ShowIncomeStatementAsync(ApiCall call) => ShowAsync(
        call,
        "income-statement.csv",
        span => call.Services.LedgerReports.IncomeStatementAsync(call.Scope, span, call.Ct),
        (writer, statements, span) => WriteReport(writer, "florin.ledger_income_statement"u8, span, call.Scope.IsLive, statements, WriteIncome),
        LedgerReportCsv.Of);

    public static Task<StoredResponse> ShowBalanceSheetAsync(ApiCall call) => ShowAsync(
        call,
        "balance-sheet.csv",
        span => call.Services.LedgerReports.BalanceSheetAsync(call.Scope, span, call.Ct),
        (writer, sheets, span) => WriteReport(writer, "florin.ledger_balance_sheet"u8, span, call.Scope.IsLive, sheets, WriteSheet),
        LedgerReportCsv.Of);

    /// <summary>Answers what may have to read much of the book, when its turn comes.</summary>
    public static async Task<StoredResponse> InTurnAsync(ApiCall call, Func<Task<StoredResponse>> read) =>
        (await call.Services.LongReads.RunAsync(read, call.Ct)).Match(answer => answer, call.Refuse);

    private static async Task<StoredResponse> ShowAsync<T>(
        ApiCall call, string fileName, Func<LedgerSpan, Task<T>> read, Action<Utf8JsonWriter, T, LedgerSpan> write, Func<T, byte[]> table)
    {
        var (span, isCsv) = (call.Parameters.ReadSpan(), call.ReadIsCsv());
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await InTurnAsync(call, async () =>
        {
            var report = await read(span);
            return isCsv
                ? LedgerFileRoutes.File(call, table(report), "text/csv", fileName)
                : ApiCall.Ok(report, (writer, shown) => write(writer, shown, span));
        });
    }

    private static void WriteTrialBalance(Utf8JsonWriter writer, IReadOnlyList<TrialBalanceLine> lines, LedgerSpan span, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.ledger_trial_balance"u8);
        writer.WriteString("by"u8, LedgerText.Of(span.By));
        writer.WriteInstant("from"u8, span.From);
        writer.WriteStartArray("lines"u8);
        foreach (var line in lines)
        {
            writer.WriteStartObject();
            writer.WriteId("account"u8, line.Id);
            writer.WriteNumber("closing_balance"u8, line.Closing.Minor);
            writer.WriteString("code"u8, line.Code);
            writer.WriteNumber("credit_balance"u8, line.CreditBalance.Minor);
            writer.WriteNumber("credits"u8, line.Credits.Minor);
            writer.WriteString("currency"u8, line.Closing.Currency.LowerCode);
            writer.WriteNumber("debit_balance"u8, line.DebitBalance.Minor);
            writer.WriteNumber("debits"u8, line.Debits.Minor);
            writer.WriteString("kind"u8, LedgerText.Of(line.Kind));
            writer.WriteNumber("opening_balance"u8, line.Opening.Minor);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("livemode"u8, isLive);
        writer.WriteStartArray("totals"u8);
        foreach (var currency in lines.GroupBy(line => line.Closing.Currency).OrderBy(group => group.Key.Code, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteNumber("credit_balance"u8, currency.Sum(line => line.CreditBalance.Minor));
            writer.WriteNumber("credits"u8, currency.Sum(line => line.Credits.Minor));
            writer.WriteString("currency"u8, currency.Key.LowerCode);
            writer.WriteNumber("debit_balance"u8, currency.Sum(line => line.DebitBalance.Minor));
            writer.WriteNumber("debits"u8, currency.Sum(line => line.Debits.Minor));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteInstant("until"u8, span.Until);
        writer.WriteEndObject();
    }

    private static void WriteReport<T>(
        Utf8JsonWriter writer, ReadOnlySpan<byte> name, LedgerSpan span, bool isLive, IReadOnlyList<T> currencies, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, name);
        writer.WriteString("by"u8, LedgerText.Of(span.By));
        writer.WriteStartArray("currencies"u8);
        foreach (var currency in currencies) write(writer, currency);
        writer.WriteEndArray();
        writer.WriteInstant("from"u8, span.From);
        writer.WriteBoolean("livemode"u8, isLive);
        writer.WriteInstant("until"u8, span.Until);
        writer.WriteEndObject();
    }

    private static void WriteIncome(Utf8JsonWriter writer, IncomeStatement statement)
    {
        writer.WriteStartObject();
        writer.WriteString("currency"u8, statement.Currency.LowerCode);
        WriteSection(writer, "expenses"u8, statement.Expenses);
        WriteSection(writer, "income"u8, statement.Income);
        writer.WriteNumber("result"u8, statement.Result.Minor);
        writer.WriteEndObject();
    }

    private static void WriteSheet(Utf8JsonWriter writer, BalanceSheet sheet)
    {
        writer.WriteStartObject();
        WriteSection(writer, "assets"u8, sheet.Assets);
        writer.WriteString("currency"u8, sheet.Currency.LowerCode);
        writer.WriteNumber("earlier_results"u8, sheet.EarlierResults.Minor);
        WriteSection(writer, "equity"u8, sheet.Equity);
        WriteSection(writer, "liabilities"u8, sheet.Liabilities);
        writer.WriteNumber("result"u8, sheet.Result.Minor);
        writer.WriteNumber("total_equity"u8, sheet.TotalEquity.Minor);
        writer.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReportSection section)
    {
        writer.WriteStartObject(name);
        writer.WriteStartArray("lines"u8);
        foreach (var line in section.Lines)
        {
            writer.WriteStartObject();
            writer.WriteId("account"u8, line.Account);
            writer.WriteNumber("amount"u8, line.Amount.Minor);
            writer.WriteString("code"u8, line.Code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("total"u8, section.Total.Minor);
        writer.WriteEndObject();
    }
}
