using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;
using Florin.Testing.Databases;
using Florin.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.Tests;

/// <summary>The real modules on a real database, workers running, and a real sandbox that they reach over HTTP.</summary>
public sealed class RunningFlorin : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan NotFoundIsFinalAfter = TimeSpan.FromMilliseconds(300);
    private static readonly MerchantFees Fees = new(290, new Dictionary<string, long> { ["USD"] = 30, ["KRW"] = 300 });

    private readonly DatabaseFixture database;
    private readonly KeyFile keys = KeyFile.InMemory(RandomSource.System);
    private readonly WebApplication sandbox;
    private readonly WebApplication callbacks;
    private readonly HashSet<MerchantScope> connected = [];
    private readonly ConcurrentQueue<GatewayWebhook> webhooks = [];
    private ServiceProvider? neighbour;
    private ServiceProvider services = null!;

    private RunningFlorin(DatabaseFixture database)
    {
        this.database = database;
        sandbox = SandboxApplication.Create(new SandboxOptions { Url = "http://127.0.0.1:0", Time = SandboxTime });
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        callbacks = builder.Build();
        callbacks.MapPost("gateways/{account}/webhook", ReceiveAsync);
    }

    /// <summary>The deadlines and schedules in force; a test that wants others says so and puts them back.</summary>
    public PaymentsOptions Options { get; } = new()
    {
        GatewayDeadline = TimeSpan.FromSeconds(15),
        QuerySchedule = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(100), 100)],
        SweepEvery = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>The sandbox's clock, which a test may put forward.</summary>
    public SkippingTime SandboxTime { get; } = new();

    /// <summary>Everything that was logged, formatted.</summary>
    public ConcurrentQueue<string> LogLines { get; } = [];

    /// <summary>Whether calls of gateways reach us; otherwise they are lost on the way.</summary>
    public bool WebhooksArrive { get; set; }

    public MerchantScope Scope { get; private set; }

    public HttpClient Browser { get; private set; } = null!;

    public IServiceProvider Services => services;

    public IDatabase Database => Get<IDatabase>();

    public IPayments Payments => Get<IPayments>();

    public IPaymentMethods Methods => Get<IPaymentMethods>();

    public ICheckoutSessions Sessions => Get<ICheckoutSessions>();

    public ILedger Ledger => Get<ILedger>();

    public IEvents Events => Get<IEvents>();

    public static async Task<RunningFlorin> StartAsync(DatabaseFixture database)
    {
        var florin = new RunningFlorin(database);
        await florin.sandbox.StartAsync();
        await florin.callbacks.StartAsync();
        florin.Browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = florin.SandboxUrl };
        florin.services = florin.Compose();
        await florin.services.MigrateAsync(CancellationToken.None);
        florin.Scope = await florin.NewMerchantAsync(Fees);
        await florin.StartWorkersAsync();
        return florin;
    }

    private Uri SandboxUrl => new(sandbox.Urls.Single() + "/");

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public PaymentRequest Request(MerchantScope? scope = null) => new(scope ?? Scope, Origin: null);

    /// <summary>A merchant in a shard of its own, with an account at every acquirer in test mode.</summary>
    public async Task<MerchantScope> NewMerchantAsync(MerchantFees fees)
    {
        var merchant = await Get<IMerchants>().CreateAsync(
            new NewMerchant(DatabaseFixture.FreshShard(), "A shop", "KR", fees), CancellationToken.None);
        var scope = new MerchantScope(merchant.Id, IsLive: false);
        await ConnectAsync(scope);
        return scope;
    }

    public async Task ConnectAsync(MerchantScope scope)
    {
        if (!connected.Add(scope)) return;
        for (var i = 0; i < AcquirerNames.All.Count; i++)
        {
            var name = AcquirerNames.All[i];
            var credentials = SandboxCredentials.ByAcquirer[name].ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value));
            await Get<IConnectorAccounts>().EnsureAsync(
                scope,
                new NewConnectorAccount(name, new Uri(SandboxUrl, name + "/"), credentials, Currencies: [], Priority: i)
                {
                    DisputeFees = new Dictionary<string, long> { ["USD"] = 1_500 },
                },
                CancellationToken.None);
        }
    }

    /// <summary>Another host of this Florin: it shares the database and the keys with the first, and nothing in memory.</summary>
    public async Task<IServiceProvider> NeighbourAsync()
    {
        if (neighbour is not null) return neighbour;
        neighbour = Compose();
        foreach (var worker in neighbour.GetServices<IHostedService>()) await worker.StartAsync(CancellationToken.None);
        return neighbour;
    }

    /// <summary>Ends this Florin as a crash would, while its requests wait at a gateway, and starts another on the same
    /// database.</summary>
    public async Task CrashAndRestartAsync()
    {
        // The database goes first, so that nothing which still runs can write down how its gateway call ended.
        await ((IAsyncDisposable)Database).DisposeAsync();
        ((IDisposable)Get<IConnectors>()).Dispose();
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        foreach (var worker in services.GetServices<IHostedService>())
        {
            await worker.StopAsync(atOnce.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        services = Compose();
        await StartWorkersAsync();
    }

    /// <summary>Makes an acquirer misbehave; see docs/sandbox.md.</summary>
    public Task FaultAsync(string acquirer, string operation, string kind, string when, int count = 1) =>
        ControlAsync("/control/fault", new { acquirer, operation, kind, when, count });

    /// <summary>The next such operation is carried out this late, also when nobody waits for its answer any more.</summary>
    public Task DelayAsync(string acquirer, string operation, TimeSpan delay) => ControlAsync(
        "/control/fault", new { acquirer, operation, kind = "delay", when = "before", count = 1, delay_ms = (int)delay.TotalMilliseconds });

    public Task HoldAsync(string acquirer, string operation, string when, int count = 1) =>
        ControlAsync("/control/hold", new { acquirer, operation, when, count });

    public Task ReleaseAsync(string mode) => ControlAsync("/control/release", new { mode });

    public Task ResetFaultsAsync() => ControlAsync("/control/reset", new { });

    /// <summary>Waits until so many requests are held.</summary>
    public Task HeldAsync(int count) => EventuallyAsync(
        async () => await Browser.GetStringAsync("/control/held") == $$"""{"held":{{count}}}""");

    /// <summary>Delivers the acquirer's own call about an attempt once more, as gateways do.</summary>
    public async Task RepeatWebhookAsync(PaymentAttempt attempt)
    {
        GatewayWebhook? call = null;
        await EventuallyAsync(
            () =>
            {
                call = webhooks.FirstOrDefault(each => Encoding.UTF8.GetString(each.Body.Span).Contains(attempt.GatewayKey, StringComparison.Ordinal));
                return Task.FromResult(call is not null);
            },
            () => "The gateway never called.");

        // How many of its keys still wait for an outcome depends on who else is settling them.
        Assert.True((await Payments.ReceiveWebhookAsync(attempt.ConnectorAccount, call!, CancellationToken.None)).IsSuccess);
    }

    /// <summary>What the acquirer's book adds a payment up to; null where it has none of that key.</summary>
    public async Task<BookedPayment?> BookedPaymentAsync(string acquirer, string key)
    {
        var json = await Browser.GetFromJsonAsync<JsonElement>($"/payments.json?acquirer={acquirer}&key={key}");
        return json.GetProperty("data").EnumerateArray().Select(payment => new BookedPayment(
            payment.GetProperty("state").GetString()!,
            payment.GetProperty("currency").GetString()!,
            payment.GetProperty("authorized").GetInt64(),
            payment.GetProperty("captured").GetInt64(),
            payment.GetProperty("refunded").GetInt64(),
            payment.GetProperty("charged_back").GetInt64(),
            payment.GetProperty("voided").GetBoolean())).SingleOrDefault();
    }

    /// <summary>What the acquirer's book has of the dispute of a payment; null where there is none.</summary>
    public async Task<BookedDispute?> BookedDisputeAsync(string acquirer, string key)
    {
        var json = await Browser.GetFromJsonAsync<JsonElement>($"/disputes.json?acquirer={acquirer}&key={key}");
        return json.GetProperty("data").EnumerateArray().Select(dispute => new BookedDispute(
            dispute.GetProperty("reference").GetString()!,
            dispute.GetProperty("stage").GetString()!,
            dispute.GetProperty("state").GetString()!,
            dispute.GetProperty("amount").GetInt64(),
            [.. dispute.GetProperty("responses").EnumerateArray().Select(response => new BookedResponse(
                response.GetProperty("key").GetString()!,
                [.. response.GetProperty("fields").EnumerateArray().Select(field => field.GetString()!)],
                [.. response.GetProperty("documents").EnumerateArray().Select(document => document.GetString()!)]))])).SingleOrDefault();
    }

    /// <summary>Every operation that the acquirer's book has of one payment.</summary>
    public async Task<IReadOnlyList<BookedOperation>> BookedOperationsAsync(string acquirer, string key)
    {
        var json = await Browser.GetFromJsonAsync<JsonElement>($"/book.json?acquirer={acquirer}&key={key}&limit=1000");
        return [.. json.GetProperty("data").EnumerateArray().Select(operation => new BookedOperation(
            operation.GetProperty("key").GetString()!,
            operation.GetProperty("operation").GetString()!,
            operation.GetProperty("state").GetString()!,
            operation.GetProperty("amount").GetInt64()))];
    }

    /// <summary>The jobs about a payment's attempts, captures, voids and refunds that wait for a person.</summary>
    public async Task<IReadOnlyList<DeadJob>> DeadJobsAsync(PaymentIntent intent)
    {
        var history = (await Payments.HistoryAsync(intent.Scope, intent.Id, CancellationToken.None))!;
        var keys = history.Attempts.Select(attempt => attempt.GatewayKey)
            .Concat(history.Operations.Select(operation => operation.GatewayKey))
            .Concat(history.Refunds.Select(refund => refund.GatewayKey))
            .ToHashSet();
        return [.. (await Get<IJobs>().DeadAsync(1_000, CancellationToken.None)).Where(job => keys.Contains(job.Key))];
    }

    /// <summary>Asks again and again until it is so.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> isSo, Func<string>? otherwise = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            if (patience.IsCancellationRequested) Assert.Fail(otherwise?.Invoke() ?? "It did not come about in time.");
            await Task.Delay(15, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ResetFaultsAsync();
        foreach (var host in new[] { neighbour, services }.OfType<ServiceProvider>())
        {
            foreach (var worker in host.GetServices<IHostedService>()) await worker.StopAsync(CancellationToken.None);
            await host.DisposeAsync();
        }

        Browser.Dispose();
        await callbacks.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    private ServiceProvider Compose() => database.Compose(add: added =>
    {
        added.AddLogging(logging => logging.AddProvider(new LogCapture(LogLines)).SetMinimumLevel(LogLevel.Debug));
        added.AddSingleton(keys.Ring);
        added.AddSingleton(new PublicAddress(new Uri(callbacks.Urls.Single() + "/")));
        added.AddMerchants();
        added.AddVault(keys);
        added.AddLedger();
        added.AddEvents();
        added.AddConnectors(new ConnectorsOptions
        {
            SandboxNotFoundIsFinalAfter = NotFoundIsFinalAfter,

            // These tests lose answers one after the other; no circuit is to open because of that.
            Health = new GatewayHealthOptions { MinimumCalls = int.MaxValue },
        });
        added.AddPayments(Options);
    });

    private async Task StartWorkersAsync()
    {
        foreach (var worker in services.GetServices<IHostedService>()) await worker.StartAsync(CancellationToken.None);
    }

    private async Task ControlAsync(string path, object hook)
    {
        using var answer = await Browser.PostAsJsonAsync(path, hook);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<IResult> ReceiveAsync(string account, HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
        var webhook = new GatewayWebhook(headers, body.ToArray());
        webhooks.Enqueue(webhook);
        if (!WebhooksArrive) return Results.Ok();
        var received = await Payments.ReceiveWebhookAsync(Ids.Parse<ConnectorAccountId>(account), webhook, CancellationToken.None);
        return received.IsSuccess ? Results.Ok() : Results.BadRequest(received.Refusal.Code);
    }

    private sealed class LogCapture(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}

/// <summary>The system's clock, put forward by whatever was skipped.</summary>
public sealed class SkippingTime : TimeProvider
{
    private long skippedTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref skippedTicks));

    public void Skip(TimeSpan by) => Interlocked.Add(ref skippedTicks, by.Ticks);
}

public sealed record BookedPayment(string State, string Currency, long Authorized, long Captured, long Refunded, long ChargedBack, bool Voided);

public sealed record BookedDispute(string Reference, string Stage, string State, long Amount, IReadOnlyList<BookedResponse> Responses);

public sealed record BookedResponse(string Key, IReadOnlyList<string> Fields, IReadOnlyList<string> Documents);

public sealed record BookedOperation(string Key, string Operation, string State, long Amount);
