using System.Text.Json;

namespace Florin.Api.Tests.Customers;

public abstract class SavedMethodTests(RealApi api)
{
    private const string Customers = "/v1/customers";
    private const string Methods = "/v1/payment_methods";
    private const string Intents = "/v1/payment_intents";

    [Fact]
    public async Task A_method_is_attached_listed_updated_and_detached_for_good()
    {
        var customer = await NewCustomerAsync();
        var method = await NewMethodAsync();
        var path = $"{Methods}/{method}";

        Assert.Equal(customer, (await api.PostAsync($"{path}/attach", $"customer={customer}")).Text("customer"));
        Assert.Equal([method], (await api.GetAsync($"{Methods}?customer={customer}&type=card")).Ids());
        Assert.Equal([method], (await api.GetAsync($"{Customers}/{customer}/payment_methods")).Ids());
        Assert.Equal("customer", (await api.GetAsync($"{path}?expand[]=customer")).GetProperty("customer").Text("object"));

        var updated = await api.PostAsync(
            path, "billing_details[name]=Kim+Minji&billing_details[address][city]=Seoul&card[exp_month]=7&card[exp_year]=41&metadata[a]=1");
        Assert.Equal((7, 2041), (updated.GetProperty("card").GetProperty("exp_month").GetInt32(), updated.GetProperty("card").GetProperty("exp_year").GetInt32()));
        Assert.Equal("Kim Minji", updated.GetProperty("billing_details").Text("name"));
        Assert.Equal(updated.GetRawText(), (await api.GetAsync(path)).GetRawText());

        Assert.Null((await api.PostAsync($"{path}/detach")).Text("customer"));
        Assert.Empty((await api.GetAsync($"{Customers}/{customer}/payment_methods")).Ids());
        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await api.RefusedAsync("POST", $"{path}/attach", $"customer={customer}"));
        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await api.RefusedAsync("POST", $"{path}/detach"));
        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await api.RefusedAsync("POST", path, "metadata[a]=2"));
        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await PayRefusedAsync($"payment_method={method}"));

        var events = await api.EventsOfAsync(method);
        Assert.Equal(["payment_method.attached", "payment_method.updated", "payment_method.detached"], events.Select(each => each.Text("type")));
        var previous = events[1].GetProperty("data").GetProperty("previous_attributes");
        Assert.Equal("""{"exp_month":12,"exp_year":2040}""", previous.GetProperty("card").GetRawText());
        Assert.Equal(customer, events[2].GetProperty("data").GetProperty("previous_attributes").Text("customer"));
    }

    [Fact]
    public async Task A_test_method_is_attached_by_its_name()
    {
        var customer = await NewCustomerAsync();
        var attached = await api.PostAsync($"{Methods}/pm_card_mastercard/attach", $"customer={customer}");
        Assert.Equal(("mastercard", customer), (attached.GetProperty("card").Text("brand"), attached.Text("customer")));
    }

    [Fact]
    public async Task What_cannot_be_attached_or_listed_is_told()
    {
        var customer = await NewCustomerAsync();
        var method = await NewMethodAsync(customer);
        var nobody = customer[..^1] + (customer[^1] == '0' ? '1' : '0');

        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await api.RefusedAsync("POST", $"{Methods}/{method}/attach", $"customer={await NewCustomerAsync()}"));
        Assert.Equal((404, "resource_missing", "customer"), await api.RefusedAsync("POST", $"{Methods}/pm_card_visa/attach", $"customer={nobody}"));
        Assert.Equal((400, "parameter_missing", "customer"), await api.RefusedAsync("POST", $"{Methods}/pm_card_visa/attach", ""));
        Assert.Equal((404, "resource_missing", "id"), await api.RefusedAsync("POST", $"{Methods}/pm_nothing/attach", $"customer={customer}"));
        Assert.Equal((404, "resource_missing", "customer"), await api.RefusedAsync("GET", $"{Methods}?customer={nobody}"));
        Assert.Equal((402, "invalid_expiry_year", "card[exp_year]"), await api.RefusedAsync("POST", $"{Methods}/{method}", "card[exp_year]=2020"));
        Assert.Equal(2040, (await api.GetAsync($"{Methods}/{method}")).GetProperty("card").GetProperty("exp_year").GetInt32());
    }

    [Fact]
    public async Task A_saved_method_pays_again_and_again_but_only_for_its_customer()
    {
        var customer = await NewCustomerAsync();
        var method = await NewMethodAsync(customer);

        for (var i = 0; i < 2; i++)
        {
            var paid = await PayAsync($"payment_method={method}&customer={customer}");
            Assert.Equal(("succeeded", customer), (paid.Text("status"), paid.Text("customer")));
            var charge = await api.GetAsync($"/v1/charges/{paid.Text("latest_charge")}");
            Assert.Equal(customer, charge.Text("customer"));
        }

        Assert.Equal((400, "payment_method_customer_missing", "payment_method"), await PayRefusedAsync($"payment_method={method}"));
        Assert.Equal((404, "resource_missing", "payment_method"), await PayRefusedAsync($"payment_method={method}&customer={await NewCustomerAsync()}"));
        Assert.Equal(2, (await api.GetAsync($"{Intents}?customer={customer}")).Ids().Count);
        Assert.Equal([method], (await api.GetAsync($"{Methods}?customer={customer}")).Ids());
    }

    [Fact]
    public async Task A_method_that_is_nobodys_pays_once()
    {
        var method = await NewMethodAsync();

        Assert.Equal("succeeded", (await PayAsync($"payment_method={method}")).Text("status"));

        Assert.Equal((400, "payment_method_unexpected_state", "payment_method"), await PayRefusedAsync($"payment_method={method}"));
        Assert.Equal(
            (400, "payment_method_unexpected_state", "payment_method"),
            await api.RefusedAsync("POST", $"{Methods}/{method}/attach", $"customer={await NewCustomerAsync()}"));
    }

    [Fact]
    public async Task A_declined_method_may_be_tried_again_or_saved()
    {
        var method = await NewMethodAsync(card: "tok_chargeDeclinedInsufficientFunds");

        Assert.Equal((402, "card_declined", null), await PayRefusedAsync($"payment_method={method}"));
        Assert.Equal((402, "card_declined", null), await PayRefusedAsync($"payment_method={method}"));

        await api.PostAsync($"{Methods}/{method}/attach", $"customer={await NewCustomerAsync()}");
    }

    [Fact]
    public async Task Two_payments_at_once_with_a_method_that_is_nobodys_take_money_once()
    {
        var method = await NewMethodAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => api.SendAsync(
            "POST", Intents, $"amount=1000&currency=krw&confirm=true&payment_method={method}")));

        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal("payment_method_unexpected_state", answer.Code));
    }

    [Fact]
    public async Task A_payment_saves_its_method_for_the_customer_when_it_is_asked_to()
    {
        var customer = await NewCustomerAsync();
        var paid = await PayAsync($"payment_method=pm_card_visa&customer={customer}&setup_future_usage=off_session");
        var method = paid.Text("payment_method")!;

        Assert.Equal(("off_session", customer), (paid.Text("setup_future_usage"), (await api.GetAsync($"{Methods}/{method}")).Text("customer")));
        Assert.Equal(["payment_method.attached"], (await api.EventsOfAsync(method)).Select(each => each.Text("type")));
        Assert.Equal("succeeded", (await PayAsync($"payment_method={method}&customer={customer}&off_session=true")).Text("status"));
        Assert.Single((await api.GetAsync($"{Methods}?customer={customer}")).Ids());
    }

    [Fact]
    public async Task A_declined_payment_saves_nothing()
    {
        var customer = await NewCustomerAsync();
        Assert.Equal((402, "card_declined", null), await PayRefusedAsync($"payment_method=pm_card_chargeDeclined&customer={customer}&setup_future_usage=off_session"));
        Assert.Empty((await api.GetAsync($"{Methods}?customer={customer}")).Ids());
    }

    [Fact]
    public async Task A_method_kept_for_later_without_a_customer_can_be_attached_after_it_paid()
    {
        var customer = await NewCustomerAsync();
        var paid = await PayAsync("payment_method=pm_card_visa&setup_future_usage=on_session");
        Assert.Equal(customer, (await api.PostAsync($"{Methods}/{paid.Text("payment_method")}/attach", $"customer={customer}")).Text("customer"));
    }

    [Fact]
    public async Task Without_the_buyer_a_challenge_is_a_decline()
    {
        var customer = await NewCustomerAsync();
        var method = await NewMethodAsync(customer, "tok_threeDSecure2Required");

        var declined = await api.SendAsync("POST", Intents, $"amount=1000&currency=krw&confirm=true&off_session=true&payment_method={method}&customer={customer}");

        var error = declined.Json.GetProperty("error");
        Assert.Equal((402, "authentication_required", "authentication_required"), (declined.Status, declined.Code, error.Text("decline_code")));
        var intent = error.GetProperty("payment_intent");
        Assert.Equal("requires_payment_method", intent.Text("status"));
        Assert.Equal(JsonValueKind.Null, intent.GetProperty("next_action").ValueKind);

        // With the buyer there, the same payment goes to the issuer's page.
        var challenged = await api.PostAsync($"{Intents}/{intent.Id()}/confirm", $"payment_method={method}");
        Assert.Equal("requires_action", challenged.Text("status"));
    }

    [Fact]
    public async Task A_browser_cannot_say_that_nobody_is_there_nor_see_whose_payment_it_is()
    {
        var intent = await api.PostAsync(Intents, $"amount=1000&currency=krw&customer={await NewCustomerAsync()}");
        var secret = $"client_secret={intent.Text("client_secret")}";

        var refused = await api.SendAsync("POST", $"{Intents}/{intent.Id()}/confirm", $"{secret}&payment_method=pm_card_visa&off_session=true", fromBrowser: true);
        Assert.Equal((400, "secret_key_required", "off_session"), (refused.Status, refused.Code, refused.Param));
        var seen = await api.SendAsync("GET", $"{Intents}/{intent.Id()}?{secret}", fromBrowser: true);
        Assert.Equal(JsonValueKind.Null, seen.Json.GetProperty("customer").ValueKind);
    }

    [Fact]
    public async Task Who_pays_can_be_told_later_but_not_changed()
    {
        var customer = await NewCustomerAsync();
        var intent = await api.PostAsync(Intents, "amount=1000&currency=krw");
        var path = $"{Intents}/{intent.Id()}";

        var updated = await api.PostAsync(path, $"customer={customer}&setup_future_usage=on_session");
        Assert.Equal((customer, "on_session"), (updated.Text("customer"), updated.Text("setup_future_usage")));
        Assert.Null((await api.PostAsync(path, "setup_future_usage=")).Text("setup_future_usage"));
        Assert.Equal((400, "parameter_invalid", "customer"), await api.RefusedAsync("POST", path, $"customer={await NewCustomerAsync()}"));

        var strangers = await NewMethodAsync(await NewCustomerAsync());
        Assert.Equal((404, "resource_missing", "payment_method"), await api.RefusedAsync("POST", path, $"payment_method={strangers}"));
        Assert.Equal((404, "resource_missing", "payment_method"), await api.RefusedAsync("POST", $"{path}/confirm", $"payment_method={strangers}"));
        Assert.Equal("succeeded", (await api.PostAsync($"{path}/confirm", "payment_method=pm_card_visa")).Text("status"));
        Assert.Equal((400, "payment_intent_unexpected_state", null), await api.RefusedAsync("POST", path, "setup_future_usage=off_session"));
    }

    [Fact]
    public async Task A_charge_keeps_what_its_method_was_when_it_was_made()
    {
        var customer = await NewCustomerAsync();
        var method = await NewMethodAsync(customer);
        var charge = (await PayAsync($"payment_method={method}&customer={customer}")).Text("latest_charge");
        var before = await api.GetAsync($"/v1/charges/{charge}");

        await api.PostAsync($"{Methods}/{method}", "billing_details[name]=Somebody+Else&card[exp_year]=2041");

        Assert.Equal(before.GetRawText(), (await api.GetAsync($"/v1/charges/{charge}")).GetRawText());
    }

    [Fact]
    public async Task A_checkout_session_knows_its_customer_and_pays_for_it()
    {
        var customer = (await api.PostAsync(Customers, "email=buyer@example.com")).Id();
        const string Line = "mode=payment&success_url=https://shop.example/done&line_items[0][price_data][currency]=krw"
            + "&line_items[0][price_data][unit_amount]=1000&line_items[0][price_data][product_data][name]=Cup";

        var session = await api.PostAsync("/v1/checkout/sessions", $"{Line}&customer={customer}&payment_intent_data[setup_future_usage]=off_session");

        Assert.Equal((customer, null), (session.Text("customer"), session.Text("customer_email")));
        Assert.Equal("buyer@example.com", session.GetProperty("customer_details").Text("email"));
        Assert.Equal(
            (400, "parameters_exclusive", "customer_email"),
            await api.RefusedAsync("POST", "/v1/checkout/sessions", $"{Line}&customer={customer}&customer_email=other@example.com"));

        var paid = await api.BuyAsync(session, "4242424242424242");
        var intent = await api.GetAsync($"{Intents}/{paid.Text("payment_intent")}");
        Assert.Equal(("succeeded", customer), (intent.Text("status"), intent.Text("customer")));
        Assert.Equal([intent.Text("payment_method")!], (await api.GetAsync($"{Methods}?customer={customer}")).Ids());
    }

    private async Task<string> NewCustomerAsync() => (await api.PostAsync(Customers)).Id();

    /// <summary>A new method, saved where a customer is given.</summary>
    private async Task<string> NewMethodAsync(string? customer = null, string card = "tok_visa")
    {
        var method = (await api.PostAsync(Methods, $"type=card&card[token]={card}")).Id();
        if (customer is not null) await api.PostAsync($"{Methods}/{method}/attach", $"customer={customer}");
        return method;
    }

    private Task<JsonElement> PayAsync(string with) => api.PostAsync(Intents, $"amount=1000&currency=krw&confirm=true&{with}");

    private Task<(int Status, string? Code, string? Param)> PayRefusedAsync(string with) =>
        api.RefusedAsync("POST", Intents, $"amount=1000&currency=krw&confirm=true&{with}");
}

public sealed class SavedMethodsOnSqlite(RealApiOnSqlite api) : SavedMethodTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class SavedMethodsOnPostgres(RealApiOnPostgres api) : SavedMethodTests(api), IClassFixture<RealApiOnPostgres>;
