using Florin.Kernel;

namespace Florin.BackOffice.Pages;

/// <summary>Claims of buyers, newest first.</summary>
internal sealed record DisputesModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Disputes;

    public required IReadOnlyList<DisputeRow> Disputes { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(DisputesPage);
}

/// <param name="DueBy">Until when an answer is listened to; null where none is awaited.</param>
internal sealed record DisputeRow(
    string Id, string Url, Money Amount, DisputeBadge State, DisputeCause Cause, DateTimeOffset? DueBy, DateTimeOffset CreatedAt);

/// <summary>How a dispute stands, in the words of the list.</summary>
internal enum DisputeBadge
{
    InquiryNeedsResponse,
    InquiryUnderReview,
    InquiryClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

internal enum DisputeCause
{
    Fraudulent,
    ProductNotReceived,
    Other,
}

/// <summary>One dispute, with what may be said to it.</summary>
internal sealed record DisputeDetailModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Disputes;

    public required DisputeRow Dispute { get; init; }

    public required string PaymentUrl { get; init; }

    public required string PaymentId { get; init; }

    public required Money Fee { get; init; }

    public required string Gateway { get; init; }

    /// <summary>The scheme's code of the reason.</summary>
    public string? NetworkCode { get; init; }

    /// <summary>Where the form is posted, as an upload. Fields: <c>form_token</c>, those of <see cref="Evidence"/>, and <c>do</c>
    /// (<c>save</c> or <c>submit</c>). Null where nothing can be said any more.</summary>
    public string? Action { get; init; }

    /// <summary>Where giving up is posted, with <c>form_token</c>; null where that is not possible.</summary>
    public string? CloseAction { get; init; }

    public required string FormToken { get; init; }

    public required IReadOnlyList<EvidenceRow> Evidence { get; init; }

    public DisputeProblem? Problem { get; init; }

    /// <summary>Set right after it was saved or submitted.</summary>
    public bool JustSaved { get; init; }

    /// <summary>Nobody knows yet whether what was submitted arrived.</summary>
    public bool IsUnanswered { get; init; }

    public required IReadOnlyList<LedgerPosting> Postings { get; init; }

    protected override Type View => typeof(DisputePage);
}

/// <param name="Field">As the API names it.</param>
/// <param name="Value">A text, or the name of a file.</param>
/// <param name="FileUrl">Where a file is downloaded.</param>
internal sealed record EvidenceRow(string Field, EvidenceKind Kind, string? Value, string? FileUrl = null);

internal enum EvidenceKind
{
    Line,
    Paragraph,
    File,
}

internal enum DisputeProblem
{
    FormExpired,

    /// <summary>It moved on, or its deadline passed, while the form was open.</summary>
    Changed,
    NothingToSubmit,
    FileTooLarge,
    FileTypeUnknown,

    /// <summary>The gateway did not take it.</summary>
    Declined,
    NotSent,

    /// <summary>The gateway has too much to do; nothing was begun.</summary>
    GatewayFull,
}
