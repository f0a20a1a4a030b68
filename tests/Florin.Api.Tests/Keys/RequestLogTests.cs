using System.Text;
using Florin.Api.Routing;
using Florin.Merchants;
using Florin.Testing;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Tests.Keys;

public sealed class RequestLogTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Intents = "/v1/payment_intents";

    [Fact]
    public async Task A_request_is_logged_with_who_asked_what_and_what_was_answered()
    {
        var answer = await api.SendAsync("POST", Intents, "amount=12000&currency=krw", idempotencyKey: "order-6735-log");
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);

        Assert.Equal((Samples.Test, "POST", Intents, 200), (logged.Scope, logged.Method, logged.Path, logged.Status));
        Assert.Equal(("order-6735-log", "127.0.0.1", null), (logged.IdempotencyKey, logged.Source, logged.ErrorCode));
        Assert.Equal("""{"amount":"12000","currency":"krw"}""", logged.RequestBody);
        Assert.Contains("\"object\":\"payment_intent\"", logged.ResponseBody, StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.Intent.ClientSecret, logged.ResponseBody, StringComparison.Ordinal);
        Assert.Equal("****test", logged.MaskedKey);
    }

    [Fact]
    public async Task An_error_leads_to_its_place_in_the_log()
    {
        var answer = await api.SendAsync("GET", Intents + "?surprise=1&client_secret=pi_1_secret_abc");
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);

        Assert.Equal(
            $"https://pay.example/office/requests/{logged.Id}", answer.Json.GetProperty("error").GetProperty("request_log_url").GetString());
        Assert.Equal((400, "parameter_unknown", Intents), (logged.Status, logged.ErrorCode, logged.Path));
        Assert.Equal("""{"surprise":"1","client_secret":"[hidden]"}""", logged.RequestBody);
    }

    [Fact]
    public async Task What_nobody_expected_is_logged_too()
    {
        api.Payments.Outcome = () => throw new InvalidOperationException("boom");
        var answer = await api.SendAsync("POST", Intents, "amount=1&currency=krw");
        api.Payments.Outcome = () => Samples.Intent;

        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);
        Assert.Equal((500, null), (logged.Status, logged.ResponseBody));
        Assert.Contains(logged.Id.ToString(), answer.Json.GetProperty("error").GetProperty("request_log_url").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("fsk_test_nobody")]
    public async Task A_stranger_is_in_nobodys_log(string? key) =>
        Assert.False((await api.SendAsync("GET", Intents, key: key)).Json.GetProperty("error").TryGetProperty("request_log_url", out _));

    [Theory]
    [InlineData("card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030&card[cvc]=737")]
    [InlineData("card[numbr]=4242424242424242&card[cvv]=737")]
    [InlineData("cards[number]=4242+4242+4242+4242&cards[code]=737")]
    [InlineData("security_code=737&note=4242-4242-4242-4242")]
    [InlineData("card[number][]=4242424242424242&card[cvc][]=737")]
    public async Task No_card_number_and_no_security_code_is_in_the_log_however_it_was_sent(string form)
    {
        var answer = await api.SendAsync("POST", "/v1/tokens", form);
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);

        var text = logged.ToString();
        Assert.DoesNotContain("4242424242424242", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4242 4242", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4242-4242", text, StringComparison.Ordinal);
        Assert.DoesNotContain("737", logged.RequestBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signing_secret_is_shown_once_and_never_logged()
    {
        var answer = await api.SendAsync("POST", "/v1/webhook_endpoints", "url=https://a.example&enabled_events[]=*");
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);
        Assert.Contains("whsec_once", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"secret\":\"[hidden]\"", logged.ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_a_checkout_is_not_in_the_log()
    {
        var answer = await api.SendAsync("GET", $"/v1/checkout/sessions/{Samples.Session.Id}");
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);
        Assert.Contains(Samples.Session.UrlToken, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.Session.UrlToken, logged.ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_browsers_ask_is_logged_without_bodies_and_ten_times_a_second_at_most()
    {
        var log = new FakeRequestLog();
        var time = new ManualTime();
        var recorder = new RequestRecorder(log, time);
        var key = new ApiCaller(ApiKeyId.From(Samples.Value(9)), ApiKeyKind.Publishable, Samples.Test);
        var other = key with { Key = ApiKeyId.From(Samples.Value(10)) };
        var secret = key with { Key = ApiKeyId.From(Samples.Value(11)), Kind = ApiKeyKind.Secret };

        Assert.Equal(10, Kept(key, of: 30));
        Assert.Equal(10, Kept(other, of: 12));
        Assert.Equal(30, Kept(secret, of: 30));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Kept(key, of: 30));

        var answer = await api.SendAsync("POST", "/v1/tokens", "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030&card[cvc]=737", key: "publishable-test");
        var logged = await api.Requests.OfAsync(answer.Headers["Request-Id"]);
        Assert.Equal((null, null), (logged.RequestBody, logged.ResponseBody));

        int Kept(ApiCaller caller, int of) =>
            Enumerable.Range(0, of).Count(_ => recorder.Begin(new DefaultHttpContext(), caller, "****").IsKept);
    }

    [Fact]
    public void What_was_forgotten_has_no_page_in_the_back_office()
    {
        var http = new DefaultHttpContext();
        var record = new RequestRecorder(new FakeRequestLog(), new ManualTime()).Begin(
            http, new ApiCaller(ApiKeyId.From(Samples.Value(9)), ApiKeyKind.Secret, Samples.Test), "****");
        Assert.True(RequestRecorder.IsRecorded(http));

        RequestRecorder.Forget(record);
        Assert.Equal((false, false), (record.IsKept, RequestRecorder.IsRecorded(http)));
    }

    [Theory]
    [InlineData("fsk_live_0123456789abcdef", "[hidden]")]
    [InlineData("my key is frk_test_0123456789, see", "my key is [hidden], see")]
    [InlineData("sk_live_0123456789", "[hidden]")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[hidden]")]
    [InlineData("fpk_test_florin_demo", "fpk_test_florin_demo")]
    [InlineData("task_test_1", "task_test_1")]
    [InlineData("zero\0", "zero\uFFFD")]
    public void Keys_are_hidden_wherever_they_stand(string text, string shown) => Assert.Equal(shown, Redaction.Shown(text));

    [Fact]
    public void A_long_body_is_cut_off_between_characters()
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("\"주문 번호\"", 4_000))}]");
        var kept = Redaction.OfAnswer(json);
        Assert.InRange(Encoding.UTF8.GetByteCount(kept), 8_000, Redaction.MostBytes + 3);
        Assert.EndsWith("…", kept, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', kept);
    }

    [Fact]
    public void Where_the_buyer_is_sent_to_is_hidden_and_what_follows_is_not() => Assert.Equal(
        """{"next_action":{"type":"redirect_to_url","redirect_to_url":{"return_url":"[hidden]","url":"[hidden]"}},"status":"requires_action"}""",
        Redaction.OfAnswer("""{"next_action":{"type":"redirect_to_url","redirect_to_url":{"return_url":"https://a","url":"https://b"}},"status":"requires_action"}"""u8));
}
