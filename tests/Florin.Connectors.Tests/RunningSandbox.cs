using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Sandbox;
using Florin.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Connectors.Tests;

/// <summary>A sandbox on a free port with a clock of its own, and the connectors to reach it.</summary>
public sealed class RunningSandbox : IAsyncDisposable
{
    private static readonly IdSource Ids = new(TimeProvider.System, RandomSource.System);

    private static readonly Dictionary<string, ConnectorAccountId> AccountIds = SandboxCredentials.ByAcquirer.Keys.ToDictionary(
        acquirer => acquirer, _ => Ids.New<ConnectorAccountId>(new ShardId(0)));

    private readonly WebApplication app;
    private readonly ServiceProvider services;

    private RunningSandbox(WebApplication app, ManualTime time, GatewayHealthOptions health)
    {
        (this.app, Time) = (app, time);
        services = new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddConnectors(new ConnectorsOptions { Health = health }).BuildServiceProvider();
        Connectors = services.GetRequiredService<IConnectors>();
        Browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
    }

    public ManualTime Time { get; }

    public Uri Url => new(app.Urls.Single() + "/");

    public IConnectors Connectors { get; }

    public IGatewayHealth Health => services.GetRequiredService<IGatewayHealth>();

    public HttpClient Browser { get; }

    /// <param name="health">Without it no circuit ever opens: one clock that stands still sees the failures of all tests.</param>
    public static async Task<RunningSandbox> StartAsync(string? bookPath = null, int maxPayments = 100_000, GatewayHealthOptions? health = null)
    {
        var time = new ManualTime();
        var app = SandboxApplication.Create(new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            Time = time,
            BookPath = bookPath,
            MaxPayments = maxPayments,
        });
        await app.StartAsync();
        return new RunningSandbox(app, time, health ?? new GatewayHealthOptions { MinimumCalls = int.MaxValue });
    }

    public ConnectorAccount Account(string acquirer, string? wrongCredential = null) =>
        AccountAt(acquirer, new Uri(Url, acquirer + "/"), wrongCredential);

    public static ConnectorAccount AccountAt(string acquirer, Uri baseUrl, string? wrongCredential = null) => new(
        AccountIds[acquirer], acquirer, baseUrl,
        SandboxCredentials.ByAcquirer[acquirer].ToDictionary(
            pair => pair.Key, pair => Secret.Of(pair.Key == wrongCredential ? "wrong" : pair.Value)));

    public async Task AskAsync(string path, object hook)
    {
        using var answer = await Browser.PostAsJsonAsync(path, hook);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until so many requests are held.</summary>
    public async Task HeldAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await Browser.GetStringAsync("/control/held", patience.Token) != $$"""{"held":{{count}}}""")
        {
            await Task.Delay(10, patience.Token);
        }
    }

    /// <summary>The payment of a key as the acquirer's book has it; null when it has none.</summary>
    public async Task<BookedPayment?> PaymentAsync(string acquirer, string key)
    {
        var json = await Browser.GetFromJsonAsync<JsonElement>($"/payments.json?acquirer={acquirer}&key={key}");
        return json.GetProperty("data").EnumerateArray().Select(payment => new BookedPayment(
            payment.GetProperty("state").GetString()!,
            payment.GetProperty("authorized").GetInt64(),
            payment.GetProperty("captured").GetInt64(),
            payment.GetProperty("refunded").GetInt64(),
            payment.GetProperty("voided").GetBoolean())).SingleOrDefault();
    }

    /// <summary>How often the book says that a key was asked for.</summary>
    public async Task<int> RequestsAsync(string acquirer, string key)
    {
        var json = await Browser.GetFromJsonAsync<JsonElement>($"/book.json?acquirer={acquirer}&key={key}");
        return json.GetProperty("data").EnumerateArray()
            .Single(operation => operation.GetProperty("key").GetString() == key).GetProperty("requests").GetInt32();
    }

    public async Task<HttpResponseMessage> AnswerChallengeAsync(Uri challenge, string password) =>
        await Browser.PostAsync(challenge, new FormUrlEncodedContent([new("otp", password)]));

    public async Task<HttpResponseMessage> CancelChallengeAsync(Uri challenge) =>
        await Browser.PostAsync(challenge, new FormUrlEncodedContent([new("cancel", "1")]));

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await services.DisposeAsync();
        await app.DisposeAsync();
    }
}

public sealed record BookedPayment(string State, long Authorized, long Captured, long Refunded, bool Voided);
