using System.Text.Json;

namespace Florin.Api.Tests;

public abstract class WebhookDeliveryRouteTests(RealApi api)
{
    [Fact]
    public async Task A_rolled_secret_is_shown_once_and_not_in_a_replay()
    {
        var made = await EndpointAsync();
        var path = $"/v1/florin/webhook_endpoints/{made.Id()}/roll_secret";

        var rolled = await api.OkAsync("POST", path, "expires_in=3600", idempotencyKey: "roll-" + made.Id());
        var replayed = await api.OkAsync("POST", path, "expires_in=3600", idempotencyKey: "roll-" + made.Id());
        var read = await api.GetAsync($"/v1/webhook_endpoints/{made.Id()}");

        Assert.NotEqual(made.Text("secret"), rolled.Text("secret"));
        Assert.False(replayed.TryGetProperty("secret", out _));
        Assert.False(read.TryGetProperty("secret", out _));
        Assert.True(read.GetProperty("florin").GetProperty("previous_secret_expires_at").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Null, made.GetProperty("florin").GetProperty("previous_secret_expires_at").ValueKind);
        Assert.Equal((400, "parameter_invalid_integer", "expires_in"), await api.RefusedAsync("POST", path, "expires_in=604801"));
        Assert.Equal(404, (await api.RefusedAsync("POST", "/v1/florin/webhook_endpoints/we_00000000000000000000000000000001/roll_secret", "")).Status);
    }

    [Fact]
    public async Task A_call_that_failed_is_shown_with_what_was_sent_and_can_be_made_again()
    {
        var endpoint = (await EndpointAsync()).Id();
        var customer = await api.PostAsync("/v1/customers", "name=Told");
        var told = (await api.EventsOfAsync(customer.Id())).Single().Id();
        var path = $"/v1/florin/webhook_endpoints/{endpoint}/attempts";
        var attempt = await FirstAttemptAsync(path, told);

        Assert.Equal(("florin.webhook_attempt", told, "customer.created"), (attempt.Text("object"), attempt.Text("event"), attempt.Text("event_type")));
        Assert.False(attempt.GetProperty("delivery_success").GetBoolean());
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("request").GetProperty("body").ValueKind);
        Assert.Equal("No connection: ConnectionRefused.", attempt.GetProperty("response").Text("failure"));
        var whole = await api.GetAsync($"{path}/{attempt.Id()}");
        Assert.Equal(told, JsonDocument.Parse(whole.GetProperty("request").Text("body")!).RootElement.Id());
        Assert.Empty((await api.GetAsync($"{path}?delivery_success=true")).Ids());

        var resent = await api.PostAsync($"/v1/florin/events/{told}/resend", $"webhook_endpoint={endpoint}");
        Assert.Equal((1, told), (resent.GetProperty("count").GetInt32(), resent.Text("last_event")));
        var range = await api.PostAsync($"/v1/florin/webhook_endpoints/{endpoint}/resend", "created[gte]=1700000000&types[]=customer.*&delivery_success=false");
        Assert.Equal((true, false), (range.GetProperty("count").GetInt32() > 0, range.GetProperty("has_more").GetBoolean()));
        Assert.Contains(told, (await api.GetAsync("/v1/events?delivery_success=false&type=customer.*&limit=100")).Ids());
        Assert.DoesNotContain(told, (await api.GetAsync("/v1/events?delivery_success=true&limit=100")).Ids());

        Assert.Equal((400, "parameter_missing", "created"), await api.RefusedAsync("POST", $"/v1/florin/webhook_endpoints/{endpoint}/resend", ""));
        Assert.Equal(404, (await api.RefusedAsync("GET", $"{path}/wha_00000000000000000000000000000001")).Status);
        await api.PostAsync($"/v1/webhook_endpoints/{endpoint}", "disabled=true");
        Assert.Equal((400, "webhook_endpoint_disabled", "webhook_endpoint"), await api.RefusedAsync("POST", $"/v1/florin/events/{told}/resend", $"webhook_endpoint={endpoint}"));
        await api.OkAsync("DELETE", $"/v1/webhook_endpoints/{endpoint}");
        Assert.Equal(404, (await api.RefusedAsync("GET", path)).Status);
    }

    [Theory]
    [InlineData("types[]=customer.*", true)]
    [InlineData("types[]=customer.created&types[]=charge.*", true)]
    [InlineData("type=*.created", true)]
    [InlineData("type=*", true)]
    [InlineData("type=customer.created.*", false)]
    [InlineData("types[]=payment_intent.*", false)]
    [InlineData("type=nothing.*", false)]
    public async Task Events_are_listed_by_groups_of_types(string filter, bool isFound)
    {
        var customer = await api.PostAsync("/v1/customers", "name=Listed");
        var told = (await api.EventsOfAsync(customer.Id())).Single().Id();

        Assert.Equal(isFound, (await api.GetAsync($"/v1/events?limit=100&{filter}")).Ids().Contains(told));
    }

    // Nobody listens there, so each call fails at once.
    private Task<JsonElement> EndpointAsync() => api.PostAsync("/v1/webhook_endpoints", "url=http://127.0.0.1:9/hooks&enabled_events[]=customer.created");

    private async Task<JsonElement> FirstAttemptAsync(string path, string told)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var found = (await api.GetAsync($"{path}?event={told}")).GetProperty("data");
            if (found.GetArrayLength() > 0) return found[0];
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }
}

public sealed class WebhookDeliveryRoutesOnSqlite(RealApiOnSqlite api) : WebhookDeliveryRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class WebhookDeliveryRoutesOnPostgres(RealApiOnPostgres api) : WebhookDeliveryRouteTests(api), IClassFixture<RealApiOnPostgres>;
