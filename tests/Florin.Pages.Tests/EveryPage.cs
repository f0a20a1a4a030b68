using System.Text.RegularExpressions;
using Florin.BackOffice;
using Florin.Checkout;
using Florin.Shop;

namespace Florin.Pages.Tests;

/// <summary>Rules that every page keeps, in every state and language.</summary>
/// <remarks>The pages are also written to <c>preview/</c> beside the test's assembly, to be looked at in a browser.</remarks>
public sealed partial class EveryPage
{
    private static readonly string Preview = Path.Combine(AppContext.BaseDirectory, "preview");

    public static TheoryData<string, Language> All()
    {
        var data = new TheoryData<string, Language>();
        foreach (var language in Languages.All)
        {
            foreach (var (name, _) in Samples.In(language)) data.Add(name, language);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Is_a_whole_document_in_its_language(string name, Language language)
    {
        var html = await RenderAsync(name, language);
        Directory.CreateDirectory(Preview);
        await File.WriteAllTextAsync(Path.Combine(Preview, $"{name}.{language.Tag()}.html"), html);

        Assert.StartsWith("<!DOCTYPE html>", html.TrimStart(), StringComparison.Ordinal);
        Assert.Contains($"<html lang=\"{language.Tag()}\">", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "<h1[ >]"));
        Assert.Single(Regex.Matches(html, "<main id=\"content\""));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Has_no_inline_style_or_script(string name, Language language)
    {
        var html = await RenderAsync(name, language);

        Assert.DoesNotMatch(InlineCode(), html);
        Assert.All(Regex.Matches(html, "<script[^>]*>").Select(m => m.Value), tag =>
        {
            Assert.Contains("src=\"/assets/", tag, StringComparison.Ordinal);
            Assert.Contains("integrity=\"sha256-", tag, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Labels_every_control_and_repeats_no_id(string name, Language language)
    {
        var html = await RenderAsync(name, language);

        var ids = Regex.Matches(html, " id=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        foreach (Match control in Regex.Matches(html, "<(input|select|textarea)[^>]*>"))
        {
            if (control.Value.Contains("type=\"hidden\"", StringComparison.Ordinal)) continue;
            var id = Regex.Match(control.Value, " id=\"([^\"]+)\"").Groups[1].Value;
            Assert.Contains($"<label for=\"{id}\"", html, StringComparison.Ordinal);
        }

        foreach (Match described in Regex.Matches(html, "aria-(?:describedby|labelledby)=\"([^\"]+)\""))
            Assert.All(described.Groups[1].Value.Split(' '), id => Assert.Contains(id, ids));
        foreach (Match link in Regex.Matches(html, "href=\"#([^\"]+)\"")) Assert.Contains(link.Groups[1].Value, ids);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Names_only_assets_that_exist(string name, Language language)
    {
        var html = await RenderAsync(name, language);
        AssetSet[] sets = [CheckoutAssets.Files, ShopAssets.Files, OfficeAssets.Files];
        var known = sets.SelectMany(set => set.All.Select(asset => set.Url(asset.Name))).ToHashSet();

        Assert.All(Regex.Matches(html, "/assets/[^\"]+").Select(m => m.Value), url => Assert.Contains(url, known));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Weighs_at_most_14_kilobytes_compressed(string name, Language language)
    {
        var html = System.Text.Encoding.UTF8.GetBytes(await RenderAsync(name, language));
        using var compressed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(html);

        Assert.InRange(compressed.Length, 1, 14 * 1024);
    }

    [Fact]
    public void Every_view_is_among_the_samples()
    {
        var shown = Samples.In(Language.English).Select(sample => sample.Model.GetType()).ToHashSet();
        var models = new[] { typeof(CheckoutAssets), typeof(ShopAssets), typeof(OfficeAssets) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(PageModel)) && !type.IsAbstract);

        Assert.All(models, model => Assert.Contains(model, shown));
    }

    [Fact]
    public async Task What_people_typed_is_never_markup()
    {
        var pay = Samples.Pay(Language.English) with { MerchantName = "<script>alert('1')</script>\"", Here = "/pay?x=\"><b>" };

        var html = await PageRenderer.RenderAsync(pay);

        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_security_code_is_never_given_back_and_the_card_number_never_printed_by_the_model()
    {
        var errors = Samples.In(Language.English).Single(sample => sample.Name == "pay-errors").Model;

        var html = await PageRenderer.RenderAsync(errors);

        Assert.Contains("value=\"4242 4242 4242 4241\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("value=", Regex.Match(html, "<input id=\"cvc\"[^>]*>").Value, StringComparison.Ordinal);
        Assert.DoesNotContain("4242 4242", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pay_page_makes_at_most_six_requests_and_45_kilobytes()
    {
        var html = await PageRenderer.RenderAsync(Samples.Pay(Language.Korean));
        var urls = Regex.Matches(html, "/assets/[^\"]+").Select(m => m.Value).Distinct().ToList();
        AssetSet[] sets = [CheckoutAssets.Files, ShopAssets.Files];
        var assets = sets.SelectMany(set => set.All.Where(asset => urls.Contains(set.Url(asset.Name)))).ToList();

        Assert.InRange(assets.Count + 1, 4, 6);
        Assert.InRange(assets.Sum(asset => asset.For(false, true).Bytes.Length), 1, 31 * 1024);
        Assert.InRange(CheckoutAssets.Files["checkout.css"].For(false, true).Bytes.Length, 1, 10 * 1024);
        Assert.InRange(CheckoutAssets.Files["checkout.js"].For(false, true).Bytes.Length, 1, 4 * 1024);
    }

    private static Task<string> RenderAsync(string name, Language language) =>
        PageRenderer.RenderAsync(Samples.In(language).Single(sample => sample.Name == name).Model);

    [GeneratedRegex("""<style|<[^>]+\sstyle=|<[^>]+\son[a-z]+=|<script(?![^>]*\ssrc=)|href="javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();
}
