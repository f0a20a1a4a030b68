using Florin.Kernel;
using Florin.Storage;

namespace Florin.Merchants.Audit;

internal sealed class AuditLog(IDatabase database, IdSource ids, TimeProvider time) : IAudit
{
    private const int LongestName = 200;

    private static readonly SqlFragment Columns = new(
        "id, merchant_id, live, at_ms, actor_kind, actor_name, source, action, subject, details");

    public ValueTask RecordAsync(ITransaction tx, AuditEntry entry)
    {
        var scope = entry.Scope;
        var actor = entry.Actor;
        var name = actor.Name.Length <= LongestName ? actor.Name : actor.Name[..LongestName];
        return tx.EnqueueAsync(
            $"""
             INSERT INTO audit_log (shard, {Columns})
             VALUES ({scope.Shard}, {ids.New<AuditRecordId>(scope.Shard)}, {scope.Merchant}, {scope.IsLive}, {time.GetUtcNow()},
                     {WordOf(actor.Kind)}, {name}, {actor.Source}, {entry.Action}, {entry.Subject}, {entry.Details})
             """,
            expectedRows: 1);
    }

    public async Task<Page<AuditRecord>> ListAsync(
        MerchantScope scope, AuditFilter filter, PageRequest<AuditRecordId> page, CancellationToken ct)
    {
        Sql query = $"SELECT {Columns} FROM audit_log WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}";
        if (filter.Action is { Length: > 0 } action)
        {
            if (action.EndsWith('.')) query.Append($" AND substr(action, 1, CAST({(long)action.Length} AS integer)) = {action}");
            else query.Append($" AND action = {action}");
        }

        if (filter.Subject is { Length: > 0 } subject) query.Append($" AND subject = {subject}");
        if (filter.ActorName is { Length: > 0 } actor) query.Append($" AND actor_name = {actor}");
        return await database.AskAsync(async reader => await reader.PageAsync(query, page, Read), ct);
    }

    private static AuditRecord Read(ISqlRow row) => new(
        row.Id<AuditRecordId>(0),
        new AuditEntry(
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            new AuditActor(KindOf(row.Text(4)), row.Text(5), row.TextOrNull(6)),
            row.Text(7),
            row.Text(8),
            row.TextOrNull(9)),
        row.Instant(3));

    private static string WordOf(AuditActorKind kind) => kind switch
    {
        AuditActorKind.User => "user",
        AuditActorKind.ApiKey => "api_key",
        AuditActorKind.Command => "command",
    };

    private static AuditActorKind KindOf(string word) => word switch
    {
        "user" => AuditActorKind.User,
        "api_key" => AuditActorKind.ApiKey,
        "command" => AuditActorKind.Command,
        _ => throw new InvalidOperationException($"'{word}' is no kind of actor."),
    };
}
