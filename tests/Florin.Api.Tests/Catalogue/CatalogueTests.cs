using System.Text.Json;

namespace Florin.Api.Tests.Catalogue;

public abstract class CatalogueTests(RealApi api)
{
    private const string Products = "/v1/products";
    private const string Prices = "/v1/prices";

    [Fact]
    public async Task A_product_is_made_with_its_price_changed_and_found()
    {
        var made = await api.PostAsync(
            Products,
            "name=Tea&description=Green&images[0]=https://shop.example/tea.png&metadata[a]=1&default_price_data[currency]=krw&default_price_data[unit_amount]=12000&expand[]=default_price");
        var price = made.GetProperty("default_price");
        Assert.Equal(("price", 12_000, made.Id()), (price.Text("object"), price.GetProperty("unit_amount").GetInt32(), price.Text("product")));
        Assert.Equal("12000", price.Text("unit_amount_decimal"));

        var changed = await api.PostAsync($"{Products}/{made.Id()}", "name=Black+tea&description=&images=&active=false&metadata=");
        Assert.Equal(("Black tea", null, false), (changed.Text("name"), changed.Text("description"), changed.GetProperty("active").GetBoolean()));
        Assert.Equal("[]{}", changed.GetProperty("images").GetRawText() + changed.GetProperty("metadata").GetRawText());
        Assert.Contains(made.Id(), (await api.GetAsync($"{Products}?active=false")).Ids());
        Assert.DoesNotContain(made.Id(), (await api.GetAsync($"{Products}?active=true")).Ids());
        Assert.Equal([made.Id()], (await api.GetAsync($"{Products}?ids[]={made.Id()}")).Ids());

        var events = await api.EventsOfAsync(made.Id());
        Assert.Equal(["product.created", "product.updated"], events.Select(each => each.Text("type")));
        Assert.Equal("Tea", events[1].GetProperty("data").GetProperty("previous_attributes").Text("name"));
    }

    [Fact]
    public async Task A_product_without_prices_is_deleted_and_one_with_prices_is_not()
    {
        var lonely = (await api.PostAsync(Products, "name=Lonely")).Id();
        var deleted = await api.OkAsync("DELETE", $"{Products}/{lonely}");
        Assert.Equal((lonely, "product", true), (deleted.Id(), deleted.Text("object"), deleted.GetProperty("deleted").GetBoolean()));
        Assert.Equal(404, (await api.SendAsync("GET", $"{Products}/{lonely}")).Status);
        Assert.Equal(["product.created", "product.deleted"], (await api.EventsOfAsync(lonely)).Select(each => each.Text("type")));

        var sold = (await api.PostAsync(Prices, "currency=usd&unit_amount=500&product_data[name]=Sold")).Text("product");
        Assert.Equal((400, "product_has_prices", "id"), await api.RefusedAsync("DELETE", $"{Products}/{sold}"));
    }

    [Fact]
    public async Task A_price_is_found_by_its_key_which_leads_to_one_price_at_a_time()
    {
        var product = (await api.PostAsync(Products, "name=Cup")).Id();
        var key = $"cup-{product}";
        var first = (await api.PostAsync(Prices, $"product={product}&currency=usd&unit_amount=0&lookup_key={key}&nickname=Free&tax_behavior=inclusive")).Id();

        Assert.Equal((400, "resource_already_exists", "lookup_key"), await api.RefusedAsync("POST", Prices, $"product={product}&currency=usd&unit_amount=1&lookup_key={key}"));
        var second = (await api.PostAsync(Prices, $"product={product}&currency=usd&unit_amount=1&lookup_key={key}&transfer_lookup_key=true")).Id();
        Assert.Equal([second], (await api.GetAsync($"{Prices}?lookup_keys[]={key}")).Ids());
        Assert.Null((await api.GetAsync($"{Prices}/{first}")).Text("lookup_key"));
        Assert.Equal(["price.created", "price.updated"], (await api.EventsOfAsync(first)).Select(each => each.Text("type")));

        var back = await api.PostAsync($"{Prices}/{first}", $"lookup_key={key}&transfer_lookup_key=true&active=false&nickname=&metadata[a]=1");
        Assert.Equal((key, null, false), (back.Text("lookup_key"), back.Text("nickname"), back.GetProperty("active").GetBoolean()));
        Assert.Equal("inclusive", back.Text("tax_behavior"));
        Assert.Equal([first], (await api.GetAsync($"{Prices}?product={product}&active=false&currency=usd&type=one_time")).Ids());
        Assert.Equal("product", (await api.GetAsync($"{Prices}/{first}?expand[]=product")).GetProperty("product").Text("object"));
    }

