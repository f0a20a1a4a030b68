using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Florin.Host.Tests;

/// <summary>An installation without the demo, set up by commands.</summary>
public sealed class SetUpTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_merchant_made_by_commands_takes_a_payment_and_the_ledger_is_sound()
    {
        var port = PortPairs.Take();
        var merchant = await CreateMerchantAsync("--fee-basis-points", "290", "--fee-fixed", "usd=30,krw=300");
        await SetConnectorAsync(Text(merchant, "merchant"), port + 1);
        using var florin = await StartAsync(port, "--no-demo");

        var payment = await PayAsync(port, Text(merchant, "secret_key"));
        var (exitCode, output, _) = await RunAsync("ledger", "verify");

        Assert.Equal("succeeded", Text(payment, "status"));
        Assert.Equal(0, exitCode);
        Assert.Contains("debits        19.99 USD", output, StringComparison.Ordinal);
        Assert.Equal(0, await florin.StopAsync());
    }

    [Fact]
    public async Task A_merchant_is_listed_with_its_rate_and_without_any_key()
    {
        var made = await CreateMerchantAsync("--fee-basis-points", "290", "--fee-fixed", "krw=300", "--fee-fixed", "usd=30");

        var (exitCode, output, _) = await RunAsync("merchant", "list");

        Assert.Equal(0, exitCode);
        Assert.Equal($"{Text(made, "merchant")}  KR  2.9 % + 300 KRW + 0.30 USD  Café\n", output);
    }

    [Fact]
    public async Task A_key_is_shown_once_listed_without_its_text_and_revoked_for_good()
    {
        var merchant = Text(await CreateMerchantAsync(), "merchant");
        var made = await JsonAsync("merchant", "key", "create", "--merchant", merchant, "--name", "Till", "--live", "--json");
        var (id, key) = (Text(made, "id"), Text(made, "key"));

        var (_, before, _) = await RunAsync("merchant", "key", "list", "--merchant", merchant);
        var (revoked, _, _) = await RunAsync("merchant", "key", "revoke", "--merchant", merchant, "--key", id);
        var (_, after, _) = await RunAsync("merchant", "key", "list", "--merchant", merchant);

        Assert.StartsWith("fsk_live_", key, StringComparison.Ordinal);
        Assert.Equal(0, revoked);
        Assert.DoesNotContain(key, before, StringComparison.Ordinal);
        Assert.Contains($"{id}  live  secret       ...{key[^4..]}  in use   Till", before, StringComparison.Ordinal);
        Assert.Contains($"{id}  live  secret       ...{key[^4..]}  revoked  Till", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_gets_a_password_that_is_long_enough_and_an_address_once()
    {
        var merchant = Text(await CreateMerchantAsync(), "merchant");
        string[] create = ["user", "create", "--merchant", merchant, "--email", "mina@cafe.example", "--name", "Mina", "--json"];

        var made = await JsonAsync(create);

        Assert.True(Text(made, "password").Length >= 12);
        await AssertRefusedAsync("--email: There is a user mina@cafe.example already.", create);
    }

    [Fact]
    public async Task What_becomes_of_late_money_is_shown_and_set_for_each_mode_and_the_server_goes_by_it()
    {
        var made = await CreateMerchantAsync();
        var merchant = Text(made, "merchant");
        string[] policy = ["merchant", "policy", "--merchant", merchant];

        var (_, before, _) = await RunAsync([.. policy, "--test"]);
        var set = await JsonAsync([.. policy, "--test", "--late-success", "ask", "--json"]);
        var (_, live, _) = await RunAsync([.. policy, "--live"]);
        var (exitCode, again, _) = await RunAsync([.. policy, "--test", "--late-success", "ask"]);

        Assert.Equal($"{merchant}  test  late success: refund\n", before);
        Assert.Equal((merchant, false, "ask"), (Text(set, "merchant"), set.GetProperty("livemode").GetBoolean(), Text(set, "late_success")));
        Assert.Equal($"{merchant}  live  late success: refund\n", live);
        Assert.Equal((0, $"{merchant}  test  late success: ask\n"), (exitCode, again));

        var port = PortPairs.Take();
        using var florin = await StartAsync(port, "--no-demo");
        var key = Text(made, "secret_key");
        Assert.Equal("ask", Text(await GetAsync(port, key, "/v1/florin/payment_policies"), "late_success"));

        // What changes nothing is no change.
        var record = Assert.Single((await GetAsync(port, key, "/v1/florin/audit_records?action=payment_policies.")).GetProperty("data").EnumerateArray());
        Assert.Equal("payment_policies.changed", Text(record, "action"));
        Assert.Contains("florin merchant policy", record.GetRawText(), StringComparison.Ordinal);

        // Beside a running server on SQLite it is read and not changed.
        Assert.Equal(again, (await RunAsync([.. policy, "--test"])).Output);
        await AssertRefusedAsync("Another Florin is running", [.. policy, "--test", "--late-success", "accept"]);
        Assert.Equal(0, await florin.StopAsync());
    }

    [Fact]
    public async Task A_running_installation_on_sqlite_is_read_but_not_changed()
    {
        using var florin = await StartAsync(PortPairs.Take());

        var (exitCode, output, _) = await RunAsync("merchant", "list");

        Assert.Equal(0, exitCode);
        Assert.Contains("acct_01980000000070008000000000000001", output, StringComparison.Ordinal);
        await AssertRefusedAsync("Another Florin is running", "merchant", "create", "--name", "Café", "--country", "KR", "--test");
        await florin.StopAsync();
    }

    [Fact]
    public async Task What_was_started_with_the_demo_starts_without_it_and_the_other_way_round()
    {
        foreach (var option in (string[][])[[], ["--no-demo"], []])
        {
            using var florin = await StartAsync(PortPairs.Take(), option);
            Assert.Equal(0, await florin.StopAsync());
        }
    }

    [Theory]
    [InlineData("--name", "merchant", "create", "--country", "KR", "--test")]
    [InlineData("--name", "merchant", "create", "--name", " ", "--country", "KR", "--test")]
    [InlineData("--country", "merchant", "create", "--name", "X", "--country", "KOR", "--test")]
    [InlineData("--test or --live", "merchant", "create", "--name", "X", "--country", "KR")]
    [InlineData("--test or --live", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--live")]
    [InlineData("--fee-basis-points", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--fee-basis-points", "2.9")]
    [InlineData("--fee-basis-points", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--fee-basis-points", "10001")]
    [InlineData("--fee-fixed", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--fee-fixed", "usd=0.30")]
    [InlineData("--fee-fixed", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--fee-fixed", "xyz=30")]
    [InlineData("--fee-fixed", "merchant", "create", "--name", "X", "--country", "KR", "--test", "--fee-fixed", "usd=1,usd=2")]
    [InlineData("--merchant", "merchant", "key", "list")]
    [InlineData("--merchant", "merchant", "key", "list", "--merchant", "pi_01980000000070008000000000000001")]
    [InlineData("--kind", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--kind", "restricted")]
    [InlineData("--kind", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--kind", "master")]
    [InlineData("--allow", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--allow", "refunds")]
    [InlineData("--allow", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--allow", "refunds:delete")]
    [InlineData("--allow", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--allow", "refunds:read,refunds:write")]
    [InlineData("--allow", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--kind", "secret", "--allow", "refunds:read")]
    [InlineData("--from", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--from", "203.0.113.1/24")]
    [InlineData("--from", "merchant", "key", "create", "--merchant", Nobody, "--name", "X", "--test", "--kind", "publishable", "--from", "203.0.113.0/24")]
    [InlineData("--overlap-hours", "merchant", "key", "roll", "--merchant", Nobody, "--key", "key_01980000000070008000000000000001", "--overlap-hours", "721")]
    [InlineData("--late-success takes refund, accept or ask, and not 'keep'", "merchant", "policy", "--merchant", Nobody, "--test", "--late-success", "keep")]
    [InlineData("--merchant", "merchant", "policy", "--test", "--late-success", "ask")]
    [InlineData("--test or --live", "merchant", "policy", "--merchant", Nobody, "--late-success", "ask")]
    [InlineData("--trusted-proxy", "start", "--trusted-proxy", "proxy.example")]
    [InlineData("--rate-limit-live", "start", "--rate-limit-live", "-1")]
    [InlineData("--base-url", "connector", "set", "--merchant", Nobody, "--test", "--connector", "aurora", "--base-url", "ftp://a")]
    [InlineData("--currency", "connector", "set", "--merchant", Nobody, "--test", "--connector", "aurora", "--base-url", "http://a", "--currency", "won")]
    [InlineData("--credential", "connector", "set", "--merchant", Nobody, "--test", "--connector", "aurora", "--base-url", "http://a", "--credential", "geheim")]
    [InlineData("--priority", "connector", "set", "--merchant", Nobody, "--test", "--connector", "aurora", "--base-url", "http://a", "--priority", "-1")]
    [InlineData("no database", "merchant", "list")]
    public async Task Bad_input_is_one_sentence_that_names_the_option(string named, params string[] arguments)
    {
        var sentence = await AssertRefusedAsync(named, arguments);

        Assert.DoesNotContain("geheim", sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory.At("data")));
    }

    [Fact]
    public async Task What_does_not_fit_the_installation_is_one_sentence_that_names_the_option()
    {
        var merchant = Text(await CreateMerchantAsync(), "merchant");

        await AssertRefusedAsync("--merchant: there is no merchant", "merchant", "key", "list", "--merchant", Nobody);
        await AssertRefusedAsync("--merchant: there is no merchant", "merchant", "policy", "--merchant", Nobody, "--test", "--late-success", "ask");
        await AssertRefusedAsync("--key: ", "merchant", "key", "revoke", "--merchant", merchant, "--key", "key_01980000000070008000000000000001");
        await AssertRefusedAsync("--email: ", "user", "create", "--merchant", merchant, "--email", "mina", "--name", "Mina");
        await AssertRefusedAsync(
            "--connector takes one of aurora, castellan, hangang",
            "connector", "set", "--merchant", merchant, "--test", "--connector", "stripe", "--base-url", "http://a");
        await AssertRefusedAsync(
            "--credential: aurora wants api_key and webhook_secret.",
            "connector", "set", "--merchant", merchant, "--test", "--connector", "aurora", "--base-url", "http://a", "--credential", "api_key=k");
    }

    [Fact]
    public async Task The_documented_keys_are_refused_without_the_demo_also_where_an_earlier_start_made_them()
    {
        var port = PortPairs.Take();
        using (var demo = await StartAsync(port))
        {
            Assert.Equal(200, await StatusAsync(port, "fsk_test_florin_demo"));
            Assert.Equal(0, await demo.StopAsync());
        }

        using var florin = await StartAsync(port, "--no-demo");

        Assert.Equal(401, await StatusAsync(port, "fsk_test_florin_demo"));
        Assert.Equal(0, await florin.StopAsync());
    }

    [Fact]
    public async Task The_data_directory_is_made_for_its_owner_alone()
    {
        await CreateMerchantAsync();

        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.At("data")));
    }

    [Fact]
    public async Task A_live_gateway_account_is_reached_by_https_alone()
    {
        var merchant = Text(await CreateMerchantAsync(), "merchant");
        string[] set = ["connector", "set", "--merchant", merchant, "--connector", "aurora", "--credential", "api_key=k", "--credential", "webhook_secret=s"];

        await AssertRefusedAsync("https://", [.. set, "--live", "--base-url", "http://gateway.example/"]);
        Assert.Equal(0, (await RunAsync([.. set, "--live", "--base-url", "https://gateway.example/"])).ExitCode);
        Assert.Equal(0, (await RunAsync([.. set, "--test", "--base-url", "http://gateway.example/"])).ExitCode);
    }

    [Theory]
    [InlineData("https://pay.example", true)]
    [InlineData("http://pay.example", false)]
    public async Task Behind_a_proxy_that_ends_tls_the_back_offices_cookie_is_for_tls_alone(string publicUrl, bool isSecure)
    {
        var port = PortPairs.Take();
        using var florin = await StartAsync(port, "--public-url", publicUrl);
        var door = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/office/sign-in";
        var page = await Http.GetStringAsync(door);
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;

        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var browser = new HttpClient(handler);
        using var answer = await browser.PostAsync(door, new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["form_token"] = System.Net.WebUtility.HtmlDecode(token),
            ["email"] = "demo@florin.example",
            ["password"] = "florin-demo-2026",
        }));

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("florin_office=", cookie, StringComparison.Ordinal);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(0, await florin.StopAsync());
    }

    private static async Task<JsonElement> GetAsync(int port, string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Http.SendAsync(request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private static async Task<int> StatusAsync(int port, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    // A merchant id that no installation of these tests has.
    private const string Nobody = "acct_01980000000070008000000000000fff";

    private static string Text(JsonElement report, string name) => report.GetProperty(name).GetString()!;

    private Task<JsonElement> CreateMerchantAsync(params string[] more) =>
        JsonAsync(["merchant", "create", "--name", "Café", "--country", "kr", "--test", "--json", .. more]);

    private async Task SetConnectorAsync(string merchant, int sandboxPort)
    {
        var (exitCode, _, errors) = await RunAsync(
            "connector", "set", "--merchant", merchant, "--test", "--connector", "aurora",
            "--base-url", $"http://127.0.0.1:{sandboxPort}/aurora",
            "--credential", "api_key=aurora_sandbox_key", "--credential", "webhook_secret=aurora_sandbox_webhook_secret");
        Assert.True(exitCode == 0, errors);
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        FlorinProcess.ToEndAsync([.. arguments, "--data", directory.At("data")]);

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.True(exitCode == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<string> AssertRefusedAsync(string words, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (exitCode, output));
        var sentence = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(words, sentence, StringComparison.Ordinal);
        return sentence;
    }

    private async Task<FlorinProcess> StartAsync(int port, params string[] more)
    {
        var process = FlorinProcess.Run(
            ["start", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", directory.At("data"), "--json", .. more]);
        await process.WaitForOutputAsync("\n");
        return process;
    }

    private static async Task<JsonElement> PayAsync(int port, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/v1/payment_intents")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["amount"] = "1999",
                ["currency"] = "usd",
                ["payment_method"] = "pm_card_visa",
                ["confirm"] = "true",
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
        using var answer = await Http.SendAsync(request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }
}
