using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>The two statements by which a business is judged, from the same postings as the trial balance.</summary>
/// <remarks>Each call reads one snapshot. Nothing here asks whose books may be seen: callers pass scopes that they have checked.</remarks>
public interface ILedgerReports
{
    /// <summary>What a merchant earned and spent in a span of time.</summary>
    /// <returns>One for each currency that the merchant has an account in, in the order of their codes.</returns>
    Task<IReadOnlyList<IncomeStatement>> IncomeStatementAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct);

    /// <summary>What a merchant owns and owes at the end of a span of time; what was earned in it is carried into equity.</summary>
    /// <returns>One for each currency that the merchant has an account in, in the order of their codes.</returns>
    Task<IReadOnlyList<BalanceSheet>> BalanceSheetAsync(MerchantScope scope, LedgerSpan span, CancellationToken ct);
}

/// <summary>An account and its figure, in its natural direction.</summary>
public sealed record ReportLine(LedgerAccountId Account, string Code, Money Amount);

/// <summary>A part of a report: its lines in the order of codes, and their sum.</summary>
public sealed record ReportSection(IReadOnlyList<ReportLine> Lines, Money Total);

/// <param name="Income">What came in within the span; a reversal takes from it.</param>
/// <param name="Result">Income less expenses: a profit, or below zero a loss.</param>
public sealed record IncomeStatement(Currency Currency, LedgerSpan Span, ReportSection Income, ReportSection Expenses, Money Result);

/// <param name="Equity">What stands on the equity accounts themselves.</param>
/// <param name="EarlierResults">Income less expenses of all time before the span, which nobody has closed into an account.</param>
/// <param name="Result">That of the span, as its income statement says.</param>
public sealed record BalanceSheet(
    Currency Currency,
    LedgerSpan Span,
    ReportSection Assets,
    ReportSection Liabilities,
    ReportSection Equity,
    Money EarlierResults,
    Money Result)
{
    public Money TotalEquity => Equity.Total + EarlierResults + Result;

    /// <summary>Assets less liabilities and equity: zero, unless a transaction posted to another merchant's accounts too.</summary>
    public Money Difference => Assets.Total - Liabilities.Total - TotalEquity;

    public bool IsBalanced => Difference.IsZero;
}
