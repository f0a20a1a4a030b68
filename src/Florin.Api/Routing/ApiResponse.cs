using System.Globalization;
using Florin.Storage.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>Writes answers, with the headers that their status calls for.</summary>
internal static class ApiResponse
{
    public const string ContentType = "application/json";

    /// <param name="replayOf">The request that this answer was first given to; null for a first answer.</param>
    /// <param name="retryAfter">When to ask again, where that is known better than "soon".</param>
    public static async Task WriteAsync(HttpContext http, StoredResponse answer, string? replayOf, TimeSpan? retryAfter = null)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        response.Headers["Request-Id"] = replayOf ?? http.TraceIdentifier;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!answer.ContentType.EndsWith("json", StringComparison.Ordinal)) MarkAsDownload(response);
        ApiVersion.Show(http);
        if (replayOf is not null) response.Headers["Idempotent-Replayed"] = "true";
        if (http.Request.Headers["Idempotency-Key"] is [{ } key] && IdempotencyKeys.IsVisibleAscii(key)) response.Headers["Idempotency-Key"] = key;
        switch (answer.Status)
        {
            case StatusCodes.Status401Unauthorized:
                response.Headers.WWWAuthenticate = "Bearer realm=\"Florin\"";
                break;
            // The SDKs repeat these by themselves, and only these: what was refused once is refused again.
            case StatusCodes.Status409Conflict or StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable:
                response.Headers.RetryAfter = SecondsOf(retryAfter).ToString(CultureInfo.InvariantCulture);

                // A stored answer stays what it is: the SDKs would repeat it in vain.
                response.Headers["Stripe-Should-Retry"] = replayOf is null ? "true" : "false";
                break;
        }

        if (HttpMethods.IsHead(http.Request.Method)) return;
        await response.BodyWriter.WriteAsync(answer.Body, http.RequestAborted);
    }

    // Rounded up: whoever comes back too early is refused again.
    private static long SecondsOf(TimeSpan? wait) => wait is { } known ? Math.Max((long)Math.Ceiling(known.TotalSeconds), 1) : 1;

    // What somebody uploaded is saved and never shown as a page of ours, whatever is in it.
    private static void MarkAsDownload(HttpResponse response)
    {
        if (response.Headers.ContentDisposition.Count == 0) response.Headers.ContentDisposition = "attachment";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
    }
}
