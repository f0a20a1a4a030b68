using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Pages;
using Florin.Storage;
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
        AuditRecordId? older = Ids.TryParse<AuditRecordId>(query["older_than"], out var olderId) ? olderId : null;
        AuditRecordId? newer = older is null && Ids.TryParse<AuditRecordId>(query["newer_than"], out var newerId) ? newerId : null;
        var page = await audit.ListAsync(http.Session().Scope, filter, new PageRequest<AuditRecordId>(PageSize, older, newer), ct);
        var hasNewer = newer is not null ? page.HasMore : older is not null;
        var hasOlder = newer is not null || page.HasMore;
        return PageResult.Of(new AuditModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = Url(filter, null, null),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Records = page.Items,
            NewerUrl = hasNewer && page.Items.Count > 0 ? Url(filter, "newer_than", page.Items[0].Id) : null,
            OlderUrl = hasOlder && page.Items.Count > 0 ? Url(filter, "older_than", page.Items[^1].Id) : null,
        });

        string? Filter(string name) =>
            query[name].ToString().Trim() is { Length: > 0 and <= LongestFilter } given && !given.Contains('\0', StringComparison.Ordinal) ? given : null;
    }

    private static string Url(AuditFilter filter, string? cursorName, AuditRecordId? cursor)
    {
        var query = new Dictionary<string, string?>();
        if (filter.Action is { } action) query["action"] = action;
        if (filter.Subject is { } subject) query["subject"] = subject;
        if (filter.ActorName is { } actor) query["actor"] = actor;
        if (cursorName is not null) query[cursorName] = cursor.ToString();
        return QueryHelpers.AddQueryString(OfficePaths.Audit, query);
    }
}
