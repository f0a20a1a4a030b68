using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Pages;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Florin.BackOffice.ApiRequests;

/// <summary>The request log: where <c>request_log_url</c> of an error leads.</summary>
internal static class RequestEndpoints
{
    private const int PageSize = 50;
    private const int LongestPath = 200;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/requests", ListAsync);
        staff.MapGet("/requests/{id}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IRequestLog log, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var query = http.Request.Query;
        var filter = FilterOf(query);
        RequestId? older = Ids.TryParse<RequestId>(query["older_than"], out var olderId) ? olderId : null;
        RequestId? newer = older is null && Ids.TryParse<RequestId>(query["newer_than"], out var newerId) ? newerId : null;
        var page = await log.ListAsync(session.Scope, Meaning(filter), new PageRequest<RequestId>(PageSize, older, newer), ct);
        var hasNewer = newer is not null ? page.HasMore : older is not null;
        var hasOlder = newer is not null || page.HasMore;
        return PageResult.Of(new RequestsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = Url(filter, null, null),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Requests = page.Items,
            NewerUrl = hasNewer && page.Items.Count > 0 ? Url(filter, "newer_than", page.Items[0].Id) : null,
            OlderUrl = hasOlder && page.Items.Count > 0 ? Url(filter, "older_than", page.Items[^1].Id) : null,
        });
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IRequestLog log, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var found = Ids.TryParse<RequestId>(id, out var wanted) ? await log.FindAsync(session.Scope, wanted, ct) : null;
        if (found is null) return PaymentPages.NotFound(http);
        return PageResult.Of(new RequestModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Request = found,
            RequestJson = Readable(found.RequestBody),
            ResponseJson = Readable(found.ResponseBody),
        });
    }

    private static RequestFilter FilterOf(IQueryCollection query)
    {
        var path = query["path"].ToString().Trim();
        return new RequestFilter(
            QueryValue.TryParse<RequestOutcome>(query["outcome"], out var outcome) ? outcome : null,
            path.Length is 0 or > LongestPath || path.Contains('\0', StringComparison.Ordinal) ? null : path);
    }

    private static RequestLogFilter Meaning(RequestFilter filter) =>
        (filter.Outcome is { } outcome ? Meaning(outcome) : new RequestLogFilter()) with { PathPrefix = filter.Path };

    private static RequestLogFilter Meaning(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Succeeded => new RequestLogFilter(200, 299),
        RequestOutcome.Failed => new RequestLogFilter(400),
        RequestOutcome.ClientError => new RequestLogFilter(400, 499),
        RequestOutcome.ServerError => new RequestLogFilter(500),
    };

    private static string Url(RequestFilter filter, string? cursorName, RequestId? cursor)
    {
        var query = new Dictionary<string, string?>();
        if (filter.Outcome is { } outcome) query["outcome"] = QueryValue.Of(outcome);
        if (filter.Path is { } path) query["path"] = path;
        if (cursorName is not null) query[cursorName] = cursor.ToString();
        return QueryHelpers.AddQueryString(OfficePaths.Requests, query);
    }

    // A body that was cut off is no JSON any more; it is shown as it is.
    private static string? Readable(string? body)
    {
        if (body is null) return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(json.RootElement, Indented);
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
