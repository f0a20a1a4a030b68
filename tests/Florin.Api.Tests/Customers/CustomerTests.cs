using System.Text.Json;

namespace Florin.Api.Tests.Customers;

public abstract class CustomerTests(RealApi api)
{
    private const string Customers = "/v1/customers";

    [Fact]
    public async Task A_customer_is_kept_as_it_was_given()
    {
        var made = await api.PostAsync(
            Customers,
            "email=jenny@example.com&name=제니&phone=010-1234-5678&description=A+regular&address[line1]=1+Street&address[country]=KR"
            + "&shipping[name]=Jenny&shipping[address][city]=Seoul&metadata[order]=6735&preferred_locales[]=ko&preferred_locales[]=en");
        var found = await api.GetAsync($"{Customers}/{made.Id()}");

        Assert.Equal(made.GetRawText(), found.GetRawText());
        Assert.Equal(("customer", "jenny@example.com", "제니"), (found.Text("object"), found.Text("email"), found.Text("name")));
        Assert.Equal(("1 Street", "KR"), (found.GetProperty("address").Text("line1"), found.GetProperty("address").Text("country")));
        Assert.Equal("Seoul", found.GetProperty("shipping").GetProperty("address").Text("city"));
        Assert.Equal("""["ko","en"]""", found.GetProperty("preferred_locales").GetRawText());
        Assert.False(found.GetProperty("livemode").GetBoolean());
        Assert.Equal(["customer.created"], (await api.EventsOfAsync(made.Id())).Select(each => each.Text("type")));
    }

    [Fact]
    public async Task An_update_changes_what_it_names_clears_what_is_empty_and_leaves_the_rest()
    {
        var made = await api.PostAsync(
            Customers, "email=a@example.com&name=Ann&address[line1]=1+Street&address[city]=Seoul&metadata[a]=1&metadata[b]=2&shipping[name]=Ann&shipping[address][city]=Seoul");
        var path = $"{Customers}/{made.Id()}";

        var changed = await api.PostAsync(path, "name=&address[line1]=2+Street&metadata[a]=&metadata[c]=3&shipping=");

        Assert.Equal(("a@example.com", null), (changed.Text("email"), changed.Text("name")));
        Assert.Equal(("2 Street", "Seoul"), (changed.GetProperty("address").Text("line1"), changed.GetProperty("address").Text("city")));
        Assert.Equal("""{"b":"2","c":"3"}""", changed.GetProperty("metadata").GetRawText());
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("shipping").ValueKind);
        var updated = (await api.EventsOfAsync(made.Id()))[^1];
        Assert.Equal("customer.updated", updated.Text("type"));
        var previous = updated.GetProperty("data").GetProperty("previous_attributes");
        Assert.Equal("Ann", previous.Text("name"));
        Assert.Equal("""{"line1":"1 Street"}""", previous.GetProperty("address").GetRawText());
        Assert.Equal("""{"a":"1","c":null}""", previous.GetProperty("metadata").GetRawText());
        Assert.False(previous.TryGetProperty("email", out _));

        var cleared = await api.PostAsync(path, "metadata=&address=");
        Assert.Equal("{}", cleared.GetProperty("metadata").GetRawText());
        Assert.Equal(JsonValueKind.Null, cleared.GetProperty("address").ValueKind);

