using Florin.Testing.Processes;
using Microsoft.Playwright;

namespace Florin.Browser.Tests;

/// <summary>One Florin and one Chromium for all tests of a class.</summary>
/// <remarks>Which Chromium: <c>FLORIN_CHROMIUM</c>, else Debian's.</remarks>
public class BrowserFixture : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("florin-browser-");
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public FlorinServer Florin { get; private set; } = null!;

    /// <summary>What the server is started with; short, so that a lost answer is noticed while the test still looks on.</summary>
    protected virtual string[] Options => ["--gateway-timeout", "1"];

    public async Task InitializeAsync()
    {
        Florin = await FlorinServer.StartAsync(directory.FullName, port: 0, Options);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("FLORIN_CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await Florin.DisposeAsync();
        directory.Delete(recursive: true);
    }

    public async Task<Visitor> VisitorAsync(string locale = "en-GB", bool javaScript = true, bool phone = false, bool dark = false)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            JavaScriptEnabled = javaScript,
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        return new Visitor(Florin, context, await context.NewPageAsync());
    }
}
