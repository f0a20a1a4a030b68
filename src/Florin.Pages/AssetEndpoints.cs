using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Florin.Pages;

public static class AssetEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Serves a module's files under <c>/assets/{name}/</c>, to anybody.</summary>
    public static IEndpointConventionBuilder MapAssets(this IEndpointRouteBuilder endpoints, AssetSet set) => endpoints
        .MapMethods($"/assets/{set.Name}/{{**file}}", Methods, (string? file, HttpContext http) => SendAsync(set, file ?? "", http))
        .AllowAnonymous();

    private static async Task SendAsync(AssetSet set, string file, HttpContext http)
    {
        var response = http.Response;
        response.Headers.XContentTypeOptions = "nosniff";
        var asset = set.Find(file, out var isImmutable);
        if (asset is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            response.Headers.CacheControl = "no-store";
            return;
        }

        var accepted = http.Request.GetTypedHeaders().AcceptEncoding;
        var (bytes, coding, tag) = asset.For(Accepts(accepted, "br"), Accepts(accepted, "gzip"));
        response.Headers.ETag = tag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.Headers.CacheControl = isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        if (IsUnchanged(http.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = bytes.Length;
        if (coding is not null) response.Headers.ContentEncoding = coding;
        // A picture opened on its own is a document; it may run nothing and fetch nothing.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (HttpMethods.IsGet(http.Request.Method)) await response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string coding) => accepted.Any(
        value => value.Quality != 0 && value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase));

    private static bool IsUnchanged(HttpRequest request, string tag) => request.GetTypedHeaders().IfNoneMatch.Any(
        known => known.Tag == tag || known.Equals(EntityTagHeaderValue.Any));
}
