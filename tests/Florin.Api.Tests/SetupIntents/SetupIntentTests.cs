using System.Text.Json;

namespace Florin.Api.Tests.SetupIntents;

public abstract class SetupIntentTests(RealApi api)
{
    private const string Setups = "/v1/setup_intents";

    [Fact]
    public async Task A_card_is_saved_for_a_customer_and_pays_later()
    {
        var customer = (await api.PostAsync("/v1/customers")).Id();

        var saved = await api.PostAsync(Setups, $"customer={customer}&payment_method=pm_card_visa&confirm=true&usage=off_session&metadata[a]=1");

        Assert.Equal(("setup_intent", "succeeded", "off_session"), (saved.Text("object"), saved.Text("status"), saved.Text("usage")));
        Assert.Equal(JsonValueKind.Null, saved.GetProperty("next_action").ValueKind);
        var method = saved.Text("payment_method")!;
        Assert.Equal(customer, (await api.GetAsync($"/v1/payment_methods/{method}")).Text("customer"));
        Assert.Equal(["setup_intent.created", "setup_intent.succeeded"], (await api.EventsOfAsync(saved.Id())).Select(each => each.Text("type")));

        var paid = await api.PostAsync("/v1/payment_intents", $"amount=1000&currency=usd&confirm=true&off_session=true&customer={customer}&payment_method={method}");
        Assert.Equal("succeeded", paid.Text("status"));
        Assert.Single((await api.GetAsync($"/v1/charges?customer={customer}")).Ids());
    }

    [Fact]
    public async Task An_intent_is_made_changed_confirmed_and_listed()
    {
        var customer = (await api.PostAsync("/v1/customers")).Id();
        var made = await api.PostAsync(Setups, "usage=on_session&description=First&metadata[a]=1&metadata[b]=2");
        Assert.Equal(("requires_payment_method", "on_session"), (made.Text("status"), made.Text("usage")));

        var changed = await api.PostAsync($"{Setups}/{made.Id()}", $"customer={customer}&payment_method=pm_card_visa&description=&metadata[a]=");
        Assert.Equal(("requires_confirmation", null, customer), (changed.Text("status"), changed.Text("description"), changed.Text("customer")));
        Assert.Equal("""{"b":"2"}""", changed.GetProperty("metadata").GetRawText());
        Assert.Equal("{}", (await api.PostAsync($"{Setups}/{made.Id()}", "metadata=")).GetProperty("metadata").GetRawText());

        var saved = await api.PostAsync($"{Setups}/{made.Id()}/confirm");
        Assert.Equal("succeeded", saved.Text("status"));
        Assert.Equal([made.Id()], (await api.GetAsync($"{Setups}?customer={customer}")).Ids());
        Assert.Equal([made.Id()], (await api.GetAsync($"{Setups}?payment_method={saved.Text("payment_method")}")).Ids());
        Assert.Empty((await api.GetAsync($"{Setups}?customer={customer}&created[lt]=1000")).Ids());

        var whole = await api.GetAsync($"{Setups}/{made.Id()}?expand[]=customer&expand[]=payment_method&expand[]=latest_attempt.payment_method");
        Assert.Equal("customer", whole.GetProperty("customer").Text("object"));
        var attempt = whole.GetProperty("latest_attempt");
        Assert.Equal(("setup_attempt", "succeeded"), (attempt.Text("object"), attempt.Text("status")));
        Assert.Equal("payment_method", attempt.GetProperty("payment_method").Text("object"));
        Assert.Equal([saved.Text("latest_attempt")!], (await api.GetAsync($"/v1/setup_attempts?setup_intent={made.Id()}")).Ids());
    }

    [Fact]
    public async Task A_refused_card_is_a_card_error_that_carries_the_intent()
    {
        var refused = await api.SendAsync("POST", Setups, "payment_method=pm_card_chargeDeclined&confirm=true");

        var error = refused.Json.GetProperty("error");
        Assert.Equal((402, "card_declined", "card_error", "generic_decline"), (refused.Status, refused.Code, error.Text("type"), error.Text("decline_code")));
        var intent = error.GetProperty("setup_intent");
        Assert.Equal("requires_payment_method", intent.Text("status"));
        Assert.Equal("card_declined", intent.GetProperty("last_setup_error").Text("code"));
        var events = await api.EventsOfAsync(intent.Id());
        Assert.Equal(["setup_intent.created", "setup_intent.setup_failed"], events.Select(each => each.Text("type")));
    }

