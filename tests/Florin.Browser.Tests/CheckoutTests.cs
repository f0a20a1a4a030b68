using System.Text.Json;
using System.Text.RegularExpressions;

namespace Florin.Browser.Tests;

[Trait("Needs", "browser")]
public sealed partial class CheckoutTests(BrowserFixture florin) : IClassFixture<BrowserFixture>
{
    private const string Approved = "4242424242424242";
    private const string Challenge = "4000000000003220";
    private const string InsufficientFunds = "4000000000009995";
    private const string SilentAfterApproving = "4000000000100091";

    [Theory]
    [InlineData(true, "usd", "aurora")]
    [InlineData(false, "eur", "castellan")]
    [InlineData(false, "krw", "hangang")]
    public async Task A_card_that_asks_for_the_buyer_is_charged_once_the_buyer_has_confirmed(bool javaScript, string currency, string acquirer)
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync(javaScript: javaScript, phone: !javaScript);
        await visitor.GoToCheckoutAsync(currency);
        await visitor.KeepAsync($"checkout-{currency}");
        await visitor.PayAsync(Challenge);
        if (!javaScript) await FollowToIssuerAsync(visitor);
        await visitor.AnswerIssuerAsync("000000");
        await visitor.Page.Locator("#wrong").WaitForAsync();
        await visitor.AnswerIssuerAsync("123456");
        await visitor.SeePaidAsync();
        await visitor.KeepAsync($"paid-{currency}");
        Assert.Equal(chargesBefore + 1, await florin.Florin.ChargesAsync());
        Assert.Equal(acquirer, (await florin.Florin.LatestAsync()).Acquirer);

