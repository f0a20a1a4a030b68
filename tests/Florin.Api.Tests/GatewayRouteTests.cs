using System.Net.Http.Json;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Sandbox;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests;

/// <summary>What a merchant sees of its gateways' health, and what is answered where none takes payments.</summary>
public abstract class GatewayRouteTests(RealApi api)
{
    private const string Payment = "amount=1999&currency=usd&confirm=true&payment_method=pm_card_visa";

    [Fact]
    public async Task The_accounts_are_shown_with_their_health_and_without_their_credentials()
    {
        await api.PostAsync("/v1/payment_intents", Payment);

        var list = await api.GetAsync("/v1/florin/gateways");

        var gateway = Assert.Single(list.GetProperty("data").EnumerateArray());
        var health = gateway.GetProperty("health");
        Assert.Equal("aurora", gateway.Text("connector"));
        Assert.Equal("closed", health.Text("circuit"));
        Assert.InRange(health.GetProperty("last_minute").GetProperty("calls").GetInt32(), 1, 2);
        Assert.Equal(10_000, health.GetProperty("last_fifteen_minutes").GetProperty("success_basis_points").GetInt32());
        Assert.DoesNotContain("sandbox_key", list.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_only_gateway_goes_on_failing_a_payment_is_turned_away_unsent_and_told_when_to_come_back()
    {
        var key = await api.OpenNeighbourAsync();
        await ControlAsync(new { operation = "authorize", kind = "http500", when = "before", count = 20 });
        for (var payment = 0; payment < 20; payment++) await api.SendAsync("POST", "/v1/payment_intents", Payment, key: key);

        var refused = await api.SendAsync("POST", "/v1/payment_intents", Payment, key: key);
        var gateways = await api.SendAsync("GET", "/v1/florin/gateways", key: key);

        Assert.Equal((503, "gateway_busy"), (refused.Status, refused.Code));
        Assert.True(refused.Headers.ContainsKey("Retry-After"));
        var health = Assert.Single(gateways.Json.GetProperty("data").EnumerateArray()).GetProperty("health");
        Assert.Equal("open", health.Text("circuit"));
        Assert.Equal(20, health.GetProperty("last_minute").GetProperty("unanswered").GetInt32());
        await api.PostAsync("/v1/payment_intents", Payment);
    }

    [Fact]
    public async Task What_found_no_room_at_its_gateway_is_carried_out_when_the_same_request_comes_again()
    {
        var key = await api.OpenNeighbourAsync();
        var held = (await PostAsync("/v1/payment_intents", Payment + "&capture_method=manual")).Json;
        var given = (await PostAsync("/v1/payment_intents", Payment + "&capture_method=manual")).Json;
        var paid = (await PostAsync("/v1/payment_intents", Payment)).Json;
        var cancel = $"/v1/payment_intents/{given.Id()}/cancel";
        var (capture, refund) = ($"/v1/payment_intents/{held.Id()}/capture", $"payment_intent={paid.Id()}&amount=500");
        var health = api.Services.GetRequiredService<IGatewayHealth>();
        var account = (await api.SendAsync("GET", "/v1/florin/gateways", key: key)).Json.GetProperty("data")[0].Id();
        var places = new List<GatewayPlace>();
        for (var call = 0; call < new GatewayHealthOptions().Payments.Calls; call++)
        {
            places.Add((await health.PlaceToSendAsync(AccountOf(account), GatewayMethods.Card))!);
        }

        var captured = await PostAsync(capture, "", "capture-without-room");
        var canceled = await PostAsync(cancel, "", "cancel-without-room");
        var refunded = await PostAsync("/v1/refunds", refund, "refund-without-room");
        foreach (var place in places) place.Dispose();

        Assert.All([captured, canceled, refunded], answer =>
        {
            Assert.Equal((503, "gateway_full"), (answer.Status, answer.Code));
            Assert.True(answer.Headers.ContainsKey("Retry-After"));
            Assert.Equal("true", answer.Headers["Stripe-Should-Retry"]);
        });
        Assert.Equal("succeeded", (await PostAsync(capture, "", "capture-without-room")).Json.Text("status"));
        Assert.Equal("canceled", (await PostAsync(cancel, "", "cancel-without-room")).Json.Text("status"));
        Assert.Equal("succeeded", (await PostAsync("/v1/refunds", refund, "refund-without-room")).Json.Text("status"));
        var refunds = await api.SendAsync("GET", $"/v1/refunds?payment_intent={paid.Id()}", key: key);
        Assert.Single(refunds.Json.GetProperty("data").EnumerateArray());

        Task<Answer> PostAsync(string path, string form, string? idempotencyKey = null) =>
            api.SendAsync("POST", path, form, idempotencyKey: idempotencyKey, key: key);
    }

    [Fact]
    public async Task What_never_reached_its_gateway_is_no_decline_and_is_carried_out_when_the_same_request_comes_again()
    {
        var key = await api.OpenNeighbourAsync();
        var held = (await api.SendAsync("POST", "/v1/payment_intents", Payment + "&capture_method=manual", key: key)).Json;
        var account = Ids.Parse<ConnectorAccountId>((await api.SendAsync("GET", "/v1/florin/gateways", key: key)).Json.GetProperty("data")[0].Id());

        // Nobody listens at the first port.
        await LeadToAsync(account, "http://127.0.0.1:1/");
        var refused = new[] { await CaptureAsync(), await CaptureAsync() };
        await LeadToAsync(account, $"{api.SandboxUrl}{AcquirerNames.Aurora}/");

        Assert.All(refused, answer =>
        {
            Assert.Equal((503, "gateway_not_reached"), (answer.Status, answer.Code));
            Assert.Equal("requires_capture", answer.Json.GetProperty("error").GetProperty("payment_intent").Text("status"));
            Assert.True(answer.Headers.ContainsKey("Retry-After"));
            Assert.Equal("true", answer.Headers["Stripe-Should-Retry"]);
        });
        Assert.Equal("succeeded", (await CaptureAsync()).Json.Text("status"));
        Assert.Equal("true", (await CaptureAsync()).Headers["Idempotent-Replayed"]);

        Task<Answer> CaptureAsync() =>
            api.SendAsync("POST", $"/v1/payment_intents/{held.Id()}/capture", "", idempotencyKey: held.Id(), key: key);
    }

    [Fact]
    public async Task A_request_whose_answer_could_not_be_stored_is_answered_to_its_repetition_without_waiting_for_a_lease()
    {
        var key = await api.OpenNeighbourAsync();
        var lost = await WithoutAnswerAsync(PayAsync);

        var again = await AfterInUseAsync(PayAsync);

        Assert.InRange(lost.Status, 500, 599);
        Assert.Equal((200, "processing"), (again.Status, again.Json.Text("status")));
        var payments = await api.SendAsync("GET", "/v1/payment_intents", key: key);
        Assert.Single(payments.Json.GetProperty("data").EnumerateArray());

        Task<Answer> PayAsync() => api.SendAsync("POST", "/v1/payment_intents", Payment, idempotencyKey: "answer-not-stored", key: key);
    }

    // Each of these waits two seconds for the first request; all together less than its lease.
    private static async Task<Answer> AfterInUseAsync(Func<Task<Answer>> act)
    {
        var answer = await act();
        for (var tries = 0; answer.Status == 409 && tries < 10; tries++) answer = await act();
        return answer;
    }

    /// <summary>What the gateway says to it cannot be written down.</summary>
    private async Task<Answer> WithoutAnswerAsync(Func<Task<Answer>> act)
    {
        var isSqlite = api.Services.GetRequiredService<IDatabase>().Engine == SqlEngine.Sqlite;
        await ExecuteAsync(isSqlite
            ? $"CREATE TRIGGER no_answer BEFORE UPDATE ON payment_attempts BEGIN SELECT RAISE(ABORT, 'no answer'); END"
            : (Sql)$"CREATE RULE no_answer AS ON UPDATE TO payment_attempts DO INSTEAD SELECT 1 / 0");
        try
        {
            return await act();
        }
        finally
        {
            await ExecuteAsync(isSqlite ? $"DROP TRIGGER no_answer" : (Sql)$"DROP RULE no_answer ON payment_attempts");
        }
    }

    private Task<int> LeadToAsync(ConnectorAccountId account, string url) => ExecuteAsync($"UPDATE connector_accounts SET base_url = {url} WHERE id = {account}");

    private Task<int> ExecuteAsync(Sql sql) =>
        api.Services.GetRequiredService<IDatabase>().WriteAsync(async tx => await tx.ExecuteAsync(sql), CancellationToken.None);

    private static ConnectorAccount AccountOf(string id) => new(
        Ids.Parse<ConnectorAccountId>(id), AcquirerNames.Aurora, new Uri("http://gateway.invalid/"), new Dictionary<string, Secret<string>>());

    private async Task ControlAsync(object fault)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(new Uri(api.SandboxUrl, "/control/fault"), fault);
        answer.EnsureSuccessStatusCode();
    }
}

public sealed class GatewayRoutesOnSqlite(RealApiOnSqlite api) : GatewayRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class GatewayRoutesOnPostgres(RealApiOnPostgres api) : GatewayRouteTests(api), IClassFixture<RealApiOnPostgres>;
