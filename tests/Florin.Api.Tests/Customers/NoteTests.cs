namespace Florin.Api.Tests.Customers;

/// <summary>What merchants note on charges and refunds, and how both are listed.</summary>
public abstract class NoteTests(RealApi api)
{
    private const string Intents = "/v1/payment_intents";
    private const string Pay = "amount=1000&currency=krw&confirm=true&payment_method=pm_card_visa";

    [Fact]
    public async Task A_charge_begins_with_its_payments_notes_and_goes_its_own_way()
    {
        var paid = await api.PostAsync(Intents, Pay + "&description=Two+cups&receipt_email=a@example.com&metadata[order]=1&metadata[b]=2");
        var path = $"/v1/charges/{paid.Text("latest_charge")}";
        var charge = await api.GetAsync(path);
        Assert.Equal(("Two cups", "a@example.com"), (charge.Text("description"), charge.Text("receipt_email")));
        Assert.Equal("""{"order":"1","b":"2"}""", charge.GetProperty("metadata").GetRawText());

        var changed = await api.PostAsync(path, "description=&receipt_email=b@example.com&metadata[order]=&metadata[c]=3");

        Assert.Equal((null, "b@example.com"), (changed.Text("description"), changed.Text("receipt_email")));
        Assert.Equal("""{"b":"2","c":"3"}""", changed.GetProperty("metadata").GetRawText());
        Assert.Equal(changed.GetRawText(), (await api.GetAsync(path)).GetRawText());
        Assert.Equal("Two cups", (await api.GetAsync($"{Intents}/{paid.Id()}")).Text("description"));
        var updated = (await api.EventsOfAsync(charge.Id()))[^1];
        Assert.Equal(("charge.updated", "Two cups"), (updated.Text("type"), updated.GetProperty("data").GetProperty("previous_attributes").Text("description")));
    }

    [Fact]
    public async Task A_refunds_metadata_is_merged()
    {
        var paid = await api.PostAsync(Intents, Pay);
        var refund = await api.PostAsync("/v1/refunds", $"payment_intent={paid.Id()}&amount=400&metadata[a]=1");

        var changed = await api.PostAsync($"/v1/refunds/{refund.Id()}", "metadata[b]=2");

        Assert.Equal("""{"a":"1","b":"2"}""", changed.GetProperty("metadata").GetRawText());
        Assert.Equal("succeeded", changed.Text("status"));
        var updated = (await api.EventsOfAsync(refund.Id()))[^1];
        Assert.Equal("refund.updated", updated.Text("type"));
        Assert.Equal("""{"metadata":{"b":null}}""", updated.GetProperty("data").GetProperty("previous_attributes").GetRawText());
        Assert.Equal((404, "resource_missing", "id"), await api.RefusedAsync("POST", "/v1/refunds/re_nothing", "metadata[a]=1"));
    }

    [Fact]
    public async Task Charges_are_listed_by_customer_payment_time_and_page()
    {
        var customer = (await api.PostAsync("/v1/customers", "payment_method=pm_card_visa")).Id();
        var method = Assert.Single((await api.GetAsync($"/v1/customers/{customer}/payment_methods")).Ids());
        var charges = new List<string>();
        var last = default(System.Text.Json.JsonElement);
        for (var i = 0; i < 4; i++)
        {
            last = await api.PostAsync(Intents, $"amount=1000&currency=krw&confirm=true&payment_method={method}&customer={customer}");
            charges.Insert(0, last.Text("latest_charge")!);
        }

        Assert.Equal(charges, (await api.GetAsync($"/v1/charges?customer={customer}")).Ids());
        Assert.Equal([charges[0]], (await api.GetAsync($"/v1/charges?payment_intent={last.Id()}")).Ids());
        var page = await api.GetAsync($"/v1/charges?customer={customer}&limit=2&expand[]=data.customer");
        Assert.True(page.GetProperty("has_more").GetBoolean());
        Assert.Equal(charges[..2], page.Ids());
        Assert.Equal(customer, page.GetProperty("data")[0].GetProperty("customer").Id());
        Assert.Equal(charges[2..], (await api.GetAsync($"/v1/charges?customer={customer}&limit=2&starting_after={charges[1]}")).Ids());
        Assert.Equal(charges[1..3], (await api.GetAsync($"/v1/charges?customer={customer}&limit=2&ending_before={charges[3]}")).Ids());
        var created = (await api.GetAsync($"/v1/charges/{charges[0]}")).GetProperty("created").GetInt64();
        Assert.Empty((await api.GetAsync($"/v1/charges?customer={customer}&created[gt]={created}")).Ids());
        Assert.Equal(charges, (await api.GetAsync($"/v1/charges?customer={customer}&created[lte]={created}")).Ids());
    }

    [Fact]
    public async Task Refunds_are_listed_by_time()
    {
        var paid = await api.PostAsync(Intents, Pay);
        var refund = await api.PostAsync("/v1/refunds", $"payment_intent={paid.Id()}");
        var created = refund.GetProperty("created").GetInt64();

        Assert.Equal([refund.Id()], (await api.GetAsync($"/v1/refunds?payment_intent={paid.Id()}&created={created}")).Ids());
        Assert.Empty((await api.GetAsync($"/v1/refunds?payment_intent={paid.Id()}&created[lt]={created}")).Ids());
    }
}

public sealed class NotesOnSqlite(RealApiOnSqlite api) : NoteTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class NotesOnPostgres(RealApiOnPostgres api) : NoteTests(api), IClassFixture<RealApiOnPostgres>;
