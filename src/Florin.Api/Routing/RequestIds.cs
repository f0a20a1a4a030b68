using Florin.Api.Errors;
using Florin.Kernel;
using Florin.Merchants;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>Names each request, on its answer and in its log lines, and gives the API's empty refusals a body.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, IdSource ids, Problems problems)
{
    private static readonly ShardId NoShard = new(0);

    public async Task InvokeAsync(HttpContext http)
    {
        http.TraceIdentifier = ids.New<RequestId>(NoShard).ToString();
        http.Response.OnStarting(
            static state =>
            {
                var http = (HttpContext)state;
                // A replayed answer bears the id of the request that it was first given to.
                if (http.Response.Headers["Request-Id"].Count == 0) http.Response.Headers["Request-Id"] = http.TraceIdentifier;
                return Task.CompletedTask;
            },
            http);
        await next(http);
        if (http.Response.HasStarted || http.Response.ContentType is not null || !ApiPaths.Covers(http.Request.Path)) return;
        switch (http.Response.StatusCode)
        {
            case StatusCodes.Status404NotFound:
                await RefuseAsync(http, 404, "route_missing", $"There is nothing at {http.Request.Method} {ApiPaths.PlaceOf(http).Path}.");
                break;
            case StatusCodes.Status405MethodNotAllowed:
                await RefuseAsync(http, 405, "method_not_allowed", $"{http.Request.Method} is not possible here; {http.Response.Headers.Allow} is.");
                break;
        }
    }

    private Task RefuseAsync(HttpContext http, int status, string code, string message) =>
        ApiResponse.WriteAsync(http, problems.From(status, code, message, ApiPaths.PlaceOf(http)), replayOf: null);
}
