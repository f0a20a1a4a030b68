using Microsoft.AspNetCore.Builder;

namespace Florin.Sandbox.Hooks;

/// <summary>An acquirer that is out cuts every connection, before anything is read.</summary>
/// <remarks>All acquirers listen at one address, so none can refuse a connection for itself: to the caller its request may
/// have arrived, and the outcome is unknown.</remarks>
internal static class Outages
{
    public static void Use(IApplicationBuilder app, Faults faults) => app.Use((context, next) =>
    {
        foreach (var acquirer in AcquirerNames.All)
        {
            if (!context.Request.Path.StartsWithSegments("/" + acquirer, StringComparison.Ordinal)) continue;
            if (faults.Take(acquirer, operation: "", FaultMoment.Connected) is null) break;
            context.Abort();
            return Task.CompletedTask;
        }

        return next(context);
    });
}
