using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Florin.Api.OpenApi;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Merchants;
using Florin.Payments;
using Florin.Storage.Idempotency;
using Florin.Testing.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Api.Tests;

/// <summary>The API over real HTTP, with the modules under it faked.</summary>
public class ApiServer : IAsyncLifetime
{
    private WebApplication? app;

    internal FakePayments Payments { get; } = new();

    internal FakeIdempotency Idempotency { get; } = new();

    internal FakeRequestLog Requests { get; } = new();

    internal virtual ApiOptions Options { get; } = new();

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(RandomSource.System);
        services.AddSingleton<IdSource>();
        services.AddSingleton(Samples.Address);
        services.AddSingleton(new KeyRing(Secret.Of(new byte[KeyRing.KeyBytes])));
        services.AddSingleton<IPayments>(Payments);
        services.AddSingleton<IPaymentMethods>(Payments);
        services.AddSingleton<ICheckoutSessions>(Payments);
        services.AddSingleton<ICustomers, FakeCustomers>();
        services.AddSingleton<IDisputes, FakeDisputes>();
        services.AddSingleton<IFiles, FakeDisputes>();
        services.AddSingleton<IBalances, FakeDisputes>();
        services.AddSingleton<IGateways, FakeGateways>();
        services.AddSingleton<ISearch, FakeSearch>();
        services.AddSingleton<IRouting, FakeRouting>();
        services.AddSingleton<ITestClocks, FakeTestClocks>();
        services.AddSingleton<IMerchantBooks, FakeBooks>();
        services.AddSingleton<ILedgerReports, FakeBooks>();
        services.AddSingleton<ILedgerExports, FakeBooks>();
        services.AddSingleton<ILedgerImports, FakeBooks>();
        services.AddSingleton<ISetupIntents, FakeSetupIntents>();
        services.AddSingleton<ICatalogue, FakeCatalogue>();
        services.AddSingleton<FakeEvents>();
        services.AddSingleton<IEvents>(provider => provider.GetRequiredService<FakeEvents>());
        services.AddSingleton<IWebhookEndpoints>(provider => provider.GetRequiredService<FakeEvents>());
        services.AddSingleton<IWebhookDeliveries>(provider => provider.GetRequiredService<FakeEvents>());
        services.AddSingleton<IMerchants, FakeMerchants>();
        services.AddSingleton<IAudit, FakeAudit>();
        services.AddSingleton<IUnknownOutcomes, UnknownOutcomes.FakeUnknownOutcomes>();
        services.AddSingleton<IPaymentPolicies, UnknownOutcomes.FakeUnknownOutcomes>();
        services.AddSingleton<IIdempotency>(Idempotency);
        services.AddSingleton<IRequestLog>(Requests);
        services.AddApi(Options);
        services.AddProblemDetails();
        app = builder.Build();
        app.UseApi();
        app.UseExceptionHandler();
        app.MapApi();
        await app.StartAsync();
        Client = new HttpClient(new ContractHandler()) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await app!.DisposeAsync();
    }

    /// <summary>What the API says about itself.</summary>
    internal async Task<ApiContract> ContractAsync() => ApiContract.Parse(await Client.GetStringAsync(OpenApiDocument.Path));

    internal async Task<Answer> SendAsync(
        string method, string path, string? form = null, string? key = "secret-test", string? idempotencyKey = null, string contentType = "application/x-www-form-urlencoded", string? version = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (version is not null) request.Headers.Add("Stripe-Version", version);
        if (form is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(form));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
    }
}

internal sealed record Answer(int Status, string Text, Dictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("error").GetProperty("code").GetString();

    public string? Param => Json.GetProperty("error").TryGetProperty("param", out var param) ? param.GetString() : null;
}
