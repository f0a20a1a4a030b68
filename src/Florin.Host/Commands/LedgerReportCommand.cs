using System.CommandLine;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Host.Commands;

/// <summary><c>florin ledger report</c>: income statement, balance sheet and trial balance. May run beside a server.</summary>
internal static class LedgerReportCommand
{
    private const int Balanced = 0;
    private const int Off = 1;

    private delegate Task<int> Print(OpenInstallation place, MerchantScope scope, LedgerSpan span, string title, TextWriter output, CancellationToken ct);

    public static Command Create() => new("report", "Shows what a merchant earned, owns and owes.")
    {
        Report("income", "What was earned and spent.", PrintIncomeAsync),
        Report("balance-sheet", "What is owned and owed at the end of the span. Exit code: 0 in balance, 1 off.", PrintBalanceSheetAsync),
        Report("trial-balance", "Each account before the span, in it, and after it. Exit code: 0 in balance, 1 off.", PrintTrialBalanceAsync),
    };

    private static Command Report(string name, string description, Print print)
    {
        var (book, span) = (new BookOptions(), new SpanOptions());
        var command = new Command(name, description);
        span.AddTo(command);
        book.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var (place, scope) = await book.OpenToReadAsync(parsed, ct);
            await using var opened = place;
            var title = $"{scope.Merchant}, {ModeOptions.Word(scope.IsLive)}, {span.Describe(parsed)}";
            return await print(place, scope, span.Read(parsed, book.Zone(parsed)), title, parsed.InvocationConfiguration.Output, ct);
        });
        return command;
    }

    private static async Task<int> PrintIncomeAsync(
        OpenInstallation place, MerchantScope scope, LedgerSpan span, string title, TextWriter output, CancellationToken ct)
    {
        foreach (var statement in await place.Get<ILedgerReports>().IncomeStatementAsync(scope, span, ct))
        {
            output.WriteLine($"Income statement in {statement.Currency}: {title}");
            PrintSection(output, "income", statement.Income);
            PrintSection(output, "expenses", statement.Expenses);
            Line(output, "result", statement.Result);
            output.WriteLine();
        }

        return Balanced;
    }

    private static async Task<int> PrintBalanceSheetAsync(
        OpenInstallation place, MerchantScope scope, LedgerSpan span, string title, TextWriter output, CancellationToken ct)
    {
        var exitCode = Balanced;
        foreach (var sheet in await place.Get<ILedgerReports>().BalanceSheetAsync(scope, span, ct))
        {
            output.WriteLine($"Balance sheet in {sheet.Currency}: {title}");
            PrintSection(output, "assets", sheet.Assets);
            PrintSection(output, "liabilities", sheet.Liabilities);
            PrintSection(output, "equity accounts", sheet.Equity);
            Line(output, "earlier results", sheet.EarlierResults);
            Line(output, "result of the span", sheet.Result);
            Line(output, "total equity", sheet.TotalEquity);
            output.WriteLine(sheet.IsBalanced
                ? "In balance: assets are liabilities and equity."
                : $"Off by {sheet.Difference}: there are transactions with another merchant's accounts.");
            output.WriteLine();
            if (!sheet.IsBalanced) exitCode = Off;
        }

        return exitCode;
    }

    private static async Task<int> PrintTrialBalanceAsync(
        OpenInstallation place, MerchantScope scope, LedgerSpan span, string title, TextWriter output, CancellationToken ct)
    {
        var exitCode = Balanced;
        var lines = await place.Get<ILedgerQueries>().TrialBalanceAsync(scope, span, ct);
        foreach (var currency in lines.GroupBy(line => line.Closing.Currency).OrderBy(group => group.Key.Code, StringComparer.Ordinal))
        {
            output.WriteLine($"Trial balance in {currency.Key}: {title}");
            output.WriteLine($"{"account",-40} {"opening",18} {"debits",18} {"credits",18} {"closing",18}");
            foreach (var line in currency)
            {
                output.WriteLine(
                    $"{Printable.Of(line.Code),-40} {line.Opening.ToDecimalString(),18} {line.Debits.ToDecimalString(),18} "
                    + $"{line.Credits.ToDecimalString(),18} {line.Closing.ToDecimalString(),18}");
            }

            var (debits, credits) = (Sum(currency, line => line.DebitBalance), Sum(currency, line => line.CreditBalance));
            output.WriteLine(debits == credits
                ? $"In balance: {debits} on each side."
                : $"Off: {debits} debit and {credits} credit; there are transactions with another merchant's accounts.");
            output.WriteLine();
            if (debits != credits) exitCode = Off;
        }

        return exitCode;
    }

    private static Money Sum(IEnumerable<TrialBalanceLine> lines, Func<TrialBalanceLine, Money> amountOf) =>
        lines.Select(amountOf).Aggregate((sum, next) => sum + next);

    private static void PrintSection(TextWriter output, string name, ReportSection section)
    {
        output.WriteLine(name);
        foreach (var line in section.Lines) Line(output, "  " + Printable.Of(line.Code), line.Amount);
        Line(output, $"total {name}", section.Total);
    }

    private static void Line(TextWriter output, string name, Money amount) => output.WriteLine($"{name,-60} {amount.ToDecimalString(),18}");
}