        await visitor.Page.Locator("a.button.main").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/shop/orders/**");
        await visitor.Page.Locator(".notice.good").WaitForAsync();
        Assert.Equal(0, await visitor.Page.Locator(".actions a.main").CountAsync());
    }

    [Fact]
    public async Task After_a_decline_another_card_pays()
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        await visitor.PayAsync(InsufficientFunds);
        await visitor.Page.Locator(".notice.warn").WaitForAsync();
        await visitor.KeepAsync("declined");
        Assert.Equal("hana@example.com", await visitor.Page.InputValueAsync("#email"));
        Assert.Equal("", await visitor.Page.InputValueAsync("#cvc"));
        Assert.Equal(chargesBefore, await florin.Florin.ChargesAsync());

        // Loading the decline again sends nothing again.
        await visitor.Page.ReloadAsync();
        await visitor.Page.Locator("#pay").WaitForAsync();
        await visitor.PayAsync(Approved);
        await visitor.SeePaidAsync();
        Assert.Equal(chargesBefore + 1, await florin.Florin.ChargesAsync());
    }

    [Fact]
    public async Task A_buyer_who_cancels_at_the_issuer_is_not_charged_and_may_try_again()
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        await visitor.PayAsync(Challenge);
        await visitor.Page.Locator("button[name=cancel]").ClickAsync();
        await visitor.Page.Locator(".notice.warn").WaitForAsync();
        Assert.Equal(chargesBefore, await florin.Florin.ChargesAsync());
        await visitor.PayAsync(Approved);
        await visitor.SeePaidAsync();
        Assert.Equal(chargesBefore + 1, await florin.Florin.ChargesAsync());
    }

    [Fact]
    public async Task Submitting_twice_going_back_and_reloading_charge_once()
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        await visitor.FillCardAsync(Approved);

        // Past the script, which disables the button: both submits reach the server.
        await visitor.Page.EvaluateAsync(
            """
            async () => {
              const form = document.getElementById('pay');
              const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
              await Promise.all([send(), send(), send()]);
            }
            """);
        await visitor.Page.ClickAsync("#pay button[type=submit]");
        await visitor.SeePaidAsync();
        await visitor.Page.ReloadAsync();
        await visitor.SeePaidAsync();
        await visitor.Page.GoBackAsync();
        await visitor.SeePaidAsync();
        Assert.Equal(chargesBefore + 1, await florin.Florin.ChargesAsync());
    }

    [Fact]
    public async Task A_return_with_anything_changed_shows_an_error_and_changes_nothing()
    {
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        var session = SessionInPath().Match(visitor.Page.Url).Groups[1].Value;
        await visitor.PayAsync(Approved);
        await visitor.SeePaidAsync();
        var genuine = await visitor.Page.Locator("a.button.main").GetAttributeAsync("href");
        Assert.Contains(session, genuine, StringComparison.Ordinal);
        var code = OrderCode().Match(genuine!).Value;
        var token = Token().Match(genuine!).Groups[1].Value;
        string[] tampered =
        [
            genuine!.Replace(code, "FL-2222222222", StringComparison.Ordinal),
            genuine.Replace(token, new string('A', token.Length), StringComparison.Ordinal),
            Amount().Replace(genuine, "amount=1"),
            genuine.Replace("currency=usd", "currency=krw", StringComparison.Ordinal),
            genuine.Replace(session, "cs_" + new string('0', session.Length - 3), StringComparison.Ordinal),
            genuine.Replace("&session=" + session, "", StringComparison.Ordinal),
        ];
        foreach (var address in tampered)
        {
            var answer = await visitor.Page.GotoAsync(address);
            Assert.Equal(400, answer!.Status);
            await visitor.Page.Locator(".notice.warn").WaitForAsync();
        }

        var real = await visitor.Page.GotoAsync(genuine);
        Assert.Equal(200, real!.Status);
        await visitor.Page.Locator(".notice.good").WaitForAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_shows_that_we_are_checking_and_then_success(bool javaScript)
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync(javaScript: javaScript, phone: true, dark: true);
        await visitor.GoToCheckoutAsync("eur");
        await visitor.PayAsync(SilentAfterApproving);
        await visitor.Page.Locator("#checking").WaitForAsync();
        await visitor.KeepAsync($"checking-{(javaScript ? "with" : "without")}-script");
        await visitor.SeePaidAsync();
        Assert.Equal(chargesBefore + 1, await florin.Florin.ChargesAsync());
    }

    [Fact]
    public async Task A_Korean_buyer_meets_no_English_on_the_way()
    {
        await using var visitor = await florin.VisitorAsync(locale: "ko-KR", phone: true, dark: true);
        await visitor.GoToCheckoutAsync("krw");
        Assert.Equal("ko", await visitor.Page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal("카드 결제", await visitor.HeadingAsync());
        await visitor.PayAsync(InsufficientFunds);
        Assert.Contains("결제되지 않았습니다", await visitor.Page.Locator(".notice.warn").InnerTextAsync(), StringComparison.Ordinal);
        await visitor.PayAsync(Challenge);
        Assert.Equal("결제 본인확인", await visitor.HeadingAsync());
        await visitor.AnswerIssuerAsync("123456");
        await visitor.SeePaidAsync();
        await visitor.KeepAsync("paid-korean");
        Assert.Equal("ko", await visitor.Page.Locator("html").GetAttributeAsync("lang"));
    }

    [Fact]
    public async Task The_buyer_who_gives_up_is_not_charged_and_the_page_is_over()
    {
        var chargesBefore = await florin.Florin.ChargesAsync();
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        var checkout = visitor.Page.Url;
        await visitor.Page.Locator("main .leave a").ClickAsync();
        await visitor.Page.Locator(".actions a.main").WaitForAsync();
        await visitor.Page.GotoAsync(checkout);
        Assert.Equal(0, await visitor.Page.Locator("#pay").CountAsync());
        await visitor.KeepAsync("ended");
        Assert.Equal(chargesBefore, await florin.Florin.ChargesAsync());
    }

    [Fact]
    public async Task A_form_with_mistakes_says_what_is_wrong_beside_each_field()
    {
        await using var visitor = await florin.VisitorAsync();
        await visitor.GoToCheckoutAsync();
        await visitor.FillCardAsync("4242424242424241");
        await visitor.Page.FillAsync("#exp", "01/20");
        await visitor.Page.FillAsync("#email", "nobody");
        await visitor.Page.ClickAsync("#pay button[type=submit]");
        await visitor.Page.Locator("#errors").WaitForAsync();
        await visitor.KeepAsync("mistakes");
        foreach (var field in new[] { "email", "cardnumber", "exp" })
        {
            Assert.Equal("true", await visitor.Page.Locator("#" + field).GetAttributeAsync("aria-invalid"));
        }
    }

    [Fact]
    public async Task What_is_sold_out_cannot_be_bought()
    {
        await using var visitor = await florin.VisitorAsync();
        await visitor.Page.GotoAsync($"{florin.Florin.Url}/shop?currency=usd");
        await visitor.Page.Locator(".product.gone h2 a").First.ClickAsync();
        await visitor.Page.Locator(".detail").WaitForAsync();
        Assert.Equal(0, await visitor.Page.Locator("form button.main").CountAsync());
    }

    [Fact]
    public async Task Nothing_is_wider_than_a_narrow_phone()
    {
        await using var visitor = await florin.VisitorAsync(phone: true);
        await visitor.Page.SetViewportSizeAsync(320, 640);
        await visitor.GoToCheckoutAsync("krw");
        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
    }

    [Theory]
    [InlineData(true, "en", "You pay nothing now", "Your card is saved")]
    [InlineData(false, "ko", "지금은 결제되지 않습니다", "카드가 등록되었습니다")]
    public async Task A_card_is_saved_after_a_decline_and_a_challenge_and_nothing_is_charged(bool javaScript, string language, string promise, string done)
    {
        using var form = new FormUrlEncodedContent([new("mode", "setup"), new("locale", language), new("success_url", $"{florin.Florin.Url}/shop")]);
        using var made = await florin.Florin.Api.PostAsync("/v1/checkout/sessions", form);
        var session = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement;
        await using var visitor = await florin.VisitorAsync(javaScript: javaScript, phone: !javaScript);
        await visitor.Page.GotoAsync(session.GetProperty("url").GetString()!);
        Assert.Equal(promise, await visitor.Page.Locator(".promise").InnerTextAsync());
        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        await visitor.KeepAsync($"save-card-{language}");

        await visitor.PayAsync(InsufficientFunds);
        await visitor.Page.Locator(".notice.warn").WaitForAsync();
        await visitor.PayAsync(Challenge);
        if (!javaScript) await FollowToIssuerAsync(visitor);
        await visitor.AnswerIssuerAsync("123456");
        await visitor.Page.Locator(".sign.good").WaitForAsync();

        Assert.Equal(done, await visitor.HeadingAsync());
        await visitor.KeepAsync($"saved-card-{language}");
        var latest = await florin.Florin.LatestAsync();
        Assert.Equal((0, 0), (latest.Captured, latest.Refunded));
    }

    // Without JavaScript the page's own refresh leads to the issuer, and its button where that is off, too.
    private static Task FollowToIssuerAsync(Visitor visitor) => visitor.Page.Locator("#otp").WaitForAsync();

    [GeneratedRegex("/c/(cs_[0-9a-f]+)/")]
    private static partial Regex SessionInPath();

    [GeneratedRegex("FL-[0-9A-Z]{10}")]
    private static partial Regex OrderCode();

    [GeneratedRegex("token=([^&]+)")]
    private static partial Regex Token();

    [GeneratedRegex("amount=[0-9]+")]
    private static partial Regex Amount();
}
