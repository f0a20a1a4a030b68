using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments;

/// <summary>Where a merchant's payments are sent: rules in versions, what they would change, and why each attempt went where it went.</summary>
public interface IRouting
{
    /// <summary>Writes a new draft. Nothing is sent by it until it is made active.</summary>
    /// <param name="actor">Who did it, for the audit log.</param>
    /// <returns>The draft, or <c>routing_document_invalid</c>, whose parameter is the place in the document.</returns>
    Task<Result<RoutingVersion>> CreateAsync(
        PaymentRequest request, NewRoutingVersion version, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct);

    /// <summary>Changes a draft; a version that was ever active stays as it was.</summary>
    /// <param name="actor">Who did it, for the audit log.</param>
    Task<Result<RoutingVersion>> UpdateAsync(
        PaymentRequest request, RoutingVersionId id, RoutingVersionChange change, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct);

    /// <summary>Makes a draft the version in force, or one that was before: going back is this too.</summary>
    /// <param name="actor">Who did it, for the audit log.</param>
    Task<Result<RoutingVersion>> ActivateAsync(
        PaymentRequest request, RoutingVersionId id, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct);

    Task<RoutingVersion?> FindAsync(MerchantScope scope, RoutingVersionId id, CancellationToken ct);

    /// <summary>The version in force; null where the merchant has none, and accounts are tried by their priority.</summary>
    Task<RoutingVersion?> FindActiveAsync(MerchantScope scope, CancellationToken ct);

    Task<Page<RoutingVersion>> ListAsync(MerchantScope scope, PageRequest<RoutingVersionId> page, CancellationToken ct);

    /// <summary>Everything that is wrong with a document; empty where it could be made active.</summary>
    Task<IReadOnlyList<RoutingProblem>> CheckAsync(MerchantScope scope, string document, CancellationToken ct);

    /// <summary>What differs between two versions, rule by rule.</summary>
    /// <param name="from">Null: the version in force, or no rules at all where there is none.</param>
    Task<Result<RoutingComparison>> CompareAsync(MerchantScope scope, RoutingVersionId? from, RoutingVersionId to, CancellationToken ct);

    /// <summary>Routes the payments of a period as a version would have, and tells which would have gone elsewhere.</summary>
    /// <returns>What would change; nothing is written.</returns>
    Task<Result<RoutingSimulation>> SimulateAsync(MerchantScope scope, RoutingVersionId id, RoutingPeriod period, CancellationToken ct);

    /// <summary>Why each attempt of a payment went where it went, oldest first; null where there is no such payment.</summary>
    Task<IReadOnlyList<RoutingDecision>?> DecisionsAsync(MerchantScope scope, PaymentIntentId payment, CancellationToken ct);
}

/// <summary>Names one version of a merchant's routing rules.</summary>
public readonly record struct RoutingVersionId(Guid Value) : IId<RoutingVersionId>
{
    public static string Prefix => "rtv_";

    public static RoutingVersionId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum RoutingVersionState
{
    Draft,
    Active,

    /// <summary>Was active; may be made so again.</summary>
    Superseded,
}

/// <param name="Number">1, 2, 3, ... for each merchant and mode.</param>
/// <param name="Document">JSON, as it was written.</param>
/// <param name="ActivatedAt">The last time.</param>
public sealed record RoutingVersion(
    RoutingVersionId Id,
    MerchantScope Scope,
    long Number,
    RoutingVersionState State,
    string? Note,
    string Document,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ActivatedAt);

public sealed record NewRoutingVersion(string Document, string? Note);

/// <summary>What to change; null leaves a thing as it is, an empty note clears it.</summary>
public sealed record RoutingVersionChange(string? Document, string? Note);

/// <param name="Path">As in <c>rules[2].when.amount.min</c>; <c>document</c> for the whole.</param>
public sealed record RoutingProblem(string Path, string Message);

/// <param name="From">The version that is compared with; null where that is no rules at all.</param>
public sealed record RoutingComparison(RoutingVersion? From, RoutingVersion To, IReadOnlyList<RoutingDifference> Differences);

/// <param name="Rule">Its name; null for what is about the whole document.</param>
/// <param name="Before">JSON; null where there was nothing.</param>
/// <param name="After">JSON; null where there is nothing any more.</param>
public sealed record RoutingDifference(RoutingDifferenceKind Kind, string? Rule, string? Before, string? After);

public enum RoutingDifferenceKind
{
    RuleAdded,
    RuleRemoved,
    RuleChanged,

    /// <summary>It stands at another place among those that are in both versions; before and after are places from 1.</summary>
    RuleMoved,
    DefaultChanged,
    MaxAttemptsChanged,
}

/// <param name="Before">Excluded.</param>
/// <param name="After">Go on after this payment, where an answer before said that there is more.</param>
public sealed record RoutingPeriod(DateTimeOffset From, DateTimeOffset Before, PaymentIntentId? After = null);

/// <param name="Confirmations">How many times a payment was routed in the period, as far as was looked.</param>
/// <param name="Changed">How many of them would have gone elsewhere.</param>
/// <param name="Unroutable">How many of them no account could have taken.</param>
/// <param name="Sample">The first of those that would have gone elsewhere, or nowhere.</param>
/// <param name="ByConnector">How many went where, and would have.</param>
/// <param name="Next">Where to go on; null where the period is done.</param>
public sealed record RoutingSimulation(
    RoutingVersion Version,
    RoutingPeriod Period,
    long Confirmations,
    long Changed,
    long Unroutable,
    IReadOnlyList<RoutingChange> Sample,
    IReadOnlyList<RoutingShare> ByConnector,
    PaymentIntentId? Next);

/// <param name="To">Null: no account could have taken it.</param>
/// <param name="Rule">The rule that would have decided; null for the default.</param>
public sealed record RoutingChange(PaymentIntentId PaymentIntent, PaymentAttemptId Attempt, Money Amount, string From, string? To, string? Rule);

public sealed record RoutingShare(string Connector, long Was, long WouldBe);
