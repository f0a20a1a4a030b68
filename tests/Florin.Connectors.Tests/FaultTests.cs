using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Connectors.Tests;

/// <summary>Every fault that the sandbox can be given, over real HTTP, and that each is read as what it is.</summary>
public abstract class FaultTests(string acquirer, SandboxFixture fixture) : IAsyncLifetime
{
    private const string Visa = "4242424242424242";
    private const string Mastercard = "5555555555554444";

    private readonly RunningSandbox sandbox = fixture.Sandbox;
    private readonly IConnector connector = fixture.Sandbox.Connectors.Get(acquirer);
    private readonly ConnectorAccount account = fixture.Sandbox.Account(acquirer);
    private readonly string key = NewKey();

    public static TheoryData<string, string> SpoiltAnswers() => new()
    {
        { "silence", "before" }, { "silence", "after" },
        { "http500", "before" }, { "http500", "after" },
        { "malformed", "before" }, { "malformed", "after" },
        { "truncated", "before" }, { "truncated", "after" },
        { "reset", "before" }, { "reset", "after" },
        { "reset_midway", "before" }, { "reset_midway", "after" },
    };

    [Theory]
    [MemberData(nameof(SpoiltAnswers))]
    public async Task An_answer_that_is_spoilt_is_unknown_and_asking_tells_and_a_repeat_charges_once(string kind, string when)
    {
        await SetAsync(new { acquirer, operation = "authorize", kind, when, status = kind == "http500" ? 503 : 500 });

        var spoilt = await AuthorizeAsync(deadline: kind == "silence" ? Soon() : Deadline());
        var found = await QueryAsync();
        await AuthorizeAsync();

        Assert.IsType<GatewayAnswer.Unknown>(spoilt);
        if (when == "after") Assert.IsType<GatewayAnswer.Captured>(found);
        else Assert.IsType<GatewayAnswer.NotFound>(found);
        Assert.True((await BookedAsync(key))!.Captured is 0 or 1250);
        Assert.Equal(1, await OperationsAsync(key));
    }

    [Fact]
    public async Task A_delayed_answer_is_the_answer()
    {
        await SetAsync(new { acquirer, operation = "authorize", kind = "delay", when = "after", delay_ms = 5_000 });
        var answer = AuthorizeAsync();
        await UntilAsync(async () => (await BookedAsync(key))?.Captured == 1250 && sandbox.Time.Waiting > 0);
        Assert.False(answer.IsCompleted);

        sandbox.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.IsType<GatewayAnswer.Captured>(await answer);
    }

    [Fact]
    public async Task A_request_that_arrives_twice_is_carried_out_once()
    {
        await SetAsync(new { acquirer, operation = "authorize", kind = "duplicate" });
        await SetAsync(new { acquirer, operation = "refund", kind = "duplicate" });

        var paid = await AuthorizeAsync();
        var taken = Assert.IsType<GatewayAnswer.Captured>(await QueryAsync());
        var refundKey = NewKey();
        await connector.RefundAsync(new RefundOrder(refundKey, taken.Reference, Eur(300), Eur(1250), null), account, Deadline());

        // A gateway that only says "that order exists already" has told no outcome.
        Assert.False(paid is GatewayAnswer.Declined or GatewayAnswer.NotSent);
        Assert.Equal(new BookedPayment("approved", 1250, 1250, 300, false), await BookedAsync(key));
        Assert.True(await sandbox.RequestsAsync(acquirer, refundKey) == 2);
    }

