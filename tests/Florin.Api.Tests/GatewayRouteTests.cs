using System.Net.Http.Json;

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
