using System.Text.Json;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Http;

namespace Florin.BackOffice.Ledger;

/// <summary>Turns the merchant's books into what the pages show; holds no rule of its own.</summary>
internal sealed class LedgerPages(IMerchantBooks books, ILedgerReports reports, IPayments payments, OfficeForms forms)
{
    public const string ClosePurpose = "office close period";
    public const string ReopenPurpose = "office reopen period";
    public const string ExportPurpose = "office export books";

    private const int AccountsOnPage = 100;
    private const int RowsOnPage = 50;
    private const int HoldsOnPage = 25;
    private static readonly TimeSpan FormLife = TimeSpan.FromHours(2);

    public async Task<LedgerAccountsModel> AccountsAsync(HttpContext http, string prefix, CancellationToken ct)
    {
        var query = http.Request.Query;
        LedgerAccountId? after = Ids.TryParse<LedgerAccountId>(query["after"], out var afterId) ? afterId : null;
        LedgerAccountId? before = after is null && Ids.TryParse<LedgerAccountId>(query["before"], out var beforeId) ? beforeId : null;
        var page = await books.AccountsAsync(
            http.Session().Scope, new AccountFilter(prefix), at: null, new PageRequest<LedgerAccountId>(AccountsOnPage, after, before), ct);
        var hasEarlier = before is not null ? page.HasMore : after is not null;
        var hasLater = before is not null || page.HasMore;
        var accounts = page.Items;
        var rest = prefix.Length == 0 ? "" : $"&prefix={Uri.EscapeDataString(prefix)}";
        return new LedgerAccountsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = prefix.Length == 0 ? OfficePaths.Ledger : $"{OfficePaths.Ledger}?prefix={Uri.EscapeDataString(prefix)}",
            Frame = forms.FrameOf(http),
            Prefix = prefix,
            Rows = AccountTree.Of(accounts, prefix, isWhole: !hasEarlier && !hasLater),
            NewerUrl = hasEarlier && accounts.Count > 0 ? $"{OfficePaths.Ledger}?before={accounts[0].Id}{rest}" : null,
            OlderUrl = hasLater && accounts.Count > 0 ? $"{OfficePaths.Ledger}?after={accounts[^1].Id}{rest}" : null,
        };
    }

    /// <returns>Null where the merchant has no such account.</returns>
    public async Task<LedgerStatementModel?> StatementAsync(HttpContext http, LedgerAccountId id, CancellationToken ct)
    {
        var query = http.Request.Query;
        var filter = LedgerSpanQuery.Read(query);
        var isOldestFirst = query["order"] == "oldest_first";
        var cursor = StatementCursor.Parse(query["page"].ToString());
        var question = new StatementQuestion(id, LedgerSpanQuery.SpanOf(filter), RowsOnPage, IsNewestFirst: !isOldestFirst, cursor);
        if (await books.StatementAsync(http.Session().Scope, question, ct) is not { } page) return null;
        var here = OfficePaths.LedgerAccount(id);
        return new LedgerStatementModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = LedgerSpanQuery.Url(here, filter, cursor?.ToString(), isOldestFirst),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Account = page.Account,
            Opening = page.Opening,
            Closing = page.Closing,
            Rows = [.. page.Rows.Select(row => new LedgerStatementRow(
                OfficePaths.LedgerTransaction(row.Transaction),
                row.Reference,
                row.Kind,
                row.EffectiveAt,
                row.RecordedAt,
                row.Side == PostingSide.Debit ? row.Amount : null,
                row.Side == PostingSide.Credit ? row.Amount : null,
                row.Balance))],
            IsOldestFirst = isOldestFirst,
            FileUrl = LedgerSpanQuery.Url(OfficePaths.LedgerStatementFile(id), filter),
            OtherOrderUrl = LedgerSpanQuery.Url(here, filter, page: null, !isOldestFirst),
            FirstUrl = cursor is null ? null : LedgerSpanQuery.Url(here, filter, page: null, isOldestFirst),
            NextUrl = page.Next is { } next ? LedgerSpanQuery.Url(here, filter, next.ToString(), isOldestFirst) : null,
        };
    }

    /// <returns>Null where the merchant has no such transaction.</returns>
    public async Task<LedgerTransactionModel?> TransactionAsync(HttpContext http, LedgerTransactionId id, CancellationToken ct)
    {
        var scope = http.Session().Scope;
        if (await books.TransactionAsync(scope, id, ct) is not { } transaction) return null;
        return new LedgerTransactionModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Transaction = transaction,
            Flow = FlowPicture.Of(transaction.Postings),
            Cause = LedgerSubjects.Of(transaction),
            CauseUrl = await CauseUrlAsync(scope, LedgerSubjects.Of(transaction), ct),
            CorrectsUrl = transaction.Corrects is { } corrected ? OfficePaths.LedgerTransaction(corrected) : null,
            CorrectedBy = [.. transaction.CorrectedBy.Select(by => new LedgerCorrection(OfficePaths.LedgerTransaction(by.Id), by.Id.ToString(), by.Correction))],
            Notes = NotesOf(transaction.Metadata),
        };
    }

    public async Task<LedgerHoldsModel> HoldsAsync(HttpContext http, CancellationToken ct)
    {
        var isOpenOnly = http.Request.Query["state"] != "all";
        var place = new ListPlace<LedgerHoldId>(http.Request.Query);
        var page = await books.HoldsAsync(http.Session().Scope, isOpenOnly ? HoldState.Open : null, place.Page(HoldsOnPage), ct);
        var (here, rest) = (isOpenOnly ? OfficePaths.LedgerHolds : $"{OfficePaths.LedgerHolds}?state=all", isOpenOnly ? "" : "&state=all");
        var (newerUrl, olderUrl) = place.Neighbours(page, hold => hold.Id, (name, id) => $"{OfficePaths.LedgerHolds}?{name}={id}{rest}");
        return new LedgerHoldsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = here,
            Frame = forms.FrameOf(http),
            IsOpenOnly = isOpenOnly,
            Holds = page.Items,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        };
    }

    public async Task<LedgerReportModel> ReportAsync(HttpContext http, LedgerReportKind kind, CancellationToken ct)
    {
        var (scope, filter) = (http.Session().Scope, LedgerSpanQuery.Read(http.Request.Query));
        var span = LedgerSpanQuery.SpanOf(filter);
        return new LedgerReportModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = LedgerSpanQuery.Url(OfficePaths.LedgerReport(kind), filter),
            Frame = forms.FrameOf(http),
            Kind = kind,
            Filter = filter,
            Trial = kind == LedgerReportKind.TrialBalance ? await books.TrialBalanceAsync(scope, span, ct) : [],
            Income = kind == LedgerReportKind.IncomeStatement ? await reports.IncomeStatementAsync(scope, span, ct) : [],
            Sheets = kind == LedgerReportKind.BalanceSheet ? await reports.BalanceSheetAsync(scope, span, ct) : [],
        };
    }

    public async Task<LedgerPeriodsModel> PeriodsAsync(HttpContext http, CancellationToken ct)
    {
        var session = http.Session();
        var events = await books.PeriodEventsAsync(session.Scope, ct);

        // The newest event of a period says whether it is closed.
        var closed = events.DistinctBy(each => each.Period.Starts).Where(each => each.IsClosing).OrderBy(each => each.Period.Starts);
        return new LedgerPeriodsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = OfficePaths.LedgerPeriods,
            Frame = forms.FrameOf(http),
            Closed = [.. closed.Select(each => new LedgerClosedPeriod(
                each.Period, forms.Tokens.Issue(ReopenPurpose, session.Id, FormLife, Bound(each.Period.Starts))))],
            Events = events,
            CloseToken = forms.Tokens.Issue(ClosePurpose, session.Id, FormLife, Bound(events.Count)),
            JustChanged = http.Request.Query.ContainsKey("changed"),
        };
    }

    public LedgerExportsModel Exports(HttpContext http) => new()
    {
        Language = OfficeForms.LanguageOf(http.Request),
        Here = OfficePaths.LedgerExports,
        Frame = forms.FrameOf(http),
        FormToken = forms.Tokens.Issue(ExportPurpose, http.Session().Id, FormLife),
    };

    /// <summary>What the form that closes a period must not outlive: another change.</summary>
    public async Task<string> CloseBoundAsync(MerchantScope scope, CancellationToken ct) => Bound((await books.PeriodEventsAsync(scope, ct)).Count);

    public static string Bound(DateTimeOffset starts) => starts.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Bound(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string?> CauseUrlAsync(MerchantScope scope, string? cause, CancellationToken ct)
    {
        if (Ids.TryParse<PaymentIntentId>(cause, out var intent)) return OfficePaths.Payment(intent);
        if (Ids.TryParse<DisputeId>(cause, out var dispute)) return OfficePaths.Dispute(dispute);
        if (Ids.TryParse<RefundId>(cause, out var refund)) return await payments.FindRefundAsync(scope, refund, ct) is { } made ? OfficePaths.Payment(made.PaymentIntent) : null;
        if (!Ids.TryParse<ChargeId>(cause, out var charge)) return null;
        var found = await payments.FindChargesAsync(scope, [charge], ct);
        return found.Count == 1 ? OfficePaths.Payment(found[0].PaymentIntent) : null;
    }

    private static IReadOnlyList<MetadataEntry> NotesOf(string? document)
    {
        if (document is null) return [];
        using var notes = JsonDocument.Parse(document);
        return notes.RootElement.ValueKind == JsonValueKind.Object
            ? [.. notes.RootElement.EnumerateObject().Select(note => new MetadataEntry(note.Name, note.Value.ToString()))]
            : [];
    }
}
