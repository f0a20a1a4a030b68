using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Host.Health;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: requests are welcome, and if not, why.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", static context => context.Response.WriteAsJsonAsync(new { status = "ok" }));
        endpoints.MapGet("/health/ready", ReadyAsync);
    }

    private static async Task ReadyAsync(HttpContext context)
    {
        var faults = await context.RequestServices.GetRequiredService<Readiness>().CheckAsync();
        var isReady = faults.Values.All(fault => fault is null);
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new
        {
            status = isReady ? "ready" : "not_ready",
            checks = faults.ToDictionary(fault => fault.Key, fault => fault.Value ?? "ok"),
        });
    }
}
