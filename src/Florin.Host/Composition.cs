using Florin.Api;
using Florin.BackOffice;
using Florin.Checkout;
using Florin.Connectors;
using Florin.Events;
using Florin.Host.Demo;
using Florin.Host.Health;
using Florin.Host.Logging;
using Florin.Host.Start;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;
using Florin.Sandbox;
using Florin.Shop;
using Florin.Storage;
using Florin.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Host;

/// <summary>Which modules this Florin is made of: the one place that names them all.</summary>
internal static class Composition
{
    /// <summary>What each module needs, from the lowest floor up.</summary>
    /// <remarks>All of them for every command and with every option: a database that knows a module's tables is refused
    /// by a program without that module, since it looks like that of a newer version.</remarks>
    /// <param name="opening">What the modules are to be like this time.</param>
    public static void AddModules(IServiceCollection services, Installation place, Opening opening)
    {
        services.AddStorage(place.Database);
        services.AddSingleton<ReadinessCheck, DatabaseAnswers>();

        var keys = place.LoadKeys();
        services.AddSingleton(keys.Ring);
        services.AddVault(keys);
        services.AddMerchants(opening.Demo ? new MerchantsOptions() : DemoShop.Refused);
        services.AddLedger();
        services.AddEvents(new WebhookOptions { AllowLoopbackInTest = opening.IsLocal });
        services.AddConnectors(opening.Connectors);
        services.AddPayments(opening.Payments);
        services.AddShop(new ShopOwner(DemoShop.Scope));
        services.AddSingleton<DemoShop>();
        services.AddSingleton<DemoRouting>();
        services.AddSingleton<DemoBooks>();
        services.AddSingleton<DemoPayments>();
        services.AddApi(opening.Api);
        services.AddCheckout();
        services.AddBackOffice();
    }

    /// <summary>What stands before every endpoint. The order matters: what comes first sees every answer.</summary>
    public static void UseMiddleware(WebApplication app, StartSettings settings)
    {
        UseTrustedProxies(app, settings.TrustedProxies);
        app.UseApi();
        if (settings.LogRequests) app.UseMiddleware<RequestLog>();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = failure => failure is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseRouting();
        app.UseMiddleware<BodyBound>();
        app.UseRequestTimeouts();
    }

    // From nobody else: whoever can write the header could be anywhere for a key's allow-list.
    private static void UseTrustedProxies(WebApplication app, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        if (proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Where each module is reached over HTTP.</summary>
    public static void MapModules(WebApplication app, StartSettings settings)
    {
        HealthEndpoints.Map(app);
        app.MapApi();
        app.MapCheckout();
        app.MapBackOffice();
        if (settings.Demo) app.MapShop();
        app.MapGet("/", () => Results.Redirect(settings.Demo ? "/shop" : "/office"));
    }

    /// <summary>What is done before the first request is taken, after the migrations.</summary>
    public static async Task SeedAsync(StartSettings settings, IServiceProvider services, CancellationToken ct)
    {
        await services.CheckVaultKeysAsync(ct);
        if (!settings.Demo) return;
        await services.GetRequiredService<DemoShop>().EnsureAsync(settings.SandboxUrl, ct);
        await services.GetRequiredService<DemoRouting>().EnsureAsync(ct);
        await services.GetRequiredService<DemoBooks>().EnsureAsync(ct);
        await services.SeedShopAsync(ct);
    }

    /// <summary>Web applications of their own that live and die with Florin; started before it, stopped after it.</summary>
    public static IReadOnlyList<WebApplication> Companions(StartSettings settings) =>
    [
        SandboxApplication.Create(new SandboxOptions
        {
            Url = settings.SandboxUrl.AbsoluteUri,
            BookPath = settings.Place.Data.SandboxBookPath,
        }),
    ];

    /// <summary>What the banner shows for trying out.</summary>
    public static IReadOnlyList<BannerCard> TestCards { get; } =
        [.. Sandbox.TestCards.All.Select(card => new BannerCard(card.Number, card.Description))];
}

/// <param name="Demo">Whether the documented keys and user are let in.</param>
/// <param name="IsLocal">Whether only this machine can reach Florin; then test webhooks may reach this machine too. Where
/// strangers can reach it, a test key must not let them speak to what runs beside it.</param>
internal sealed record Opening(PaymentsOptions Payments, ApiOptions Api, bool Demo, bool IsLocal)
{
    public ConnectorsOptions Connectors { get; init; } = new();
}
