using System.Text.RegularExpressions;

namespace Florin.Architecture.Tests;

/// <summary>Every code that a module refuses with is explained where <c>doc_url</c> leads.</summary>
public sealed partial class RefusalCodeTests
{
    // Shown by pages and commands as sentences; the API has no way to them.
    private static readonly string[] NeverInTheApi = ["api_key_not_in_use", "connector_account_in_use", "email_taken", "password_too_short", "not_enough_left", "sign_in_failed"];

    [Fact]
    public void Every_code_that_a_module_refuses_with_is_explained()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Source.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        var codes = sources.SelectMany(Codes).Distinct().ToList();
        Assert.NotEmpty(codes);
        Assert.Empty(codes.Except(Explained()).Except(NeverInTheApi));
    }

    [Fact]
    public void A_planted_code_is_caught() => Assert.NotEmpty(
        Codes("new Refusal(\n    RefusalKind.Conflict,\n    \"planted_code\", \"Nobody explained this.\")").Except(Explained()));

    private static IEnumerable<string> Codes(string source) => Refusals().Matches(source).Select(match => match.Groups["code"].Value);

    private static IEnumerable<string> Explained() =>
        Rows().Matches(File.ReadAllText(Path.Combine(Source.Root, "docs", "errors.md"))).Select(match => match.Groups["code"].Value);

    [GeneratedRegex("""RefusalKind\.\w+,\s*"(?<code>[a-z_.]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refusals();

    [GeneratedRegex("^\\| \\[`(?<code>[a-z_]+)`\\]", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rows();
}
