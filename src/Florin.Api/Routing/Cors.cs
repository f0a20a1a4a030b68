using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>Lets pages of any origin call the routes that publishable keys open; a key stands for itself, no cookie does.</summary>
internal static class Cors
{
    public static void Allow(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Request-Id, Idempotent-Replayed, Retry-After, Florin-Version";
    }

    /// <param name="methods">Those of the path that browsers may use.</param>
    public static Task AnswerPreflight(HttpContext http, string methods)
    {
        Allow(http.Response);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        http.Response.Headers.AccessControlAllowMethods = methods;
        http.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, Idempotency-Key, Florin-Version, Stripe-Version";
        http.Response.Headers.AccessControlMaxAge = "600";
        http.Response.Headers.Allow = $"{methods}, OPTIONS";
        return Task.CompletedTask;
    }
}