    [Fact]
    public async Task A_recurring_price_is_kept_and_shown_as_it_is()
    {
        var price = await api.PostAsync(Prices, "currency=eur&unit_amount=990&product_data[name]=Club&recurring[interval]=month&recurring[interval_count]=3&recurring[trial_period_days]=14");
        Assert.Equal("recurring", price.Text("type"));
        Assert.Equal("""{"interval":"month","interval_count":3,"meter":null,"trial_period_days":14,"usage_type":"licensed"}""", price.GetProperty("recurring").GetRawText());
        Assert.Equal(price.GetRawText(), (await api.GetAsync($"{Prices}/{price.Id()}")).GetRawText());
        Assert.Contains(price.Id(), (await api.GetAsync($"{Prices}?type=recurring&limit=100")).Ids());
        Assert.DoesNotContain(price.Id(), (await api.GetAsync($"{Prices}?type=one_time&limit=100")).Ids());
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_name()
    {
        var product = (await api.PostAsync(Products, "name=Cup")).Id();
        var other = (await api.PostAsync(Prices, "currency=usd&unit_amount=1&product_data[name]=Other")).Id();
        Assert.Equal((400, "parameter_missing", "name"), await api.RefusedAsync("POST", Products, ""));
        Assert.Equal((400, "parameter_unknown", "id"), await api.RefusedAsync("POST", Products, "name=A&id=mine"));
        Assert.Equal((400, "url_invalid", "images"), await api.RefusedAsync("POST", Products, "name=A&images[0]=javascript:alert(1)"));
        Assert.Equal((400, "parameter_invalid", "default_price"), await api.RefusedAsync("POST", $"{Products}/{product}", $"default_price={other}"));
        Assert.Equal((400, "parameter_missing", "product"), await api.RefusedAsync("POST", Prices, "currency=usd&unit_amount=1"));
        Assert.Equal((400, "parameters_exclusive", "product_data"), await api.RefusedAsync("POST", Prices, $"currency=usd&unit_amount=1&product={product}&product_data[name]=B"));
        Assert.Equal((400, "parameter_unknown", "tiers_mode"), await api.RefusedAsync("POST", Prices, $"currency=usd&unit_amount=1&product={product}&tiers_mode=volume"));
        Assert.Equal((400, "parameter_unknown", "recurring[meter]"), await api.RefusedAsync("POST", Prices, $"currency=usd&unit_amount=1&product={product}&recurring[interval]=day&recurring[meter]=m"));
        Assert.Equal((400, "parameter_invalid", "recurring[interval_count]"), await api.RefusedAsync("POST", Prices, $"currency=usd&unit_amount=1&product={product}&recurring[interval]=year&recurring[interval_count]=4"));
        Assert.Equal((400, "parameter_unknown", "unit_amount"), await api.RefusedAsync("POST", $"{Prices}/{other}", "unit_amount=2"));
        Assert.Equal((404, "resource_missing", "product"), await api.RefusedAsync("POST", Prices, $"currency=usd&unit_amount=1&product={product[..^4]}{(product[^4] == '0' ? '1' : '0')}{product[^3..]}"));
    }
}

public sealed class CatalogueOnSqlite(RealApiOnSqlite api) : CatalogueTests(api), IClassFixture<RealApiOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CatalogueOnPostgres(RealApiOnPostgres api) : CatalogueTests(api), IClassFixture<RealApiOnPostgres>;
