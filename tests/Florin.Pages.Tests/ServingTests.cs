using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Florin.Checkout;
using Florin.Shop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Florin.Pages.Tests;

/// <summary>Assets and headers over real HTTP.</summary>
public sealed class ServingTests : IAsyncLifetime, IDisposable
{
    private WebApplication app = null!;
    private HttpClient http = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapAssets(CheckoutAssets.Files);
        app.MapAssets(ShopAssets.Files);
        app.MapGet("/pay", (string? origin) => PageResult.Of(
            Samples.Pay(Language.Korean), 402, origin is null ? [] : [origin]));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task An_address_with_the_hash_is_kept_for_ever()
    {
        using var answer = await http.GetAsync(CheckoutAssets.Files.Url("checkout.css"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.NonValidated["Cache-Control"].ToString());
        Assert.Equal("text/css; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", answer.Headers.NonValidated["X-Content-Type-Options"].ToString());
        Assert.Equal(CheckoutAssets.Files["checkout.css"].Content.ToArray(), await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_address_without_the_hash_is_asked_for_again()
    {
        using var answer = await http.GetAsync("/assets/checkout/checkout.js");

        Assert.Equal("no-cache", answer.Headers.NonValidated["Cache-Control"].ToString());
        Assert.Equal("text/javascript; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        var url = ShopAssets.Files.Url("products/ceramic-mug.svg");
        using var first = await http.GetAsync(url);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await http.SendAsync(request);

        Assert.False(first.Headers.ETag!.IsWeak);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task Text_is_compressed_as_the_client_likes_under_a_tag_of_its_own(string accepted, string? coding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, CheckoutAssets.Files.Url("checkout.css"));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var answer = await http.SendAsync(request);

        var asset = CheckoutAssets.Files["checkout.css"];
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(coding is null, answer.Headers.ETag!.Tag == $"\"{asset.Hash}\"");
        Assert.Equal("Accept-Encoding", answer.Headers.NonValidated["Vary"].ToString());
        Assert.Equal(asset.Content.ToArray(), await DecodeAsync(await answer.Content.ReadAsStreamAsync(), coding));
    }

    [Theory]
    [InlineData("/assets/checkout/../../../etc/passwd")]
    [InlineData("/assets/checkout/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/assets/checkout/..%2f..%2fappsettings.json")]
    [InlineData("/assets/checkout/products/ceramic-mug.svg")]
    [InlineData("/assets/checkout/checkout.0000000000000000.css")]
    [InlineData("/assets/checkout/")]
    [InlineData("/assets/nothing/checkout.css")]
    public async Task Nothing_but_the_embedded_files_is_served(string path)
    {
        using var answer = await http.GetAsync(new Uri(http.BaseAddress + path[1..], new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_keeps_to_itself()
    {
        using var answer = await http.GetAsync("/pay");
        var headers = answer.Headers.NonValidated;

        Assert.Equal(402, (int)answer.StatusCode);
        Assert.Equal("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
            headers["Content-Security-Policy"].ToString());
        Assert.Equal("no-store", headers["Cache-Control"].ToString());
        Assert.Equal("same-origin", headers["Referrer-Policy"].ToString());
        Assert.Equal("same-origin", headers["Cross-Origin-Opener-Policy"].ToString());
        Assert.Equal("nosniff", headers["X-Content-Type-Options"].ToString());
        Assert.Contains("payment=(self)", headers["Permissions-Policy"].ToString(), StringComparison.Ordinal);
        Assert.Equal("ko", answer.Content.Headers.ContentLanguage.Single());
        Assert.Equal(new MediaTypeHeaderValue("text/html", "utf-8"), answer.Content.Headers.ContentType);
    }

    [Fact]
    public async Task A_page_may_name_an_origin_that_its_form_ends_up_at_and_nothing_else()
    {
        using var answer = await http.GetAsync("/pay?origin=https://shop.example:8443/a;script-src%20*");
        Assert.Contains("form-action 'self' https://shop.example:8443;",
            answer.Headers.NonValidated["Content-Security-Policy"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_embedded_has_no_address() =>
        Assert.Throws<ArgumentException>(() => CheckoutAssets.Files.Url("missing.css"));

    private static async Task<byte[]> DecodeAsync(Stream stream, string? coding)
    {
        await using var decoded = coding switch
        {
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        using var bytes = new MemoryStream();
        await decoded.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
