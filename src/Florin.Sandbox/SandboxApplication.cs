using System.Collections.Frozen;
using Florin.Sandbox.Aurora;
using Florin.Sandbox.Books;
using Florin.Sandbox.Castellan;
using Florin.Sandbox.Challenges;
using Florin.Sandbox.Disputes;
using Florin.Sandbox.Hangang;
using Florin.Sandbox.Hooks;
using Florin.Sandbox.Settlements;
using Florin.Sandbox.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Sandbox;

/// <summary>The simulated gateways as a web application of their own, reached over HTTP like any gateway.</summary>
/// <remarks>docs/sandbox.md tells of the acquirers, the test cards, the book and the hooks for tests.</remarks>
public static class SandboxApplication
{
    internal const int MaxRequestBytes = 64 * 1024;

    /// <summary>Evidence comes with its documents.</summary>
    internal const int MaxEvidenceBytes = 12 * 1024 * 1024;

    /// <summary>Builds it; the caller starts, stops and disposes it.</summary>
    /// <exception cref="IOException">The book's file cannot be opened, or another sandbox has it.</exception>
    public static WebApplication Create(SandboxOptions options)
    {
        // Empty on purpose: no settings file or environment variable of the process around it changes the sandbox.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        // To standard error, since a program that starts Florin reads one line of JSON from standard output.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRoutingCore();
        // What is held for a test would otherwise keep the process from stopping.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));

        var formats = new Dictionary<string, IWebhookFormat>
        {
            [AcquirerNames.Aurora] = new AuroraWebhooks(options.Time),
            [AcquirerNames.Hangang] = new HangangWebhooks(options.Time),
            [AcquirerNames.Castellan] = new CastellanWebhooks(),
        };
        var book = new Book(options);
        // Made by a factory, so that the container disposes it and with it the file.
        builder.Services.AddSingleton(_ => book);
        var faults = new Faults(options.Time);
        builder.Services.AddSingleton(_ => new WebhookQueue(formats.ToFrozenDictionary(), faults, options.Time));
        builder.Services.AddHostedService(services => services.GetRequiredService<WebhookQueue>());

        builder.Services.AddHostedService(services => new DisputeDesk(book, services.GetRequiredService<WebhookQueue>(), options.Time));

        var app = builder.Build();
        _ = app.Services.GetRequiredService<Book>();
        var webhooks = app.Services.GetRequiredService<WebhookQueue>();
        Outages.Use(app, faults);
        var gateway = new Gateway(book, faults, webhooks, options.Time);
        new AuroraGateway(gateway, options.PublicUrl).Map(app);
        new HangangGateway(gateway, options.Time, options.PublicUrl).Map(app);
        new CastellanGateway(gateway, options.PublicUrl).Map(app);
        new ChallengePage(book, webhooks).Map(app);
        new BookEndpoints(book).Map(app);
        new SettlementReports(book, faults).Map(app);
        ControlEndpoints.Map(app, faults, options.Random);
        new FaultsPage(faults, options.Random).Map(app);
        app.MapGet("/health", context => context.Response.WriteAsync("ok"));
        app.MapGet("/sandbox.css", SendStylesAsync);
        return app;
    }

    private static async Task SendStylesAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        await using var styles = typeof(SandboxApplication).Assembly.GetManifestResourceStream("sandbox.css")!;
        await styles.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
