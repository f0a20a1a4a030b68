using Florin.Kernel;
using Florin.Ledger;

namespace Florin.BackOffice.Pages;

/// <summary>A page of the merchant's books.</summary>
internal abstract record LedgerModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Ledger;
}

/// <summary>All accounts as a tree, with what they hold.</summary>
internal sealed record LedgerAccountsModel : LedgerModel
{
    /// <summary>What the codes shown begin with; empty for all.</summary>
    public required string Prefix { get; init; }

    public required IReadOnlyList<LedgerAccountRow> Rows { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(LedgerAccountsPage);
}

/// <summary>An account, or a branch that several lie under.</summary>
/// <param name="Name">The last part of the code.</param>
/// <param name="Depth">How many parts lie above it.</param>
/// <param name="Url">Its statement; null for a branch.</param>
/// <param name="Kind">Null for a branch of several kinds.</param>
/// <param name="Balances">One for an account; for a branch, the sums that make sense.</param>
internal sealed record LedgerAccountRow(
    string Name, string Code, int Depth, string? Url, AccountKind? Kind, AccountState? State, IReadOnlyList<Money> Balances, Money? Available);

/// <summary>The days that a page is about, as its query has them: <c>from</c>, <c>to</c> (both within), <c>by</c>.</summary>
internal sealed record LedgerSpanFilter(string? FromDay, string? ToDay, LedgerDate By)
{
    public bool FromDayUnreadable { get; init; }

    public bool ToDayUnreadable { get; init; }

    public bool IsEmpty => FromDay is null && ToDay is null && By == LedgerDate.Effective;
}

/// <summary>What came and went on one account.</summary>
internal sealed record LedgerStatementModel : LedgerModel
{
    public required LedgerSpanFilter Filter { get; init; }

    public required AccountStanding Account { get; init; }

    /// <summary>Before the earliest row of the page.</summary>
    public required Money Opening { get; init; }

    /// <summary>After its latest.</summary>
    public required Money Closing { get; init; }

    public required IReadOnlyList<LedgerStatementRow> Rows { get; init; }

    public bool IsOldestFirst { get; init; }

    /// <summary>The same from the other end.</summary>
    public required string OtherOrderUrl { get; init; }

    /// <summary>All of the span as CSV.</summary>
    public required string FileUrl { get; init; }

    /// <summary>Back to the first page; null on it.</summary>
    public string? FirstUrl { get; init; }

    public string? NextUrl { get; init; }

    protected override Type View => typeof(LedgerStatementPage);
}

internal sealed record LedgerStatementRow(
    string Url, string Reference, string Kind, DateTimeOffset EffectiveAt, DateTimeOffset RecordedAt, Money? Debit, Money? Credit, Money Balance);

/// <summary>All about one transaction.</summary>
internal sealed record LedgerTransactionModel : LedgerModel
{
    public required TransactionDetail Transaction { get; init; }

    public required LedgerFlow Flow { get; init; }

    /// <summary>The id of what caused it.</summary>
    public string? Cause { get; init; }

    public string? CauseUrl { get; init; }

    public string? CorrectsUrl { get; init; }

    public required IReadOnlyList<LedgerCorrection> CorrectedBy { get; init; }

    public required IReadOnlyList<MetadataEntry> Notes { get; init; }

    protected override Type View => typeof(LedgerTransactionPage);
}

internal sealed record LedgerCorrection(string Url, string Id, Correction Correction);

/// <summary>A picture of where money goes, in the units of its own box.</summary>
internal sealed record LedgerFlow(int Height, IReadOnlyList<LedgerFlowBox> From, IReadOnlyList<LedgerFlowBox> To);

/// <param name="Others">How many accounts it stands for that there is no room for; 0 for one account.</param>
internal sealed record LedgerFlowBox(int X, int Y, string Account, Money? Amount, int Others);

internal enum LedgerReportKind
{
    TrialBalance,
    IncomeStatement,
    BalanceSheet,
}

/// <summary>One of the reports over a span of days; the lists of the others are empty.</summary>
internal sealed record LedgerReportModel : LedgerModel
{
    public required LedgerReportKind Kind { get; init; }

    public required LedgerSpanFilter Filter { get; init; }

    public required IReadOnlyList<TrialBalanceLine> Trial { get; init; }

    public required IReadOnlyList<IncomeStatement> Income { get; init; }

    public required IReadOnlyList<BalanceSheet> Sheets { get; init; }

    protected override Type View => typeof(LedgerReportPage);
}

/// <summary>Closed periods, a form to close another one, and who did what.</summary>
internal sealed record LedgerPeriodsModel : LedgerModel
{
    public required IReadOnlyList<LedgerClosedPeriod> Closed { get; init; }

    /// <summary>The newest first.</summary>
    public required IReadOnlyList<PeriodEvent> Events { get; init; }

    public required string CloseToken { get; init; }

    public bool JustChanged { get; init; }

    public LedgerPeriodProblem? Problem { get; init; }

    public string? FromDay { get; init; }

    public string? ToDay { get; init; }

    public string? Reason { get; init; }

    protected override Type View => typeof(LedgerPeriodsPage);
}

/// <param name="ReopenToken">For the form that opens it again.</param>
internal sealed record LedgerClosedPeriod(ClosedPeriod Period, string ReopenToken);

internal enum LedgerPeriodProblem
{
    FormExpired,
    DayUnreadable,
    NoReason,
    NotOver,
    Overlaps,
    Changed,
}

/// <summary>Money that is set aside, and what became of it.</summary>
internal sealed record LedgerHoldsModel : LedgerModel
{
    public required bool IsOpenOnly { get; init; }

    /// <summary>The newest first.</summary>
    public required IReadOnlyList<HoldDetail> Holds { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(LedgerHoldsPage);
}

/// <summary>The books as files, and the form for those in the merchant's own account codes.</summary>
internal sealed record LedgerExportsModel : LedgerModel
{
    public required string FormToken { get; init; }

    /// <summary>The mapping as it was sent, so that it need not be sent again.</summary>
    public string Mapping { get; init; } = "";

    /// <summary>Null for what the mapping says.</summary>
    public JournalSpan? Journals { get; init; }

    public LedgerExportProblem? Problem { get; init; }

    public IReadOnlyList<MappingFault> Faults { get; init; } = [];

    /// <summary>Null before a mapping was looked at.</summary>
    public MappingCoverage? Coverage { get; init; }

    protected override Type View => typeof(LedgerExportsPage);
}

internal enum LedgerExportProblem
{
    FormExpired,
    TooLarge,
    NotText,
    NoMapping,
    Faulty,
    Incomplete,

    /// <summary>Too many books are read at once.</summary>
    Busy,
}
