using System.Text.Json;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Sandbox;
using Microsoft.Extensions.DependencyInjection;

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

    [Fact]
    public async Task A_card_shows_its_country_everywhere_and_is_routed_by_it()
    {
        await OpenCastellanAsync();
        var rules = """{"rules": [{"name": "British cards", "when": {"card_countries": ["GB"]}, "then": {"prefer": ["castellan"]}}], "default": ["aurora"]}""";
        await api.PostAsync($"{Versions}/{(await DraftAsync(rules)).Id()}/activate");

        var paid = await api.PostAsync(
            "/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_gb_debit&confirm=true&expand[]=payment_method&expand[]=latest_charge");
        Assert.Equal(("GB", "debit"), CountryAndFunding(paid.GetProperty("payment_method").GetProperty("card")));
        var charge = paid.GetProperty("latest_charge");
        Assert.Equal(("GB", "debit"), CountryAndFunding(charge.GetProperty("payment_method_details").GetProperty("card")));
        var decision = await DecisionAsync(paid.Id());
        Assert.Equal(("GB", "British cards", "castellan"), (decision.Text("card_country"), decision.Text("rule"), decision.GetProperty("candidates")[0].Text("connector")));
        Assert.Equal("[]", decision.GetProperty("passed_over").GetRawText());

        var saved = await api.PostAsync("/v1/setup_intents", "payment_method=pm_card_kr&confirm=true&expand[]=latest_attempt");
        Assert.Equal(("KR", "credit"), CountryAndFunding(saved.GetProperty("latest_attempt").GetProperty("payment_method_details").GetProperty("card")));
        var token = await api.PostAsync("/v1/tokens", "card[number]=4000003920000003&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
        Assert.Equal(("JP", "credit"), CountryAndFunding(token.GetProperty("card")));
        var method = await api.PostAsync("/v1/payment_methods", $"type=card&card[token]={token.Id()}");
        Assert.Equal(("JP", "credit"), CountryAndFunding((await api.GetAsync($"/v1/payment_methods/{method.Id()}")).GetProperty("card")));
    }

    [Fact]
    public async Task A_card_that_no_table_knows_has_no_country_and_the_decision_says_which_rule_that_passed_over()
    {
        await OpenCastellanAsync();
        var rules = """{"rules": [{"name": "British cards", "when": {"card_countries": ["GB"]}, "then": {"prefer": ["castellan"]}}], "default": ["aurora"]}""";
        await api.PostAsync($"{Versions}/{(await DraftAsync(rules)).Id()}/activate");
        var method = await api.PostAsync("/v1/payment_methods", "type=card&card[number]=4539578763621486&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
        Assert.Equal((null, "unknown"), CountryAndFunding(method.GetProperty("card")));

        var refused = await api.SendAsync("POST", "/v1/payment_intents", $"amount=1999&currency=usd&payment_method={method.Id()}&confirm=true");

        var decision = await DecisionAsync(refused.Json.GetProperty("error").GetProperty("payment_intent").Id());
        Assert.Equal((null, null, "aurora"), (decision.Text("card_country"), decision.Text("rule"), decision.GetProperty("candidates")[0].Text("connector")));
        var passed = Assert.Single(decision.GetProperty("passed_over").EnumerateArray());
        Assert.Equal(("British cards", "card_country_unknown"), (passed.Text("rule"), passed.Text("reason")));
    }

    [Theory]
    [InlineData("""{"rules": [{"name": "a", "when": {"card_countries": ["XX"]}, "then": {"prefer": ["aurora"]}}]}""", "rules[0].when.card_countries[0]")]
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

    private static (string? Country, string? Funding) CountryAndFunding(JsonElement card) => (card.Text("country"), card.Text("funding"));

    private async Task<JsonElement> DecisionAsync(string payment) => Assert.Single(
        (await api.GetAsync($"/v1/florin/routing/decisions?payment_intent={payment}")).GetProperty("data").EnumerateArray());

    private async Task OpenCastellanAsync()
    {
        var credentials = SandboxCredentials.ByAcquirer[AcquirerNames.Castellan].ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value));
        var account = new NewConnectorAccount(AcquirerNames.Castellan, new Uri(api.SandboxUrl, "castellan/"), credentials, Currencies: [], Priority: 1);
        _ = (await api.Services.GetRequiredService<IConnectorAccounts>().EnsureAsync(api.Scope, account, CancellationToken.None)).Value;
    }

    private Task<JsonElement> DraftAsync(string document) => api.PostAsync(Versions, "document=" + Uri.EscapeDataString(document));
}

public sealed class RoutingRoutesOnSqlite(RealApiOnSqlite api) : RoutingRouteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class RoutingRoutesOnPostgres(RealApiOnPostgres api) : RoutingRouteTests(api), IClassFixture<RealApiOnPostgres>;
