using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Scenarios.Tests;

/// <summary>Every card goes in by every door; then everything that Florin keeps and says is searched for its number.</summary>
public abstract class CardDataTests(FlorinFixture fixture)
{
    [Fact]
    public async Task No_card_number_is_anywhere_but_in_the_vaults_ciphertext()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var said = new List<string>();
        await RegisterAsync(receiver, said);

        // Without the cards whose answers are lost or late, which take the same way.
        var cards = TestCards.All.Where(card => card.Behavior is TestCardBehavior.Approve or TestCardBehavior.Decline or TestCardBehavior.Challenge or TestCardBehavior.Frictionless).ToList();
        foreach (var card in cards)
        {
            said.Add((await fixture.Florin.PostAsync("/v1/payment_intents", card.Number[^6..], Talking.Card(card.Number, 1_000, "usd"))).Body.ToString());
            var token = await fixture.Florin.PostAsync("/v1/tokens", null,
                ("card[number]", card.Number), ("card[exp_month]", "12"), ("card[exp_year]", "2034"), ("card[cvc]", Talking.CvcOf(card.Number)));
            said.Add(token.Body.ToString());
            said.Add((await fixture.Florin.PostAsync("/v1/payment_intents", null,
                ("amount", "2000"), ("currency", "eur"), ("confirm", "true"), ("return_url", "https://shop.example/back"), ("payment_method_data[type]", "card"), ("payment_method_data[card][token]", token["id"]))).Body.ToString());
            var (_, path) = await fixture.Florin.OpenCheckoutAsync(3_000, "krw");
            using var form = Talking.PayForm(await fixture.Florin.FormTokenAsync(path), card.Number);
            using var paid = await fixture.Florin.Buyer.PostAsync(path + "/pay", form);
        }

        // Mistakes, too: what is refused is not kept either, nor is it said again.
        said.Add((await fixture.Florin.PostAsync("/v1/payment_intents", null, ("amount", "1000"), ("currency", "usd"), ("description[number]", "4242424242424242"))).Body.ToString());
        using (var lost = await fixture.Florin.Api.GetAsync("/v1/4242424242424242")) said.Add(await lost.Content.ReadAsStringAsync());
        foreach (var list in new[] { "events", "payment_intents", "payment_methods", "refunds", "checkout/sessions" })
        {
            said.Add((await fixture.Florin.GetAsync($"/v1/{list}?limit=100")).Body.ToString());
        }

        await receiver.WaitForAsync("payment_intent.succeeded");
        var search = new CardSearch(TestCards.All.Select(card => card.Number));
        Assert.Empty(search.In("an answer of the API", said));
        Assert.Empty(search.In("a webhook", receiver.Bodies));
        Assert.Empty(search.In("the log", [fixture.Florin.Errors]));
        Assert.Empty(search.In("the sandbox's book", [await fixture.Florin.Sandbox.GetStringAsync("/book.json?limit=1000"), await fixture.Florin.Sandbox.GetStringAsync("/payments.json?limit=1000")]));

