using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Ledger;

/// <summary>The merchant's books: accounts, statements, transactions, reports, and the closing of periods.</summary>
internal static class LedgerEndpoints
{
    private const int LongestPrefix = 255;
    private const int LongestReason = 500;

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/ledger", async (HttpContext http, LedgerPages pages, CancellationToken ct) => PageResult.Of(await pages.AccountsAsync(http, PrefixOf(http), ct)));
        staff.MapGet("/ledger/accounts/{id}", ShowAccountAsync);
        staff.MapGet("/ledger/accounts/{id}/statement.csv", DownloadStatementAsync);
        staff.MapGet("/ledger/transactions/{id}", ShowTransactionAsync);
        staff.MapGet("/ledger/holds", async (HttpContext http, LedgerPages pages, CancellationToken ct) => PageResult.Of(await pages.HoldsAsync(http, ct)));
        staff.MapGet("/ledger/reports/{kind}", ShowReportAsync);
        staff.MapGet("/ledger/reports/{kind}.csv", DownloadReportAsync);
        staff.MapGet("/ledger/periods", async (HttpContext http, LedgerPages pages, CancellationToken ct) => PageResult.Of(await pages.PeriodsAsync(http, ct)));
        staff.MapPost("/ledger/periods", CloseAsync).DisableAntiforgery();
        staff.MapPost("/ledger/periods/reopen", ReopenAsync).DisableAntiforgery();
    }

    private static async Task<IResult> ShowAccountAsync(string id, HttpContext http, LedgerPages pages, CancellationToken ct) =>
        Ids.TryParse<LedgerAccountId>(id, out var account) && await pages.StatementAsync(http, account, ct) is { } page
            ? PageResult.Of(page)
            : PaymentPages.NotFound(http);

    // Streamed, since the account may have more postings than fit into memory.
    private static async Task<IResult> DownloadStatementAsync(string id, HttpContext http, IMerchantBooks books, CancellationToken ct)
    {
        var scope = http.Session().Scope;
        if (!Ids.TryParse<LedgerAccountId>(id, out var account) || await books.AccountAsync(scope, account, at: null, ct) is null)
        {
            return PaymentPages.NotFound(http);
        }

        var span = LedgerSpanQuery.SpanOf(LedgerSpanQuery.Read(http.Request.Query));
        return Results.Stream(output => books.WriteStatementAsync(scope, account, span, output, ct), "text/csv; charset=utf-8", $"{account}.csv");
    }

    private static async Task<IResult> ShowTransactionAsync(string id, HttpContext http, LedgerPages pages, CancellationToken ct) =>
        Ids.TryParse<LedgerTransactionId>(id, out var transaction) && await pages.TransactionAsync(http, transaction, ct) is { } page
            ? PageResult.Of(page)
            : PaymentPages.NotFound(http);

    private static async Task<IResult> ShowReportAsync(string kind, HttpContext http, LedgerPages pages, CancellationToken ct) =>
        QueryValue.TryParse<LedgerReportKind>(kind, out var report) ? PageResult.Of(await pages.ReportAsync(http, report, ct)) : PaymentPages.NotFound(http);

    private static async Task<IResult> DownloadReportAsync(string kind, HttpContext http, LedgerPages pages, CancellationToken ct)
    {
        if (!QueryValue.TryParse<LedgerReportKind>(kind, out var report)) return PaymentPages.NotFound(http);
        var model = await pages.ReportAsync(http, report, ct);
        var file = report switch
        {
            LedgerReportKind.TrialBalance => LedgerReportCsv.Of(model.Trial),
            LedgerReportKind.IncomeStatement => LedgerReportCsv.Of(model.Income),
            LedgerReportKind.BalanceSheet => LedgerReportCsv.Of(model.Sheets),
        };
        return Results.File(file, "text/csv; charset=utf-8", $"{kind}.csv");
    }

    private static async Task<IResult> CloseAsync(HttpContext http, LedgerPages pages, IMerchantBooks books, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var form = await http.ReadSentFormAsync(ct);
        var isGenuine = forms.Tokens.Verify(form["form_token"], LedgerPages.ClosePurpose, session.Id, await pages.CloseBoundAsync(session.Scope, ct));
        if (!isGenuine) return await ProblemAsync(LedgerPeriodProblem.FormExpired);
        var (starts, last) = (LedgerSpanQuery.DayOf(form["from"].ToString()), LedgerSpanQuery.DayOf(form["to"].ToString()));
        if (starts is null || last is null) return await ProblemAsync(LedgerPeriodProblem.DayUnreadable);
        if (ReasonOf(form) is not { } reason) return await ProblemAsync(LedgerPeriodProblem.NoReason);
        var change = new PeriodChange(starts.Value, last.Value.AddDays(1), session.User.Email, reason);
        var closed = await books.ClosePeriodAsync(session.Scope, change, answer: null, ct);
        return closed.Refusal is { } refusal ? await ProblemAsync(ProblemOf(refusal)) : new SeeOther($"{OfficePaths.LedgerPeriods}?changed=1");

        async Task<IResult> ProblemAsync(LedgerPeriodProblem problem) => PageResult.Of(
            await pages.PeriodsAsync(http, ct) with
            {
                Problem = problem,
                FromDay = Shown(form, "from"),
                ToDay = Shown(form, "to"),
                Reason = Shown(form, "reason"),
            },
            StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ReopenAsync(HttpContext http, LedgerPages pages, IMerchantBooks books, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var form = await http.ReadSentFormAsync(ct);
        var starts = LedgerSpanQuery.DayOf(form["starts"].ToString());
        var problem = LedgerPeriodProblem.FormExpired;
        if (starts is { } day && forms.Tokens.Verify(form["form_token"], LedgerPages.ReopenPurpose, session.Id, LedgerPages.Bound(day)))
        {
            problem = LedgerPeriodProblem.NoReason;
            if (ReasonOf(form) is { } reason)
            {
                var reopened = await books.ReopenPeriodAsync(session.Scope, new PeriodChange(day, Ends: null, session.User.Email, reason), answer: null, ct);
                if (reopened.Refusal is not { } refusal) return new SeeOther($"{OfficePaths.LedgerPeriods}?changed=1");
                problem = ProblemOf(refusal);
            }
        }

        return PageResult.Of(await pages.PeriodsAsync(http, ct) with { Problem = problem }, StatusCodes.Status400BadRequest);
    }

    private static string PrefixOf(HttpContext http)
    {
        var prefix = http.Request.Query["prefix"].ToString().Trim();
        return prefix.Length > LongestPrefix || prefix.Contains('\0', StringComparison.Ordinal) ? "" : prefix;
    }

    private static string? ReasonOf(IFormCollection form)
    {
        var reason = CardNumbers.Redact(form.Typed("reason"));
        return reason.Length is 0 or > LongestReason ? null : reason;
    }

    private static string? Shown(IFormCollection form, string name)
    {
        var text = form[name].ToString();
        return text.Length is 0 or > LongestReason ? null : text;
    }

    private static LedgerPeriodProblem ProblemOf(Refusal refusal) => refusal.Code switch
    {
        "ledger_period_overlaps" => LedgerPeriodProblem.Overlaps,
        "ledger_period_unknown" => LedgerPeriodProblem.Changed,
        _ => LedgerPeriodProblem.NotOver,
    };
}
