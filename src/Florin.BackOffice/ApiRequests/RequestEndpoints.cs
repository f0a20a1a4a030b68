using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Pages;
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
        var filter = FilterOf(http.Request.Query);
        var place = new ListPlace<RequestId>(http.Request.Query);
        var page = await log.ListAsync(session.Scope, Meaning(filter), place.Page(PageSize), ct);
        var (newerUrl, olderUrl) = place.Neighbours(page, request => request.Id, (cursor, id) => Url(filter, cursor, id));
        return PageResult.Of(new RequestsModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = Url(filter),
            Frame = forms.FrameOf(http),
            Filter = filter,
            Requests = page.Items,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
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

    private static string Url(RequestFilter filter, string? cursor = null, string? id = null)
    {
        var query = new Dictionary<string, string?>();
        if (filter.Outcome is { } outcome) query["outcome"] = QueryValue.Of(outcome);
        if (filter.Path is { } path) query["path"] = path;
        if (cursor is not null) query[cursor] = id;
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
