using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Connectors.Tests;

/// <summary>What people and tests see of the sandbox.</summary>
public sealed class SandboxPagesTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private readonly RunningSandbox sandbox = fixture.Sandbox;

    [Fact]
    public void Every_test_card_passes_the_check_digit_and_is_listed_once()
    {
        List<TestCard> cards = [.. TestCards.All, .. TestCards.OfCountries];
        Assert.All(cards, card => Assert.True(PassesCheckDigit(card.Number), card.Number));
        Assert.Equal(cards.Count, cards.Select(card => card.Number).Distinct().Count());
        Assert.Equal(cards.Count, cards.Select(card => card.Name).Distinct().Count());
    }

    [Fact]
    public async Task The_documented_card_table_is_the_one_in_the_code()
    {
        var documented = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "sandbox.md")))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Count(letter => letter == '|') == 5);

        Assert.Equal(
            TestCards.All.Concat(TestCards.OfCountries).Select(card => $"| `{card.Number}` | {card.Brand} | `{card.Name}` | {card.Description} |"),
            documented);
    }

    [Theory]
    [InlineData("ko-KR,ko;q=0.9,en;q=0.5", "lang=\"ko\"", "결제 확인")]
    [InlineData("en-GB,ko;q=0.5", "lang=\"en\"", "Confirm payment")]
    [InlineData("", "lang=\"en\"", "Confirm payment")]
    public async Task The_issuers_page_speaks_the_buyers_language_and_escapes_what_merchants_write(
        string accepted, string language, string button)
    {
        var challenge = Assert.IsType<GatewayAnswer.Challenge>(await PayAsync("4000000000003220", "<b>Shop</b>"));
        using var request = new HttpRequestMessage(HttpMethod.Get, challenge.RedirectUrl);
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var answer = await sandbox.Browser.SendAsync(request);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var raw = await answer.Content.ReadAsStringAsync();

        Assert.Contains(language, raw, StringComparison.Ordinal);
        Assert.Contains(button, page, StringComparison.Ordinal);
        Assert.Contains("3220", raw, StringComparison.Ordinal);
        Assert.Contains("Sandbox Bank", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Shop", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("form-action", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_challenge_is_not_found()
    {
        using var page = await sandbox.Browser.GetAsync("/acs/00000000000000000000000000000000");
        using var answer = await sandbox.AnswerChallengeAsync(new Uri(sandbox.Url, "/acs/0"), TestCards.OneTimePassword);

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_book_is_paged_newest_first_and_never_shows_a_card_number()
    {
        for (var i = 0; i < 5; i++) await PayAsync("4242424242424242", "<i>shop</i>");

        var first = await sandbox.Browser.GetFromJsonAsync<JsonElement>("/book.json?acquirer=aurora&limit=3");
        var next = first.GetProperty("next").GetInt64();
        var second = await sandbox.Browser.GetFromJsonAsync<JsonElement>($"/book.json?acquirer=aurora&limit=3&before={next}");
        var sequences = first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray())
            .Select(row => row.GetProperty("sequence").GetInt64()).ToList();
        var page = await sandbox.Browser.GetStringAsync("/");

        Assert.Equal(sequences.OrderDescending(), sequences);
        Assert.Equal(sequences.Count, sequences.Distinct().Count());
        Assert.True(sequences.Count >= 5);
        Assert.Contains("•••• 4242", page, StringComparison.Ordinal);
        Assert.DoesNotContain("4242424242424242", page + first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_makes_no_sense_is_refused_and_a_reset_forgets_the_rest()
    {
        using var noKind = await sandbox.Browser.PostAsJsonAsync("/control/fault", new { when = "after" });
        using var noMoment = await sandbox.Browser.PostAsJsonAsync("/control/hold", new { acquirer = "aurora" });
        using var noJson = await sandbox.Browser.PostAsync("/control/hold", new StringContent("hold it"));
        await sandbox.AskAsync("/control/fault", new { kind = "http500", when = "before", count = 5 });
        await sandbox.AskAsync("/control/reset", new { });

        Assert.Equal(HttpStatusCode.BadRequest, noKind.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, noMoment.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, noJson.StatusCode);
        Assert.IsType<GatewayAnswer.Captured>(await PayAsync("4242424242424242", null));
    }

    [Fact]
    public async Task A_request_that_is_late_on_its_way_is_carried_out_although_nobody_waits()
    {
        await sandbox.AskAsync("/control/fault", new { operation = "authorize", kind = "delay", delay_ms = 30_000, when = "before" });
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var key = "at_" + RandomSource.System.HexToken(16);

        Assert.IsType<GatewayAnswer.Unknown>(await PayAsync("4242424242424242", null, key, soon.Token));
        Assert.Null(await sandbox.PaymentAsync("aurora", key));
        sandbox.Time.Advance(TimeSpan.FromSeconds(31));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await sandbox.PaymentAsync("aurora", key) is not { Captured: 1250 }) await Task.Delay(10, patience.Token);
    }

    [Fact]
    public async Task A_document_type_definition_is_refused()
    {
        const string Xml = """<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Request><StatusInquiry><MerchantReference>&x;</MerchantReference></StatusInquiry></Request>""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/castellan/transactions") { Content = new StringContent(Xml) };
        request.Headers.Add("X-Castellan-Merchant", SandboxCredentials.ByAcquirer["castellan"]["merchant_id"]);
        request.Headers.Add("X-Castellan-Signature", Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(SandboxCredentials.ByAcquirer["castellan"]["signing_key"]), System.Text.Encoding.UTF8.GetBytes(Xml))));

        using var answer = await sandbox.Browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("root:", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_payments_are_forgotten_and_the_rest_kept()
    {
        await using var small = await RunningSandbox.StartAsync(maxPayments: 20);
        var keys = Enumerable.Range(0, 50).Select(_ => "at_" + RandomSource.System.HexToken(16)).ToList();
        foreach (var key in keys)
        {
            await small.Connectors.Get("aurora").AuthorizeAsync(Order("4242424242424242", null, key), small.Account("aurora"), Deadline());
        }

        Assert.Null(await small.PaymentAsync("aurora", keys[0]));
        Assert.NotNull(await small.PaymentAsync("aurora", keys[^20]));
        Assert.NotNull(await small.PaymentAsync("aurora", keys[^1]));
    }

    private static bool PassesCheckDigit(string number)
    {
        // ISO/IEC 7812-1 annex B.
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    private static CancellationToken Deadline() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    private static AuthorizeOrder Order(string number, string? description, string key) => new(
        key, new Money(1250, Currency.Eur), true, new GatewayCard(Secret.Of(number), 12, 2034, null, null),
        new Uri("https://shop.example/"), null, description);

    private Task<GatewayAnswer> PayAsync(
        string number, string? description, string? key = null, CancellationToken? deadline = null) =>
        sandbox.Connectors.Get("aurora").AuthorizeAsync(
            Order(number, description, key ?? "at_" + RandomSource.System.HexToken(16)), sandbox.Account("aurora"), deadline ?? Deadline());
}
