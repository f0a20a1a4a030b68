namespace Florin.Api.Tests.Search;

public abstract class SearchTests(RealApi api)
{
    [Fact]
    public async Task Payments_are_found_by_each_documented_field()
    {
        var customer = (await api.PostAsync("/v1/customers", "name=Ann")).Id();
        var paid = (await api.PostAsync("/v1/payment_intents", $"amount=4711&currency=usd&customer={customer}&payment_method=pm_card_visa&confirm=true&metadata[find]=Pa-1&metadata[kind]=shoe")).Id();
        var open = (await api.PostAsync("/v1/payment_intents", "amount=4712&currency=krw&metadata[find]=pa-2")).Id();

        Assert.Equal([open, paid], await FindAsync("payment_intents", "amount>=4711 amount<4713"));
        Assert.Equal([paid], await FindAsync("payment_intents", "amount:4711"));
        Assert.Equal([paid], await FindAsync("payment_intents", "amount>4710 AND amount<=4711"));
        Assert.Equal([open, paid], await FindAsync("payment_intents", "amount:4711 OR amount:4712"));
        Assert.Equal([paid], await FindAsync("payment_intents", "metadata[\"find\"]:\"PA-1\""));
        Assert.Equal([open], await FindAsync("payment_intents", "amount>4710 amount<4713 metadata[\"kind\"]:null"));
        Assert.Equal([paid], await FindAsync("payment_intents", "amount>4710 amount<4713 -metadata[\"kind\"]:null"));
        Assert.Equal([open], await FindAsync("payment_intents", "amount>4710 amount<4713 -metadata['find']:'pa-1'"));
        Assert.Equal([paid], await FindAsync("payment_intents", $"customer:\"{customer}\""));
        Assert.Equal([open], await FindAsync("payment_intents", "amount:4712 customer:null"));
        Assert.Equal([open], await FindAsync("payment_intents", "amount>4710 amount<4713 currency:\"KRW\""));
        Assert.Equal([open], await FindAsync("payment_intents", "amount>4710 amount<4713 status:\"requires_payment_method\""));
        Assert.Equal([paid], await FindAsync("payment_intents", "amount>4710 amount<4713 -status:\"requires_payment_method\""));
        Assert.Equal([paid], await FindAsync("payment_intents", "amount:4711 created>1700000000"));
        Assert.Empty(await FindAsync("payment_intents", "amount:4711 created<1700000000"));
    }

    [Fact]
    public async Task Charges_are_found_by_their_card_their_state_and_their_notes()
    {
        var payment = await api.PostAsync(
            "/v1/payment_intents",
            "amount=5811&currency=usd&payment_method_data[type]=card&payment_method_data[card][number]=5555555555554444&payment_method_data[card][exp_month]=11"
            + "&payment_method_data[card][exp_year]=2041&payment_method_data[card][cvc]=123&payment_method_data[billing_details][address][postal_code]=04524&confirm=true");
        var charge = payment.Text("latest_charge")!;
        await api.PostAsync($"/v1/charges/{charge}", "metadata[note]=late");
        await api.SendAsync("POST", "/v1/payment_intents", "amount=5811&currency=usd&payment_method=pm_card_chargeDeclined&confirm=true");
        const string Card = "payment_method_details.card.";

        Assert.Equal([charge], await FindAsync("charges", $"amount:5811 {Card}last4:\"4444\" {Card}brand:\"mastercard\" {Card}exp_month:11 {Card}exp_year>2040"));
        Assert.Equal([charge], await FindAsync("charges", "billing_details.address.postal_code:\"04524\""));
        Assert.Equal([charge], await FindAsync("charges", "metadata[\"note\"]:\"late\""));
        Assert.Equal([charge], await FindAsync("charges", "amount:5811 status:\"succeeded\""));
        Assert.DoesNotContain(charge, await FindAsync("charges", "amount:5811 status:\"failed\""));
        Assert.Equal([charge], await FindAsync("charges", "amount:5811 status:\"succeeded\" refunded:\"false\""));
        await api.PostAsync("/v1/refunds", $"charge={charge}");
        Assert.Equal([charge], await FindAsync("charges", "amount:5811 refunded:\"true\""));
        await api.PostAsync($"/v1/charges/{charge}", "metadata[note]=");
        Assert.Empty(await FindAsync("charges", "metadata[\"note\"]:\"late\""));
    }