        foreach (var file in await FilesAsync()) Assert.Empty(search.In(file.Name, file.Bytes));
    }

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("4242 4242 4242 4242")]
    [InlineData("4242-4242-4242-4242")]
    public void A_planted_number_is_found_in_every_form(string number)
    {
        var search = new CardSearch(["4242424242424242"]);
        byte[][] plants =
        [
            Encoding.UTF8.GetBytes(number),
            Encoding.Unicode.GetBytes(number),
            Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(number))),
            Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(number))),
            Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(number))),
            Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + number))),
            Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + number + "z"))),
        ];
        Assert.All(plants, plant => Assert.NotEmpty(search.In("a plant", [.. "before "u8, .. plant, .. " after"u8])));
        Assert.NotEmpty(search.In("a code", Encoding.UTF8.GetBytes("""{"cvc":"737"}""")));
        Assert.Empty(search.In("nothing", Encoding.UTF8.GetBytes("4242424242424241 and pi_42424242")));
    }

    private async Task RegisterAsync(WebhookReceiver receiver, List<string> said)
    {
        var endpoint = await fixture.Florin.PostAsync("/v1/webhook_endpoints", null, ("url", receiver.Url), ("enabled_events[]", "*"));
        Assert.Equal(200, endpoint.Status);
        said.Add(endpoint.Body.ToString());
    }

    private async Task<IReadOnlyList<(string Name, byte[] Bytes)>> FilesAsync()
    {
        // The key file is locked to nobody, the lock file is; neither has cards in it.
        var files = Directory.EnumerateFiles(fixture.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith("florin.lock", StringComparison.Ordinal))
            .Select(path => (Name: Path.GetFileName(path), Bytes: ReadShared(path))).ToList();
        if (fixture.Database.Engine == SqlEngine.Postgres) files.Add(("a dump of the database", await DumpAsync()));
        else files.AddRange(SqliteFiles().Select(path => (Path.GetFileName(path), ReadShared(path))));
        Assert.Contains(files, file => file.Bytes.Length > 100_000);
        return files;
    }

    private IEnumerable<string> SqliteFiles()
    {
        var path = fixture.Database.Url.Value["sqlite:".Length..];
        return new[] { path, path + "-wal", path + "-shm" }.Where(File.Exists);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }

    private async Task<byte[]> DumpAsync()
    {
        var debian = "/usr/lib/postgresql/15/bin/pg_dump";
        var url = new Uri(fixture.Database.Url.Value);
        var start = new ProcessStartInfo(File.Exists(debian) ? debian : "pg_dump") { RedirectStandardOutput = true };
        start.ArgumentList.Add("--dbname=" + new UriBuilder(url) { Scheme = "postgresql", Query = "" }.Uri);
        using var dump = Process.Start(start)!;
        using var text = new MemoryStream();
        await dump.StandardOutput.BaseStream.CopyToAsync(text);
        await dump.WaitForExitAsync();
        Assert.Equal(0, dump.ExitCode);
        return text.ToArray();
    }
}

/// <summary>Looks for card numbers in every form that one might have slipped out in.</summary>
internal sealed class CardSearch
{
    private readonly List<(string What, byte[] Form)> forms = [];

    public CardSearch(IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
        {
            foreach (var separator in new[] { "", " ", "-" }) AddForms(number, string.Join(separator, number.Chunk(4).Select(four => new string(four))));
        }

        // The scenarios' own security codes, in the ways that a form or JSON would carry them.
        foreach (var code in new[] { "\"cvc\":\"737", "cvc=737", "[cvc]=737", "%5Bcvc%5D=737", "\"cvc\": \"737" }) forms.Add(("a security code", Encoding.UTF8.GetBytes(code)));
    }

    public IEnumerable<string> In(string place, IEnumerable<string> texts) => texts.SelectMany(text => In(place, Encoding.UTF8.GetBytes(text)));

    public IEnumerable<string> In(string place, byte[] bytes) =>
        forms.Where(form => bytes.AsSpan().IndexOf(form.Form) >= 0).Select(form => $"{form.What} in {place}");

    private void AddForms(string number, string written)
    {
        var name = number[^4..];
        var plain = Encoding.UTF8.GetBytes(written);
        forms.Add(($"{name}, plain,", plain));
        forms.Add(($"{name}, as UTF-16,", Encoding.Unicode.GetBytes(written)));
        forms.Add(($"{name}, as hex,", Encoding.UTF8.GetBytes(Convert.ToHexString(plain))));
        forms.Add(($"{name}, as hex,", Encoding.UTF8.GetBytes(Convert.ToHexStringLower(plain))));

        // Base64 looks different at each of three places; of each, the middle does not depend on what stands around it.
        for (var before = 0; before < 3; before++)
        {
            byte[] padded = [.. new byte[before], .. plain];
            var whole = padded.Length / 3 * 3;
            var encoded = Convert.ToBase64String(padded, 0, whole);
            forms.Add(($"{name}, as base64,", Encoding.UTF8.GetBytes(before == 0 ? encoded : encoded[4..])));
        }
    }
}

/// <summary>A merchant's server that keeps what it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<string> bodies = [];

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook";

    public IReadOnlyList<string> Bodies
    {
        get
        {
            lock (bodies) return [.. bodies];
        }
    }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.Run(receiver.KeepAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public async Task WaitForAsync(string type)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Bodies.Any(body => body.Contains(type, StringComparison.Ordinal))) await Task.Delay(50, patience.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task KeepAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        using var json = JsonDocument.Parse(body);
        lock (bodies) bodies.Add(body);
    }
}

public sealed class CardDataOnSqlite(FlorinOnSqlite fixture) : CardDataTests(fixture), IClassFixture<FlorinOnSqlite>;

[Trait("Engine", "postgres")]
public sealed class CardDataOnPostgres(FlorinOnPostgres fixture) : CardDataTests(fixture), IClassFixture<FlorinOnPostgres>;
