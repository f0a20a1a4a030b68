using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.PaymentRouting;

/// <summary>The versions of the routing rules, and one version: read, changed, tried out and made active.</summary>
internal static class RoutingEndpoints
{
    private const int MostNoteCharacters = 500;

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/routing", async (HttpContext http, RoutingPages pages, CancellationToken ct) => PageResult.Of(await pages.ListAsync(http, ct)));
        staff.MapPost("/routing", CreateAsync).DisableAntiforgery();
        staff.MapGet("/routing/{id}", ShowAsync);
        staff.MapPost("/routing/{id}", SaveAsync).DisableAntiforgery();
        staff.MapPost("/routing/{id}/activate", ActivateAsync).DisableAntiforgery();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, IRouting routing, RoutingPages pages, OfficeForms forms, CancellationToken ct)
    {
        var scope = http.Session().Scope;
        var form = await http.ReadSentFormAsync(ct);
        var page = await pages.ListAsync(http, ct);
        if (!forms.Tokens.Verify(form["form_token"], RoutingPages.Purpose, http.Session().Id, RoutingPages.Bound(page)))
        {
            return PageResult.Of(page with { FormExpired = true }, StatusCodes.Status400BadRequest);
        }

        // A new draft begins as a copy: of the version named, or of what is in force.
        var copied = await FindAsync(form["copy"], http, routing, ct) ?? await routing.FindActiveAsync(scope, ct);
        var made = await routing.CreateAsync(
            new PaymentRequest(scope, Origin: null), new NewRoutingVersion(copied?.Document ?? RoutingPages.FirstDocument, Note: null), http.Actor(), answer: null, ct);

        // An account that a copy names may be gone; then the draft begins empty, and says what is to be written.
        if (!made.IsSuccess)
        {
            made = await routing.CreateAsync(new PaymentRequest(scope, Origin: null), new NewRoutingVersion(RoutingPages.FirstDocument, Note: null), http.Actor(), answer: null, ct);
        }

        return new SeeOther(OfficePaths.RoutingVersion(made.Value.Id));
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IRouting routing, RoutingPages pages, CancellationToken ct)
    {
        if (await FindAsync(id, http, routing, ct) is not { } version) return PaymentPages.NotFound(http);
        return PageResult.Of(await pages.DetailAsync(http, version, DaysOf(http.Request.Query["simulate"]), ct));
    }

    private static async Task<IResult> SaveAsync(string id, HttpContext http, IRouting routing, RoutingPages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, routing, ct) is not { } version) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        var typed = form.Typed("document");
        var note = form.Typed("note");
        if (note.Length > MostNoteCharacters) note = note[..MostNoteCharacters];
        if (!forms.Tokens.Verify(form["form_token"], RoutingPages.Purpose, http.Session().Id, RoutingPages.Bound(version)))
        {
            return await ProblemAsync(RoutingProblemKind.FormExpired, []);
        }

        if (CardNumbers.AppearIn(typed) || CardNumbers.AppearIn(note)) return await ProblemAsync(RoutingProblemKind.CardNumber, []);
        var problems = await routing.CheckAsync(version.Scope, typed, ct);
        if (problems.Count > 0) return await ProblemAsync(RoutingProblemKind.Wrong, problems);
        var saved = await routing.UpdateAsync(new PaymentRequest(version.Scope, Origin: null), version.Id, new RoutingVersionChange(typed, note), http.Actor(), answer: null, ct);
        return saved.IsSuccess ? new SeeOther(OfficePaths.RoutingVersion(version.Id) + "?saved=1") : await ProblemAsync(RoutingProblemKind.Changed, []);

        async Task<IResult> ProblemAsync(RoutingProblemKind problem, IReadOnlyList<RoutingProblem> problems)
        {
            var page = await pages.DetailAsync(http, version, simulatedDays: null, ct);
            return PageResult.Of(page with { Problem = problem, Problems = problems, Typed = typed, Note = note }, StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> ActivateAsync(string id, HttpContext http, IRouting routing, RoutingPages pages, OfficeForms forms, CancellationToken ct)
    {
        if (await FindAsync(id, http, routing, ct) is not { } version) return PaymentPages.NotFound(http);
        var form = await http.ReadSentFormAsync(ct);
        var session = http.Session();
        var problem = RoutingProblemKind.FormExpired;
        IReadOnlyList<RoutingProblem> problems = [];
        if (forms.Tokens.Verify(form["form_token"], RoutingPages.Purpose, session.Id, RoutingPages.Bound(version)))
        {
            var activated = await routing.ActivateAsync(new PaymentRequest(version.Scope, Origin: null), version.Id, http.Actor(), answer: null, ct);
            if (activated.IsSuccess) return new SeeOther(OfficePaths.RoutingVersion(version.Id) + "?activated=1");
            problems = await routing.CheckAsync(version.Scope, version.Document, ct);
            problem = problems.Count > 0 ? RoutingProblemKind.Wrong : RoutingProblemKind.Changed;
        }

        var page = await pages.DetailAsync(http, version, simulatedDays: null, ct);
        return PageResult.Of(page with { Problem = problem, Problems = problems }, StatusCodes.Status400BadRequest);
    }

    private static async Task<RoutingVersion?> FindAsync(string? id, HttpContext http, IRouting routing, CancellationToken ct) =>
        Ids.TryParse<RoutingVersionId>(id, out var known) ? await routing.FindAsync(http.Session().Scope, known, ct) : null;

    private static int? DaysOf(string? text) => text switch
    {
        "1" => 1,
        "7" => 7,
        "30" => 30,
        _ => null,
    };
}
