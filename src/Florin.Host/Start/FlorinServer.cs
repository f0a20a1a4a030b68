using System.Net;
using System.Net.Sockets;
using Florin.Connectors;
using Florin.Host.Commands;
using Florin.Host.Demo;
using Florin.Host.Health;
using Florin.Host.Logging;
using Florin.Host.Metrics;
using Florin.Kernel;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Host.Start;

/// <summary>The life of the server: prepare, migrate, seed, listen, and leave without dropping anything.</summary>
internal static class FlorinServer
{
    // Shorter than the lease of an idempotency key (90 s), so that a request never outlives its claim.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(75);

    // A gateway call in flight is worth waiting for: cut off, its payment becomes unknown until it is asked about.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(StartSettings settings, TextWriter output, CancellationToken ct)
    {
        using var signals = new StopSignals();
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(ct, signals.Requested);
        settings.Place.Data.Prepare();
        using var held = settings.Place.Data.Lock();
        RequireFree(settings.Host, settings.Port);
        RequireFree(settings.Host, settings.SandboxPort);

        await using var app = Build(settings);
        var readiness = app.Services.GetRequiredService<Readiness>();
        app.Services.GetRequiredService<MetricsCollector>().Start();
        await app.Services.MigrateAsync(starting.Token);
        await Composition.SeedAsync(settings, app.Services, starting.Token);

        var companions = Composition.Companions(settings);
        try
        {
            foreach (var companion in companions) await companion.StartAsync(starting.Token);
            await app.StartAsync(starting.Token);
            if (settings.DemoPayments) await app.Services.GetRequiredService<DemoPayments>().EnsureAsync(settings.SandboxUrl, starting.Token);
            readiness.Started();
            await new StartReport(settings, Composition.TestCards).PrintAsync(output);

            // A worker that failed for good must not leave a server behind that takes payments and does half of its work.
            var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
            var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var watch = lifetime.ApplicationStopping.Register(() => failed.TrySetResult());
            var hasFailed = await Task.WhenAny(signals.WaitAsync(), failed.Task) == failed.Task;
            readiness.Draining();
            await Task.Delay(settings.DrainFor, app.Services.GetRequiredService<TimeProvider>(), CancellationToken.None);

            // The listener closes and requests in flight end before the workers are told to stop.
            await app.StopAsync(CancellationToken.None);
            if (hasFailed) throw new CannotRunException("A background worker failed; the log says which and why.");
        }
        finally
        {
            foreach (var companion in companions)
            {
                await companion.StopAsync(CancellationToken.None);
                await companion.DisposeAsync();
            }
        }
    }

    private static WebApplication Build(StartSettings settings)
    {
        // Empty on purpose: no settings file and no ASPNETCORE_ variable changes what the command line says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Florin.Host",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings));
        builder.AddFlorinLogging();
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails();
        builder.Services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = RequestTimeout, TimeoutStatusCode = 503 });
        builder.Services.AddSingleton(new PublicAddress(settings.PublicUrl));
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<MetricsCollector>();
        var payments = new PaymentsOptions { GatewayDeadline = settings.GatewayTimeout, SettlementDelay = settings.SettlementDelay };
        if (settings.QuerySchedule is { } schedule) payments.QuerySchedule = schedule;
        Composition.AddModules(
            builder.Services,
            settings.Place,
            new Opening(payments, settings.Api, settings.Demo, IsOnlyForThisMachine(settings))
            {
                Connectors = new ConnectorsOptions { SandboxNotFoundIsFinalAfter = settings.SandboxNotFoundIsFinalAfter },
            });

        var app = builder.Build();
        Composition.UseMiddleware(app, settings);
        MetricsEndpoint.Map(app);
        Composition.MapModules(app, settings);
        return app;
    }

    // Behind a proxy on the same machine it is bound to loopback as well, and strangers call.
    private static bool IsOnlyForThisMachine(StartSettings settings) =>
        IPAddress.IsLoopback(settings.Host) && settings.PublicUrl.IsLoopback && settings.TrustedProxies.Count == 0;

    private static void Configure(KestrelServerOptions kestrel, StartSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBound.ReadableBytes;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
        kestrel.Listen(settings.Host, settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
    }

    // Asked before anything is touched, so that a second start changes nothing. Kestrel still has the last word.
    private static void RequireFree(IPAddress host, int port)
    {
        using var probe = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(host, port));
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new CannotRunException(
                $"Port {port} on {host} is in use by another program; name another one with --port "
                + "(Florin takes that port and the one after it).",
                failure);
        }
        catch (SocketException failure)
        {
            throw new CannotRunException($"Port {port} on {host} cannot be listened on: {failure.Message}", failure);
        }
    }

    // Signals are StopSignals' alone; the framework's own handler would know nothing of draining.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
