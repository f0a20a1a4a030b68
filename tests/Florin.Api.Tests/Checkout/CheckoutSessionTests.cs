using System.Text.Json;

namespace Florin.Api.Tests.Checkout;

public abstract class CheckoutSessionTests(RealApi api)
{
    private const string Sessions = "/v1/checkout/sessions";
    private const string Payment = "mode=payment&success_url=https://shop.example/done";
    private const string Setup = "mode=setup&success_url=https://shop.example/done";

    [Fact]
    public async Task Lines_are_priced_by_the_catalogue_or_in_place()
    {
        var shelf = await api.PostAsync("/v1/prices", "currency=krw&unit_amount=3000&product_data[name]=Cup");
        var product = (await api.PostAsync("/v1/products", "name=Pen")).Id();

        var session = await api.PostAsync(
            Sessions,
            $"{Payment}&line_items[0][price]={shelf.Id()}&line_items[0][quantity]=2"
            + "&line_items[1][price_data][currency]=krw&line_items[1][price_data][unit_amount]=500&line_items[1][price_data][product_data][name]=Card"
            + $"&line_items[2][price_data][currency]=krw&line_items[2][price_data][unit_amount]=700&line_items[2][price_data][product]={product}");

        Assert.Equal(7_200, session.GetProperty("amount_total").GetInt32());
        var lines = await api.GetAsync($"{Sessions}/{session.Id()}/line_items?expand[]=data.price.product");
        var data = lines.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(["Cup", "Card", "Pen"], data.Select(line => line.Text("description")));
        Assert.Equal([shelf.Id(), product], [data[0].GetProperty("price").Id(), data[2].GetProperty("price").GetProperty("product").Id()]);
        Assert.Equal("Card", data[1].GetProperty("price").GetProperty("product").Text("name"));

        // What was priced in place is nobody's to buy again.
        Assert.False(data[1].GetProperty("price").GetProperty("active").GetBoolean());

        var whole = await api.GetAsync($"{Sessions}/{session.Id()}?expand[]=line_items.data.price.product");
        Assert.Equal(lines.GetProperty("data").GetRawText(), whole.GetProperty("line_items").GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Lines_are_paged_both_ways_in_the_merchants_order()
    {
        var lines = string.Concat(Enumerable.Range(0, 5).Select(i =>
            $"&line_items[{i}][price_data][currency]=krw&line_items[{i}][price_data][unit_amount]=1&line_items[{i}][price_data][product_data][name]=L{i}"));
        var path = $"{Sessions}/{(await api.PostAsync(Sessions, Payment + lines)).Id()}/line_items";
        var all = (await api.GetAsync(path)).Ids();

        var middle = await api.GetAsync($"{path}?limit=2&starting_after={all[0]}");
        Assert.Equal((all[1], all[2], true), (middle.Ids()[0], middle.Ids()[1], middle.GetProperty("has_more").GetBoolean()));
        var before = await api.GetAsync($"{path}?limit=2&ending_before={all[4]}");
        Assert.Equal((all[2], all[3], true), (before.Ids()[0], before.Ids()[1], before.GetProperty("has_more").GetBoolean()));
        var first = await api.GetAsync($"{path}?limit=2&ending_before={all[1]}");
        Assert.Equal((1, false), (first.Ids().Count, first.GetProperty("has_more").GetBoolean()));
        Assert.Equal((404, "resource_missing", "ending_before"), await api.RefusedAsync("GET", $"{path}?ending_before=li_nothing"));
    }

    [Fact]
    public async Task In_setup_mode_a_card_is_saved_for_the_customer_and_nothing_is_paid()
    {
        var customer = (await api.PostAsync("/v1/customers", "email=buyer@example.com")).Id();
        var session = await api.PostAsync(Sessions, $"{Setup}&customer={customer}&setup_intent_data[description]=A+card&metadata[a]=1");
        Assert.Equal(("setup", "no_payment_required", "open"), (session.Text("mode"), session.Text("payment_status"), session.Text("status")));
        Assert.Equal("null null", session.GetProperty("amount_total").GetRawText() + " " + session.GetProperty("currency").GetRawText());

        var done = await api.BuyAsync(session, "4242424242424242");

        Assert.Equal(("complete", "no_payment_required", null), (done.Text("status"), done.Text("payment_status"), done.Text("payment_intent")));
        var whole = await api.GetAsync($"{Sessions}/{session.Id()}?expand[]=setup_intent.payment_method");
        var setup = whole.GetProperty("setup_intent");
        Assert.Equal(("succeeded", "A card", customer), (setup.Text("status"), setup.Text("description"), setup.Text("customer")));
        Assert.Equal(customer, setup.GetProperty("payment_method").Text("customer"));
        Assert.Equal(["checkout.session.completed"], (await api.EventsOfAsync(session.Id())).Select(each => each.Text("type")));
        Assert.Empty((await api.GetAsync($"{Sessions}/{session.Id()}/line_items")).Ids());
        Assert.Equal((400, "setup_intent_unexpected_state", null), await api.RefusedAsync("POST", $"/v1/setup_intents/{setup.Id()}/cancel"));
    }

    [Fact]
    public async Task A_customer_is_made_of_the_buyer_when_that_is_asked_for()
    {
        var line = "&line_items[0][price_data][currency]=krw&line_items[0][price_data][unit_amount]=1000&line_items[0][price_data][product_data][name]=Cup";
        foreach (var wanted in new[] { Payment + line, Setup })
        {
            var session = await api.PostAsync(Sessions, $"{wanted}&customer_creation=always&customer_email=new@example.com");
            Assert.Null(session.Text("customer"));

            var done = await api.BuyAsync(session, "4242424242424242");

            var customer = await api.GetAsync($"/v1/customers/{done.Text("customer")}");
            Assert.Equal(("new@example.com", "Kim Minji"), (customer.Text("email"), customer.Text("name")));
            Assert.Equal([session.Id()], (await api.GetAsync($"{Sessions}?customer={customer.Id()}")).Ids());
            Assert.Equal(wanted == Setup ? 1 : 0, (await api.GetAsync($"/v1/customers/{customer.Id()}/payment_methods")).Ids().Count);
        }

        var guest = await api.BuyAsync(await api.PostAsync(Sessions, Payment + line), "4242424242424242");
        Assert.Null(guest.Text("customer"));
        Assert.Equal([guest.Id()], (await api.GetAsync($"{Sessions}?payment_intent={guest.Text("payment_intent")}&status=complete")).Ids());
        Assert.Empty((await api.GetAsync($"{Sessions}?payment_intent={guest.Text("payment_intent")}&status=expired")).Ids());
    }

    [Fact]
    public async Task A_session_that_waits_for_the_issuer_can_expire_and_its_setup_is_given_up()
    {
        var session = await api.PostAsync(Sessions, Setup);
        var waiting = await api.BuyAsync(session, "4000000000003220");
        Assert.Equal("requires_action", (await api.GetAsync($"/v1/setup_intents/{waiting.Text("setup_intent")}")).Text("status"));
        Assert.Equal((400, "setup_intent_in_checkout", null), await api.RefusedAsync("POST", $"/v1/setup_intents/{waiting.Text("setup_intent")}/cancel"));

        Assert.Equal("expired", (await api.PostAsync($"{Sessions}/{session.Id()}/expire")).Text("status"));
        Assert.Equal("canceled", (await api.GetAsync($"/v1/setup_intents/{waiting.Text("setup_intent")}")).Text("status"));
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_name()
    {
        var recurring = (await api.PostAsync("/v1/prices", "currency=krw&unit_amount=1&product_data[name]=Club&recurring[interval]=month")).Id();
        var inactive = (await api.PostAsync("/v1/prices", "currency=krw&unit_amount=1&product_data[name]=Gone&active=false")).Id();
        Assert.Equal((400, "parameter_invalid", "line_items[0][price]"), await api.RefusedAsync("POST", Sessions, $"{Payment}&line_items[0][price]={recurring}"));
        Assert.Equal((400, "parameter_invalid", "line_items[0][price]"), await api.RefusedAsync("POST", Sessions, $"{Payment}&line_items[0][price]={inactive}"));
        Assert.Equal((400, "parameters_exclusive", "line_items[0][price_data]"), await api.RefusedAsync("POST", Sessions, $"{Payment}&line_items[0][price]={inactive}&line_items[0][price_data][currency]=krw"));
        Assert.Equal((400, "parameter_invalid", "line_items"), await api.RefusedAsync("POST", Sessions, $"{Setup}&line_items[0][price]={inactive}"));
        Assert.Equal((400, "parameter_unknown", "setup_intent_data"), await api.RefusedAsync("POST", Sessions, $"{Payment}&setup_intent_data[description]=a&line_items[0][price]={inactive}"));
        var customer = (await api.PostAsync("/v1/customers")).Id();
        Assert.Equal((400, "parameters_exclusive", "customer_creation"), await api.RefusedAsync("POST", Sessions, $"{Setup}&customer={customer}&customer_creation=always"));
    }
}

public sealed class CheckoutSessionsOnSqlite(RealApiOnSqlite api) : CheckoutSessionTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CheckoutSessionsOnPostgres(RealApiOnPostgres api) : CheckoutSessionTests(api), IClassFixture<RealApiOnPostgres>;
