using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Logging;

/// <summary>One line a request, with the route's pattern and not the path: paths may carry unguessable tokens.</summary>
internal sealed class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
            var durationMs = (long)time.GetElapsedTime(began).TotalMilliseconds;
            Log.Request(log, context.Request.Method, route, context.Response.StatusCode, durationMs);
        }
    }
}
