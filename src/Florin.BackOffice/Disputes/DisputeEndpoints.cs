using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Payments.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Disputes;

/// <summary>The list of disputes, one dispute, and the form that answers it.</summary>
internal static class DisputeEndpoints
{
    private const int PageSize = 25;
    private const string GatewayFull = "gateway_full";
    private const int MostUploadBytes = EvidenceFields.MostBytes + (512 * 1024);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/disputes", ListAsync);
        staff.MapGet("/disputes/{id}", ShowAsync);
        staff.MapPost("/disputes/{id}", RespondAsync).DisableAntiforgery().WithMetadata(new UploadBound(2 * MostUploadBytes));
        staff.MapPost("/disputes/{id}/close", CloseAsync).DisableAntiforgery();
        staff.MapGet("/files/{id}", DownloadAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IDisputes disputes, OfficeForms forms, CancellationToken ct)
    {
        var place = new ListPlace<DisputeId>(http.Request.Query);
        var page = await disputes.ListAsync(http.Session().Scope, new DisputeFilter(), place.Page(PageSize), ct);
        var (newerUrl, olderUrl) = place.Neighbours(page, dispute => dispute.Id, (cursor, id) => $"{OfficePaths.Disputes}?{cursor}={id}");
        return PageResult.Of(new DisputesModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Disputes = [.. page.Items.Select(DisputePages.RowOf)],
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        });
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IDisputes disputes, DisputePages pages, CancellationToken ct) =>
        await FindAsync(id, http, disputes, ct) is { } dispute ? PageResult.Of(await pages.DetailAsync(http, dispute, ct)) : PaymentPages.NotFound(http);

    private static async Task<IResult> RespondAsync(
        string id, HttpContext http, IDisputes disputes, IFiles files, DisputePages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, disputes, ct) is not { } dispute) return PaymentPages.NotFound(http);
        IReadOnlyDictionary<string, string> typed = new Dictionary<string, string>();
        var (form, status) = await http.Request.TryReadSentFilesAsync(MostUploadBytes, ct);
        if (status == StatusCodes.Status413PayloadTooLarge || http.Request.ContentLength > MostUploadBytes) return await ProblemAsync(DisputeProblem.FileTooLarge);
        if (form is null) return await ProblemAsync(DisputeProblem.FormExpired);
        typed = DisputePages.TextFields.ToDictionary(field => field, field => CardNumbers.Redact(form.Typed(field)));
        if (!forms.Tokens.Verify(form["form_token"], DisputePages.Purpose, http.Session().Id, DisputePages.Bound(dispute)))
        {
            return await ProblemAsync(DisputeProblem.FormExpired);
        }

        var request = new PaymentRequest(dispute.Scope, Origin: null);
        var evidence = new Dictionary<string, string>(typed);
        foreach (var field in DisputePages.FileFields)
        {
            if (form.Files.GetFile(field) is not { Length: > 0 } sent) continue;
            var stored = await files.CreateAsync(request, await sent.ReadAsync(FilePurpose.DisputeEvidence, ct), answer: null, ct);
            if (!stored.TryGet(out var file, out var refused)) return await ProblemAsync(ProblemOf(refused));
            evidence[field] = file.Id.ToString();
        }

        var change = new DisputeChange(evidence, Submit: form["do"] == "submit", Metadata: null);
        var made = await disputes.UpdateAsync(request, dispute.Id, change, answer: null, ct);

        // What was written and uploaded is kept here until the gateway has room for it: files would have to be chosen anew.
        if (made.Refusal?.Code == GatewayFull)
        {
            var kept = await disputes.UpdateAsync(request, dispute.Id, change with { Submit = false }, answer: null, ct);
            if (!kept.IsSuccess) made = kept;
        }

        if (made.IsSuccess) return new SeeOther(OfficePaths.Dispute(dispute.Id) + "?saved=1");
        dispute = await disputes.FindAsync(dispute.Scope, dispute.Id, ct) ?? dispute;
        return await ProblemAsync(ProblemOf(made.Refusal));

        async Task<IResult> ProblemAsync(DisputeProblem problem)
        {
            var page = await pages.DetailAsync(http, dispute, ct);
            return PageResult.Of(DisputePages.AsTyped(page, typed) with { Problem = problem }, StatusOf(problem));
        }
    }

    private static async Task<IResult> CloseAsync(
        string id, HttpContext http, IDisputes disputes, DisputePages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, disputes, ct) is not { } dispute) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        var problem = DisputeProblem.FormExpired;
        if (forms.Tokens.Verify(form["form_token"], DisputePages.Purpose, http.Session().Id, DisputePages.Bound(dispute)))
        {
            var closed = await disputes.CloseAsync(new PaymentRequest(dispute.Scope, Origin: null), dispute.Id, answer: null, ct);
            if (closed.IsSuccess) return new SeeOther(OfficePaths.Dispute(dispute.Id));
            problem = ProblemOf(closed.Refusal);
            dispute = await disputes.FindAsync(dispute.Scope, dispute.Id, ct) ?? dispute;
        }

        return PageResult.Of(await pages.DetailAsync(http, dispute, ct) with { Problem = problem }, StatusOf(problem));
    }

    // What somebody uploaded is saved and never shown as a page of ours, whatever is in it.
    private static async Task<IResult> DownloadAsync(string id, HttpContext http, IFiles files, CancellationToken ct)
    {
        if (!Ids.TryParse<FileId>(id, out var fileId) || await files.ReadAsync(http.Session().Scope, fileId, ct) is not var (file, content)) return PaymentPages.NotFound(http);
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "no-store";
        return Results.File(content, WireText.MediaTypeOf(file.Type), $"{file.Id}.{WireText.Of(file.Type)}");
    }

    private static async Task<Dispute?> FindAsync(string id, HttpContext http, IDisputes disputes, CancellationToken ct) =>
        Ids.TryParse<DisputeId>(id, out var disputeId) ? await disputes.FindAsync(http.Session().Scope, disputeId, ct) : null;

    private static int StatusOf(DisputeProblem problem) =>
        problem == DisputeProblem.GatewayFull ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;

    private static DisputeProblem ProblemOf(Refusal refusal) => refusal.Code switch
    {
        "file_too_large" => DisputeProblem.FileTooLarge,
        "file_type_unsupported" => DisputeProblem.FileTypeUnknown,
        "parameter_missing" => DisputeProblem.NothingToSubmit,
        "evidence_declined" => DisputeProblem.Declined,
        "evidence_not_sent" => DisputeProblem.NotSent,
        GatewayFull => DisputeProblem.GatewayFull,
        _ => DisputeProblem.Changed,
    };
}
