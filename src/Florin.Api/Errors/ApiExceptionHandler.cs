using Florin.Api.Routing;
using Florin.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Florin.Api.Errors;

/// <summary>Answers what nobody expected, on the addresses of the API; pages answer for themselves.</summary>
internal sealed class ApiExceptionHandler(Problems problems, ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (!ApiPaths.Covers(http.Request.Path)) return false;
        if (exception is BadHttpRequestException bad)
        {
            await ApiResponse.WriteAsync(http, OfBadRequest(http, bad), replayOf: null);
            return true;
        }

        Log.RequestFailed(logger, http.Request.Method, Requests.SafeEcho.Text(http.Request.Path), exception);
        var answer = exception is DatabaseException
            ? problems.From(503, "service_unavailable", "The database cannot be used now; repeat the request with the same idempotency key.", ApiPaths.PlaceOf(http))
            : problems.From(500, "internal_error", "Something went wrong here; repeat with the same idempotency key.", ApiPaths.PlaceOf(http));
        await ApiResponse.WriteAsync(http, answer, replayOf: null);
        return true;
    }

    private Storage.Idempotency.StoredResponse OfBadRequest(HttpContext http, BadHttpRequestException bad) =>
        bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? problems.From(413, "body_too_large", $"A body has at most {Requests.RequestLimits.BodyBytes} bytes.", ApiPaths.PlaceOf(http))
            : problems.From(bad.StatusCode, "request_malformed", "The request cannot be read.", ApiPaths.PlaceOf(http));
}
