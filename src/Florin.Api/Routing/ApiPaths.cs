using Florin.Api.Errors;
using Florin.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>Which addresses are the API's, whose every answer is JSON.</summary>
internal static class ApiPaths
{
    public static bool Covers(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments("/gateways");

    public static ErrorPlace PlaceOf(HttpContext http) =>
        new(SafeEcho.Text(http.Request.Path), http.TraceIdentifier, RequestRecorder.IsRecorded(http));
}
