using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.UnknownOutcomes;

/// <summary>The work queue, one item of it, and what is done about one or many.</summary>
internal static class OutcomeEndpoints
{
    // One document, and the rest of the form.
    private const int MostUploadBytes = NewFile.MostBytes + (64 * 1024);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/unknown-outcomes", async (HttpContext http, OutcomePages pages, CancellationToken ct) => PageResult.Of(await pages.ListAsync(http, ct)));
        staff.MapPost("/unknown-outcomes/bulk", StartBulkAsync).DisableAntiforgery();
        staff.MapGet("/unknown-outcomes/bulk/{id}", ShowBulkAsync);
        staff.MapGet("/unknown-outcomes/{id}", ShowAsync);
        staff.MapPost("/unknown-outcomes/{id}/query", QueryAsync).DisableAntiforgery();
        staff.MapPost("/unknown-outcomes/{id}/accept", AcceptAsync).DisableAntiforgery().WithMetadata(new UploadBound(2 * MostUploadBytes));
        staff.MapPost("/unknown-outcomes/{id}/cancel", CancelAsync).DisableAntiforgery();
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, CancellationToken ct) =>
        await FindAsync(id, http, outcomes, ct) is { } item ? PageResult.Of(pages.Detail(http, item)) : PaymentPages.NotFound(http);

    private static async Task<IResult> QueryAsync(
        string id, HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, outcomes, ct) is not { } item) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        if (!IsOurs(form, http, forms, item)) return Problem(http, pages, item, OutcomeProblem.FormExpired);
        var asked = await outcomes.QueryAsync(RequestOf(http), item.Id, answer: null, ct);
        return await AnswerAsync(asked, OutcomeBulkAct.Query, http, outcomes, pages, item, ct);
    }

    private static async Task<IResult> AcceptAsync(
        string id, HttpContext http, IUnknownOutcomes outcomes, IFiles files, OutcomePages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, outcomes, ct) is not { } item) return PaymentPages.NotFound(http);
        var (sent, status) = await http.Request.TryReadSentFilesAsync(MostUploadBytes, ct);
        if (status == StatusCodes.Status413PayloadTooLarge || http.Request.ContentLength > MostUploadBytes) return Problem(http, pages, item, OutcomeProblem.FileTooLarge);
        var form = sent ?? FormCollection.Empty;
        var entry = new AcceptEntry(OutcomeOf(form), EvidenceOf(form), form.Typed("gateway_reference") is { Length: > 0 } reference ? reference : null)
        {
            File = Ids.TryParse<FileId>(form["document_id"], out var before) && await files.FindAsync(item.Scope, before, ct) is not null ? before : null,
        };
        var problem = !IsOurs(form, http, forms, item) ? OutcomeProblem.FormExpired
            : entry.Outcome is null ? OutcomeProblem.OutcomeMissing
            : entry.Evidence is null ? OutcomeProblem.EvidenceMissing
            : !IsSure(form) ? OutcomeProblem.NotConfirmed
            : (OutcomeProblem?)null;
        if (problem is { } wrong) return Problem(http, pages, item, wrong, entry);
        if (form.Files.GetFile("document") is { Length: > 0 } document)
        {
            var stored = await files.CreateAsync(RequestOf(http).Request, await document.ReadAsync(FilePurpose.OutcomeEvidence, ct), answer: null, ct);
            if (!stored.TryGet(out var file, out var refused)) return Problem(http, pages, item, ProblemOf(refused), entry, refused.Message);
            entry = entry with { File = file.Id };
        }

        var evidence = new OutcomeEvidence(entry.Outcome!.Value, entry.GatewayReference, entry.Evidence!, entry.File);
        var accepted = await outcomes.AcceptAsync(RequestOf(http), item.Id, evidence, answer: null, ct);
        return await AnswerAsync(accepted, OutcomeBulkAct.Accept, http, outcomes, pages, item, ct, entry);
    }

    private static async Task<IResult> CancelAsync(
        string id, HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, outcomes, ct) is not { } item) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        if (!IsOurs(form, http, forms, item)) return Problem(http, pages, item, OutcomeProblem.FormExpired);
        if (!IsSure(form)) return Problem(http, pages, item, OutcomeProblem.NotConfirmed);
        var canceled = await outcomes.CancelAsync(RequestOf(http), item.Id, answer: null, ct);
        return await AnswerAsync(canceled, OutcomeBulkAct.Cancel, http, outcomes, pages, item, ct);
    }

    private static async Task<IResult> StartBulkAsync(HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, OfficeForms forms, CancellationToken ct)
    {
        var form = await http.ReadSentFormAsync(ct);
        var page = await pages.ListAsync(http, ct);
        var ids = new HashSet<UnknownOutcomeId>();
        foreach (var text in form["id"])
        {
            if (Ids.TryParse<UnknownOutcomeId>(text, out var id)) ids.Add(id);
        }

        var entry = new BulkEntry(form["all"] == "1", OutcomeOf(form), EvidenceOf(form)) { Ticked = ids };
        if (!forms.Tokens.Verify(form["form_token"], OutcomePages.Purpose, http.Session().Id, OutcomePages.Bound(page))) return Refused(OutcomeProblem.FormExpired);
        if (!QueryValue.TryParse<OutcomeBulkAct>(form["act"], out var act) || !page.Filter.IsReadable || (!entry.IsAll && ids.Count == 0)) return Refused(OutcomeProblem.NothingChosen);
        if (act == OutcomeBulkAct.Accept && entry.Outcome is null) return Refused(OutcomeProblem.OutcomeMissing);
        if (act == OutcomeBulkAct.Accept && entry.Evidence is null) return Refused(OutcomeProblem.EvidenceMissing);
        if (act != OutcomeBulkAct.Query && !IsSure(form)) return Refused(OutcomeProblem.NotConfirmed);
        var isAccept = act == OutcomeBulkAct.Accept;
        var wanted = new NewOutcomeBulk(
            act,
            entry.IsAll ? null : [.. ids],
            entry.IsAll ? pages.FilterOf(page.Filter) : null,
            isAccept ? entry.Outcome : null,
            isAccept ? entry.Evidence : null);
        var started = await outcomes.StartBulkAsync(RequestOf(http), wanted, answer: null, ct);
        return started.TryGet(out var bulk, out var refusal) ? new SeeOther(OfficePaths.OutcomeBulk(bulk.Id)) : Refused(ProblemOf(refusal), refusal.Message);

        PageResult Refused(OutcomeProblem problem, string? detail = null) =>
            PageResult.Of(page with { Problem = problem, ProblemDetail = detail, Entry = entry }, StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ShowBulkAsync(string id, HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, CancellationToken ct) =>
        Ids.TryParse<OutcomeBulkId>(id, out var known) && await outcomes.FindBulkAsync(http.Session().Scope, known, ct) is { } bulk
            ? PageResult.Of(await pages.BulkAsync(http, bulk, ct))
            : PaymentPages.NotFound(http);

    private static async Task<IResult> AnswerAsync(
        Result<UnknownOutcome> result, OutcomeBulkAct act, HttpContext http, IUnknownOutcomes outcomes, OutcomePages pages, UnknownOutcome item, CancellationToken ct,
        AcceptEntry? entry = null)
    {
        if (result.TryGet(out _, out var refusal)) return new SeeOther($"{OfficePaths.UnknownOutcome(item.Id)}?did={QueryValue.Of(act)}");
        var now = await outcomes.FindAsync(item.Scope, item.Id, ct) ?? item;
        return Problem(http, pages, now, ProblemOf(refusal), entry, refusal.Message);
    }

    private static PageResult Problem(
        HttpContext http, OutcomePages pages, UnknownOutcome item, OutcomeProblem problem, AcceptEntry? entry = null, string? detail = null) => PageResult.Of(
            pages.Detail(http, item) with { Problem = problem, ProblemDetail = detail, Entry = entry ?? new AcceptEntry() }, StatusCodes.Status400BadRequest);

    private static async Task<UnknownOutcome?> FindAsync(string id, HttpContext http, IUnknownOutcomes outcomes, CancellationToken ct) =>
        Ids.TryParse<UnknownOutcomeId>(id, out var known) ? await outcomes.FindAsync(http.Session().Scope, known, ct) : null;

    private static bool IsOurs(IFormCollection form, HttpContext http, OfficeForms forms, UnknownOutcome item) =>
        forms.Tokens.Verify(form["form_token"], OutcomePages.Purpose, http.Session().Id, OutcomePages.Bound(item));

    private static bool IsSure(IFormCollection form) => form["sure"] == "1";

    private static AcceptedOutcome? OutcomeOf(IFormCollection form) =>
        QueryValue.TryParse<AcceptedOutcome>(form["outcome"], out var outcome) ? outcome : null;

    private static string? EvidenceOf(IFormCollection form) => form.Typed("evidence") is { Length: > 0 } typed ? CardNumbers.Redact(typed) : null;

    private static OutcomeRequest RequestOf(HttpContext http) => new(new PaymentRequest(http.Session().Scope, Origin: null), http.Actor());

    private static OutcomeProblem ProblemOf(Refusal refusal) => (refusal.Code, refusal.Param) switch
    {
        ("unknown_outcome_settled", _) => OutcomeProblem.Settled,
        ("parameter_missing", "gateway_reference") => OutcomeProblem.ReferenceMissing,
        ("parameter_missing", "evidence") => OutcomeProblem.EvidenceMissing,
        ("parameter_missing", _) => OutcomeProblem.NothingChosen,
        ("parameter_too_long", _) => OutcomeProblem.TooLong,
        ("unknown_outcome_does_not_fit", _) => OutcomeProblem.DoesNotFit,
        ("unknown_outcome_not_queryable", _) => OutcomeProblem.NotQueryable,
        ("unknown_outcome_not_cancelable", _) => OutcomeProblem.NotCancelable,
        ("late_success_not_keepable", _) => OutcomeProblem.NotKeepable,
        ("file_too_large", _) => OutcomeProblem.FileTooLarge,
        ("file_type_unsupported", _) => OutcomeProblem.FileTypeUnknown,
        ("gateway_full", _) => OutcomeProblem.GatewayFull,
        ("bulk_too_large", _) => OutcomeProblem.TooMany,
        _ => OutcomeProblem.Refused,
    };
}
