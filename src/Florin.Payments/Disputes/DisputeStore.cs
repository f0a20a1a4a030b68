using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Balances;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.Disputes;

/// <summary>The rows of disputes.</summary>
internal static class DisputeStore
{
    private static readonly SqlFragment Columns = new(
        """
        d.id, d.merchant_id, d.live, d.charge_id, d.payment_intent_id, d.connector_account_id, d.connector, d.gateway_reference, d.brand,
        d.amount_minor, d.currency, d.fee_minor, d.status, d.withdrawn, d.reason, d.network_reason_code, d.evidence, d.submissions,
        d.response_state, d.due_by_ms, d.metadata, d.created_at_ms, c.captured_minor, c.refunded_minor, c.disputed_minor
        """);

    private static readonly SqlFragment From = new("disputes d JOIN charges c ON c.shard = d.shard AND c.id = d.charge_id");

    public static ValueTask InsertAsync(ITransaction tx, Dispute dispute) => tx.EnqueueAsync(
        $"""
         INSERT INTO disputes (shard, id, merchant_id, live, charge_id, payment_intent_id, connector_account_id, connector, gateway_reference, brand,
                               amount_minor, currency, fee_minor, status, withdrawn, reason, network_reason_code, evidence, submissions,
                               response_state, due_by_ms, metadata, created_at_ms)
         VALUES ({dispute.Id.Shard()}, {dispute.Id}, {dispute.Scope.Merchant}, {dispute.Scope.IsLive}, {dispute.Charge}, {dispute.PaymentIntent},
                 {dispute.ConnectorAccount}, {dispute.Connector}, {dispute.GatewayReference}, {Words<CardBrand>.Of(dispute.Brand)},
                 {dispute.Amount.Minor}, {dispute.Amount.Currency}, {dispute.Fee.Minor}, {Words<DisputeStatus>.Of(dispute.Status)},
                 {dispute.Withdrawn}, {Words<DisputeReason>.Of(dispute.Reason)}, {dispute.NetworkReasonCode}, {Documents.Write(dispute.Evidence)},
                 {(long)dispute.Submissions}, {Words<OperationState>.Of(dispute.Response)}, {dispute.DueBy}, {Documents.Write(dispute.Metadata)},
                 {dispute.CreatedAt})
         """,
        expectedRows: 1);

    /// <summary>Writes down all of a dispute that can change. The caller has it locked.</summary>
    public static ValueTask UpdateAsync(ITransaction tx, Dispute dispute) => tx.EnqueueAsync(
        $"""
         UPDATE disputes
            SET amount_minor = {dispute.Amount.Minor}, fee_minor = {dispute.Fee.Minor}, status = {Words<DisputeStatus>.Of(dispute.Status)},
                withdrawn = {dispute.Withdrawn}, evidence = {Documents.Write(dispute.Evidence)}, submissions = {(long)dispute.Submissions},
                response_state = {Words<OperationState>.Of(dispute.Response)}, due_by_ms = {dispute.DueBy}, metadata = {Documents.Write(dispute.Metadata)}
          WHERE shard = {dispute.Id.Shard()} AND id = {dispute.Id}
         """,
        expectedRows: 1);

    /// <param name="why">Null where nobody must look any more.</param>
    public static ValueTask SetAttentionAsync(ITransaction tx, DisputeId id, string? why) => tx.EnqueueAsync(
        $"""
         UPDATE disputes SET attention = CASE WHEN attention_resolved = {why} THEN NULL ELSE {why} END
          WHERE shard = {id.Shard()} AND id = {id}
         """,
        expectedRows: 1);

    /// <summary>A person has cleared up what was wrong; the same is not asked about again.</summary>
    public static ValueTask ResolveAsync(ITransaction tx, DisputeId id) => tx.EnqueueAsync(
        $"UPDATE disputes SET attention_resolved = attention, attention = NULL WHERE shard = {id.Shard()} AND id = {id}",
        expectedRows: 1);

    /// <summary>What a person has cleared up of an inquiry says nothing of the chargeback that it became.</summary>
    public static ValueTask ForgetResolutionAsync(ITransaction tx, DisputeId id) => tx.EnqueueAsync(
        $"UPDATE disputes SET attention_resolved = NULL WHERE shard = {id.Shard()} AND id = {id}",
        expectedRows: 1);

    /// <summary>Reads a dispute and keeps others from changing it until the transaction ends.</summary>
    public static async ValueTask<Dispute?> LockAsync(ITransaction tx, DisputeId id)
    {
        var lockClause = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE OF d" : "");
        var found = await tx.QueryAsync($"SELECT {Columns} FROM {From} WHERE d.shard = {id.Shard()} AND d.id = {id} {lockClause}", Read);
        return (await WithBalanceAsync(tx, id.Shard(), found)).SingleOrDefault();
    }

