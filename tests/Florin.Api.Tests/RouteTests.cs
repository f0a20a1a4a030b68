using Florin.Api.Errors;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Storage.Idempotency;

namespace Florin.Api.Tests;

public sealed class RouteTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Intents = "/v1/payment_intents";
    private const string Card = "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";

    public static TheoryData<string, string> Routes()
    {
        var routes = new TheoryData<string, string>();
        foreach (var route in ApiRoutes.All) routes.Add(route.Method, route.Pattern);
        return routes;
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_refuses_strangers_and_lets_browsers_in_only_where_its_table_says(string method, string pattern)
    {
        var route = ApiRoutes.All.Single(route => route.Method == method && route.Pattern == pattern);
        var path = pattern.Replace("{id}", "nothing", StringComparison.Ordinal);
        Assert.Equal((401, "api_key_missing"), StatusAndCode(await api.SendAsync(method, path, key: null)));
        Assert.Equal((401, "api_key_invalid"), StatusAndCode(await api.SendAsync(method, path, key: "sk_live_somebody")));
        var browser = await api.SendAsync(method, path, key: "publishable-test");
        Assert.Equal(route.Access == RouteAccess.Secret, browser.Status == 403);
        Assert.Equal(route.AllowsBrowsers, browser.Headers.ContainsKey("Access-Control-Allow-Origin"));
        Assert.StartsWith("req_", browser.Headers["Request-Id"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_refuses_a_parameter_that_nobody_knows(string method, string pattern)
    {
        var ids = new Dictionary<string, string>
        {
            ["/v1/payment_intents"] = Samples.Intent.Id.ToString(),
            ["/v1/charges"] = Samples.Charge.Id.ToString(),
            ["/v1/refunds"] = Samples.Refund.Id.ToString(),
            ["/v1/tokens"] = Samples.Token.Id.ToString(),
            ["/v1/customers"] = Samples.Customer.Id.ToString(),
            ["/v1/payment_methods"] = Samples.Method.Id.ToString(),
            ["/v1/setup_intents"] = Samples.Setup.Id.ToString(),
            ["/v1/products"] = Samples.Product.Id.ToString(),
            ["/v1/prices"] = Samples.Price.Id.ToString(),
            ["/v1/checkout"] = Samples.Session.Id.ToString(),
            ["/v1/events"] = Samples.Event.Id.ToString(),
            ["/v1/webhook_endpoints"] = Samples.Endpoint.Id.ToString(),
            ["/v1/disputes"] = "dp_01980000000070008000000000000001",
            ["/v1/files"] = "file_01980000000070008000000000000001",
            ["/v1/balance"] = "txn_01980000000070008000000000000001",
            ["/v1/test_helpers"] = "clock_00000000000000000000000000000001",
            ["/v1/florin/events"] = Samples.Event.Id.ToString(),
            ["/v1/florin/webhook_endpoints"] = Samples.Endpoint.Id.ToString(),
        };

        // Most routes look at their parameters before they look for what the path names.
        var id = ids.SingleOrDefault(id => pattern.StartsWith(id.Key, StringComparison.Ordinal)).Value ?? "nothing";
        var path = pattern.Replace("{id}", id, StringComparison.Ordinal);
        var isUpload = ApiRoutes.All.Single(route => route.Method == method && route.Pattern == pattern).TakesFile;
        var answer = isUpload
            ? await api.SendAsync(
                method, path, "--b\r\nContent-Disposition: form-data; name=\"surprise\"\r\n\r\n1\r\n--b--\r\n", contentType: "multipart/form-data; boundary=b")
            : method == "POST" ? await api.SendAsync(method, path, "surprise=1")
            : await api.SendAsync(method, path + "?surprise=1");
        Assert.Equal((400, "parameter_unknown", "surprise"), (answer.Status, answer.Code, answer.Param));
    }

    [Theory]
    [InlineData(Intents, "currency=krw", 400, "parameter_missing", "amount")]
    [InlineData(Intents, "amount=0&currency=krw", 400, "amount_too_small", "amount")]
    [InlineData(Intents, "amount=1000000000000&currency=krw", 400, "amount_too_large", "amount")]
    [InlineData(Intents, "amount=10.5&currency=krw", 400, "parameter_invalid_integer", "amount")]
    [InlineData(Intents, "amount=99999999999999999999&currency=krw", 400, "parameter_invalid_integer", "amount")]
    [InlineData(Intents, "amount=&currency=krw", 400, "parameter_invalid_empty", "amount")]
    [InlineData(Intents, "amount[a]=1&currency=krw", 400, "parameter_invalid", "amount")]
    [InlineData(Intents, "amount=1&currency=zzz", 400, "currency_invalid", "currency")]
    [InlineData(Intents, "amount=1&currency=xau", 400, "currency_not_supported", "currency")]
    [InlineData(Intents, "amout=1&currency=krw", 400, "parameter_unknown", "amout")]
    [InlineData(Intents, "amount=1&currency=krw&off_session=true", 400, "parameter_invalid", "off_session")]
    [InlineData(Intents, "amount=1&currency=krw&capture_method=later", 400, "parameter_invalid", "capture_method")]
    [InlineData(Intents, "amount=1&currency=krw&confirm=yes", 400, "parameter_invalid", "confirm")]
    [InlineData(Intents, "amount=1&currency=krw&return_url=javascript:alert(1)", 400, "url_invalid", "return_url")]
    [InlineData(Intents, "amount=1&currency=krw&receipt_email=nobody", 400, "email_invalid", "receipt_email")]
    [InlineData(Intents, "amount=1&currency=krw&payment_method_types[]=card&payment_method_types[]=link", 400, "parameter_invalid", "payment_method_types[1]")]
    [InlineData(Intents, "amount=1&currency=krw&metadata[card]=4242+4242+4242+4242", 400, "card_number_not_allowed", "metadata[card]")]
    [InlineData(Intents, "amount=1&currency=krw&expand[]=invoice", 400, "parameter_invalid", "expand[0]")]
    [InlineData(Intents, "amount=1&currency=krw&payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242", 400, "parameter_missing", "payment_method_data[card][exp_month]")]
    [InlineData("/v1/tokens", "card[number]=4242424242424242&card[exp_month]=13&card[exp_year]=2030", 400, "parameter_invalid_integer", "card[exp_month]")]
    [InlineData("/v1/tokens", "card[numbr]=4242424242424242", 400, "parameter_unknown", "card[numbr]")]
    [InlineData("/v1/refunds", "amount=5", 400, "parameter_missing", "payment_intent")]
    [InlineData("/v1/refunds", "charge=ch_1", 404, "resource_missing", "charge")]
    [InlineData("/v1/checkout/sessions", "mode=subscription&success_url=https://a.example", 400, "parameter_invalid", "mode")]
    [InlineData("/v1/checkout/sessions", "mode=payment&success_url=https://a.example", 400, "parameter_missing", "line_items")]
    [InlineData("/v1/checkout/sessions", "mode=payment&success_url=https://a.example&line_items[0][price_data][currency]=krw&line_items[0][price_data][product_data][name]=Cup", 400, "parameter_missing", "line_items[0][price_data][unit_amount]")]
    [InlineData("/v1/payment_intents?limit=3", "amount=1&currency=krw", 400, "request_malformed", null)]
    public async Task A_bad_request_is_told_what_is_wrong_and_where(string path, string form, int status, string code, string? param)
    {
        var answer = await api.SendAsync("POST", path, form);
        Assert.Equal((status, code, param), (answer.Status, answer.Code, answer.Param));
        Assert.DoesNotContain("4242424242424242", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("4242 4242", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_name_is_answered_with_the_right_one() => Assert.Contains(
        "Did you mean amount?", (await api.SendAsync("POST", Intents, "amout=1&currency=krw")).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "route_missing")]
    [InlineData("PUT", Intents, 405, "method_not_allowed")]
    [InlineData("GET", "/v1/payment_intents/pi_1", 404, "resource_missing")]
    [InlineData("GET", "/v1/payment_intents?limit=101", 400, "parameter_invalid_integer")]
    public async Task The_frameworks_own_refusals_have_the_same_body(string method, string path, int status, string code) =>
        Assert.Equal((status, code), StatusAndCode(await api.SendAsync(method, path)));

    [Theory]
    [InlineData(Intents, null)]
    [InlineData("/v1/nothing", "secret-test")]
    [InlineData("/v1/payment_intents/pi_1", "secret-test")]
    [InlineData(Intents + "?limit=101", "secret-test")]
    [InlineData(Intents + "?surprise=1", "secret-test")]
    public async Task The_documentation_that_an_error_names_is_there(string path, string? key)
    {
        var error = (await api.SendAsync("GET", path, key: key)).Json.GetProperty("error");
        var documentation = new Uri(error.GetProperty("doc_url").GetString()!);
        var page = await api.SendAsync("GET", documentation.AbsolutePath, key: null);
        Assert.Equal(200, page.Status);
        Assert.Contains($"<h1><code>{error.GetProperty("code").GetString()}</code></h1>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_another_kind_or_size_is_refused()
    {
        Assert.Equal((415, "content_type_unsupported"), StatusAndCode(await api.SendAsync("POST", Intents, "amount=1", contentType: "text/plain")));
        Assert.Equal((413, "body_too_large"), StatusAndCode(await api.SendAsync("POST", Intents, "a=" + new string('x', 1024 * 1024))));
    }

    [Fact]
    public async Task What_nobody_expected_is_an_error_of_ours()
    {
        api.Payments.Outcome = () => throw new InvalidOperationException("boom");
        var answer = await api.SendAsync("POST", Intents, "amount=1&currency=krw");
        api.Payments.Outcome = () => Samples.Intent;
        Assert.Equal((500, "internal_error"), StatusAndCode(answer));
        Assert.DoesNotContain("boom", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_and_test_never_meet() =>
        Assert.Equal(404, (await api.SendAsync("GET", $"{Intents}/{Samples.Intent.Id}", key: "secret-live")).Status);

    [Fact]
    public async Task In_live_mode_card_numbers_come_from_browsers_alone()
    {
        Assert.Equal((403, "publishable_key_required"), StatusAndCode(await api.SendAsync("POST", "/v1/tokens", Card, key: "secret-live")));
        Assert.Equal(200, (await api.SendAsync("POST", "/v1/tokens", Card, key: "publishable-live")).Status);
        Assert.Equal(200, (await api.SendAsync("POST", "/v1/tokens", Card)).Status);
    }

    [Fact]
    public async Task A_browser_sees_a_payment_only_with_its_client_secret_and_then_without_the_merchants_notes()
    {
        var path = $"{Intents}/{Samples.Intent.Id}";
        Assert.Equal(404, (await api.SendAsync("GET", path, key: "publishable-test")).Status);
        Assert.Equal(404, (await api.SendAsync("GET", path + "?client_secret=pi_2_secret_abd", key: "publishable-test")).Status);
        var seen = await api.SendAsync("GET", path + "?client_secret=pi_2_secret_abc", key: "publishable-test");
        Assert.Equal(200, seen.Status);
        Assert.DoesNotContain("6735", seen.Text, StringComparison.Ordinal);
        Assert.Equal(404, (await api.SendAsync("POST", path + "/confirm", "", key: "publishable-test")).Status);
    }

    [Fact]
    public async Task Objects_are_expanded_in_answers_and_in_lists()
    {
        var one = await api.SendAsync("GET", $"{Intents}/{Samples.Intent.Id}?expand[]=latest_charge.payment_intent&expand[0]=payment_method".Replace("expand[0]", "expand[]", StringComparison.Ordinal));
        Assert.Equal("payment_intent", one.Json.GetProperty("latest_charge").GetProperty("payment_intent").GetProperty("object").GetString());
        Assert.Equal("4242", one.Json.GetProperty("payment_method").GetProperty("card").GetProperty("last4").GetString());
        var list = await api.SendAsync("GET", $"{Intents}?expand[]=data.latest_charge");
        Assert.All(list.Json.GetProperty("data").EnumerateArray(), item => Assert.Equal("charge", item.GetProperty("latest_charge").GetProperty("object").GetString()));
        Assert.True(list.Json.GetProperty("has_more").GetBoolean());
        var session = await api.SendAsync("GET", $"/v1/checkout/sessions/{Samples.Session.Id}?expand[]=line_items");
        Assert.Equal(12_000, session.Json.GetProperty("line_items").GetProperty("data")[0].GetProperty("amount_total").GetInt64());
    }

    [Fact]
    public async Task A_repeated_request_acts_once_and_is_answered_byte_for_byte()
    {
        var before = api.Payments.Creations;
        var first = await api.SendAsync("POST", Intents, "amount=100&currency=krw", idempotencyKey: "once");
        var again = await api.SendAsync("POST", Intents, "{\"currency\":\"krw\",\"amount\":100}", idempotencyKey: "\"once\"", contentType: "application/json");
        Assert.Equal(before + 1, api.Payments.Creations);
        Assert.Equal(first.Text, again.Text);
        Assert.Equal("true", again.Headers["Idempotent-Replayed"]);
        Assert.Equal(first.Headers["Request-Id"], again.Headers["Request-Id"]);
        Assert.Equal((400, "idempotency_error"), StatusAndCode(await api.SendAsync("POST", Intents, "amount=101&currency=krw", idempotencyKey: "once")));
    }

    [Fact]
    public async Task A_decline_is_replayed_as_a_decline_and_a_validation_failure_is_not_kept()
    {
        api.Payments.Outcome = () => new Refusal(
            RefusalKind.Declined, "card_declined", "No.", DeclineCode: "insufficient_funds", Subject: Samples.Intent with { LastError = Samples.Declined });
        var first = await api.SendAsync("POST", Intents, "amount=100&currency=krw&confirm=true", idempotencyKey: "declined");
        api.Payments.Outcome = () => Samples.Intent;
        var again = await api.SendAsync("POST", Intents, "amount=100&currency=krw&confirm=true", idempotencyKey: "declined");
        Assert.Equal((402, first.Text), (again.Status, again.Text));
        Assert.Equal("card_error", again.Json.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("payment_intent", again.Json.GetProperty("error").GetProperty("payment_intent").GetProperty("object").GetString());

        Assert.Equal(400, (await api.SendAsync("POST", Intents, "amount=x&currency=krw", idempotencyKey: "retried")).Status);
        Assert.Equal(200, (await api.SendAsync("POST", Intents, "amount=100&currency=krw", idempotencyKey: "retried")).Status);
    }

    [Fact]
    public async Task While_the_first_request_runs_the_second_is_asked_to_come_back_and_after_a_crash_it_sees_what_became_of_it()
    {
        await api.SendAsync("POST", Intents, "amount=100&currency=krw", idempotencyKey: "running");
        var row = (Samples.Test.ToString(), "running");
        var fingerprint = api.Idempotency.Rows[row].Fingerprint;
        api.Idempotency.Rows[row] = (fingerprint, new IdempotencyState.InFlight());
        var waiting = await api.SendAsync("POST", Intents, "amount=100&currency=krw", idempotencyKey: "running");
        Assert.Equal((409, "idempotency_key_in_use"), StatusAndCode(waiting));
        Assert.Equal("1", waiting.Headers["Retry-After"]);

        api.Idempotency.Rows[row] = (fingerprint, new IdempotencyState.CutOff(Samples.Intent.Id.Value));
        var present = await api.SendAsync("POST", Intents, "amount=100&currency=krw", idempotencyKey: "running");
        Assert.Equal((200, Samples.Intent.Id.ToString()), (present.Status, present.Json.GetProperty("id").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    public async Task A_key_that_is_no_key_is_refused(string key) => Assert.Equal(
        (400, "idempotency_key_invalid"), StatusAndCode(await api.SendAsync("POST", Intents, "amount=1&currency=krw", idempotencyKey: key)));

    [Fact]
    public async Task A_webhooks_secret_is_shown_once_and_not_kept_with_the_answer()
    {
        const string Form = "url=https://shop.example/hook&enabled_events[]=*";
        var first = await api.SendAsync("POST", "/v1/webhook_endpoints", Form, idempotencyKey: "hook");
        Assert.Equal("whsec_once", first.Json.GetProperty("secret").GetString());
        Assert.DoesNotContain("whsec_", (await api.SendAsync("POST", "/v1/webhook_endpoints", Form, idempotencyKey: "hook")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_calls_without_a_key()
    {
        var answer = await api.SendAsync("POST", "/gateways/ca_00000001000070008000000000000001/webhook", "<x/>", key: null, contentType: "text/xml");
        Assert.Equal((200, 1), (answer.Status, answer.Json.GetProperty("received").GetInt32()));
    }

    [Fact]
    public async Task A_browser_may_ask_whether_it_may_ask()
    {
        var answer = await api.SendAsync("OPTIONS", "/v1/tokens", key: null);
        Assert.Equal((204, "POST"), (answer.Status, answer.Headers["Access-Control-Allow-Methods"]));
        Assert.Equal(405, (await api.SendAsync("OPTIONS", "/v1/refunds", key: null)).Status);
    }

    private static (int Status, string? Code) StatusAndCode(Answer answer) => (answer.Status, answer.Code);
}