    [Fact]
    public async Task During_an_outage_no_outcome_is_known_and_afterwards_all_is_well()
    {
        await SetAsync(new { acquirer, kind = "outage", for_seconds = 30 });
        for (var call = 0; call < 3; call++)
        {
            // Hangang only announces first, which moves no money: what got no further was never sent.
            var cut = await AuthorizeAsync();
            Assert.True(acquirer == "hangang" ? cut is GatewayAnswer.NotSent : cut is GatewayAnswer.Unknown, cut.ToString());
        }

        Assert.IsType<GatewayAnswer.Unknown>(await QueryAsync());
        var another = RunningSandbox.AccountAt(OtherThan(acquirer), new Uri(sandbox.Url, OtherThan(acquirer) + "/"));
        Assert.IsType<GatewayAnswer.Captured>(await sandbox.Connectors.Get(OtherThan(acquirer)).AuthorizeAsync(Order(NewKey()), another, Deadline()));
        Assert.Null(await BookedAsync(key));

        sandbox.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync());
        Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync());
    }

    [Fact]
    public async Task A_status_query_that_lags_does_not_know_what_was_done_a_moment_ago()
    {
        await SetAsync(new { acquirer, kind = "query_lag", delay_ms = 10_000, count = 100 });
        Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync());

        Assert.IsType<GatewayAnswer.NotFound>(await QueryAsync());
        sandbox.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.IsType<GatewayAnswer.Captured>(await QueryAsync());
    }

    [Fact]
    public async Task A_status_query_that_lags_may_say_that_it_is_still_being_worked_on_which_is_no_outcome()
    {
        await SetAsync(new { acquirer, kind = "query_lag", delay_ms = 10_000, @as = "pending" });
        await AuthorizeAsync();

        Assert.True(await QueryAsync() is GatewayAnswer.Pending or GatewayAnswer.Unknown);
        Assert.IsType<GatewayAnswer.Captured>(await QueryAsync());
    }

    [Fact]
    public async Task A_fault_of_one_card_leaves_the_others_alone()
    {
        await SetAsync(new { acquirer, card = Mastercard, kind = "http500", when = "after", count = 10 });

        Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync());
        Assert.False(await connector.AuthorizeAsync(Order(NewKey(), Mastercard), account, Deadline()) is GatewayAnswer.Captured);
        var shown = await sandbox.Browser.GetStringAsync("/control/faults");
        Assert.Contains("\"card\":\"4444\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Mastercard, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_strikes_the_same_calls_again()
    {
        var first = await StruckAsync();
        var second = await StruckAsync();

        Assert.Equal(first, second);
        Assert.InRange(first.Count(isStruck => isStruck), 1, first.Count - 1);

        async Task<List<bool>> StruckAsync()
        {
            await sandbox.AskAsync("/control/reset", new { });
            await SetAsync(new { acquirer, operation = "query", kind = "http500", when = "before", probability = 0.5, seed = 7, count = 1_000 });
            var struck = new List<bool>();
            for (var call = 0; call < 20; call++) struck.Add(await QueryAsync() is GatewayAnswer.Unknown);
            return struck;
        }
    }

    [Fact]
    public async Task A_webhook_can_be_lost()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_lost" });
        await PayTellingAsync(shop);
        var next = await PayTellingAsync(shop);

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 1));
        Assert.Contains(next, shop.Heard.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_can_be_late()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_late", delay_ms = 60_000 });
        var late = await PayTellingAsync(shop);
        var next = await PayTellingAsync(shop);
        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 1 && sandbox.Time.Waiting > 0));
        Assert.Contains(next, shop.Heard.Single(), StringComparison.Ordinal);

        sandbox.Time.Advance(TimeSpan.FromMinutes(1));

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 2));
        Assert.Contains(late, shop.Heard[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_can_come_twice()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_doubled" });
        var doubled = await PayTellingAsync(shop);

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 2));
        Assert.All(shop.Heard, call => Assert.Equal(doubled, Assert.Single(connector.ReadWebhook(Parse(call), account).Value.Keys)));
    }

    [Fact]
    public async Task A_webhook_can_come_after_the_one_that_follows_it()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_reordered" });
        var first = await PayTellingAsync(shop);
        var second = await PayTellingAsync(shop);

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 2));
        Assert.Contains(second, shop.Heard[0], StringComparison.Ordinal);
        Assert.Contains(first, shop.Heard[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reordered_webhook_that_nothing_follows_comes_after_a_minute()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_reordered" });
        await PayTellingAsync(shop);
        await UntilAsync(() => Task.FromResult(sandbox.Time.Waiting > 0));
        Assert.Empty(shop.Heard);

        sandbox.Time.Advance(TimeSpan.FromMinutes(1));

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 1));
    }

    [Fact]
    public async Task A_forged_webhook_is_refused()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        await SetAsync(new { acquirer, kind = "webhook_forged" });
        await PayTellingAsync(shop);

        await UntilAsync(() => Task.FromResult(shop.Heard.Count == 1));
        Assert.Equal("webhook_signature_invalid", connector.ReadWebhook(Parse(shop.Heard.Single()), account).Refusal?.Code);
    }

    [Fact]
    public async Task The_settlement_report_of_a_day_holds_what_was_captured_and_refunded_and_the_fee()
    {
        sandbox.Time.Advance(TimeSpan.FromDays(1));
        var taken = Assert.IsType<GatewayAnswer.Captured>(await AuthorizeAsync());
        var refundKey = NewKey();
        await connector.RefundAsync(new RefundOrder(refundKey, taken.Reference, Eur(300), Eur(1250), null), account, Deadline());
        await connector.AuthorizeAsync(Order(NewKey(), "4000000000000002"), account, Deadline());
        await connector.AuthorizeAsync(Order(NewKey()) with { Capture = false }, account, Deadline());

        var report = await ReportAsync("json");
        using var json = JsonDocument.Parse(report);
        var rows = json.RootElement.GetProperty("operations").EnumerateArray().ToList();

        Assert.Equal([key, refundKey], rows.Select(row => row.GetProperty("key").GetString()));
        Assert.Equal(["capture", "refund"], rows.Select(row => row.GetProperty("kind").GetString()));
        var fee = rows[0].GetProperty("fee").GetInt64();
        Assert.InRange(fee, 1, 50);
        Assert.Equal(1250 - fee, rows[0].GetProperty("net").GetInt64());
        var total = Assert.Single(json.RootElement.GetProperty("totals").EnumerateArray());
        Assert.Equal((2, 950, 950 - fee), (total.GetProperty("operations").GetInt32(), total.GetProperty("gross").GetInt64(), total.GetProperty("net").GetInt64()));
        var lines = (await ReportAsync("csv")).TrimEnd().Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.Contains($"\"{refundKey}\"", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("settlement_amount", 2, 2501)]
    [InlineData("settlement_missing", 1, 1250)]
    [InlineData("settlement_extra", 3, 3750)]
    public async Task A_settlement_report_can_disagree(string kind, int rows, long gross)
    {
        sandbox.Time.Advance(TimeSpan.FromDays(1));
        await AuthorizeAsync();
        await connector.AuthorizeAsync(Order(NewKey()), account, Deadline());
        await SetAsync(new { acquirer, kind });

        using var wrong = JsonDocument.Parse(await ReportAsync("json"));
        using var right = JsonDocument.Parse(await ReportAsync("json"));

        Assert.Equal(rows, wrong.RootElement.GetProperty("operations").GetArrayLength());
        Assert.Equal(gross, wrong.RootElement.GetProperty("totals")[0].GetProperty("gross").GetInt64());
        Assert.Equal(2500, right.RootElement.GetProperty("totals")[0].GetProperty("gross").GetInt64());
    }

    [Fact]
    public async Task A_settlement_report_is_for_the_merchant_alone()
    {
        using var answer = await sandbox.Browser.GetAsync($"/{acquirer}/settlements/2026-11-20.json");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    public Task InitializeAsync() => sandbox.AskAsync("/control/reset", new { });

    public Task DisposeAsync() => sandbox.AskAsync("/control/reset", new { });

    private static string OtherThan(string acquirer) => acquirer == "aurora" ? "castellan" : "aurora";

    private static Money Eur(long minor) => new(minor, Currency.Eur);

    private static string NewKey() => "at_" + RandomSource.System.HexToken(16);

    private static CancellationToken Deadline() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    // For answers that never come. Long enough that the sandbox has acted on a busy machine.
    private static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token;

    private static AuthorizeOrder Order(string key, string number = Visa, Uri? webhookUrl = null) => new(
        key, Eur(1250), true, new GatewayCard(Secret.Of(number), 12, 2034, null, null), new Uri("https://shop.example/"), webhookUrl, null);

    private static GatewayWebhook Parse(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = request[..end].Split("\r\n").Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        return new GatewayWebhook(headers, Encoding.UTF8.GetBytes(request[(end + 4)..]));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition()) await Task.Delay(10, patience.Token);
    }

    private Task SetAsync(object fault) => sandbox.AskAsync("/control/fault", fault);

    private Task<GatewayAnswer> AuthorizeAsync(CancellationToken? deadline = null) => connector.AuthorizeAsync(Order(key), account, deadline ?? Deadline());

    private Task<GatewayAnswer> QueryAsync() =>
        connector.QueryAsync(new QueryOrder(GatewayOperation.Authorize, key, null, Eur(1250)), account, Deadline());

    private Task<BookedPayment?> BookedAsync(string of) => sandbox.PaymentAsync(acquirer, of);

    private async Task<int> OperationsAsync(string of)
    {
        var json = await sandbox.Browser.GetFromJsonAsync<JsonElement>($"/book.json?acquirer={acquirer}&key={of}");
        return json.GetProperty("data").GetArrayLength();
    }

    private async Task<string> PayTellingAsync(RawGateway shop)
    {
        var paid = NewKey();
        Assert.IsType<GatewayAnswer.Captured>(await connector.AuthorizeAsync(Order(paid, webhookUrl: shop.Url), account, Deadline()));
        return paid;
    }

    private async Task<string> ReportAsync(string format)
    {
        var credential = acquirer switch { "aurora" => "api_key", "hangang" => "merchant_key", _ => "signing_key" };
        var day = sandbox.Time.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{acquirer}/settlements/{day}.{format}");
        request.Headers.Authorization = new("Bearer", SandboxCredentials.ByAcquirer[acquirer][credential]);
        using var answer = await sandbox.Browser.SendAsync(request);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }
}

