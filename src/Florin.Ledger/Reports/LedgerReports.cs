using Florin.Kernel;

namespace Florin.Ledger.Reports;

/// <summary>Both statements are views of one trial balance, so they agree with it and with each other.</summary>
internal sealed class LedgerReports(ILedgerQueries queries) : ILedgerReports
{
    public async Task<IReadOnlyList<IncomeStatement>> IncomeStatementAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        [.. (await ByCurrencyAsync(scope, span, ct)).Select(lines => IncomeStatementOf(lines.Key, span, [.. lines]))];

    public async Task<IReadOnlyList<BalanceSheet>> BalanceSheetAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct) =>
        [.. (await ByCurrencyAsync(scope, span, ct)).Select(lines => BalanceSheetOf(lines.Key, span, [.. lines]))];

    private async Task<IOrderedEnumerable<IGrouping<Currency, TrialBalanceLine>>> ByCurrencyAsync(
        MerchantScope scope, LedgerSpan span, CancellationToken ct) => (await queries.TrialBalanceAsync(scope, span, ct))
        .GroupBy(line => line.Closing.Currency)
        .OrderBy(lines => lines.Key.Code, StringComparer.Ordinal);

    private static IncomeStatement IncomeStatementOf(Currency currency, LedgerSpan span, IReadOnlyList<TrialBalanceLine> lines)
    {
        var income = Section(currency, lines, AccountKind.Income, MovedIn);
        var expenses = Section(currency, lines, AccountKind.Expense, MovedIn);
        return new IncomeStatement(currency, span, income, expenses, income.Total - expenses.Total);
    }

    private static BalanceSheet BalanceSheetOf(Currency currency, LedgerSpan span, IReadOnlyList<TrialBalanceLine> lines)
    {
        var earlier = Section(currency, lines, AccountKind.Income, line => line.Opening).Total
            - Section(currency, lines, AccountKind.Expense, line => line.Opening).Total;
        return new BalanceSheet(
            currency,
            span,
            Section(currency, lines, AccountKind.Asset, line => line.Closing),
            Section(currency, lines, AccountKind.Liability, line => line.Closing),
            Section(currency, lines, AccountKind.Equity, line => line.Closing),
            earlier,
            IncomeStatementOf(currency, span, lines).Result);
    }

    private static Money MovedIn(TrialBalanceLine line) => line.Closing - line.Opening;

    // Accounts without a figure are left out: a merchant has many that rested.
    private static ReportSection Section(
        Currency currency, IReadOnlyList<TrialBalanceLine> lines, AccountKind kind, Func<TrialBalanceLine, Money> amountOf)
    {
        var shown = new List<ReportLine>();
        var total = Money.Zero(currency);
        foreach (var line in lines)
        {
            if (line.Kind != kind || amountOf(line) is not { IsZero: false } amount) continue;
            shown.Add(new ReportLine(line.Id, line.Code, amount));
            total += amount;
        }

        return new ReportSection(shown, total);
    }
}
