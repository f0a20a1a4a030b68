using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>The work queue: what nobody knows the outcome of, and what waits for a person.</summary>
/// <remarks>Whatever is learned or decided here goes the way of every other answer: one move, one ledger transaction, one
/// event. Each act of a person is in the audit log, in the transaction that it changes something in.</remarks>
public interface IUnknownOutcomes
{
    Task<Page<UnknownOutcome>> ListAsync(
        MerchantScope scope, UnknownOutcomeFilter filter, PageRequest<UnknownOutcomeId> page, CancellationToken ct);

    Task<UnknownOutcomeCount> CountAsync(MerchantScope scope, UnknownOutcomeFilter filter, CancellationToken ct);

    /// <summary>How many there are, counted no further than <paramref name="most"/>: cheap enough for every page.</summary>
    Task<int> CountUpToAsync(MerchantScope scope, UnknownOutcomeFilter filter, int most, CancellationToken ct);

    /// <summary>One item with all that was asked and done about it; also when it has left the queue.</summary>
    Task<UnknownOutcome?> FindAsync(MerchantScope scope, UnknownOutcomeId id, CancellationToken ct);

    /// <summary>Asks the gateway now.</summary>
    /// <returns>The item as it is then; or a refusal, where there is nothing to ask, or so much is asked of the gateway already
    /// that it was not.</returns>
    Task<Result<UnknownOutcome>> QueryAsync(OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct);

    /// <summary>Writes down an outcome that a person learned in another way.</summary>
    /// <returns>The item, out of the queue then; or a refusal, where the outcome does not fit or another came first.</returns>
    Task<Result<UnknownOutcome>> AcceptAsync(
        OutcomeRequest request, UnknownOutcomeId id, OutcomeEvidence evidence, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct);

    /// <summary>Has it undone at the gateway, where that is possible: an authorization is reversed and its payment given up, a
    /// refund called back, money that came too late returned.</summary>
    Task<Result<UnknownOutcome>> CancelAsync(OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct);

    /// <summary>Does the same to many, one after another, in jobs.</summary>
    Task<Result<OutcomeBulk>> StartBulkAsync(OutcomeRequest request, NewOutcomeBulk bulk, IdempotentWrite<OutcomeBulk>? answer, CancellationToken ct);

    Task<OutcomeBulk?> FindBulkAsync(MerchantScope scope, OutcomeBulkId id, CancellationToken ct);

    Task<Page<OutcomeBulk>> ListBulksAsync(MerchantScope scope, PageRequest<OutcomeBulkId> page, CancellationToken ct);

    /// <summary>What became of each item.</summary>
    Task<Page<OutcomeBulkItem>> ListBulkItemsAsync(OutcomeBulkId id, PageRequest<UnknownOutcomeId> page, CancellationToken ct);
}

/// <summary>Who acts, and on whose payments.</summary>
public sealed record OutcomeRequest(PaymentRequest Request, AuditActor Actor);

