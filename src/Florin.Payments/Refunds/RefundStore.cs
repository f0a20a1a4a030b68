using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Refunds;

/// <summary>The rows of refunds.</summary>
internal static class RefundStore
{
    private static readonly SqlFragment Columns = new(
        """
        id, merchant_id, live, charge_id, payment_intent_id, amount_minor, currency, state, reason, gateway_reference, explanation,
        queries, metadata, sent_at_ms, deadline_at_ms, settled_at_ms,
        balance_transaction_id
        """);

    /// <param name="remaining">What was captured and not yet refunded before this refund.</param>
    public static ValueTask InsertAsync(ITransaction tx, Refund refund, Money remaining) => tx.EnqueueAsync(
        $"""
         INSERT INTO refunds (shard, {Columns}, remaining_minor)
         VALUES ({refund.Id.Shard()}, {refund.Id}, {refund.Scope.Merchant}, {refund.Scope.IsLive}, {refund.Charge}, {refund.PaymentIntent},
                 {refund.Amount.Minor}, {refund.Amount.Currency}, {Words<OperationState>.Of(refund.State)},
                 {Words<RefundReason>.Of(refund.Reason)}, {refund.GatewayReference}, {refund.Explanation}, {(long)refund.Queries},
                 {Documents.Write(refund.Metadata)}, {refund.SentAt}, {refund.DeadlineAt}, {refund.SettledAt}, {refund.BalanceTransaction},
                 {remaining.Minor})
         """,
        expectedRows: 1);

    /// <returns>False when another answer came first; nothing is changed then.</returns>
    public static async ValueTask<bool> TryMoveAsync(ITransaction tx, OperationState from, Refund to) => await tx.ExecuteAsync(
        $"""
         UPDATE refunds
            SET state = {Words<OperationState>.Of(to.State)}, gateway_reference = {to.GatewayReference}, explanation = {to.Explanation},
                queries = {(long)to.Queries}, settled_at_ms = {to.SettledAt}
          WHERE shard = {to.Id.Shard()} AND id = {to.Id} AND state = {Words<OperationState>.Of(from)}
         """) == 1;

    public static ValueTask SetBalanceTransactionAsync(ITransaction tx, Refund refund) => tx.EnqueueAsync(
        $"UPDATE refunds SET balance_transaction_id = {refund.BalanceTransaction} WHERE shard = {refund.Id.Shard()} AND id = {refund.Id}",
        expectedRows: 1);

    public static ValueTask UpdateMetadataAsync(ITransaction tx, Refund refund) => tx.EnqueueAsync(
        $"UPDATE refunds SET metadata = {Documents.Write(refund.Metadata)} WHERE shard = {refund.Id.Shard()} AND id = {refund.Id}",
        expectedRows: 1);

    /// <summary>Reads a refund and keeps others from changing it until the transaction ends.</summary>
    public static ValueTask<Refund?> LockAsync(ITransaction tx, RefundId id) => tx.FirstAsync(
        $"SELECT {Columns} FROM refunds WHERE shard = {id.Shard()} AND id = {id} {Rows.ForUpdate(tx)}",
        Read);

    public static ValueTask<Refund?> FindAsync(ISqlReader reader, RefundId id) => reader.FirstAsync(
        $"SELECT {Columns} FROM refunds WHERE shard = {id.Shard()} AND id = {id}",
        Read);

    /// <summary>What was captured and not yet refunded before a refund was set aside.</summary>
    public static async ValueTask<Money> RemainingAsync(ISqlReader reader, Refund refund) => refund.Amount with
    {
        Minor = await reader.CountAsync(
            $"SELECT remaining_minor FROM refunds WHERE shard = {refund.Id.Shard()} AND id = {refund.Id}"),
    };

    /// <summary>Whether a refund of the charge has no outcome yet.</summary>
    public static async ValueTask<bool> IsUnderWayAsync(ISqlReader reader, ChargeId charge) => await reader.CountAsync(
        $"SELECT COUNT(*) FROM refunds WHERE shard = {charge.Shard()} AND charge_id = {charge} AND state IN ('sent', 'unknown')") > 0;

    public static ValueTask<List<Refund>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => reader.QueryAsync(
        $"""
         SELECT {Columns} FROM refunds
          WHERE shard = {intent.Shard()} AND charge_id IN (SELECT id FROM charges WHERE shard = {intent.Shard()} AND payment_intent_id = {intent})
          ORDER BY id
         """,
        Read);

    public static ValueTask<List<Refund>> OverdueAsync(ISqlReader reader, DateTimeOffset now, int limit) => reader.QueryAsync(
        $"SELECT {Columns} FROM refunds WHERE state = 'sent' AND deadline_at_ms < {now} ORDER BY deadline_at_ms LIMIT {(long)limit}",
        Read);

    public static ValueTask<Page<Refund>> ListAsync(
        ISqlReader reader, MerchantScope scope, RefundFilter filter, PageRequest<RefundId> page)
    {
        Sql sql = $"SELECT {Columns} FROM refunds WHERE {Rows.Of(scope)}";
        if (filter.Charge is { } charge) sql.Append($" AND charge_id = {charge}");
        if (filter.PaymentIntent is { } intent) sql.Append($" AND payment_intent_id = {intent}");
        if (filter.CreatedFrom is { } from) sql.Append($" AND sent_at_ms >= {from}");
        if (filter.CreatedBefore is { } before) sql.Append($" AND sent_at_ms < {before}");
        return reader.PageAsync(sql, page, Read);
    }

    private static Refund Read(ISqlRow row)
    {
        var id = row.Id<RefundId>(0);
        return new Refund(
            id,
            new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
            row.Id<ChargeId>(3),
            row.Id<PaymentIntentId>(4),
            row.Money(5, 6),
            Words<OperationState>.Parse(row.Text(7)),
            Words<RefundReason>.ParseOrNull(row.TextOrNull(8)),
            id.ToString(),
            row.TextOrNull(9),
            row.TextOrNull(10),
            row.Int32(11),
            Documents.ReadMetadata(row.Text(12)),
            row.Instant(13),
            row.Instant(14),
            row.InstantOrNull(15))
        {
            BalanceTransaction = row.IdOrNull<BalanceTransactionId>(16),
        };
    }
}
