using Florin.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Florin.Api;

/// <summary>Which release of the API a caller speaks.</summary>
internal static class ApiVersion
{
    private const string OurHeader = "Florin-Version";
    private const string TheSdksHeader = "Stripe-Version";

    /// <summary>What is wrong with the version headers; null when nothing is.</summary>
    public static string? ProblemOf(IHeaderDictionary headers) =>
        ProblemOf(OurHeader, headers[OurHeader]) ?? ProblemOf(TheSdksHeader, headers[TheSdksHeader]);

    /// <summary>Names the release that an answer is in: the one that was asked for, where it can be had.</summary>
    public static void Show(HttpContext http)
    {
        var version = Asked(http.Request.Headers) ?? ApiVersions.Current;
        http.Response.Headers[OurHeader] = version;
        http.Response.Headers[TheSdksHeader] = version;
    }

    private static string? Asked(IHeaderDictionary headers)
    {
        var values = headers[OurHeader] is { Count: > 0 } ours ? ours : headers[TheSdksHeader];
        return values is [{ } version] && ApiVersions.IsAccepted(version) ? version : null;
    }

    private static string? ProblemOf(string header, StringValues values)
    {
        if (values.Count == 0) return null;
        var version = values.Count == 1 ? values[0] ?? "" : "";
        return ApiVersions.IsAccepted(version)
            ? null
            : $"{header} '{Requests.SafeEcho.Text(version)}' is not supported; {ApiVersions.Advice}";
    }
}
