using System.Collections.Concurrent;
using System.Text.Json;
using Florin.Testing.Processes;
using Microsoft.Playwright;

namespace Florin.Browser.Tests;

/// <summary>A person with a browser of their own. When they leave, nothing may have been wrong with the pages they saw:
/// no error on the console, nothing that the content security policy stopped, no request to another origin.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private const float PatienceMs = 15_000;

    private readonly FlorinServer florin;
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = [];

    public Visitor(FlorinServer florin, IBrowserContext context, IPage page)
    {
        (this.florin, this.context, Page) = (florin, context, page);
        page.SetDefaultTimeout(PatienceMs);
        page.Console += (_, message) =>
        {
            // A declined card is answered with 402, which the browser reports like a missing file.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.RequestFailed += (_, request) =>
        {
            // A page that is left while it loads takes its requests with it.
            if (request.Failure is not "net::ERR_ABORTED") complaints.Enqueue($"{request.Method} {request.Url} failed: {request.Failure}");
        };
        page.Request += (_, request) =>
        {
            var origin = new Uri(request.Url).GetLeftPart(UriPartial.Authority);
            if (origin != florin.Url && origin != florin.SandboxUrl && !request.Url.StartsWith("data:", StringComparison.Ordinal)) complaints.Enqueue($"asked {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 500 || (response.Status == 404 && response.Request.ResourceType != "document")) complaints.Enqueue($"{response.Status} for {response.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>From the shop to the payment page.</summary>
    public async Task GoToCheckoutAsync(string currency = "usd")
    {
        await Page.GotoAsync($"{florin.Url}/shop?currency={currency}");
        await Page.Locator(".product:not(.gone) h2 a").First.ClickAsync();
        await Page.Locator("form button.main").ClickAsync();
        await Page.Locator("#pay").WaitForAsync();
    }

    public async Task FillCardAsync(string number)
    {
        await Page.FillAsync("#email", "hana@example.com");
        await Page.FillAsync("#cardnumber", number);
        await Page.FillAsync("#exp", "12/34");
        await Page.FillAsync("#cvc", "123");
        await Page.FillAsync("#name", "김하나");
    }

    public async Task PayAsync(string number)
    {
        await FillCardAsync(number);
        await Page.ClickAsync("#pay button[type=submit]");
    }

    public async Task AnswerIssuerAsync(string password)
    {
        await Page.FillAsync("#otp", password);
        await Page.Locator("form:has(#otp) button").ClickAsync();
    }

    public Task SeePaidAsync() => Page.Locator(".sign.good").WaitForAsync();

    public Task<string> HeadingAsync() => Page.Locator("h1").InnerTextAsync();

    /// <summary>The order code, which is on the receipt.</summary>
    public async Task<string> OrderCodeAsync() => (await Page.Locator(".receipt code").InnerTextAsync()).Trim();

    public async Task SignInAsync()
    {
        await Page.GotoAsync($"{florin.Url}/office");
        await Page.FillAsync("input[name=email]", florin.Report.GetProperty("back_office_email").GetString()!);
        await Page.FillAsync("input[name=password]", florin.Report.GetProperty("back_office_password").GetString()!);
        await Page.Locator("form button[type=submit]").ClickAsync();

        // The page that is there, not its load event, which is now and then missed on a busy machine.
        await Page.WaitForURLAsync("**/office/payments", new PageWaitForURLOptions { WaitUntil = WaitUntilState.Commit });
    }

    /// <summary>Keeps what the page looks like, for people to look at.</summary>
    public Task KeepAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(SourceTree.Root, "artifacts", "screenshots", name + ".png"),
        FullPage = true,
    });

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(complaints);
    }
}
