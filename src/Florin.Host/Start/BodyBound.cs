using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Florin.Host.Start;

/// <summary>Refuses a body above what its endpoint takes, before it is read.</summary>
/// <remarks>Kestrel cuts the connection over a body above its own limit, and a caller still sending hears of a broken
/// pipe, not of the 413. Below its limit it reads what is left after the answer, so that limit is set higher.</remarks>
internal sealed class BodyBound(RequestDelegate next)
{
    private const long MaxBytes = 1024 * 1024;

    /// <summary>Kestrel's own limit: up to here a body is read to its end, if only to be refused.</summary>
    public const long ReadableBytes = 16 * MaxBytes;

    public Task InvokeAsync(HttpContext http)
    {
        var most = http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBytes;
        if (http.Request.ContentLength > most)
        {
            throw new BadHttpRequestException($"A body has at most {most} bytes.", StatusCodes.Status413PayloadTooLarge);
        }

        // Of a body in chunks the length is known when it is too late to answer.
        if (http.Request.ContentLength is null && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
        }

        return next(http);
    }
}
