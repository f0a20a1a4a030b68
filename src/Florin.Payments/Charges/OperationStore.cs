using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Charges;

/// <summary>A capture or void with the reason that a void will leave on its intent.</summary>
internal sealed record OperationRow(ChargeOperation Operation, CancellationReason? CancellationReason);

/// <summary>The rows of captures and voids.</summary>
internal static class OperationStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, charge_id, payment_intent_id, kind, amount_minor, currency, state, gateway_reference, explanation, queries, sent_at_ms,
        deadline_at_ms, settled_at_ms, cancellation_reason
        """);

    public static ValueTask InsertAsync(ITransaction tx, OperationRow row)
    {
        var operation = row.Operation;
        return tx.EnqueueAsync(
            $"""
             INSERT INTO charge_operations (shard, {Columns})
             VALUES ({operation.Id.Shard()}, {operation.Id}, {operation.Charge}, {operation.PaymentIntent},
                     {Words<ChargeOperationKind>.Of(operation.Kind)}, {operation.Amount.Minor}, {operation.Amount.Currency},
                     {Words<OperationState>.Of(operation.State)}, {operation.GatewayReference}, {operation.Explanation},
                     {(long)operation.Queries}, {operation.SentAt}, {operation.DeadlineAt}, {operation.SettledAt},
                     {Words<CancellationReason>.Of(row.CancellationReason)})
             """,
            expectedRows: 1);
    }

    /// <returns>False when another answer came first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, OperationState from, ChargeOperation to) => await tx.ExecuteAsync(
        $"""
         UPDATE charge_operations
            SET state = {Words<OperationState>.Of(to.State)}, gateway_reference = {to.GatewayReference}, explanation = {to.Explanation},
                queries = {(long)to.Queries}, settled_at_ms = {to.SettledAt}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND state = {Words<OperationState>.Of(from)}
         """) == 1;

    public static ValueTask<OperationRow?> FindAsync(ISqlReader reader, ChargeOperationId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM charge_operations WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    public static ValueTask<List<OperationRow>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => reader.QueryAsync(
        $"SELECT {Columns} FROM charge_operations WHERE shard = {intent.Shard()} AND payment_intent_id = {intent} ORDER BY id",
        Read);

    /// <summary>Whether an operation of the charge has no outcome yet; there is one at most.</summary>
    public static async ValueTask<bool> IsUnderWayAsync(ISqlReader reader, ChargeId charge) => await reader.CountAsync(
        $"SELECT COUNT(*) FROM charge_operations WHERE shard = {charge.Shard()} AND charge_id = {charge} AND state IN ('sent', 'unknown')") > 0;

    public static ValueTask<List<OperationRow>> OverdueAsync(ISqlReader reader, DateTimeOffset now, int limit) => reader.QueryAsync(
        $"SELECT {Columns} FROM charge_operations WHERE state = 'sent' AND deadline_at_ms < {now} ORDER BY deadline_at_ms LIMIT {(long)limit}",
        Read);

    private static OperationRow Read(ISqlRow row)
    {
        var id = row.Id<ChargeOperationId>(0);
        var operation = new ChargeOperation(
            id,
            row.Id<ChargeId>(1),
            row.Id<PaymentIntentId>(2),
            Words<ChargeOperationKind>.Parse(row.Text(3)),
            row.Money(4, 5),
            Words<OperationState>.Parse(row.Text(6)),
            id.ToString(),
            row.TextOrNull(7),
            row.TextOrNull(8),
            row.Int32(9),
            row.Instant(10),
            row.Instant(11),
            row.InstantOrNull(12));
        return new OperationRow(operation, Words<CancellationReason>.ParseOrNull(row.TextOrNull(13)));
    }
}
