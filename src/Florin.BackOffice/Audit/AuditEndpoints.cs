using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Merchants;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.BackOffice.Audit;

/// <summary>Who changed what by hand.</summary>
internal static class AuditEndpoints
{
    private const int PageSize = 50;
    private const int LongestFilter = 200;

    public static void Map(RouteGroupBuilder staff) => staff.MapGet("/audit", ListAsync);

    private static async Task<IResult> ListAsync(HttpContext http, IAudit audit, OfficeForms forms, CancellationToken ct)
    {
        var query = http.Request.Query;
        var filter = new AuditFilter(Filter("action"), Filter("subject"), Filter("actor"));
        var place = new ListPlace<AuditRecordId>(query);
        var page = await audit.ListAsync(http.Session().Scope, filter, place.Page(PageSize), ct);
        var (newerUrl, olderUrl) = place.Neighbours(page, record => record.Id, (cursor, id) => Url(filter, cursor, id));
        return PageResult.Of(new AuditModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = Url(filter),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Records = page.Items,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        });

        string? Filter(string name) =>
            query[name].ToString().Trim() is { Length: > 0 and <= LongestFilter } given && !given.Contains('\0', StringComparison.Ordinal) ? given : null;
    }

    private static string Url(AuditFilter filter, string? cursor = null, string? id = null)
    {
        var query = new Dictionary<string, string?>();
        if (filter.Action is { } action) query["action"] = action;
        if (filter.Subject is { } subject) query["subject"] = subject;
        if (filter.ActorName is { } actor) query["actor"] = actor;
        if (cursor is not null) query[cursor] = id;
        return QueryHelpers.AddQueryString(OfficePaths.Audit, query);
    }
}