        await api.PostAsync(path, "email=a@example.com");
        Assert.Equal(3, (await api.EventsOfAsync(made.Id())).Count);
    }

    [Fact]
    public async Task A_deleted_customer_leaves_only_its_id()
    {
        var made = await api.PostAsync(Customers, "email=gone@example.com&payment_method=pm_card_visa");
        var path = $"{Customers}/{made.Id()}";
        var method = Assert.Single((await api.GetAsync($"{path}/payment_methods")).Ids());

        var deleted = await api.OkAsync("DELETE", path);

        var expected = $$"""{"id":"{{made.Id()}}","object":"customer","deleted":true}""";
        Assert.Equal(expected, deleted.GetRawText());
        Assert.Equal(expected, (await api.GetAsync(path)).GetRawText());
        Assert.Empty((await api.GetAsync($"{Customers}?email=gone@example.com")).Ids());
        Assert.Equal((404, "resource_missing", "customer"), await api.RefusedAsync("POST", path, "name=Back"));
        Assert.Equal((404, "resource_missing", "customer"), await api.RefusedAsync("DELETE", path));
        Assert.Equal((404, "resource_missing", "id"), await api.RefusedAsync("GET", $"{path}/payment_methods"));
        Assert.Equal((404, "resource_missing", "customer"), await api.RefusedAsync("POST", "/v1/payment_intents", $"amount=100&currency=krw&customer={made.Id()}"));
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync($"/v1/payment_methods/{method}")).GetProperty("customer").ValueKind);
        Assert.Equal(
            ["payment_method.attached", "payment_method.detached"], (await api.EventsOfAsync(method)).Select(each => each.Text("type")));
        var gone = (await api.EventsOfAsync(made.Id()))[^1];
        Assert.Equal(("customer.deleted", "gone@example.com"), (gone.Text("type"), gone.GetProperty("data").GetProperty("object").Text("email")));
    }

    [Fact]
    public async Task Customers_are_listed_newest_first_by_mail_by_time_and_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, (await api.PostAsync(Customers, $"email=listed@example.com&name=Number+{i}")).Id());
        const string ByMail = Customers + "?email=listed@example.com";

        Assert.Equal(ids, (await api.GetAsync(ByMail)).Ids());
        var first = await api.GetAsync($"{ByMail}&limit=2");
        Assert.Equal((true, Customers), (first.GetProperty("has_more").GetBoolean(), first.Text("url")));
        var second = await api.GetAsync($"{ByMail}&limit=2&starting_after={ids[1]}");
        Assert.Equal(ids[2..4], second.Ids());
        var last = await api.GetAsync($"{ByMail}&limit=2&starting_after={ids[3]}");
        Assert.Equal((false, 1), (last.GetProperty("has_more").GetBoolean(), last.Ids().Count));
        Assert.Equal(ids[1..3], (await api.GetAsync($"{ByMail}&limit=2&ending_before={ids[3]}")).Ids());
        var created = (await api.GetAsync($"{Customers}/{ids[0]}")).GetProperty("created").GetInt64();
        Assert.Empty((await api.GetAsync($"{ByMail}&created[gt]={created + 1}")).Ids());
        Assert.Equal(5, (await api.GetAsync($"{ByMail}&created[gte]={created - 60}&created[lte]={created}")).Ids().Count);
        Assert.Empty((await api.GetAsync($"{Customers}?email=LISTED@example.com")).Ids());
    }

    [Fact]
    public async Task A_repeated_request_makes_one_customer()
    {
        var first = await api.OkAsync("POST", Customers, "email=once@example.com", idempotencyKey: "once");
        var again = await api.OkAsync("POST", Customers, "email=once@example.com", idempotencyKey: "once");

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Single((await api.GetAsync($"{Customers}?email=once@example.com")).Ids());
    }

    [Fact]
    public async Task A_customers_default_is_one_of_its_own_methods()
    {
        var made = await api.PostAsync(Customers, "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa");
        var path = $"{Customers}/{made.Id()}";
        var method = made.GetProperty("invoice_settings").Text("default_payment_method");
        Assert.Equal(method, Assert.Single((await api.GetAsync($"{path}/payment_methods")).Ids()));

        var strange = (await api.PostAsync(Customers, "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa"))
            .GetProperty("invoice_settings").Text("default_payment_method");
        Assert.Equal(
            (404, "resource_missing", "invoice_settings[default_payment_method]"),
            await api.RefusedAsync("POST", path, $"invoice_settings[default_payment_method]={strange}"));
        Assert.Equal(
            (404, "resource_missing", "invoice_settings[default_payment_method]"),
            await api.RefusedAsync("POST", Customers, $"invoice_settings[default_payment_method]={method}"));

        await api.PostAsync($"/v1/payment_methods/{method}/detach");
        Assert.Null((await api.GetAsync(path)).GetProperty("invoice_settings").Text("default_payment_method"));
    }

    [Theory]
    [InlineData("email=nobody", "email_invalid", "email")]
    [InlineData("address[country]=Korea", "parameter_too_long", "address[country]")]
    [InlineData("address[street]=1", "parameter_unknown", "address[street]")]
    [InlineData("shipping[phone]=1", "parameter_missing", "shipping[name]")]
    [InlineData("shipping[name]=Ann", "parameter_missing", "shipping[address]")]
    [InlineData("preferred_locales[]=%3Cb%3E", "parameter_invalid", "preferred_locales")]
    [InlineData("balance=5", "parameter_unknown", "balance")]
    [InlineData("name=4242+4242+4242+4242", "card_number_not_allowed", "name")]
    public async Task What_is_wrong_with_a_customer_is_told(string form, string code, string param) =>
        Assert.Equal((400, code, param), await api.RefusedAsync("POST", Customers, form));

    [Fact]
    public async Task Metadata_that_grows_past_its_bound_is_refused_and_nothing_is_changed()
    {
        var fifty = string.Join('&', Enumerable.Range(0, 50).Select(i => $"metadata[k{i}]=v"));
        var made = await api.PostAsync(Customers, fifty);
        var path = $"{Customers}/{made.Id()}";

        Assert.Equal((400, "metadata_invalid", "metadata"), await api.RefusedAsync("POST", path, "metadata[one]=more&name=Ann"));
        Assert.Null((await api.GetAsync(path)).Text("name"));
        Assert.Equal("Ann", (await api.PostAsync(path, "metadata[k0]=&metadata[one]=more&name=Ann")).Text("name"));
    }
}

public sealed class CustomersOnSqlite(RealApiOnSqlite api) : CustomerTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CustomersOnPostgres(RealApiOnPostgres api) : CustomerTests(api), IClassFixture<RealApiOnPostgres>;
