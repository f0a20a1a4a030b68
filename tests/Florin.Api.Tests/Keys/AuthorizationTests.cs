using System.Net.Http.Headers;
using System.Text;
using Florin.Api.Routing;
using Florin.Api.Tests.Disputes;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.Tests.Keys;

/// <summary>Every route of the table against everybody who may not use it.</summary>
/// <remarks>Generated from <see cref="ApiRoutes.All"/>: a new route is tried too, and where its objects are of a new kind it fails
/// until one of them is made in <see cref="TwoShops"/>.</remarks>
public abstract class AuthorizationTests(TwoShops shops)
{
    public static TheoryData<string, string> Routes()
    {
        var routes = new TheoryData<string, string>();
        foreach (var route in ApiRoutes.All) routes.Add(route.Method, route.Pattern);
        return routes;
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nobody_without_a_key_comes_in(string method, string pattern) =>
        Assert.Equal((401, "api_key_missing"), await AskAsync(method, pattern, key: null));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_wrong_revoked_or_expired_key_opens_nothing(string method, string pattern)
    {
        Assert.Equal((401, "api_key_invalid"), await AskAsync(method, pattern, "fsk_test_0123456789abcdef0123456789abcdef"));
        Assert.Equal((401, "api_key_invalid"), await AskAsync(method, pattern, "sk_test_4eC39HqLyjWDarjtT1zdp7dc"));
        Assert.Equal((401, "api_key_revoked"), await AskAsync(method, pattern, shops.Revoked));
        Assert.Equal((401, "api_key_expired"), await AskAsync(method, pattern, shops.Expired));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_key_is_good_from_its_networks_alone(string method, string pattern) =>
        Assert.Equal((403, "ip_address_not_allowed"), await AskAsync(method, pattern, shops.FromElsewhere));

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_browser_comes_in_only_where_the_table_says(string method, string pattern)
    {
        var route = RouteOf(method, pattern);
        var (status, code) = await AskAsync(method, pattern, shops.Publishable);
        if (route.AllowsBrowsers) Assert.NotEqual(403, status);
        else Assert.Equal((403, "secret_key_required"), (status, code));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_restricted_key_comes_in_only_with_the_right_of_the_route(string method, string pattern)
    {
        var route = RouteOf(method, pattern);
        Assert.Equal((403, "permission_missing"), await AskAsync(method, pattern, await shops.KeyForAllButAsync(route.Resource)));
        if (route.Right() == ApiRight.Write)
        {
            Assert.Equal((403, "permission_missing"), await AskAsync(method, pattern, await shops.KeyForAsync(route.Resource, ApiRight.Read)));
        }

        // With the right it comes as far as a secret key does: the object is not there.
        var allowed = await AskAsync(method, pattern, await shops.KeyForAsync(route.Resource, route.Right()));
        Assert.NotEqual(401, allowed.Status);
        Assert.NotEqual(403, allowed.Status);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task The_objects_of_another_merchant_are_not_there(string method, string pattern) =>
        await NothingIsThereAsync(method, pattern, shops.Secret);

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task The_objects_of_the_other_mode_are_not_there(string method, string pattern) =>
        await NothingIsThereAsync(method, pattern, shops.OthersLive);

    [Theory]
    [InlineData("/v1/refunds", "charge={charge}")]
    [InlineData("/v1/refunds", "payment_intent={payment_intent}")]
    [InlineData("/v1/payment_intents", "amount=500&currency=usd&customer={customer}")]
    [InlineData("/v1/payment_intents", "amount=500&currency=usd&payment_method={payment_method}")]
    [InlineData("/v1/payment_intents", "amount=500&currency=usd&payment_method_data[type]=card&payment_method_data[card][token]={token}")]
    [InlineData("/v1/payment_methods", "type=card&card[token]={token}")]
    [InlineData("/v1/payment_methods/pm_card_visa/attach", "customer={customer}")]
    [InlineData("/v1/florin/ledger/transactions", "reference=mine&postings[0][account]={florin.ledger_account}&postings[0][side]=debit&postings[0][amount]=1&postings[1][account]={florin.ledger_account}&postings[1][side]=credit&postings[1][amount]=1", "ledger_account_unknown")]
    [InlineData("/v1/checkout/sessions", "mode=payment&success_url=https://a.example&customer={customer}&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Cup")]
    public async Task Another_merchants_object_cannot_be_used_by_its_id(string path, string form, string code = "resource_missing")
    {
        foreach (var key in (string[])[shops.Secret, shops.OthersLive])
        {
            var answer = await shops.SendAsync("POST", path, key, shops.Fill(form));
            Assert.True(answer.Status is 400 or 404, answer.Text);
            Assert.Equal(code, answer.Code);
        }
    }

    [Fact]
    public async Task An_expanded_object_needs_the_right_to_read_it()
    {
        var path = shops.Fill("/v1/payment_intents/{payment_intent}?expand[]=latest_charge");
        var onlyIntents = await shops.KeyForOthersAsync(ApiResource.PaymentIntents);
        var both = await shops.KeyForOthersAsync(ApiResource.PaymentIntents, ApiResource.Charges);

        Assert.Equal((403, "permission_missing"), StatusAndCode(await shops.SendAsync("GET", path, onlyIntents)));
        var shown = await shops.SendAsync("GET", path, both);
        Assert.Equal("charge", shown.Json.GetProperty("latest_charge").GetProperty("object").GetString());
    }

    [Fact]
    public async Task A_permission_refusal_names_the_key_masked_and_what_is_missing()
    {
        var key = await shops.KeyForAllButAsync(ApiResource.Refunds);
        var answer = await shops.SendAsync("POST", "/v1/refunds", key, "charge=ch_1");

        var error = answer.Json.GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        var message = error.GetProperty("message").GetString()!;
        Assert.Contains($"'frk_test_****{key[^4..]}'", message, StringComparison.Ordinal);
        Assert.Contains("'refunds:write'", message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_route_says_which_resource_it_belongs_to_and_an_undeclared_one_does_not_start()
    {
        Assert.All(ApiRoutes.All, route => Assert.True(route.HasResource, $"{route}"));
        var undeclared = new ApiRoute("GET", "/v1/planted", RouteAccess.Secret, new AnsweredObject("planted"), _ => throw new NotSupportedException());
        Assert.Throws<InvalidOperationException>(() => undeclared.Resource);
    }

    private async Task NothingIsThereAsync(string method, string pattern, string key)
    {
        var path = shops.PathFor(RouteOf(method, pattern));
        if (!pattern.Contains("{id}", StringComparison.Ordinal))
        {
            // A list of somebody else's shows none of it; what makes things is tried with references elsewhere.
            if (method != "GET") return;
            if (pattern == "/v1/florin/ledger/statements")
            {
                Assert.Equal((404, "resource_missing"), StatusAndCode(await shops.SendAsync("GET", $"{path}?account={shops.Objects["florin.ledger_account"]}", key)));
                return;
            }

            if (pattern == "/v1/setup_attempts")
            {
                // This list is one setup intent's, which somebody else's key does not find.
                Assert.Equal((404, "resource_missing"), StatusAndCode(await shops.SendAsync("GET", $"{path}?setup_intent={shops.Objects["setup_intent"]}", key)));
                return;
            }

            if (pattern == "/v1/florin/routing/decisions")
            {
                Assert.Equal((404, "resource_missing"), StatusAndCode(await shops.SendAsync("GET", $"{path}?payment_intent={shops.Objects["payment_intent"]}", key)));
                return;
            }

            // A balance is one object and takes no page; a search asks for what it finds.
            var page = pattern.EndsWith("/search", StringComparison.Ordinal) ? "?limit=100&query=created%3E0"
                : pattern == "/v1/florin/ledger/exports" ? "?format=csv"
                : RouteOf(method, pattern).Answers.IsList && pattern != "/v1/florin/ledger/periods" ? "?limit=100" : "";
            var list = await shops.SendAsync("GET", path + page, key);
            Assert.True(list.Status == 200, list.Text);
            Assert.All(shops.Objects.Values, id => Assert.DoesNotContain(id, list.Text, StringComparison.Ordinal));
            return;
        }

        // The owner's key finds it, so that it is hidden and not missing.
        if (method == "GET") Assert.Equal(200, (await shops.SendAsync(method, path, shops.OthersSecret)).Status);
        var answer = await shops.SendAsync(method, path, key, shops.FormFor($"{method} {pattern}"));
        Assert.Equal((404, "resource_missing"), StatusAndCode(answer));
        Assert.Equal(200, (await shops.SendAsync("GET", shops.OwnPathFor(path), shops.OthersSecret)).Status);
    }

    private async Task<(int Status, string? Code)> AskAsync(string method, string pattern, string? key)
    {
        var answer = await shops.SendAsync(method, pattern.Replace("{id}", "nothing", StringComparison.Ordinal), key);
        Assert.StartsWith("req_", answer.Headers["Request-Id"], StringComparison.Ordinal);
        return answer.Status == 200 ? (200, null) : StatusAndCode(answer);
    }

    private static ApiRoute RouteOf(string method, string pattern) =>
        ApiRoutes.All.Single(route => route.Method == method && route.Pattern == pattern);

    private static (int Status, string? Code) StatusAndCode(Answer answer) => (answer.Status, answer.Status == 200 ? null : answer.Code);
}

/// <summary>A shop with keys of every kind, and another one with an object of every kind.</summary>
public abstract class TwoShops(RealApi api) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private static readonly string[] OursAlone = ["/v1/florin/ledger/", "/v1/florin/routing/", "/v1/florin/unknown_outcomes"];

    // What a route wants before it looks for its object.
    private static readonly Dictionary<string, string> Forms = new()
    {
        ["POST /v1/payment_intents/{id}/increment_authorization"] = "amount=5000",
        ["POST /v1/payment_methods/{id}/attach"] = "customer={own_customer}",
        ["POST /v1/florin/webhook_endpoints/{id}/resend"] = "created[gte]=1",
        ["POST /v1/florin/unknown_outcomes/{id}/accept"] = "outcome=declined&evidence=Seen",
        ["POST /v1/test_helpers/test_clocks/{id}/advance"] = "frozen_time=1900000001",
        ["POST /v1/florin/ledger/transactions/{id}/adjust"] = "reference=a&currency=krw&" + Postings,
    };

    private const string Postings = "postings[0][account]=own:a&postings[0][side]=debit&postings[0][amount]=1&postings[1][account]=own:b&postings[1][side]=credit&postings[1][amount]=1";

    private readonly Dictionary<string, string> restricted = [];
    private MerchantScope scope;
    private string ownCustomer = "";

    /// <summary>The ids of the other shop's objects, by their name in <see cref="ApiRoute.Answers"/>.</summary>
    internal Dictionary<string, string> Objects { get; } = [];

    internal string Secret { get; private set; } = "";

    internal string Publishable { get; private set; } = "";

    internal string Revoked { get; private set; } = "";

    internal string Expired { get; private set; } = "";

    internal string FromElsewhere { get; private set; } = "";

    internal string OthersSecret { get; private set; } = "";

    internal string OthersLive { get; private set; } = "";

    private IMerchants Merchants => api.Services.GetRequiredService<IMerchants>();

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        await MakeObjectsAsync();
        var fees = new MerchantFees(0, new Dictionary<string, long>());
        var shop = await Merchants.CreateAsync(new NewMerchant(DatabaseFixture.FreshShard(), "Mine", "KR", fees), Ct);
        scope = new MerchantScope(shop.Id, IsLive: false);
        Secret = await KeyAsync(new ApiKeyDraft(ApiKeyKind.Secret, "server"));
        Publishable = await KeyAsync(new ApiKeyDraft(ApiKeyKind.Publishable, "page"));
        FromElsewhere = await KeyAsync(
            new ApiKeyDraft(ApiKeyKind.Secret, "elsewhere") { AllowedFrom = AllowedNetworks.Parse(["203.0.113.0/24"], out _)! });
        var revoked = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "revoked", Ct);
        await Merchants.RevokeKeyAsync(scope, revoked.Key.Id, Ct);
        var rolled = await Merchants.CreateKeyAsync(scope, ApiKeyKind.Secret, "rolled", Ct);
        Assert.True((await Merchants.RollKeyAsync(scope, rolled.Key.Id, DateTimeOffset.UtcNow, Ct)).IsSuccess);
        (Revoked, Expired) = (revoked.Text.Reveal(), rolled.Text.Reveal());
        ownCustomer = (await SendAsync("POST", "/v1/customers", Secret, "name=Mine")).Json.Id();
        OthersSecret = (await Merchants.CreateKeyAsync(api.Scope, ApiKeyKind.Secret, "theirs", Ct)).Text.Reveal();
        OthersLive = (await Merchants.CreateKeyAsync(api.Scope with { IsLive = true }, ApiKeyKind.Secret, "theirs, live", Ct)).Text.Reveal();
    }

    public Task DisposeAsync() => api.DisposeAsync();

    internal Task<string> KeyForAsync(ApiResource resource, ApiRight right) => RestrictedKeyAsync(
        $"{resource}:{right}", scope, [KeyValuePair.Create(resource, right)]);

    internal Task<string> KeyForAllButAsync(ApiResource resource) => RestrictedKeyAsync(
        $"all but {resource}",
        scope,
        Enum.GetValues<ApiResource>().Where(each => each != resource).Select(each => KeyValuePair.Create(each, ApiRight.Write)));

    internal Task<string> KeyForOthersAsync(params ApiResource[] resources) => RestrictedKeyAsync(
        $"theirs: {string.Join(' ', resources)}", api.Scope, resources.Select(each => KeyValuePair.Create(each, ApiRight.Read)));

    /// <summary>The route's path with the id of the other shop's object of that kind.</summary>
    internal string PathFor(ApiRoute route)
    {
        if (!route.Pattern.Contains("{id}", StringComparison.Ordinal)) return route.Pattern;
        var family = StripeOwn(route.Pattern[..route.Pattern.IndexOf("/{id}", StringComparison.Ordinal)]);
        var kind = ApiRoutes.All.First(each => each.Pattern == family + "/{id}").Answers.Name;
        Assert.True(Objects.ContainsKey(kind), $"Make a {kind} in {nameof(MakeObjectsAsync)}, for {route}.");
        return route.Pattern.Replace("{id}", Objects[kind], StringComparison.Ordinal)
            .Replace("{attempt}", Objects["florin.webhook_attempt"], StringComparison.Ordinal);
    }

    /// <summary>The path of the object itself, without what is done to it.</summary>
    internal string OwnPathFor(string path)
    {
        var id = path.Split('/').First(Objects.ContainsValue);
        return StripeOwn(path[..(path.IndexOf(id, StringComparison.Ordinal) + id.Length)]);
    }

    // What is ours beside Stripe's routes is about the same objects, but for those that Stripe does not have.
    private static string StripeOwn(string path) => OursAlone.Any(beginning => path.StartsWith(beginning, StringComparison.Ordinal))
        ? path
        : path.Replace("/v1/florin/", "/v1/", StringComparison.Ordinal);

    internal string? FormFor(string route) => Forms.TryGetValue(route, out var form) ? Fill(form) : null;

    internal string Fill(string text)
    {
        foreach (var (kind, id) in Objects) text = text.Replace($"{{{kind}}}", id, StringComparison.Ordinal);
        return text.Replace("{own_customer}", ownCustomer, StringComparison.Ordinal);
    }

    internal async Task<Answer> SendAsync(string method, string path, string? key, string? form = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (form is not null) request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await api.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
    }

    private async Task MakeObjectsAsync()
    {
        const string Card = "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
        var customer = await api.PostAsync("/v1/customers", "name=Theirs");
        var intent = await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_visa&confirm=true&expand[]=latest_charge");
        Objects["customer"] = customer.Id();
        Objects["payment_intent"] = intent.Id();
        Objects["charge"] = intent.GetProperty("latest_charge").Id();
        Objects["refund"] = (await api.PostAsync("/v1/refunds", $"charge={Objects["charge"]}&amount=100")).Id();
        Objects["balance_transaction"] = intent.GetProperty("latest_charge").GetProperty("balance_transaction").GetString()!;
        Objects["dispute"] = (await api.DisputedAsync()).Dispute.Id();
        Objects["file"] = (await api.UploadAsync("%PDF-1.7"u8.ToArray(), "a.pdf")).Json.Id();
        Objects["token"] = (await api.PostAsync("/v1/tokens", Card)).Id();
        Objects["payment_method"] = (await api.PostAsync("/v1/payment_methods", $"type=card&{Card}")).Id();
        Objects["checkout.session"] = (await api.PostAsync(
            "/v1/checkout/sessions",
            "mode=payment&success_url=https://a.example&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd"
            + "&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Cup")).Id();
        Objects["setup_intent"] = (await api.PostAsync("/v1/setup_intents", "payment_method=pm_card_visa&confirm=true")).Id();
        var product = await api.PostAsync("/v1/products", "name=Theirs&default_price_data[currency]=usd&default_price_data[unit_amount]=500");
        Objects["product"] = product.Id();
        Objects["price"] = product.Text("default_price")!;
        Objects["event"] = (await api.GetAsync("/v1/events?limit=1")).Ids()[0];
        Objects["webhook_endpoint"] = (await api.PostAsync("/v1/webhook_endpoints", "url=http://127.0.0.1:9/hook&enabled_events[]=refund.failed")).Id();
        await api.PostAsync($"/v1/florin/events/{Objects["event"]}/resend", $"webhook_endpoint={Objects["webhook_endpoint"]}");
        Objects["florin.webhook_attempt"] = await FirstAttemptAsync($"/v1/florin/webhook_endpoints/{Objects["webhook_endpoint"]}/attempts");
        Objects["florin.ledger_account"] = (await api.PostAsync("/v1/florin/ledger/accounts", "code=own:a&kind=asset&currency=krw")).Id();
        await api.PostAsync("/v1/florin/ledger/accounts", "code=own:b&kind=income&currency=krw");
        Objects["florin.ledger_transaction"] = (await api.PostAsync("/v1/florin/ledger/transactions", $"reference=theirs&currency=krw&{Postings}")).Id();
        Objects["florin.ledger_hold"] = (await api.PostAsync("/v1/florin/ledger/holds", $"reference=theirs&currency=krw&{Postings}")).Id();
        Objects["florin.routing_version"] = (await api.PostAsync("/v1/florin/routing/versions", "document={\"max_attempts\":1}")).Id();
        var slow = await api.PostAsync("/v1/payment_intents", "amount=1999&currency=usd&payment_method=pm_card_pendingRefund&confirm=true");
        Objects["florin.unknown_outcome"] = "uo_" + (await api.PostAsync("/v1/refunds", $"payment_intent={slow.Id()}")).Id()["re_".Length..];
        Objects["florin.unknown_outcome_bulk"] = (await api.PostAsync("/v1/florin/unknown_outcomes/bulk", $"act=query&ids[]={Objects["florin.unknown_outcome"]}")).Id();
        Objects["test_helpers.test_clock"] = (await api.PostAsync("/v1/test_helpers/test_clocks", "frozen_time=1900000000")).Id();
    }

    // Nobody listens there, so the call fails at once.
    private async Task<string> FirstAttemptAsync(string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var found = (await api.GetAsync(path)).Ids();
            if (found.Count > 0) return found[0];
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    private async Task<string> KeyAsync(ApiKeyDraft draft) => (await Merchants.CreateKeyAsync(scope, draft, Ct)).Text.Reveal();

    private async Task<string> RestrictedKeyAsync(string name, MerchantScope of, IEnumerable<KeyValuePair<ApiResource, ApiRight>> rights)
    {
        if (restricted.TryGetValue(name, out var known)) return known;
        var made = await Merchants.CreateKeyAsync(of, new ApiKeyDraft(ApiKeyKind.Restricted, name) { Permissions = new(rights) }, Ct);
        return restricted[name] = made.Text.Reveal();
    }
}

public sealed class TwoShopsOnSqlite() : TwoShops(new RealApiOnSqlite());

public sealed class TwoShopsOnPostgres() : TwoShops(new RealApiOnPostgres());

public sealed class AuthorizationOnSqlite(TwoShopsOnSqlite shops) : AuthorizationTests(shops), IClassFixture<TwoShopsOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class AuthorizationOnPostgres(TwoShopsOnPostgres shops) : AuthorizationTests(shops), IClassFixture<TwoShopsOnPostgres>;