    public static async ValueTask<Dispute?> FindAsync(ISqlReader reader, DisputeId id) => (await WithBalanceAsync(
        reader, id.Shard(), await reader.QueryAsync($"SELECT {Columns} FROM {From} WHERE d.shard = {id.Shard()} AND d.id = {id}", Read))).SingleOrDefault();

    public static async ValueTask<DisputeId?> FindByReferenceAsync(ISqlReader reader, ShardId shard, ConnectorAccountId account, string reference)
    {
        var found = await reader.QueryAsync(
            $"SELECT id FROM disputes WHERE shard = {shard} AND connector_account_id = {account} AND gateway_reference = {reference}",
            row => row.Id<DisputeId>(0));
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Whether an issuer takes money of the charge that is not booked yet: a refund had no outcome when it was told.</summary>
    /// <remarks>Not where that can never be booked and a person has cleared it up: it would stand in the way for ever.</remarks>
    public static async ValueTask<bool> IsBeingChargedBackAsync(ISqlReader reader, ChargeId charge) => await reader.CountAsync(
        $"""
         SELECT COUNT(*) FROM disputes
          WHERE shard = {charge.Shard()} AND charge_id = {charge} AND withdrawn = {false} AND status IN ('needs_response', 'under_review')
            AND (attention_resolved IS NULL OR attention IS NOT NULL)
         """) > 0;

    /// <summary>Whether a dispute of the charge may still end either way.</summary>
    /// <remarks>What was never booked and a person has cleared up ends no way any more.</remarks>
    public static async ValueTask<bool> IsAnyOpenAsync(ISqlReader reader, ChargeId charge) => await reader.CountAsync(
        $"""
         SELECT COUNT(*) FROM disputes
          WHERE shard = {charge.Shard()} AND charge_id = {charge} AND status NOT IN ('warning_closed', 'won', 'lost')
            AND (withdrawn = {true} OR attention_resolved IS NULL OR attention IS NOT NULL)
         """) > 0;

    public static async ValueTask<IReadOnlyList<Dispute>> OfIntentAsync(ISqlReader reader, PaymentIntentId intent) => await WithBalanceAsync(
        reader,
        intent.Shard(),
        await reader.QueryAsync($"SELECT {Columns} FROM {From} WHERE d.shard = {intent.Shard()} AND d.payment_intent_id = {intent} ORDER BY d.id", Read));

    public static async ValueTask<Page<Dispute>> ListAsync(ISqlReader reader, MerchantScope scope, DisputeFilter filter, PageRequest<DisputeId> page)
    {
        // The page is chosen among the disputes alone: their ids, and not those of their charges, are its cursor.
        Sql chosen = $"SELECT id FROM disputes WHERE {Rows.Of(scope)}";
        if (filter.Charge is { } charge) chosen.Append($" AND charge_id = {charge}");
        if (filter.PaymentIntent is { } intent) chosen.Append($" AND payment_intent_id = {intent}");
        chosen.AppendCreated(filter.CreatedFrom, filter.CreatedBefore);
        chosen.Append(Paging.Tail(page));
        var order = new SqlFragment(page.EndingBefore is null ? "ORDER BY d.id DESC" : "ORDER BY d.id ASC");
        var rows = await reader.QueryAsync($"SELECT {Columns} FROM {From} WHERE d.shard = {scope.Shard} AND d.id IN ({chosen}) {order}", Read);
        return Paging.PageOf(await WithBalanceAsync(reader, scope.Shard, rows), page);
    }

    private static async ValueTask<List<Dispute>> WithBalanceAsync(ISqlReader reader, ShardId shard, List<Dispute> disputes)
    {
        var moved = disputes.Where(dispute => dispute.Withdrawn).Select(dispute => dispute.Id.Value).ToList();
        if (moved.Count == 0) return disputes;
        var entries = (await BalanceStore.OfSourcesAsync(reader, shard, moved)).ToLookup(entry => entry.Source);
        return disputes.ConvertAll(dispute => dispute with { BalanceTransactions = [.. entries[dispute.Id.Value]] });
    }

    private static Dispute Read(ISqlRow row) => new(
        row.Id<DisputeId>(0),
        new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)),
        row.Id<ChargeId>(3),
        row.Id<PaymentIntentId>(4),
        row.Id<ConnectorAccountId>(5),
        row.Text(6),
        row.Text(7),
        Words<CardBrand>.Parse(row.Text(8)),
        row.Money(9, 10),
        row.Money(11, 10),
        Words<DisputeStatus>.Parse(row.Text(12)),
        row.Bool(13),
        Words<DisputeReason>.Parse(row.Text(14)),
        row.TextOrNull(15),
        Documents.ReadMetadata(row.Text(16)),
        row.Int32(17),
        Words<OperationState>.ParseOrNull(row.TextOrNull(18)),
        row.Instant(19),
        Documents.ReadMetadata(row.Text(20)),
        row.Instant(21))
    {
        IsChargeRefundable = row.Int64(24) == 0 && row.Int64(22) > row.Int64(23),
    };
}
