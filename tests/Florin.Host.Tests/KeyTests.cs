using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Florin.Host.Tests;

/// <summary>Keys, limits and the request log as operators and developers meet them: by command, by page, over HTTP.</summary>
public sealed partial class KeyTests : IDisposable
{
    private const string DemoMerchant = "acct_01980000000070008000000000000001";
    private const string DemoKey = "fsk_test_florin_demo";

    private readonly TemporaryDirectory directory = new();
    private readonly int port = PortPairs.Take();
    private readonly HttpClient browser;

    public KeyTests() => browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

    public void Dispose()
    {
        browser.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Commands_make_a_restricted_key_roll_it_and_list_what_it_may_do()
    {
        using (var first = await StartAsync()) await first.StopAsync();
        var made = await JsonAsync(
            "merchant", "key", "create", "--merchant", DemoMerchant, "--test", "--name", "Desk", "--allow", "refunds:write,charges:read", "--from", "127.0.0.0/8", "--json");
        var rolled = await JsonAsync(
            "merchant", "key", "roll", "--merchant", DemoMerchant, "--key", Text(made, "id"), "--overlap-hours", "24", "--json");
        var (_, list, _) = await RunAsync("merchant", "key", "list", "--merchant", DemoMerchant);

        Assert.StartsWith("frk_test_", Text(made, "key"), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(list, "Desk  last used never  may charges:read, refunds:write  from 127.0.0.0/8"));
        Assert.Single(Regex.Matches(list, $"{Text(made, "id")}.*until [0-9]{{4}}-"));
        using var florin = await StartAsync();
        foreach (var key in (string[])[Text(made, "key"), Text(rolled, "key")])
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(key, "/v1/refunds")).Status);
            Assert.Equal((HttpStatusCode.Forbidden, "permission_missing"), await AskAsync(key, "/v1/customers"));
        }

        await florin.StopAsync();
        var (_, used, _) = await RunAsync("merchant", "key", "list", "--merchant", DemoMerchant);
        Assert.Equal(2, Regex.Count(used, "Desk  last used [0-9]{4}-"));
    }

    [Fact]
    public async Task A_key_made_on_the_page_is_shown_once_limited_as_chosen_rolled_and_revoked_there()
    {
        using var florin = await StartAsync();
        await SignInAsync();
        var form = await FormAsync("/office/keys/new");
        (string, string)[] fields =
            [("name", "Desk"), ("kind", "restricted"), ("refunds", "write"), ("charges", "read"), ("networks", "127.0.0.1\n2001:db8::/32")];

        var shown = await PostAsync("/office/keys/new", [("form_token", form), .. fields]);
        var key = Key().Match(shown.Text).Value;
        var doubled = await PostAsync("/office/keys/new", [("form_token", form), .. fields]);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (shown.Status, doubled.Status));
        Assert.StartsWith("frk_test_", key, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(key, "/v1/refunds")).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "permission_missing"), await AskAsync(key, "/v1/events"));
        var list = await browser.GetStringAsync("/office/keys");
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);
        Assert.Contains($"frk_test_****{key[^4..]}", list, StringComparison.Ordinal);

        var roll = RollLink().Match(list).Value;
        var rolled = await PostAsync(roll, [("form_token", await FormAsync(roll)), ("overlap", "0")]);
        var fresh = Key().Match(rolled.Text).Value;
        Assert.Equal((HttpStatusCode.Unauthorized, "api_key_expired"), await AskAsync(key, "/v1/refunds"));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(fresh, "/v1/refunds")).Status);

        var revoke = RevokeLink().Match(await browser.GetStringAsync("/office/keys")).Value;
        Assert.Contains("Desk is revoked", (await PostAsync(revoke, [("form_token", await FormAsync(revoke))])).Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Unauthorized, "api_key_revoked"), await AskAsync(fresh, "/v1/refunds"));
        await florin.StopAsync();
    }

    [Fact]
    public async Task A_form_from_elsewhere_changes_no_key()
    {
        using var florin = await StartAsync();
        await SignInAsync();
        var list = await browser.GetStringAsync("/office/keys");
        foreach (var path in (string[])[RollLink().Match(list).Value, RevokeLink().Match(list).Value, "/office/keys/new"])
        {
            var answer = await PostAsync(path, [("form_token", "1795000000.AAAA"), ("overlap", "0"), ("name", "x"), ("kind", "secret")]);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(DemoKey, "/v1/refunds")).Status);
        await florin.StopAsync();
    }

    [Fact]
    public async Task An_error_leads_to_the_page_of_its_request_without_secrets()
    {
        using var florin = await StartAsync();
        await SignInAsync();
        var (_, text) = await SendAsync(
            HttpMethod.Post, DemoKey, "/v1/payment_intents",
            "amount=x&currency=usd&payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242&payment_method_data[card][cvc]=737");
        var error = JsonElement.Parse(text).GetProperty("error");

        // The log is written a moment after the answer.
        var page = "";
        while (!page.Contains("parameter_", StringComparison.Ordinal))
        {
            using var answer = await browser.GetAsync(error.GetProperty("request_log_url").GetString());
            page = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "";
        }

        Assert.Contains("POST /v1/payment_intents", page, StringComparison.Ordinal);
        Assert.Contains("fsk_test_****demo", page, StringComparison.Ordinal);
        Assert.DoesNotContain("4242424242424242", page, StringComparison.Ordinal);
        Assert.DoesNotContain("737", page, StringComparison.Ordinal);
        Assert.Contains("POST /v1/payment_intents", await browser.GetStringAsync("/office/requests?outcome=failed&path=/v1/payment"), StringComparison.Ordinal);
        Assert.DoesNotContain("POST /v1/payment_intents", await browser.GetStringAsync("/office/requests?outcome=succeeded"), StringComparison.Ordinal);
        Assert.DoesNotContain("POST /v1/payment_intents", await browser.GetStringAsync("/office/requests?path=/v1/refunds"), StringComparison.Ordinal);
        await florin.StopAsync();
    }

    [Fact]
    public async Task Only_a_trusted_proxy_is_believed_where_a_request_came_from()
    {
        using (var first = await StartAsync()) await first.StopAsync();
        var made = await JsonAsync(
            "merchant", "key", "create", "--merchant", DemoMerchant, "--test", "--name", "Office", "--from", "203.0.113.0/24", "--json");
        var key = Text(made, "key");

        using (var believing = await StartAsync("--trusted-proxy", "127.0.0.1,10.0.0.0/8"))
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(key, "/v1/refunds", forwardedFor: "203.0.113.9")).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(key, "/v1/refunds", forwardedFor: "203.0.113.9, 10.1.2.3")).Status);
            Assert.Equal("ip_address_not_allowed", (await AskAsync(key, "/v1/refunds", forwardedFor: "203.0.113.9, 198.51.100.4")).Code);
            Assert.Equal("ip_address_not_allowed", (await AskAsync(key, "/v1/refunds")).Code);
            await believing.StopAsync();
        }

        using var alone = await StartAsync();
        Assert.Equal("ip_address_not_allowed", (await AskAsync(key, "/v1/refunds", forwardedFor: "203.0.113.9")).Code);
        await alone.StopAsync();
    }

    [Fact]
    public async Task Guessing_passwords_from_one_address_comes_to_an_end_before_the_right_one()
    {
        using var florin = await StartAsync();
        var form = await FormAsync("/office/sign-in");
        HttpStatusCode last = default;
        for (var i = 0; i < 31; i++)
        {
            last = (await PostAsync("/office/sign-in", [("form_token", form), ("email", $"user{i}@example.com"), ("password", "a wrong password")])).Status;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        var right = await PostAsync("/office/sign-in", [("form_token", form), ("email", "demo@florin.example"), ("password", "florin-demo-2026")]);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.Status);
        await florin.StopAsync();
    }

    [Fact]
    public async Task A_limit_set_at_the_start_holds_for_its_mode()
    {
        using var florin = await StartAsync("--rate-limit-test", "1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(DemoKey, "/v1/refunds")));
        Assert.Contains((HttpStatusCode.TooManyRequests, "rate_limit"), answers);
        await florin.StopAsync();
    }

    [GeneratedRegex("frk_test_[0-9a-f]{48}")]
    private static partial Regex Key();

    [GeneratedRegex("/office/keys/key_[0-9a-f]{32}/roll")]
    private static partial Regex RollLink();

    [GeneratedRegex("/office/keys/key_[0-9a-f]{32}/revoke")]
    private static partial Regex RevokeLink();

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    private static string Text(JsonElement report, string name) => report.GetProperty(name).GetString()!;

    private async Task SignInAsync()
    {
        var form = await FormAsync("/office/sign-in");
        var answer = await PostAsync("/office/sign-in", [("form_token", form), ("email", "demo@florin.example"), ("password", "florin-demo-2026")]);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    // The frame of a page has a form too, to sign out; the page's own comes after it.
    private async Task<string> FormAsync(string path) => FormToken().Matches(await browser.GetStringAsync(path))[^1].Groups[1].Value;

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await browser.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(HttpStatusCode Status, string? Code)> AskAsync(string key, string path, string? forwardedFor = null)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, key, path, form: null, forwardedFor);
        return (status, status == HttpStatusCode.OK ? null : JsonElement.Parse(text).GetProperty("error").GetProperty("code").GetString());
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string key, string path, string? form, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        if (form is not null) request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await browser.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        FlorinProcess.ToEndAsync([.. arguments, "--data", directory.At("data")]);

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.True(exitCode == 0, errors);
        return JsonElement.Parse(output);
    }

    private async Task<FlorinProcess> StartAsync(params string[] more)
    {
        var process = FlorinProcess.Run(
            ["start", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.At("data"), "--json", .. more]);
        await process.WaitForOutputAsync("\n");
        return process;
    }
}
