using Florin.Kernel;

namespace Florin.BackOffice.Pages;

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
