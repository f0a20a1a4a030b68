using Florin.Api.Errors;

namespace Florin.Api.Tests.Documents;

/// <summary>The documents of errors as files.</summary>
internal static class ErrorMarkdown
{
    /// <summary>The tables at the end of <c>docs/errors.md</c>; what stands above them is written by hand.</summary>
    public static string Tables() => Lines(
    [
        "| code | what it means | what to do |",
        "| --- | --- | --- |",
        .. ErrorCodes.All.Select(code => $"| {Link(code.Code)} | {code.Title} | {code.Advice} |"),
        "",
        "A declined card has a `decline_code` too:",
        "",
        "| decline code | what it means | what to do | beside it |",
        "| --- | --- | --- | --- |",
        .. DeclineReasons.All.Select(reason => $"| {Link(reason.Word)} | {reason.Title} | {reason.StepTitle} | `{reason.Code}` |"),
    ]);

    public static string Of(ErrorDocument document) =>
        Lines([$"# `{document.Word}`", "", .. document.Sections.SelectMany(Section), "[All errors](../errors.md)"]);

    private static IEnumerable<string> Section(ErrorSection section) =>
    [
        $"## {section.Title}, as `error.{section.Field}`",
        "",
        section.When,
        "",
        $"**What to do.** {section.Advice}",
        "",
        "| | |",
        "| --- | --- |",
        .. section.Facts.Select(fact => $"| {fact.Name} | {(fact.IsCode ? $"`{fact.Value}`" : fact.Value)} |"),
        "",
        .. Related(section),
        "```json",
        section.Example,
        "```",
        "",
    ];

    private static IEnumerable<string> Related(ErrorSection section) => section.Related.Count == 0
        ? []
        : [$"{ErrorPages.RelatedTitle(section)}: {string.Join(", ", section.Related.Select(word => $"[`{word}`]({word}.md)"))}.", ""];

    private static string Link(string word) => $"[`{word}`](errors/{word}.md)";

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
