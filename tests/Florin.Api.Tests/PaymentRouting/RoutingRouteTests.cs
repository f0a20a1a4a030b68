using System.Text.Json;

namespace Florin.Api.Tests.PaymentRouting;

/// <summary><c>/v1/florin/routing</c> on the real modules.</summary>
public abstract class RoutingRouteTests(RealApi api)
{
    private const string Versions = "/v1/florin/routing/versions";

    [Fact]
    public async Task A_version_is_drafted_changed_compared_tried_and_activated()
    {
        var intent = await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_visa&confirm=true");
        var draft = await DraftAsync("""{"default": ["aurora"]}""");
        Assert.Equal(("florin.routing_version", "draft"), (draft.Text("object"), draft.Text("status")));
        Assert.Equal("aurora", draft.GetProperty("document").GetProperty("default")[0].GetString());

        var changed = await api.PostAsync($"{Versions}/{draft.Id()}", "note=one+rule&document=" + Uri.EscapeDataString(
            """{"rules": [{"name": "all", "then": {"prefer": ["aurora"]}}], "max_attempts": 3}"""));
        Assert.Equal("one rule", changed.Text("note"));
        var compared = await api.GetAsync($"{Versions}/{draft.Id()}/compare");
        Assert.Contains("rule_added", compared.GetProperty("changes").EnumerateArray().Select(change => change.Text("type")));
        var simulated = await api.GetAsync($"{Versions}/{draft.Id()}/simulate");
        Assert.True(simulated.GetProperty("routed").GetInt64() >= 1);

        var active = await api.PostAsync($"{Versions}/{draft.Id()}/activate");
        Assert.Equal("active", active.Text("status"));
        Assert.Contains(draft.Id(), (await api.GetAsync(Versions)).Ids());
        var audited = (await api.GetAsync($"/v1/florin/audit_records?subject={draft.Id()}")).GetProperty("data")[0];
        Assert.Equal(("routing.activated", "api_key"), (audited.Text("action"), audited.GetProperty("actor").Text("type")));
        Assert.Contains("****", audited.GetProperty("actor").Text("name")!, StringComparison.Ordinal);
        Assert.Equal((400, "routing_version_not_draft", null), await api.RefusedAsync("POST", $"{Versions}/{draft.Id()}", "note=late"));

        var decisions = await api.GetAsync($"/v1/florin/routing/decisions?payment_intent={intent.Id()}");
        var decision = Assert.Single(decisions.GetProperty("data").EnumerateArray());
        Assert.Equal((intent.Id(), "chosen"), (decision.Text("payment_intent"), decision.GetProperty("candidates")[0].Text("standing")));
    }

    [Theory]
    [InlineData("""{"rules": [{"name": "a", "when": {"amount": {"currency": "usd", "min": 0}}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.amount.min")]
    [InlineData("""{"default": ["nobody"]}""", "default[0]")]
    [InlineData("no json", "document")]
    public async Task A_wrong_document_is_refused_at_its_place(string document, string place) => Assert.Equal(
        (400, "routing_document_invalid", place), await api.RefusedAsync("POST", Versions, "document=" + Uri.EscapeDataString(document)));

    [Fact]
    public async Task What_is_missing_or_unknown_is_refused_by_name()
    {
        Assert.Equal((400, "parameter_missing", "document"), await api.RefusedAsync("POST", Versions, "note=x"));
        Assert.Equal((400, "parameter_missing", "payment_intent"), await api.RefusedAsync("GET", "/v1/florin/routing/decisions"));
        Assert.Equal(404, (await api.RefusedAsync("GET", "/v1/florin/routing/decisions?payment_intent=pi_00000000000000000000000000000001")).Status);
        var draft = await DraftAsync("{}");
        Assert.Equal((400, "routing_period_invalid", "created"), await api.RefusedAsync("GET", $"{Versions}/{draft.Id()}/simulate?created[gte]=1&created[lt]=100000000"));
        Assert.Equal(404, (await api.RefusedAsync("GET", $"{Versions}/{draft.Id()}/compare?with=rtv_00000000000000000000000000000001")).Status);
    }

    [Fact]
    public async Task A_repeated_draft_is_one_draft()
    {
        var form = "document=" + Uri.EscapeDataString("""{"max_attempts": 1}""");
        var first = await api.OkAsync("POST", Versions, form, idempotencyKey: "draft-once");
        var second = await api.OkAsync("POST", Versions, form, idempotencyKey: "draft-once");

        Assert.Equal(first.GetRawText(), second.GetRawText());
    }

    private Task<JsonElement> DraftAsync(string document) => api.PostAsync(Versions, "document=" + Uri.EscapeDataString(document));
}

public sealed class RoutingRoutesOnSqlite(RealApiOnSqlite api) : RoutingRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class RoutingRoutesOnPostgres(RealApiOnPostgres api) : RoutingRouteTests(api), IClassFixture<RealApiOnPostgres>;