    [Fact]
    public async Task A_challenge_is_a_next_action_and_can_be_given_up()
    {
        var waiting = await api.PostAsync(Setups, "payment_method=pm_card_threeDSecure2Required&confirm=true&return_url=https://shop.example/back");

        Assert.Equal("requires_action", waiting.Text("status"));
        var redirect = waiting.GetProperty("next_action").GetProperty("redirect_to_url");
        Assert.Equal("https://shop.example/back", redirect.Text("return_url"));
        Assert.StartsWith("http", redirect.Text("url"), StringComparison.Ordinal);

        var canceled = await api.PostAsync($"{Setups}/{waiting.Id()}/cancel", "cancellation_reason=requested_by_customer");
        Assert.Equal(("canceled", "requested_by_customer"), (canceled.Text("status"), canceled.Text("cancellation_reason")));
        Assert.Equal((400, "setup_intent_unexpected_state", null), await api.RefusedAsync("POST", $"{Setups}/{waiting.Id()}/cancel"));
        Assert.Equal((400, "setup_intent_unexpected_state", null), await api.RefusedAsync("POST", $"{Setups}/{waiting.Id()}/confirm", "payment_method=pm_card_visa"));
    }

    [Fact]
    public async Task A_browser_confirms_with_the_client_secret_alone_and_sees_no_notes()
    {
        var customer = (await api.PostAsync("/v1/customers")).Id();
        var made = await api.PostAsync(Setups, $"customer={customer}&metadata[inside]=1");
        var secret = $"client_secret={made.Text("client_secret")}";
        var path = $"{Setups}/{made.Id()}";

        Assert.Equal(404, (await api.SendAsync("GET", path, fromBrowser: true)).Status);
        Assert.Equal(404, (await api.SendAsync("POST", $"{path}/confirm", "payment_method=pm_card_visa&client_secret=seti_x_secret_y", fromBrowser: true)).Status);
        Assert.Equal(403, (await api.SendAsync("POST", $"{path}/cancel", "", fromBrowser: true)).Status);

        var seen = await api.SendAsync("POST", $"{path}/confirm", $"payment_method=pm_card_visa&{secret}", fromBrowser: true);
        Assert.Equal((200, "succeeded"), (seen.Status, seen.Json.Text("status")));
        Assert.Equal("{}", seen.Json.GetProperty("metadata").GetRawText());
        Assert.Null(seen.Json.Text("customer"));
        Assert.Equal(200, (await api.SendAsync("GET", $"{path}?{secret}", fromBrowser: true)).Status);
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_name()
    {
        Assert.Equal((400, "parameter_missing", "payment_method"), await api.RefusedAsync("POST", Setups, "confirm=true"));
        Assert.Equal((400, "parameter_unknown", "mandate_data"), await api.RefusedAsync("POST", Setups, "mandate_data[a]=1"));
        Assert.Equal((400, "parameter_unknown", "attach_to_self"), await api.RefusedAsync("POST", Setups, "attach_to_self=true"));
        Assert.Equal((400, "parameter_invalid", "usage"), await api.RefusedAsync("POST", Setups, "usage=often"));
        Assert.Equal((400, "payment_method_unavailable", "florin[connector]"), await api.RefusedAsync("POST", Setups, "confirm=true&payment_method=pm_card_visa&florin[connector]=nobody"));
        Assert.Equal((404, "resource_missing", "payment_method"), await api.RefusedAsync("POST", Setups, "payment_method=pm_nothing"));
        Assert.Equal((400, "parameter_missing", "setup_intent"), await api.RefusedAsync("GET", "/v1/setup_attempts"));

        var customer = (await api.PostAsync("/v1/customers")).Id();
        var other = (await api.PostAsync("/v1/customers")).Id();
        var method = (await api.PostAsync(Setups, $"customer={customer}&payment_method=pm_card_visa&confirm=true")).Text("payment_method");
        Assert.Equal((404, "resource_missing", "payment_method"), await api.RefusedAsync("POST", Setups, $"customer={other}&payment_method={method}&confirm=true"));
        var open = (await api.PostAsync(Setups, $"customer={customer}")).Id();
        Assert.Equal((400, "parameter_invalid", "customer"), await api.RefusedAsync("POST", $"{Setups}/{open}", $"customer={other}"));
    }

    [Fact]
    public async Task A_repeated_request_verifies_once()
    {
        var first = await api.OkAsync("POST", Setups, "payment_method=pm_card_visa&confirm=true", idempotencyKey: $"setup-{GetType().Name}");
        var again = await api.OkAsync("POST", Setups, "payment_method=pm_card_visa&confirm=true", idempotencyKey: $"setup-{GetType().Name}");
        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Single((await api.GetAsync($"/v1/setup_attempts?setup_intent={first.Id()}")).Ids());
    }
}

public sealed class SetupIntentsOnSqlite(RealApiOnSqlite api) : SetupIntentTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class SetupIntentsOnPostgres(RealApiOnPostgres api) : SetupIntentTests(api), IClassFixture<RealApiOnPostgres>;
