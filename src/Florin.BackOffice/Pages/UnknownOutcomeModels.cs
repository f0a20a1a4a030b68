using Florin.Connectors;
using Florin.Payments;

namespace Florin.BackOffice.Pages;

/// <summary>What nobody knows the outcome of, and what waits for a person; newest first.</summary>
internal sealed record UnknownOutcomesModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.UnknownOutcomes;

    public required OutcomeFilter Filter { get; init; }

    /// <summary>Codes to choose from.</summary>
    public required IReadOnlyList<string> Currencies { get; init; }

    /// <summary>Accounts to choose from.</summary>
    public required IReadOnlyList<Gateway> Gateways { get; init; }

    public required IReadOnlyList<UnknownOutcome> Items { get; init; }

    /// <summary>The latest actions on many items.</summary>
    public required IReadOnlyList<OutcomeBulk> Bulks { get; init; }

    /// <summary>Where the form around the list is posted. Fields: <c>form_token</c>, <c>id</c> for each ticked item or <c>all</c>
    /// for all that match the filter, <c>act</c>, and of <c>accept</c> <c>outcome</c> and <c>evidence</c>; <c>sure</c> of all but <c>query</c>.</summary>
    public required string BulkAction { get; init; }

    /// <summary>Bound to the latest bulk action, so that a double click starts one.</summary>
    public required string FormToken { get; init; }

    public BulkEntry Entry { get; init; } = new();

    public OutcomeProblem? Problem { get; init; }

    /// <summary>What was refused, in the words of the API.</summary>
    public string? ProblemDetail { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(UnknownOutcomesPage);
}

/// <summary>The filter as its query has it; what cannot be read stays in its box, beside a sentence.</summary>
/// <remarks>Query names: <c>kind</c>, <c>reason</c> (or <see cref="Waiting"/>), <c>gateway</c>, <c>currency</c>, <c>min</c>, <c>max</c>
/// (major units of the currency) and <c>age</c>.</remarks>
internal sealed record OutcomeFilter(
    UnknownOutcomeKind? Kind = null,
    UnknownOutcomeReason? Reason = null,
    bool WaitsForPerson = false,
    ConnectorAccountId? Gateway = null,
    string? Currency = null,
    string? MinAmount = null,
    string? MaxAmount = null,
    OutcomeAge? Age = null)
{
    /// <summary>Stands for every reason for which nobody asks any more by itself.</summary>
    public const string Waiting = "waits_for_person";

    public OutcomeAmountError? MinAmountError { get; init; }

    public OutcomeAmountError? MaxAmountError { get; init; }

    public bool IsReadable => MinAmountError is null && MaxAmountError is null;

    public bool IsEmpty => this == new OutcomeFilter();
}

/// <summary>How long ago it was sent, at least.</summary>
internal enum OutcomeAge
{
    Hour,
    Day,
    Week,
}

internal enum OutcomeAmountError
{
    Unreadable,

    /// <summary>An amount means nothing before its currency is chosen.</summary>
    CurrencyMissing,
}

/// <summary>What was ticked and typed, where it was not taken.</summary>
internal sealed record BulkEntry(bool IsAll = false, AcceptedOutcome? Outcome = null, string? Evidence = null)
{
    public IReadOnlySet<UnknownOutcomeId> Ticked { get; init; } = new HashSet<UnknownOutcomeId>();
}

internal enum OutcomeProblem
{
    FormExpired,

    /// <summary>It has an outcome by now.</summary>
    Settled,
    NothingChosen,
    NotConfirmed,
    OutcomeMissing,
    EvidenceMissing,
    ReferenceMissing,
    TooLong,
    DoesNotFit,
    NotQueryable,
    NotCancelable,
    NotKeepable,
    TooMany,
    FileTooLarge,
    FileTypeUnknown,

    /// <summary>So much waits for the gateway that nothing was sent.</summary>
    GatewayFull,

    /// <summary>Refused for a reason that only its own words tell.</summary>
    Refused,
}

/// <summary>One item: what is known, what was asked and done, what can be done.</summary>
internal sealed record UnknownOutcomeModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.UnknownOutcomes;

    public required UnknownOutcome Item { get; init; }

    /// <summary>Bound to the item as it is shown. The forms are posted to the page's address and <c>/query</c>, <c>/accept</c>
    /// (<c>outcome</c>, <c>evidence</c>, <c>gateway_reference</c>, <c>document</c>, <c>sure</c>) and <c>/cancel</c> (<c>sure</c>).</summary>
    public required string FormToken { get; init; }

    public AcceptEntry Entry { get; init; } = new();

    public OutcomeProblem? Problem { get; init; }

    /// <inheritdoc cref="UnknownOutcomesModel.ProblemDetail"/>
    public string? ProblemDetail { get; init; }

    /// <summary>Set right after something was done.</summary>
    public OutcomeBulkAct? JustDone { get; init; }

    protected override Type View => typeof(UnknownOutcomePage);
}

/// <inheritdoc cref="BulkEntry"/>
internal sealed record AcceptEntry(AcceptedOutcome? Outcome = null, string? Evidence = null, string? GatewayReference = null)
{
    /// <summary>Uploaded before, where the rest was not taken: it need not be sent again.</summary>
    public FileId? File { get; init; }
}

/// <summary>How far an action on many items is.</summary>
internal sealed record OutcomeBulkModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.UnknownOutcomes;

    public required OutcomeBulk Bulk { get; init; }

    public required IReadOnlyList<OutcomeBulkItem> Items { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(OutcomeBulkPage);
}

/// <summary>What becomes of money that comes after its payment was given up.</summary>
internal sealed record PaymentPolicyModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.UnknownOutcomes;

    public required LateSuccessPolicy LateSuccess { get; init; }

    /// <summary>Fields: <c>form_token</c> and <c>late_success</c>.</summary>
    public required string FormToken { get; init; }

    public bool JustSaved { get; init; }

    public bool NotSaved { get; init; }

    protected override Type View => typeof(PaymentPolicyPage);
}
