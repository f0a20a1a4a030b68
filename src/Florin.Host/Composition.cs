using Florin.Host.Health;
using Florin.Host.Start;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Host;

/// <summary>Which modules this Florin is made of: the one place that names them all.</summary>
internal static class Composition
{
    /// <summary>What each module needs, from the lowest floor up.</summary>
    public static void AddModules(IServiceCollection services, Installation place)
    {
        services.AddStorage(place.Database);
        services.AddSingleton<ReadinessCheck, DatabaseAnswers>();
    }

    /// <summary>What stands before every endpoint. The order matters: what comes first sees every answer.</summary>
    public static void UseMiddleware(WebApplication app)
    {
        app.UseRouting();
        app.UseRequestTimeouts();
    }

    /// <summary>Where each module is reached over HTTP.</summary>
    public static void MapModules(WebApplication app) => HealthEndpoints.Map(app);

    /// <summary>What is done before the first request is taken, after the migrations.</summary>
    public static Task SeedAsync(StartSettings settings, IServiceProvider services, CancellationToken ct) =>
        Task.CompletedTask;

    /// <summary>Web applications of their own that live and die with Florin; started before it, stopped after it.</summary>
    public static IReadOnlyList<WebApplication> Companions(StartSettings settings) => [];

    /// <summary>What the banner shows for trying out.</summary>
    public static IReadOnlyList<BannerCard> TestCards { get; } = [];
}
