using System.Text;
using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Ledger;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Ledger;

/// <summary>The books as files of other programs, and as lines of a general ledger in the merchant's own account codes.</summary>
internal static class LedgerExportEndpoints
{
    /// <summary>What needs no mapping.</summary>
    public static readonly IReadOnlyList<LedgerExportFormat> WholeBooks = [LedgerExportFormat.Hledger, LedgerExportFormat.Beancount, LedgerExportFormat.Csv];

    /// <summary>How long a mapping may be, as a file in bytes and typed in characters.</summary>
    public const int MostMapping = 512 * 1024;

    // A file and the text of the one before, in signs of three bytes each.
    private const int MostUploadBytes = 5 * MostMapping;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/ledger/exports", (HttpContext http, LedgerPages pages) => PageResult.Of(pages.Exports(http)));
        staff.MapGet("/ledger/exports/mapping.csv", DownloadMapping);
        staff.MapPost("/ledger/exports/general-ledger", ExportGeneralLedgerAsync).DisableAntiforgery().WithMetadata(new UploadBound(2 * MostUploadBytes));
        staff.MapGet("/ledger/exports/{format}", DownloadBook);
    }

    // Streamed, as large as it may be.
    private static IResult DownloadBook(string format, HttpContext http, ILedgerExports exports, CancellationToken ct)
    {
        if (!QueryValue.TryParse<LedgerExportFormat>(format, out var wanted) || !WholeBooks.Contains(wanted)) return PaymentPages.NotFound(http);
        var export = new LedgerExport(http.Session().Scope, wanted, AfterSeq: 0);
        var (type, name) = wanted switch
        {
            LedgerExportFormat.Hledger => ("text/plain", "ledger.journal"),
            LedgerExportFormat.Beancount => ("text/plain", "ledger.beancount"),
            LedgerExportFormat.Csv => ("text/csv", "ledger.csv"),
            LedgerExportFormat.GeneralLedger => throw new InvalidOperationException("A general ledger wants a mapping."),
        };

        // Without a mapping nothing of a book can be refused.
        return Results.Stream(async output => _ = (await exports.WriteAsync(export, output, ct)).Value, $"{type}; charset=utf-8", name);
    }

    private static IResult DownloadMapping(HttpContext http, ILedgerExports exports, CancellationToken ct)
    {
        var scope = http.Session().Scope;
        return Results.Stream(output => exports.WriteMappingAsync(scope, output, ct), "text/csv; charset=utf-8", "mapping.csv");
    }

    private static async Task<IResult> ExportGeneralLedgerAsync(
        HttpContext http, ILedgerExports exports, LongReads reads, LedgerPages pages, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var (form, status) = await http.Request.TryReadSentFilesAsync(MostUploadBytes, ct);
        if (status == StatusCodes.Status413PayloadTooLarge || http.Request.ContentLength > MostUploadBytes) return Problem(LedgerExportProblem.TooLarge);
        if (form is null || !forms.Tokens.Verify(form["form_token"], LedgerPages.ExportPurpose, session.Id)) return Problem(LedgerExportProblem.FormExpired);
        if (form.Files.GetFile("mapping")?.Length > MostMapping) return Problem(LedgerExportProblem.TooLarge);
        if (await TextOfAsync(form, ct) is not { } text) return Problem(LedgerExportProblem.NotText);
        var page = pages.Exports(http) with { Mapping = text, Journals = QueryValue.TryParse<JournalSpan>(form["journals"], out var span) ? span : null };
        if (text.Length > MostMapping) return Refused(page with { Mapping = "", Problem = LedgerExportProblem.TooLarge });
        if (string.IsNullOrWhiteSpace(text)) return Refused(page with { Problem = LedgerExportProblem.NoMapping });
        var (mapping, faults) = GeneralLedgerMapping.Read(text);
        if (mapping is null) return Refused(page with { Problem = LedgerExportProblem.Faulty, Faults = faults });
        if (page.Journals is { } journals) mapping = mapping with { Journals = journals };
        if (!(await reads.RunAsync(() => exports.CoverAsync(session.Scope, mapping, ct), ct)).TryGet(out var coverage, out _))
        {
            return PageResult.Of(page with { Problem = LedgerExportProblem.Busy }, StatusCodes.Status503ServiceUnavailable);
        }

        page = page with { Coverage = coverage };
        if (form["do"] != "export") return PageResult.Of(page);
        if (coverage.Accounts.Any(account => account.Rule is null)) return Refused(page with { Problem = LedgerExportProblem.Incomplete });
        return new GeneralLedgerFile(new LedgerExport(session.Scope, LedgerExportFormat.GeneralLedger, AfterSeq: 0) { Mapping = mapping }, exports, page);

        PageResult Problem(LedgerExportProblem problem) => Refused(pages.Exports(http) with { Problem = problem });
    }

    private static PageResult Refused(LedgerExportsModel page) => PageResult.Of(page, StatusCodes.Status400BadRequest);

    // A file that was chosen counts, and not what stands in the field from the time before. Null where it is no UTF-8.
    private static async Task<string?> TextOfAsync(IFormCollection form, CancellationToken ct)
    {
        if (form.Files.GetFile("mapping") is not { Length: > 0 } sent) return form["text"].ToString();
        using var content = new MemoryStream((int)sent.Length);
        await sent.CopyToAsync(content, ct);
        try
        {
            return Strict.GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The lines of a general ledger; or, where an account came meanwhile that the mapping leaves out, the page that says so.</summary>
    private sealed class GeneralLedgerFile(LedgerExport export, ILedgerExports exports, LedgerExportsModel page) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            var (headers, ct) = (http.Response.Headers, http.RequestAborted);
            http.Response.ContentType = "text/csv; charset=utf-8";
            headers.ContentDisposition = "attachment; filename=\"general-ledger.csv\"";
            var written = await exports.WriteAsync(export, http.Response.Body, ct);
            if (written.IsSuccess) return;

            // Accounts that are left out are known before the first line is written, so that there still is a page to show.
            headers.Remove("Content-Disposition");
            var coverage = await exports.CoverAsync(export.Scope, export.Mapping!, ct);
            await Refused(page with { Problem = LedgerExportProblem.Incomplete, Coverage = coverage }).ExecuteAsync(http);
        }
    }
}
