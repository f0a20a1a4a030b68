using Florin.Kernel;
using Florin.Storage;

namespace Florin.Merchants;

/// <summary>Who changed what by hand: people in the back office, keys that decide for people, commands. Only added to.</summary>
/// <remarks>An entry is a row of the transaction that made the change: neither is there without the other.</remarks>
public interface IAudit
{
    ValueTask RecordAsync(ITransaction tx, AuditEntry entry);

    /// <summary>Newest first, by cursor.</summary>
    Task<Page<AuditRecord>> ListAsync(MerchantScope scope, AuditFilter filter, PageRequest<AuditRecordId> page, CancellationToken ct);
}

/// <summary>Names one line of the audit log.</summary>
public readonly record struct AuditRecordId(Guid Value) : IId<AuditRecordId>
{
    public static string Prefix => "aud_";

    public static AuditRecordId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public enum AuditActorKind
{
    User,
    ApiKey,

    /// <summary>Whoever can run Florin's own commands on its machine.</summary>
    Command,
}

/// <param name="Name">What people know them by: a user's e-mail address, a key as in <c>fsk_test_****abcd</c>, a command's
/// name. At most 200 characters are kept.</param>
/// <param name="Source">The address that the call came from, where it is known.</param>
public sealed record AuditActor(AuditActorKind Kind, string Name, string? Source = null);

/// <param name="Action">As in <c>unknown_outcome.accepted</c>, <c>routing.activated</c>: a fixed set in each module.</param>
/// <param name="Subject">The id of what was changed, with its prefix.</param>
/// <param name="Details">A JSON document without secrets and card data: what it was, what it is, and the reason given.</param>
public sealed record AuditEntry(MerchantScope Scope, AuditActor Actor, string Action, string Subject, string? Details = null);

public sealed record AuditRecord(AuditRecordId Id, AuditEntry Entry, DateTimeOffset At);

/// <param name="Action">The whole word, or its beginning with a dot, as in <c>routing.</c></param>
public sealed record AuditFilter(string? Action = null, string? Subject = null, string? ActorName = null);