    [Fact]
    public async Task Customers_are_found_by_what_people_wrote_and_not_once_deleted()
    {
        var jenny = (await api.PostAsync("/v1/customers", "name=제니+Rosen&email=Jenny.Rosen@example.com&phone=010-5555-0199&metadata[tier]=Gold")).Id();
        var other = (await api.PostAsync("/v1/customers", "name=100%25+Rosen&email=other@example.com")).Id();

        Assert.Equal([jenny], await FindAsync("customers", "email:\"jenny.rosen@EXAMPLE.com\""));
        Assert.Equal([other, jenny], await FindAsync("customers", "name~\"ROSEN\""));
        Assert.Equal([other], await FindAsync("customers", "name~\"0% \""));
        Assert.Equal([jenny], await FindAsync("customers", "phone~\"5555\" metadata[\"tier\"]:\"gold\""));
        Assert.Equal([other], await FindAsync("customers", "name~\"rosen\" -phone~\"5555\""));
        await api.OkAsync("DELETE", $"/v1/customers/{jenny}");
        Assert.Equal([other], await FindAsync("customers", "name~\"rosen\" OR metadata[\"tier\"]:\"gold\""));
    }

    [Fact]
    public async Task A_search_result_pages_by_token()
    {
        foreach (var _ in Enumerable.Range(0, 5)) await api.PostAsync("/v1/customers", "metadata[batch]=five");
        const string Query = "/v1/customers/search?query=metadata%5B%22batch%22%5D%3A%22five%22&limit=2";
        var found = new List<string>();
        string? page = null;
        do
        {
            var answer = await api.GetAsync(Query + (page is null ? "" : $"&page={page}"));
            Assert.Equal(("search_result", "/v1/customers/search"), (answer.Text("object"), answer.Text("url")));
            Assert.Equal(answer.GetProperty("has_more").GetBoolean(), answer.Text("next_page") is not null);
            found.AddRange(answer.Ids());
            page = answer.Text("next_page");
        }
        while (page is not null);

        Assert.Equal(5, found.Count);
        Assert.Equal(found.Distinct(StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal), found);
        Assert.Equal((400, "parameter_invalid", "page"), await api.RefusedAsync("GET", Query + "&page=nonsense"));
    }

    [Fact]
    public async Task A_result_may_be_expanded_and_a_bad_query_says_where()
    {
        var customer = (await api.PostAsync("/v1/customers", "name=Expanded")).Id();
        await api.PostAsync("/v1/payment_intents", $"amount=99&currency=usd&customer={customer}");
        var found = await api.GetAsync($"/v1/payment_intents/search?query={Uri.EscapeDataString($"customer:\"{customer}\"")}&expand[]=data.customer");
        Assert.Equal("Expanded", found.GetProperty("data")[0].GetProperty("customer").Text("name"));

        Assert.Equal((400, "parameter_missing", "query"), await api.RefusedAsync("GET", "/v1/charges/search"));
        Assert.Equal((400, "search_query_invalid", "query"), await api.RefusedAsync("GET", "/v1/charges/search?query=amount%3A1%20%29"));
        Assert.Equal(403, (await api.SendAsync("GET", "/v1/charges/search?query=amount%3A1", fromBrowser: true)).Status);
    }

    private async Task<IReadOnlyList<string>> FindAsync(string kind, string query) =>
        (await api.GetAsync($"/v1/{kind}/search?query={Uri.EscapeDataString(query)}")).Ids();
}

public sealed class SearchOnSqlite(RealApiOnSqlite api) : SearchTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class SearchOnPostgres(RealApiOnPostgres api) : SearchTests(api), IClassFixture<RealApiOnPostgres>;
