using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>Pages that are sent nonsense: each answer is a page that a person can read, and nothing has happened.</summary>
public sealed partial class BadInputTests(FlorinOnSqlite fixture) : IClassFixture<FlorinOnSqlite>
{
    private const string Visa = "4242424242424242";

    private FlorinServer Florin => fixture.Florin;

    public static TheoryData<string, string, int> BrokenCardForms => new()
    {
        { "no field at all", "", 400 },
        { "no card number", "email=a%40b.example&exp=12%2F34&cvc=123", 400 },
        { "a number with a slip", "email=a%40b.example&cardnumber=4242424242424241&exp=12%2F34&cvc=123", 400 },
        { "letters for a number", "email=a%40b.example&cardnumber=abcdabcdabcdabcd&exp=12%2F34&cvc=123", 400 },
        { "other scripts' digits", "email=a%40b.example&cardnumber=%D9%A4%D9%A2%D9%A4%D9%A2&exp=12%2F34&cvc=123", 400 },
        { "a month that is none", "email=a%40b.example&cardnumber=4242424242424242&exp=13%2F34&cvc=123", 400 },
        { "a card that is over", "email=a%40b.example&cardnumber=4242424242424242&exp=12%2F20&cvc=123", 400 },
        { "a code of two digits", "email=a%40b.example&cardnumber=4242424242424242&exp=12%2F34&cvc=12", 400 },
        { "an address that is none", "email=nobody&cardnumber=4242424242424242&exp=12%2F34&cvc=123", 400 },
        { "a name of a thousand letters", "email=a%40b.example&cardnumber=4242424242424242&exp=12%2F34&cvc=123&name=" + new string('x', 1000), 400 },
        { "markup for a name", "email=a%40b.example&cardnumber=4242424242424241&exp=12%2F34&cvc=123&name=%3Cscript%3Ealert(1)%3C%2Fscript%3E", 400 },
    };

    [Theory]
    [MemberData(nameof(BrokenCardForms))]
    public async Task A_card_form_with(string what, string fields, int status)
    {
        var (id, path) = await Florin.OpenCheckoutAsync(1_000, "usd");
        var token = await Florin.FormTokenAsync(path);
        using var answer = await PostFormAsync(path + "/pay", $"form_token={Uri.EscapeDataString(token)}&{fields}");
        Assert.True(status == (int)answer.StatusCode, $"{what}: {answer.StatusCode}");
        var page = await PageAsync(answer);
        Assert.Contains("aria-invalid", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        await NothingHappenedAsync(id);
    }

    [Fact]
    public async Task A_form_with_a_foreign_or_missing_token_sends_nothing_and_shows_how_things_stand()
    {
        var (id, path) = await Florin.OpenCheckoutAsync(1_000, "usd");
        var (_, other) = await Florin.OpenCheckoutAsync(1_000, "usd");
        foreach (var token in new[] { await Florin.FormTokenAsync(other), "", "nonsense", new string('A', 5_000) })
        {
            using var form = Talking.PayForm(token, Visa);
            using var answer = await Florin.Buyer.PostAsync(path + "/pay", form);
            Assert.Equal(303, (int)answer.StatusCode);
            Assert.Equal(path, answer.Headers.Location!.OriginalString);
            await NothingHappenedAsync(id);
        }
    }

    [Theory]
    [InlineData("text/plain", "hello", 415)]
    [InlineData("application/json", "{}", 415)]
    [InlineData("multipart/form-data", "no boundary", 400)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nnonsense", 400)]
    public async Task A_submit_that_is_no_form_is_answered_with_a_page(string contentType, string body, int status)
    {
        var (id, path) = await Florin.OpenCheckoutAsync(1_000, "usd");
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var answer = await Florin.Buyer.PostAsync(path + "/pay", content);
        Assert.Equal(status, (int)answer.StatusCode);
        await PageAsync(answer);
        await NothingHappenedAsync(id);
    }

    [Fact]
    public async Task A_form_of_two_megabytes_is_turned_away()
    {
        var (id, path) = await Florin.OpenCheckoutAsync(1_000, "usd");
        using var answer = await PostFormAsync(path + "/pay", "name=" + new string('x', 2 * 1024 * 1024));
        Assert.Equal(413, (int)answer.StatusCode);
        await NothingHappenedAsync(id);
    }

    [Theory]
    [InlineData("/c/cs_00000000000000000000000000000000/x")]
    [InlineData("/c/nonsense/x")]
    [InlineData("/c/nonsense")]
    [InlineData("/c/nonsense/x/pay")]
    [InlineData("/return/nonsense/x")]
    [InlineData("/return/pa_00000000000000000000000000000000/x")]
    [InlineData("/shop/nonsense")]
    [InlineData("/shop/products/nonsense")]
    [InlineData("/shop/orders/FL-2222222222?token=x")]
    public async Task An_unknown_address_is_answered_with_a_page(string path)
    {
        using var answer = await Florin.Buyer.GetAsync(path);
        Assert.Equal(404, (int)answer.StatusCode);
        await PageAsync(answer);
    }

    [Fact]
    public async Task A_session_with_a_wrong_token_is_not_shown()
    {
        var (id, _) = await Florin.OpenCheckoutAsync(1_000, "usd");
        using var answer = await Florin.Buyer.GetAsync($"/c/{id}/{new string('A', 32)}");
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.DoesNotContain("1234 1234", await PageAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("11")]
    [InlineData("1.5")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public async Task An_order_of_no_sensible_quantity_is_not_taken(string quantity)
    {
        var token = await Florin.FormTokenAsync("/shop/products/ceramic-mug");
        using var answer = await PostFormAsync("/shop/products/ceramic-mug/buy", $"form_token={Uri.EscapeDataString(token)}&quantity={quantity}");
        Assert.Equal(400, (int)answer.StatusCode);
        await PageAsync(answer);
    }

    [Fact]
    public async Task An_order_with_a_token_of_another_product_is_not_taken()
    {
        var token = await Florin.FormTokenAsync("/shop/products/linen-notebook");
        using var answer = await PostFormAsync("/shop/products/ceramic-mug/buy", $"form_token={Uri.EscapeDataString(token)}&quantity=1");
        Assert.Equal(400, (int)answer.StatusCode);
        await PageAsync(answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("t=1,v1=00")]
    [InlineData("t=99999999999,v1=00")]
    public async Task A_webhook_that_is_not_signed_is_turned_away(string signature)
    {
        using var content = new StringContent("""{"type":"checkout.session.completed","data":{"object":{"client_reference_id":"FL-2222222222"}}}""");
        content.Headers.Add("Stripe-Signature", signature);
        using var answer = await Florin.Buyer.PostAsync("/shop/webhook", content);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    private async Task<HttpResponseMessage> PostFormAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded");
        return await Florin.Buyer.PostAsync(path, content);
    }

    // A page has a heading and a language; its headers are those of a page that handles cards.
    private static async Task<string> PageAsync(HttpResponseMessage answer)
    {
        var page = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "text/html", $"{answer.StatusCode} {answer.Content.Headers.ContentType}: {page}");
        Assert.Matches(Heading(), page);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        return page;
    }

    private async Task NothingHappenedAsync(string session)
    {
        var now = await Florin.GetAsync($"/v1/checkout/sessions/{session}");
        Assert.Equal(("open", "unpaid"), (now["status"], now["payment_status"]));
        Assert.Contains("\"data\":[]", await Florin.Sandbox.GetStringAsync("/book.json"), StringComparison.Ordinal);
    }

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex Heading();
}
