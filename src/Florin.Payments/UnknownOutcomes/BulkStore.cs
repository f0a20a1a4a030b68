using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>The rows of bulk actions and of what became of each item.</summary>
internal static class BulkStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, act, outcome, evidence, actor_kind, actor_name, actor_source, total, created_at_ms,
        (SELECT COUNT(*) FROM outcome_bulk_items d WHERE d.shard = outcome_bulks.shard AND d.bulk_id = outcome_bulks.id AND d.state = 'done'),
        (SELECT COUNT(*) FROM outcome_bulk_items f WHERE f.shard = outcome_bulks.shard AND f.bulk_id = outcome_bulks.id AND f.state = 'failed')
        """);

    public static async ValueTask InsertAsync(ITransaction tx, OutcomeBulk bulk, IReadOnlyList<UnknownOutcomeId> items)
    {
        await tx.EnqueueAsync(
            $"""
             INSERT INTO outcome_bulks (shard, id, merchant_id, live, act, outcome, evidence, actor_kind, actor_name, actor_source, total, created_at_ms)
             VALUES ({bulk.Id.Shard()}, {bulk.Id}, {bulk.Scope.Merchant}, {bulk.Scope.IsLive}, {Words<OutcomeBulkAct>.Of(bulk.Act)},
                     {Words<AcceptedOutcome>.Of(bulk.Outcome)}, {bulk.Evidence}, {Words<AuditActorKind>.Of(bulk.Actor.Kind)}, {bulk.Actor.Name},
                     {bulk.Actor.Source}, {bulk.Total}, {bulk.CreatedAt})
             """,
            expectedRows: 1);
        foreach (var item in items)
        {
            await tx.EnqueueAsync(
                $"INSERT INTO outcome_bulk_items (shard, bulk_id, subject_id, state) VALUES ({bulk.Id.Shard()}, {bulk.Id}, {item}, 'queued')",
                expectedRows: 1);
        }
    }

    public static ValueTask<OutcomeBulk?> FindAsync(ISqlReader reader, OutcomeBulkId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM outcome_bulks WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<Page<OutcomeBulk>> ListAsync(ISqlReader reader, MerchantScope scope, PageRequest<OutcomeBulkId> page) =>
        reader.PageAsync($"SELECT {Columns} FROM outcome_bulks WHERE {Rows.Of(scope)}", page, Read);

    public static async ValueTask<Page<OutcomeBulkItem>> ItemsAsync(ISqlReader reader, OutcomeBulkId bulk, PageRequest<UnknownOutcomeId> page)
    {
        Sql sql = $"""
            SELECT id, state, code, message FROM (
                SELECT subject_id AS id, state, code, message FROM outcome_bulk_items WHERE shard = {bulk.Shard()} AND bulk_id = {bulk}) items
             WHERE 1 = 1
            """;
        sql.Append(Paging.Tail(page));
        var rows = await reader.QueryAsync(
            sql,
            row => new OutcomeBulkItem(row.Id<UnknownOutcomeId>(0), Words<OutcomeBulkItemState>.Parse(row.Text(1)), row.TextOrNull(2), row.TextOrNull(3)));
        return Paging.PageOf(rows, page);
    }

    public static ValueTask<List<UnknownOutcomeId>> QueuedAsync(ISqlReader reader, OutcomeBulkId bulk, int limit) => reader.QueryAsync(
        $"""
         SELECT subject_id FROM outcome_bulk_items
          WHERE shard = {bulk.Shard()} AND bulk_id = {bulk} AND state = 'queued' ORDER BY subject_id LIMIT {(long)limit}
         """,
        row => row.Id<UnknownOutcomeId>(0));

    /// <summary>Writes down what became of an item; one that is written down already stays as it is.</summary>
    public static ValueTask EndAsync(ITransaction tx, OutcomeBulkId bulk, OutcomeBulkItem item) => tx.EnqueueAsync(
        $"""
         UPDATE outcome_bulk_items SET state = {Words<OutcomeBulkItemState>.Of(item.State)}, code = {item.Code}, message = {item.Message}
          WHERE shard = {bulk.Shard()} AND bulk_id = {bulk} AND subject_id = {item.Id} AND state = 'queued'
         """);

    private static OutcomeBulk Read(ISqlRow row) => new(
        row.Id<OutcomeBulkId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        Words<OutcomeBulkAct>.Parse(row.Text(3)),
        Words<AcceptedOutcome>.ParseOrNull(row.TextOrNull(4)),
        row.TextOrNull(5),
        new AuditActor(Words<AuditActorKind>.Parse(row.Text(6)), row.Text(7), row.TextOrNull(8)),
        row.Int64(9),
        row.Int64(11),
        row.Int64(12),
        row.Instant(10));
}