/// <summary>Names one item of the work queue: <c>uo_</c>, and the digits of what it is about.</summary>
public readonly record struct UnknownOutcomeId(Guid Value) : IId<UnknownOutcomeId>
{
    public static string Prefix => "uo_";

    public static UnknownOutcomeId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>Names one bulk action on the work queue.</summary>
public readonly record struct OutcomeBulkId(Guid Value) : IId<OutcomeBulkId>
{
    public static string Prefix => "uob_";

    public static OutcomeBulkId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <param name="Amount">Of the operation; of a dispute, what is claimed.</param>
/// <param name="Operation">What it is about, by its own id; for most, our key at the gateway.</param>
/// <param name="Explanation">What was said last, or why a person must look.</param>
/// <param name="Queries">How often the gateway was asked.</param>
/// <param name="Since">When it was sent; of money that came too late, when it came.</param>
public sealed record UnknownOutcome(
    UnknownOutcomeId Id,
    MerchantScope Scope,
    UnknownOutcomeKind Kind,
    UnknownOutcomeReason Reason,
    Money Amount,
    string Connector,
    ConnectorAccountId ConnectorAccount,
    string Operation,
    string? GatewayReference,
    string? Explanation,
    int Queries,
    DateTimeOffset Since)
{
    public PaymentIntentId? PaymentIntent { get; init; }

    public SetupIntentId? SetupIntent { get; init; }

    public DisputeId? Dispute { get; init; }

    public ChargeId? Charge { get; init; }

    /// <summary>What a person may do.</summary>
    public bool CanQuery { get; init; }

    public bool CanCancel { get; init; }

    /// <summary>The outcomes that <see cref="IUnknownOutcomes.AcceptAsync"/> takes.</summary>
    public IReadOnlyList<AcceptedOutcome> Outcomes { get; init; } = [];

    /// <summary>What was asked and done, oldest first. Empty in lists.</summary>
    public IReadOnlyList<OutcomeAct> Acts { get; init; } = [];
}

public enum UnknownOutcomeKind
{
    Payment,
    Capture,
    Void,
    Increment,
    Refund,
    Setup,

    /// <summary>A verified card's small hold is to be freed.</summary>
    Release,

    /// <summary>Something was said to a dispute.</summary>
    Evidence,

    /// <summary>Money that came after its payment was given up.</summary>
    LateSuccess,
    Dispute,
}

public enum UnknownOutcomeReason
{
    /// <summary>The gateway has not said yet; it goes on being asked.</summary>
    NoAnswer,

    /// <summary>The gateway was asked as often as it is by itself; only a person asks again.</summary>
    ScheduleExhausted,

    /// <summary>Somebody must decide whether the money is kept.</summary>
    LateSuccess,

    /// <summary>Money must go back and the gateway does not return it, or what it says of a charge contradicts itself.</summary>
    NotReturned,

    /// <summary>What the gateway says of a dispute cannot be booked.</summary>
    DisputeContradicted,

    /// <summary>It has left the queue.</summary>
    Settled,
}

/// <summary>What a person may state. Which of them fit depends on the kind.</summary>
public enum AcceptedOutcome
{
    Captured,
    Authorized,
    Declined,
    NeverSent,
    Voided,
    Refunded,

    /// <summary>The evidence arrived.</summary>
    Received,

    /// <summary>The payment succeeds by the money that came too late.</summary>
    Kept,

    /// <summary>The money went back in another way, or the contradiction was cleared up outside of Florin.</summary>
    Resolved,
}

/// <param name="GatewayReference">The gateway's own name for it; needed where money moved.</param>
/// <param name="Evidence">Where it was learned: at most <see cref="MostCharacters"/>.</param>
/// <param name="File">An uploaded document.</param>
public sealed record OutcomeEvidence(AcceptedOutcome Outcome, string? GatewayReference, string Evidence, FileId? File)
{
    public const int MostCharacters = 5_000;

    public const int MostReferenceCharacters = 200;
}

/// <param name="MostSince">Only what was sent before.</param>
/// <param name="WaitsForPerson">Only what nobody asks about any more by itself.</param>
public sealed record UnknownOutcomeFilter(
    UnknownOutcomeKind? Kind = null,
    UnknownOutcomeReason? Reason = null,
    ConnectorAccountId? ConnectorAccount = null,
    Currency? Currency = null,
    long? LeastMinor = null,
    long? MostMinor = null,
    DateTimeOffset? SentFrom = null,
    DateTimeOffset? SentBefore = null,
    bool? WaitsForPerson = null);

/// <param name="Total">Counted up to <see cref="Most"/>.</param>
public sealed record UnknownOutcomeCount(
    MerchantScope Scope, long Total, long WaitsForPerson, IReadOnlyDictionary<UnknownOutcomeKind, long> ByKind)
{
    /// <summary>More are not counted one by one.</summary>
    public const int Most = 100_000;
}

/// <summary>One thing that was asked or done.</summary>
/// <param name="Said">What it came to, in a word.</param>
/// <param name="Actor">Null where Florin asked by itself.</param>
public sealed record OutcomeAct(
    OutcomeActKind Kind, string Said, string? Explanation, string? GatewayReference, FileId? File, string? Actor, DateTimeOffset At);

/// <summary>An outcome of something about a payment that a person stated.</summary>
public sealed record OutcomeStatement(UnknownOutcomeId Item, OutcomeAct Act);

public enum OutcomeActKind
{
    Query,
    Reversal,
    Acceptance,
    Cancellation,
}

public enum OutcomeBulkAct
{
    Query,
    Accept,
    Cancel,
}

/// <param name="Ids">Either these or all that match <paramref name="Filter"/>, as they are at this moment; at most
/// <see cref="MostItems"/>.</param>
/// <param name="Outcome">Of <see cref="OutcomeBulkAct.Accept"/>: only what needs no gateway's reference.</param>
public sealed record NewOutcomeBulk(
    OutcomeBulkAct Act, IReadOnlyList<UnknownOutcomeId>? Ids, UnknownOutcomeFilter? Filter, AcceptedOutcome? Outcome, string? Evidence)
{
    public const int MostItems = 10_000;
}

public sealed record OutcomeBulk(
    OutcomeBulkId Id,
    MerchantScope Scope,
    OutcomeBulkAct Act,
    AcceptedOutcome? Outcome,
    string? Evidence,
    AuditActor Actor,
    long Total,
    long Done,
    long Failed,
    DateTimeOffset CreatedAt)
{
    public bool IsComplete => Done + Failed == Total;
}

/// <param name="Code">Why it failed; null where it did not.</param>
/// <param name="Message">What it came to.</param>
public sealed record OutcomeBulkItem(UnknownOutcomeId Id, OutcomeBulkItemState State, string? Code, string? Message);

public enum OutcomeBulkItemState
{
    Queued,
    Done,
    Failed,
}
