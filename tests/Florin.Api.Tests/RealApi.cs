using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Testing.Contracts;
using Florin.Testing.Databases;
using Florin.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Api.Tests;

/// <summary>The API over real HTTP on the real modules, a real database and a sandbox gateway, for one merchant.</summary>
public abstract class RealApi(DatabaseFixture database) : IAsyncLifetime
{
    private readonly WebApplication sandbox = SandboxApplication.Create(new SandboxOptions { Url = "http://127.0.0.1:0" });
    private WebApplication? app;
    private string secretKey = "";
    private string publishableKey = "";

    internal IServiceProvider Services => app!.Services;

    internal Uri SandboxUrl => new(sandbox.Urls.Single());

    internal MerchantScope Scope { get; private set; }

    internal string SecretKey => secretKey;

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        await sandbox.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        AddModules(builder.Services);
        app = builder.Build();
        app.UseApi();
        app.UseExceptionHandler();
        app.MapApi();
        await app.Services.MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        Client = new HttpClient(new ContractHandler()) { BaseAddress = new Uri(app.Urls.First()) };
        (Scope, secretKey, publishableKey) = await OpenShopAsync();
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        if (app is not null) await app.DisposeAsync();
        await sandbox.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>What is answered, which must be a success.</summary>
    internal async Task<JsonElement> OkAsync(string method, string path, string? form = null, string? idempotencyKey = null)
    {
        var answer = await SendAsync(method, path, form, idempotencyKey: idempotencyKey);
        Assert.True(answer.Status == 200, $"{method} {path} {form}: {answer.Text}");
        return answer.Json;
    }

    internal Task<JsonElement> GetAsync(string path) => OkAsync("GET", path);

    internal Task<JsonElement> PostAsync(string path, string form = "") => OkAsync("POST", path, form);

    /// <summary>The status, code and parameter of a refusal.</summary>
    internal async Task<(int Status, string? Code, string? Param)> RefusedAsync(string method, string path, string? form = null)
    {
        var answer = await SendAsync(method, path, form);
        Assert.True(answer.Status >= 400, $"{method} {path} {form}: {answer.Text}");
        return (answer.Status, answer.Code, answer.Param);
    }

    internal async Task<Answer> SendAsync(string method, string path, string? form = null, bool fromBrowser = false, string? idempotencyKey = null, string? key = null)
    {
        var content = form is null ? null : new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        return await SendAsync(new HttpMethod(method), path, content, idempotencyKey, fromBrowser, key);
    }

    internal async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? idempotencyKey = null, bool fromBrowser = false, string? key = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? (fromBrowser ? publishableKey : secretKey));
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
    }

    /// <summary>The events about one object, oldest first.</summary>
    internal async Task<IReadOnlyList<JsonElement>> EventsOfAsync(string id)
    {
        var events = await GetAsync("/v1/events?limit=100");
        return [.. events.GetProperty("data").EnumerateArray().Where(each => each.GetProperty("data").GetProperty("object").Text("id") == id).Reverse()];
    }

    /// <summary>What the hosted page does when the buyer pays there.</summary>
    /// <returns>The session as the API shows it then.</returns>
    internal async Task<JsonElement> BuyAsync(JsonElement session, string cardNumber)
    {
        var token = session.Text("url")!.Split('/')[^1];
        var card = new CardEntry(Secret.Of(cardNumber), 12, 2040, Secret.Of("123"), "Kim Minji");
        var bought = await Services.GetRequiredService<ICheckoutSessions>().PayAsync(
            Ids.Parse<CheckoutSessionId>(session.Id()), token, new CheckoutPayment(card, Email: null), CancellationToken.None);
        Assert.True(bought.IsSuccess, bought.Refusal?.Message);
        return await GetAsync($"/v1/checkout/sessions/{session.Id()}");
    }

    private void AddModules(IServiceCollection services)
    {
        var keys = KeyFile.InMemory(RandomSource.System);
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(database.Url);
        services.AddSingleton(keys.Ring);
        services.AddSingleton(Samples.Address);
        services.AddMerchants();
        services.AddVault(keys);
        services.AddLedger();
        services.AddEvents();
        services.AddConnectors();
        services.AddPayments(new PaymentsOptions { GatewayDeadline = TimeSpan.FromSeconds(15) });
        services.AddApi();
        services.AddProblemDetails();
    }

    /// <summary>Another merchant in the same installation.</summary>
    /// <returns>Its secret key.</returns>
    internal async Task<string> OpenNeighbourAsync() => (await OpenShopAsync()).SecretKey;

    private async Task<(MerchantScope Scope, string SecretKey, string PublishableKey)> OpenShopAsync()
    {
        var merchants = Services.GetRequiredService<IMerchants>();
        var shop = new NewMerchant(DatabaseFixture.FreshShard(), "A shop", "KR", new MerchantFees(290, new Dictionary<string, long>()));
        var merchant = await merchants.CreateAsync(shop, CancellationToken.None);
        var scope = new MerchantScope(merchant.Id, IsLive: false);
        var secret = (await merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "server", CancellationToken.None)).Text.Reveal();
        var publishable = (await merchants.CreateKeyAsync(scope, ApiKeyKind.Publishable, "browser", CancellationToken.None)).Text.Reveal();
        var credentials = SandboxCredentials.ByAcquirer[AcquirerNames.Aurora].ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value));
        var url = new Uri($"{sandbox.Urls.Single()}/{AcquirerNames.Aurora}/");
        await Services.GetRequiredService<IConnectorAccounts>().EnsureAsync(
            scope, new NewConnectorAccount(AcquirerNames.Aurora, url, credentials, Currencies: [], Priority: 0), CancellationToken.None);
        return (scope, secret, publishable);
    }
}

public sealed class RealApiOnSqlite() : RealApi(new SqliteFixture());

public sealed class RealApiOnPostgres() : RealApi(new PostgresFixture());

internal static class JsonElements
{
    /// <summary>A text of an object; null where it is null.</summary>
    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static string Id(this JsonElement element) => element.Text("id")!;

    public static IReadOnlyList<string> Ids(this JsonElement list) => [.. list.GetProperty("data").EnumerateArray().Select(Id)];
}
