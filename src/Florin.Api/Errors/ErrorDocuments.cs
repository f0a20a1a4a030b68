using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Florin.Kernel;

namespace Florin.Api.Errors;

/// <summary>All that is told about one word, as a page and as a file under <c>docs/errors/</c>.</summary>
/// <param name="Sections">One as <c>error.code</c>, one as <c>error.decline_code</c>, or both: some words are either.</param>
internal sealed record ErrorDocument(string Word, IReadOnlyList<ErrorSection> Sections);

/// <param name="Field">Where the word stands: <c>code</c> or <c>decline_code</c>.</param>
/// <param name="Facts">Name and value, for a table; values that are code are in <see cref="ErrorFact.IsCode"/>.</param>
/// <param name="Related">Words with pages of their own that belong to this one.</param>
/// <param name="Example">A whole body, as the API would send it.</param>
internal sealed record ErrorSection(
    string Field, string Title, string When, string Advice, IReadOnlyList<ErrorFact> Facts, IReadOnlyList<string> Related, string Example);

internal sealed record ErrorFact(string Name, string Value, bool IsCode = false);

/// <summary>Makes the documents out of <see cref="ErrorCodes"/> and <see cref="DeclineReasons"/>; examples are written by
/// what answers real errors.</summary>
internal sealed class ErrorDocuments(Problems problems)
{
    private static readonly ErrorPlace Place = new("/v1/payment_intents", "req_018f0000000070008000000000000001");

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Every word that has a document, in the order of the alphabet.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. ErrorCodes.All.Select(code => code.Code).Union(DeclineReasons.All.Select(reason => reason.Word)).Order(StringComparer.Ordinal),
    ];

    public ErrorDocument? Find(string word)
    {
        var sections = new List<ErrorSection>();
        if (ErrorCodes.Find(word) is { } code) sections.Add(Of(code));
        if (DeclineReasons.Find(word) is { } reason) sections.Add(Of(reason));
        return sections.Count == 0 ? null : new ErrorDocument(word, sections);
    }

    private ErrorSection Of(ErrorCode code) => new(
        "code",
        code.Title,
        code.When,
        code.Advice,
        [
            new ErrorFact("HTTP status", string.Join(" or ", code.Statuses)),
            new ErrorFact("Type", code.Type, IsCode: true),
            new ErrorFact("Repeat it?", code.Repeat ?? RepeatAdvice(code.Statuses[0])),
        ],
        [.. DeclineReasons.All.Where(reason => reason.Code == code.Code).Select(reason => reason.Word)],
        Example(code.FrameworkStatus is { } status
            ? problems.From(status, code.Code, code.Example, Place, code.Param)
            : problems.From(new Refusal(code.Kinds[0], code.Code, code.Example, code.Param), Place)));

    private ErrorSection Of(DeclineReason reason) => new(
        "decline_code",
        reason.Title,
        reason.When,
        reason.Advice,
        [
            new ErrorFact("HTTP status", Problems.StatusOf(RefusalKind.Declined).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new ErrorFact("Type", Problems.TypeOf(RefusalKind.Declined), IsCode: true),
            new ErrorFact("Code beside it", reason.Code, IsCode: true),
            new ErrorFact("Next step", reason.StepTitle),
        ],
        reason.Code == reason.Word ? [] : [reason.Code],
        Example(problems.From(new Refusal(RefusalKind.Declined, reason.Code, reason.Message, DeclineCode: reason.Word), Place)));

    private static string RepeatAdvice(int status) => status switch
    {
        402 => "With another card, unless the decline code says otherwise.",
        409 or 429 or 503 => "Yes, with the same idempotency key, after Retry-After.",
        >= 500 => "Yes, with the same idempotency key.",
        _ => "No; the answer stays the same until the request changes.",
    };

    private static string Example(Storage.Idempotency.StoredResponse answer) =>
        JsonNode.Parse(answer.Body)!.ToJsonString(Readable);
}
