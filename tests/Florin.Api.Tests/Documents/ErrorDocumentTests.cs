using System.Text.RegularExpressions;
using Florin.Api.Errors;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Wire;

namespace Florin.Api.Tests.Documents;

public sealed partial class ErrorDocumentTests(ApiServer api) : IClassFixture<ApiServer>
{
    private static readonly ErrorDocuments Documents = new(new Problems(Samples.Address));

    public static TheoryData<string> Words => [.. ErrorDocuments.Words];

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_code_and_decline_code_has_a_file(string word) =>
        Approved.AssertIs(ErrorMarkdown.Of(Documents.Find(word)!), $"docs/errors/{word}.md");

    [Fact]
    public void No_file_is_left_of_a_code_that_is_gone()
    {
        var files = Directory.EnumerateFiles(Approved.PathOf("docs/errors")).Where(file => !ErrorDocuments.Words.Contains(Path.GetFileNameWithoutExtension(file)));
        if (Approved.IsApproving)
        {
            foreach (var file in files.ToList()) File.Delete(file);
        }

        Assert.Empty(files);
    }

    [Fact]
    public void The_list_of_errors_ends_with_every_code_and_decline_code()
    {
        var written = File.ReadAllText(Approved.PathOf("docs/errors.md")).ReplaceLineEndings("\n");
        var head = written[..written.IndexOf("| code |", StringComparison.Ordinal)];
        Approved.AssertIs(head + ErrorMarkdown.Tables(), "docs/errors.md");
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Every_code_and_decline_code_has_a_page(string word)
    {
        var page = await api.SendAsync("GET", $"{ErrorPages.Path}/{word}", key: null);
        Assert.Equal(200, page.Status);
        Assert.Contains($"<h1><code>{word}</code></h1>", page.Text, StringComparison.Ordinal);
        Assert.All(Documents.Find(word)!.Sections, section => Assert.Contains($"<section id=\"{section.Field}\">", page.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_word_that_is_no_code_is_answered_with_the_list() =>
        Assert.Equal(404, (await api.SendAsync("GET", ErrorPages.Path + "/nothing", key: null)).Status);

    [Fact]
    public async Task An_old_link_into_the_list_still_finds_its_code()
    {
        var page = await api.SendAsync("GET", ErrorPages.Path, key: null);
        Assert.All(ErrorCodes.All, code => Assert.Contains($"<div id=\"{code.Code}\">", page.Text, StringComparison.Ordinal));
        Assert.All(ErrorDocuments.Words, word => Assert.Contains($"href=\"{ErrorPages.Path}/{word}\"", page.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_code_stands_in_the_table_once() =>
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.DistinctBy(code => code.Code).Count());

    [Fact]
    public void Every_reason_of_a_decline_comes_with_a_code_that_is_explained() =>
        Assert.All(Enum.GetValues<DeclineCode>(), code => Assert.NotNull(ErrorCodes.Find(DeclineText.Of(code).Code)));

    [Fact]
    public void Every_refusal_in_the_sources_is_of_a_kind_that_its_page_tells()
    {
        var wrong = Directory.EnumerateFiles(Approved.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => WronglyTold(File.ReadAllText(file)))
            .Distinct();
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_planted_refusal_of_another_kind_is_caught() =>
        Assert.Equal(["amount_too_small as Forbidden"], WronglyTold("new Refusal(\n    RefusalKind.Forbidden, \"amount_too_small\", \"No.\")"));

    // Codes that the table lacks are the business of RefusalCodeTests.
    private static IEnumerable<string> WronglyTold(string source) =>
        from match in Refusals().Matches(source)
        let kind = Enum.Parse<RefusalKind>(match.Groups["kind"].Value)
        let code = ErrorCodes.Find(match.Groups["code"].Value)
        where code is { FrameworkStatus: null } && !code.Kinds.Contains(kind)
        select $"{code.Code} as {kind}";

    [GeneratedRegex("""RefusalKind\.(?<kind>\w+),\s*"(?<code>[a-z_]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refusals();
}