public sealed class AuroraFaultTests(SandboxFixture fixture) : FaultTests("aurora", fixture), IClassFixture<SandboxFixture>;

public sealed class HangangFaultTests(SandboxFixture fixture) : FaultTests("hangang", fixture), IClassFixture<SandboxFixture>;

public sealed class CastellanFaultTests(SandboxFixture fixture) : FaultTests("castellan", fixture), IClassFixture<SandboxFixture>;

/// <summary>The page on which a person sets and clears faults, and what is refused.</summary>
public sealed class FaultsPageTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private readonly RunningSandbox sandbox = fixture.Sandbox;

    [Fact]
    public async Task A_fault_is_set_shown_and_cleared_on_the_page()
    {
        using var set = await PostAsync("/faults", new() { ["kind"] = "outage", ["acquirer"] = "hangang", ["for_seconds"] = "60", ["count"] = "" });
        var shown = await sandbox.Browser.GetAsync("/faults");
        var page = await shown.Content.ReadAsStringAsync();
        var id = Regex.Match(page, "name=\"id\" value=\"(\\d+)\"", default, TimeSpan.FromSeconds(1)).Groups[1].Value;
        using var cleared = await PostAsync("/faults/clear", new() { ["id"] = id });

        Assert.Equal(HttpStatusCode.SeeOther, set.StatusCode);
        Assert.Contains("<td>outage</td>", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", string.Join(' ', shown.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("""{"data":[]}""", await sandbox.Browser.GetStringAsync("/control/faults"));
        Assert.Equal(HttpStatusCode.SeeOther, cleared.StatusCode);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_a_sentence_that_echoes_nothing()
    {
        using var wrong = await PostAsync("/faults", new() { ["kind"] = "<script>alert(1)</script>", ["when"] = "after" });
        var page = await wrong.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("kind is one of", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("acquirer", "nobody")]
    [InlineData("operation", "everything")]
    [InlineData("card", "42")]
    [InlineData("card", "<b>4")]
    [InlineData("count", "0")]
    [InlineData("for_seconds", "-1")]
    [InlineData("delay_ms", "600001")]
    [InlineData("status", "404")]
    [InlineData("probability", "1.1")]
    [InlineData("seed", "x")]
    [InlineData("as", "maybe")]
    public async Task Every_field_is_bounded(string field, string value)
    {
        using var wrong = await PostAsync("/faults", new() { ["kind"] = "delay", ["when"] = "after", [field] = value });

        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Every_sample_of_the_documentation_works_and_every_kind_is_documented()
    {
        var documented = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sandbox.md"));
        var samples = documented.Split('\n').Where(line => line.StartsWith("curl -s localhost:8081/", StringComparison.Ordinal)).ToList();
        Assert.True(samples.Count >= 8);
        foreach (var sample in samples)
        {
            var words = sample.Split(' ', 4);
            var path = new Uri("http://" + words[2]).AbsolutePath;
            using var answer = words.Length == 3
                ? await sandbox.Browser.GetAsync(path)
                : await sandbox.Browser.PostAsync(path, new StringContent(words[3]["-d '".Length..^1]));
            Assert.True(answer.IsSuccessStatusCode, sample);
        }

        var kinds = Regex.Matches(await sandbox.Browser.GetStringAsync("/faults"), "<option value=\"([a-z0-9_]+)\">[a-z0-9_]+:", default, TimeSpan.FromSeconds(1));
        Assert.True(kinds.Count >= 18);
        Assert.All(kinds, kind => Assert.Contains($"| `{kind.Groups[1].Value}` |", documented, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_that_another_site_sends_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/faults") { Content = new FormUrlEncodedContent([new("kind", "outage")]) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await sandbox.Browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("""{"data":[]}""", await sandbox.Browser.GetStringAsync("/control/faults"));
    }

    private Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields) =>
        sandbox.Browser.PostAsync(path, new FormUrlEncodedContent(fields));
}
