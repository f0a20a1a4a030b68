using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>A page for people who are signed in.</summary>
internal abstract record OfficeModel : PageModel
{
    public required OfficeFrame Frame { get; init; }

    /// <summary>Which entry of the navigation it lies behind.</summary>
    public abstract OfficeSection Section { get; }
}

/// <summary>The entries of the navigation, each one idea.</summary>
internal enum OfficeSection
{
    Payments,
    UnknownOutcomes,
    Disputes,
    Ledger,
    Routing,
    Webhooks,
    Keys,
    Requests,
    Gateways,
    Audit,
}

/// <summary>What every signed-in page shows around its content.</summary>
/// <param name="UserName">Who is signed in, as they signed in.</param>
/// <param name="SignOutAction">A form with the one field <c>form_token</c> is posted here.</param>
internal sealed record OfficeFrame(
    bool TestMode,
    string MerchantName,
    string UserName,
    string PaymentsUrl,
    string DisputesUrl,
    string WebhooksUrl,
    string SignOutAction,
    string SignOutToken)
{
    /// <summary>The most that <see cref="UnknownOutcomes"/> counts; what is shown then says that there are more.</summary>
    public const int MostUnknownOutcomes = 100;

    /// <summary>How many items wait in the work queue.</summary>
    public int UnknownOutcomes { get; init; }
}

/// <summary>The door.</summary>
internal sealed record SignInModel : PageModel
{
    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>return_to</c>, <c>email</c>, <c>password</c>.</summary>
    public required string Action { get; init; }

    public required string FormToken { get; init; }

    /// <summary>The page that was asked for, to go on to.</summary>
    public string? ReturnTo { get; init; }

    public string? Email { get; init; }

    public SignInProblem? Problem { get; init; }

    public bool TestMode { get; init; }

    protected override Type View => typeof(SignInPage);
}

internal enum SignInProblem
{
    /// <summary>Unknown person or wrong password; which of the two is not said.</summary>
    Refused,
    /// <summary>Too many tries; wait.</summary>
    Locked,
    FormExpired,
    SignedOut,
}

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

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="PaymentUrl">The payment it speaks of; null where the page shows that payment already.</param>
internal sealed record WebhookDelivery(
    string EventId, string EventType, string EndpointUrl, DeliveryState State, IReadOnlyList<DeliveryAttempt> Attempts, string? PaymentUrl = null);

internal enum DeliveryState
{
    Waiting,
    Delivered,
    /// <summary>Failed so far; it will be tried again.</summary>
    Retrying,
    /// <summary>Given up.</summary>
    Failed,
}

/// <param name="Status">The HTTP status; null where no answer came.</param>
/// <param name="Detail">What went wrong, in a developer's words.</param>
internal sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int DurationMs, string? Detail = null);

/// <summary>Giving money back.</summary>
internal sealed record RefundModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Payments;

    public required string PaymentId { get; init; }

    public required string PaymentUrl { get; init; }

    public required Money Captured { get; init; }

    public required Money AlreadyRefunded { get; init; }

    /// <summary>Where the form is posted. Fields: <c>form_token</c>, <c>amount</c> (major units, as in 12.50),
    /// <c>reason</c> (<c>requested_by_customer</c>, <c>duplicate</c>, <c>fraudulent</c>), <c>note</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Bound to the payment and to what remains, so that a doubled or stale form is refused.</summary>
    public required string FormToken { get; init; }

    /// <summary>What was typed; null prefills all that remains.</summary>
    public string? Amount { get; init; }

    public RefundReason Reason { get; init; } = RefundReason.RequestedByCustomer;

    public string? Note { get; init; }

    public RefundAmountError? AmountError { get; init; }

    /// <summary>Set when the form was right and the refund was still not made.</summary>
    public RefundProblem? Problem { get; init; }

    /// <summary>The ledger postings that a full refund of what remains would make.</summary>
    public required IReadOnlyList<RefundEffect> Effects { get; init; }

    public Money Remaining => Captured - AlreadyRefunded;

    protected override Type View => typeof(RefundPage);
}

/// <param name="Account">A ledger account's name.</param>
internal sealed record RefundEffect(string Account, Money? Debit, Money? Credit);

internal enum RefundReason
{
    RequestedByCustomer,
    Duplicate,
    Fraudulent,
}

internal enum RefundAmountError
{
    Missing,
    Unreadable,
    NotPositive,
    /// <summary>More digits than the currency has.</summary>
    TooManyDigits,
    MoreThanRemains,
}

internal enum RefundProblem
{
    /// <summary>The payment changed meanwhile: another refund, a dispute.</summary>
    Changed,
    /// <summary>The gateway said no; nothing was returned.</summary>
    Declined,
    /// <summary>The gateway did not answer: it may have been returned, and asking goes on by itself.</summary>
    Unknown,
    /// <summary>It never reached the gateway; nothing was returned.</summary>
    NotSent,
    /// <summary>The gateway has too much to do; nothing was sent.</summary>
    GatewayFull,
    FormExpired,
}

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

/// <summary>Webhook deliveries, newest first.</summary>
internal sealed record WebhooksModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Webhooks;

    /// <summary>Where the merchant wants to be told.</summary>
    public IReadOnlyList<WebhookEndpointRow> Endpoints { get; init; } = [];

    public required IReadOnlyList<WebhookDelivery> Deliveries { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(WebhooksPage);
}

/// <param name="PageUrl">The page about it.</param>
internal sealed record WebhookEndpointRow(string PageUrl, string Url, bool IsEnabled);

/// <summary>One endpoint: how it stands, its secret, and the calls made to it.</summary>
/// <remarks>Every form is posted to <see cref="Action"/> and a word, with the field <c>form_token</c>: <c>/enable</c>,
/// <c>/disable</c>, <c>/roll</c> (<c>overlap_hours</c>) and <c>/resend</c> (<c>hours</c>, or <c>event</c>).</remarks>
internal sealed record WebhookEndpointModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Webhooks;

    public required string Id { get; init; }

    public required string Url { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public required bool IsEnabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when the secret before the last roll signs too.</summary>
    public DateTimeOffset? OldSecretEndsAt { get; init; }

    /// <summary>The secret just made, which no other page will ever show.</summary>
    public string? NewSecret { get; init; }

    public required string Action { get; init; }

    public required string FormToken { get; init; }

    public WebhookNotice? Notice { get; init; }

    /// <summary>How many events were queued again.</summary>
    public int Resent { get; init; }

    public required IReadOnlyList<WebhookCall> Calls { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(WebhookEndpointPage);
}

internal enum WebhookNotice
{
    Resent,
    /// <summary>The endpoint is disabled, so nothing is sent to it.</summary>
    NotResent,
    FormExpired,
}

/// <param name="Status">The HTTP status; null where no answer came.</param>
/// <param name="Request">What was sent, as head and body.</param>
/// <param name="Answer">What came back, as head and body; or why nothing did.</param>
internal sealed record WebhookCall(
    string EventId, string EventType, DateTimeOffset At, int? Status, int DurationMs, bool IsTaken, string Request, string Answer);

/// <summary>Something is not there, or went wrong; stands alone, since there may be no one signed in.</summary>
internal sealed record OfficeProblemModel : PageModel
{
    public required OfficeProblem Problem { get; init; }

    public required string HomeUrl { get; init; }

    public required string RequestId { get; init; }

    protected override Type View => typeof(OfficeProblemPage);
}

internal enum OfficeProblem
{
    NotFound,
    Forbidden,
    FormExpired,
    Failed,
}
