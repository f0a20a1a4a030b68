using Florin.Kernel;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>The payments that match a filter, newest first.</summary>
internal sealed record PaymentsModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Payments;

    public required PaymentFilter Filter { get; init; }

    /// <summary>Codes to choose from.</summary>
    public required IReadOnlyList<string> Currencies { get; init; }

    public required IReadOnlyList<PaymentRow> Payments { get; init; }

    /// <summary>The page before this one, with the filter; null on the first.</summary>
    public string? NewerUrl { get; init; }

    /// <summary>The page after this one, with the filter; null on the last.</summary>
    public string? OlderUrl { get; init; }

    protected override Type View => typeof(PaymentsPage);
}

/// <summary>The filter as its query has it; what cannot be read stays in its box, beside a sentence.</summary>
/// <remarks>Query names: <c>q</c>, <c>state</c>, <c>currency</c>, <c>from</c>, <c>to</c> (days), <c>min</c>,
/// <c>max</c> (major units). The filter lives in the URL alone.</remarks>
internal sealed record PaymentFilter(
    string? Text = null,
    PaymentBadge? State = null,
    string? Currency = null,
    string? MinAmount = null,
    string? MaxAmount = null,
    string? FromDay = null,
    string? ToDay = null)
{
    public bool MinAmountUnreadable { get; init; }

    public bool MaxAmountUnreadable { get; init; }

    public bool FromDayUnreadable { get; init; }

    public bool ToDayUnreadable { get; init; }

    public bool IsEmpty => this == new PaymentFilter();
}

/// <summary>How a payment stands, in the words of the list.</summary>
internal enum PaymentBadge
{
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    /// <summary>Being processed because a gateway did not answer.</summary>
    Unknown,
    RequiresCapture,
    Succeeded,
    PartiallyRefunded,
    Refunded,
    Canceled,
}

/// <param name="Method">As in <c>Visa •••• 4242</c>; null before a method is known.</param>
internal sealed record PaymentRow(
    string Id, string Url, Money Amount, PaymentBadge State, string? Description, string? Method, DateTimeOffset CreatedAt);

/// <summary>All about one payment.</summary>
internal sealed record PaymentDetailModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Payments;

    public required string Id { get; init; }

    public required Money Amount { get; init; }

    public Money? Captured { get; init; }

    public Money? Refunded { get; init; }

    public required PaymentBadge State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? Description { get; init; }

    public string? Method { get; init; }

    /// <summary>ISO 3166-1 alpha-2; null where it is not known.</summary>
    public string? CardCountry { get; init; }

    public string? CustomerEmail { get; init; }

    /// <summary>As in <c>aurora</c>; null before a gateway was chosen.</summary>
    public string? Gateway { get; init; }

    /// <summary>The refund form; null where nothing is left to refund.</summary>
    public string? RefundUrl { get; init; }

    /// <summary>Set right after a refund was made.</summary>
    public Money? JustRefunded { get; init; }

    /// <summary>Its place in the work queue; null where all about it is known.</summary>
    public string? UnknownOutcomeUrl { get; init; }

    /// <summary>The latest claim against it; null where nobody disputes it.</summary>
    public DisputeRow? Dispute { get; init; }

    /// <summary>Everything that happened, oldest first.</summary>
    public required IReadOnlyList<TimelineEntry> Timeline { get; init; }

    public required IReadOnlyList<LedgerPosting> Postings { get; init; }

    /// <summary>One for each attempt, oldest first.</summary>
    public IReadOnlyList<RoutingDecisionRow> Decisions { get; init; } = [];

    public required IReadOnlyList<WebhookDelivery> Deliveries { get; init; }

    public required IReadOnlyList<MetadataEntry> Metadata { get; init; }

    /// <summary>The payment as the API shows it, indented.</summary>
    public required string RawJson { get; init; }

    protected override Type View => typeof(PaymentPage);
}

/// <param name="Id">Of the attempt, capture, refund or event.</param>
/// <param name="Detail">A gateway's own code and words, or another sentence for operators.</param>
internal sealed record TimelineEntry(
    DateTimeOffset At, TimelineKind Kind, string? Id = null, Money? Amount = null, string? Detail = null)
{
    /// <summary>What shows it, where something does.</summary>
    public FileId? File { get; init; }
}

internal enum TimelineKind
{
    Created,
    AttemptSent,
    Challenged,
    Authorized,
    Captured,
    Declined,
    NotSent,
    OutcomeUnknown,
    OutcomeAsked,
    Voided,
    RefundRequested,
    Refunded,
    RefundFailed,
    Canceled,

    /// <summary>Money came after the payment was given up, and goes back.</summary>
    LateReturned,

    /// <summary>Such money was kept, and the payment succeeded by it.</summary>
    LateKept,

    /// <summary>Such money waits for a person.</summary>
    LateWaits,

    /// <summary>A person said what became of it.</summary>
    OutcomeStated,
    DisputeOpened,
    EventRecorded,
}

/// <summary>One side is set, never both.</summary>
internal sealed record LedgerPosting(string Transaction, string Url, DateTimeOffset At, string Account, string AccountUrl, Money? Debit, Money? Credit);

internal sealed record MetadataEntry(string Key, string Value);
