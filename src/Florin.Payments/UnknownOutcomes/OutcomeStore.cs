using Florin.Connectors;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Reads the work queue from the rows of the operations themselves, so that it cannot differ from them.</summary>
/// <remarks>Each part has a partial index of its own over the few rows that are in the queue.</remarks>
internal sealed class OutcomeStore(IConnectors connectors, PaymentsOptions options)
{
    private static readonly SqlFragment Columns = new(
        """
        id, kind, reason, amount_minor, currency, connector, connector_account_id, gateway_reference, explanation, queries, since_ms,
        takes, payment_intent_id, setup_intent_id, dispute_id, charge_id
        """);

    private static readonly SqlFragment WaitingReasons = new("('schedule_exhausted', 'late_success', 'not_returned', 'dispute_contradicted')");

    public async ValueTask<Page<UnknownOutcome>> ListAsync(
        ISqlReader reader, MerchantScope scope, UnknownOutcomeFilter filter, PageRequest<UnknownOutcomeId> page)
    {
        var sql = Matching(reader.Engine, Columns, scope, filter);
        return await reader.PageAsync(sql, page, row => Read(row, scope));
    }

    /// <summary>The ids of at most <paramref name="limit"/> items, oldest first.</summary>
    public async ValueTask<List<UnknownOutcomeId>> IdsAsync(ISqlReader reader, MerchantScope scope, UnknownOutcomeFilter filter, int limit)
    {
        var sql = Matching(reader.Engine, new SqlFragment("id"), scope, filter);
        sql.Append($" ORDER BY id LIMIT {(long)limit}");
        return await reader.QueryAsync(sql, row => row.Id<UnknownOutcomeId>(0));
    }

    public async ValueTask<UnknownOutcomeCount> CountAsync(ISqlReader reader, MerchantScope scope, UnknownOutcomeFilter filter)
    {
        var items = Matching(reader.Engine, new SqlFragment("kind, reason"), scope, filter);
        items.Append($" LIMIT {(long)UnknownOutcomeCount.Most}");
        var rows = await reader.QueryAsync(
            $"SELECT kind, COUNT(*), SUM(CASE WHEN reason IN {WaitingReasons} THEN 1 ELSE 0 END) FROM ({items}) counted GROUP BY kind",
            row => (Kind: Words<UnknownOutcomeKind>.Parse(row.Text(0)), Count: row.Int64(1), Waiting: row.Int64(2)));
        return new UnknownOutcomeCount(
            scope, rows.Sum(row => row.Count), rows.Sum(row => row.Waiting), rows.ToDictionary(row => row.Kind, row => row.Count));
    }

    // Without an order, so that the database stops reading at the limit.
    public async ValueTask<int> CountUpToAsync(ISqlReader reader, MerchantScope scope, UnknownOutcomeFilter filter, int most)
    {
        var items = Matching(reader.Engine, new SqlFragment("id"), scope, filter);
        items.Append($" LIMIT {(long)most}");
        return (await reader.QueryAsync($"SELECT COUNT(*) FROM ({items}) counted", row => row.Int32(0)))[0];
    }

    /// <summary>One item with its acts; also one that has left the queue, where anything was asked or done about it.</summary>
    public async ValueTask<UnknownOutcome?> FindAsync(ISqlReader reader, MerchantScope scope, UnknownOutcomeId id)
    {
        if (id.Shard() != scope.Shard) return null;
        var found = await reader.QueryAsync($"SELECT {Columns} FROM ({Parts(reader.Engine, scope, id)}) item", row => Read(row, scope));
        var acts = await OutcomeActs.OfAsync(reader, scope.Shard, id.Value);
        return found is [var item, ..] && (item.Reason != UnknownOutcomeReason.Settled || acts.Count > 0) ? item with { Acts = acts } : null;
    }

    private Sql Matching(SqlEngine engine, SqlFragment columns, MerchantScope scope, UnknownOutcomeFilter filter)
    {
        Sql sql = $"SELECT {columns} FROM ({Parts(engine, scope, id: null)}) item WHERE reason <> 'settled'";
        if (filter.Kind is { } kind) sql.Append($" AND kind = {Words<UnknownOutcomeKind>.Of(kind)}");
        if (filter.Reason is { } reason) sql.Append($" AND reason = {Words<UnknownOutcomeReason>.Of(reason)}");
        if (filter.ConnectorAccount is { } account) sql.Append($" AND connector_account_id = {account}");
        if (filter.Currency is { } currency) sql.Append($" AND currency = {currency}");
        if (filter.LeastMinor is { } least) sql.Append($" AND amount_minor >= {least}");
        if (filter.MostMinor is { } most) sql.Append($" AND amount_minor <= {most}");
        if (filter.SentFrom is { } from) sql.Append($" AND since_ms >= {from}");
        if (filter.SentBefore is { } before) sql.Append($" AND since_ms < {before}");
        if (filter.WaitsForPerson is { } waits) sql.Append($" AND reason {new SqlFragment(waits ? "IN" : "NOT IN")} {WaitingReasons}");
        return sql;
    }

    // With an id, each part looks that up, in whatever state it is; without, each reads what is in the queue.
    private Sql Parts(SqlEngine engine, MerchantScope scope, UnknownOutcomeId? id)
    {
        var shard = scope.Shard;
        var none = new SqlFragment("CAST(NULL AS uuid)");
        var often = (long)options.QuerySchedule.Count;

        // SQLite, which keeps no statistics here, would rather read all that the shard has than the few that these indexes hold.
        SqlFragment By(string index) => new(engine == SqlEngine.Sqlite && id is null ? $"INDEXED BY {index}" : "");
        return $"""
            SELECT a.id, 'payment' AS kind,
                   CASE WHEN a.state IN ('unknown', 'challenge') AND a.queries >= {often} THEN 'schedule_exhausted'
                        WHEN a.state = 'unknown' THEN 'no_answer' ELSE 'settled' END AS reason,
                   a.amount_minor, a.currency, a.connector, a.connector_account_id, a.gateway_reference, a.explanation, a.queries,
                   a.sent_at_ms AS since_ms, a.capture AS takes, a.payment_intent_id, {none} AS setup_intent_id, {none} AS dispute_id, {none} AS charge_id
              FROM payment_attempts a {By("payment_attempts_unknown")} JOIN payment_intents i ON i.shard = a.shard AND i.id = a.payment_intent_id
             WHERE a.shard = {shard} AND {Wanted("a", id, "a.state IN ('unknown', 'challenge')")} AND i.merchant_id = {scope.Merchant} AND i.live = {scope.IsLive}
            UNION ALL
            SELECT o.id, o.kind, {Asked("o.state", "o.queries", often)}, o.amount_minor, o.currency, c.connector, a.connector_account_id,
                   o.gateway_reference, o.explanation, o.queries, o.sent_at_ms, false, o.payment_intent_id, {none}, {none}, o.charge_id
              FROM charge_operations o {By("charge_operations_unknown")} JOIN charges c ON c.shard = o.shard AND c.id = o.charge_id
              JOIN payment_attempts a ON a.shard = c.shard AND a.id = c.attempt_id
             WHERE o.shard = {shard} AND {Wanted("o", id, "o.state = 'unknown'")} AND c.merchant_id = {scope.Merchant} AND c.live = {scope.IsLive}
            UNION ALL
            SELECT r.id, 'refund', {Asked("r.state", "r.queries", often)}, r.amount_minor, r.currency, c.connector, a.connector_account_id,
                   r.gateway_reference, r.explanation, r.queries, r.sent_at_ms, false, r.payment_intent_id, {none}, {none}, r.charge_id
              FROM refunds r {By("refunds_unknown")} JOIN charges c ON c.shard = r.shard AND c.id = r.charge_id
              JOIN payment_attempts a ON a.shard = c.shard AND a.id = c.attempt_id
             WHERE r.shard = {shard} AND {Wanted("r", id, "r.state = 'unknown'")} AND r.merchant_id = {scope.Merchant} AND r.live = {scope.IsLive}
            UNION ALL
            SELECT s.id, CASE WHEN s.release_state IS NULL THEN 'setup' ELSE 'release' END,
                   CASE WHEN s.state = 'unknown' AND s.queries >= {often} THEN 'schedule_exhausted'
                        WHEN s.state = 'unknown' THEN 'no_answer'
                        WHEN s.state = 'authorized' AND s.release_state = 'declined' THEN 'not_returned'
                        WHEN s.state = 'authorized' AND s.release_state = 'unknown' AND s.release_queries >= {often} THEN 'schedule_exhausted'
                        WHEN s.state = 'authorized' AND s.release_state = 'unknown' THEN 'no_answer' ELSE 'settled' END,
                   s.amount_minor, s.currency, s.connector, s.connector_account_id, s.gateway_reference, s.explanation,
                   CASE WHEN s.release_state IS NULL THEN s.queries ELSE s.release_queries END, s.sent_at_ms, false, {none}, s.setup_intent_id, {none}, {none}
              FROM setup_attempts s {By("setup_attempts_unknown")} JOIN setup_intents i ON i.shard = s.shard AND i.id = s.setup_intent_id
             WHERE s.shard = {shard} AND {Wanted("s", id, "(s.state = 'unknown' OR s.release_state IN ('unknown', 'declined'))")}
               AND i.merchant_id = {scope.Merchant} AND i.live = {scope.IsLive}
            UNION ALL
            SELECT e.id, 'evidence', {Asked("e.state", "e.queries", often)}, d.amount_minor, d.currency, d.connector, d.connector_account_id,
                   d.gateway_reference, e.explanation, e.queries, e.sent_at_ms, false, d.payment_intent_id, {none}, d.id, d.charge_id
              FROM dispute_responses e {By("dispute_responses_unknown")} JOIN disputes d ON d.shard = e.shard AND d.id = e.dispute_id
             WHERE e.shard = {shard} AND {Wanted("e", id, "e.state = 'unknown'")} AND d.merchant_id = {scope.Merchant} AND d.live = {scope.IsLive}
            UNION ALL
            SELECT c.id, 'late_success',
                   CASE WHEN c.attention IS NOT NULL THEN 'not_returned'
                        WHEN c.late_success = 'ask' AND (c.status = 'authorized' OR (c.status = 'captured' AND c.captured_minor > c.refunded_minor))
                        THEN 'late_success' ELSE 'settled' END,
                   c.amount_minor, c.currency, c.connector, a.connector_account_id, c.gateway_reference, c.attention, 0, c.created_at_ms, false,
                   c.payment_intent_id, {none}, {none}, c.id
              FROM charges c {By("charges_waiting")} JOIN payment_attempts a ON a.shard = c.shard AND a.id = c.attempt_id
             WHERE c.shard = {shard} AND {Wanted("c", id, "(c.late_success = 'ask' OR c.attention IS NOT NULL)")}
               AND c.merchant_id = {scope.Merchant} AND c.live = {scope.IsLive}
            UNION ALL
            SELECT d.id, 'dispute', CASE WHEN d.attention IS NOT NULL THEN 'dispute_contradicted' ELSE 'settled' END, d.amount_minor, d.currency,
                   d.connector, d.connector_account_id, d.gateway_reference, d.attention, 0, d.created_at_ms, false, d.payment_intent_id, {none}, d.id, d.charge_id
              FROM disputes d {By("disputes_waiting")}
             WHERE d.shard = {shard} AND {Wanted("d", id, "d.attention IS NOT NULL")} AND d.merchant_id = {scope.Merchant} AND d.live = {scope.IsLive}
            """;
    }

    private static Sql Wanted(string table, UnknownOutcomeId? id, string isInTheQueue)
    {
        if (id is not { } one) return Sql.Of(new SqlFragment(isInTheQueue));
        return $"{new SqlFragment(table)}.id = {one}";
    }

    private static Sql Asked(string state, string queries, long often) =>
        $"""
         CASE WHEN {new SqlFragment(state)} = 'unknown' AND {new SqlFragment(queries)} >= {often} THEN 'schedule_exhausted'
              WHEN {new SqlFragment(state)} = 'unknown' THEN 'no_answer' ELSE 'settled' END
         """;

    private UnknownOutcome Read(ISqlRow row, MerchantScope scope)
    {
        var id = row.Id<UnknownOutcomeId>(0);
        var kind = Words<UnknownOutcomeKind>.Parse(row.Text(1));
        var reason = Words<UnknownOutcomeReason>.Parse(row.Text(2));
        var connector = row.Text(5);
        var isOpen = reason != UnknownOutcomeReason.Settled;
        return new UnknownOutcome(
            id,
            scope,
            kind,
            reason,
            row.Money(3, 4),
            connector,
            row.Id<ConnectorAccountId>(6),
            OperationOf(kind, id.Value),
            row.TextOrNull(7),
            row.TextOrNull(8),
            row.Int32(9),
            row.Instant(10))
        {
            PaymentIntent = row.IdOrNull<PaymentIntentId>(12),
            SetupIntent = row.IdOrNull<SetupIntentId>(13),
            Dispute = row.IdOrNull<DisputeId>(14),
            Charge = row.IdOrNull<ChargeId>(15),
            CanQuery = isOpen && kind != UnknownOutcomeKind.LateSuccess,
            CanCancel = isOpen && CanCancel(kind, connectors.Get(connector).Capabilities),
            Outcomes = isOpen ? OutcomesOf(kind, reason, takes: row.Bool(11)) : [],
        };
    }

    private static bool CanCancel(UnknownOutcomeKind kind, ConnectorCapabilities can) => kind switch
    {
        UnknownOutcomeKind.Payment => can.ReversalByKey,
        UnknownOutcomeKind.Refund => can.RefundCancellation,
        UnknownOutcomeKind.LateSuccess => true,
        UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment or UnknownOutcomeKind.Setup
            or UnknownOutcomeKind.Release or UnknownOutcomeKind.Evidence or UnknownOutcomeKind.Dispute => false,
    };

    private static AcceptedOutcome[] OutcomesOf(UnknownOutcomeKind kind, UnknownOutcomeReason reason, bool takes) => kind switch
    {
        UnknownOutcomeKind.Payment => [takes ? AcceptedOutcome.Captured : AcceptedOutcome.Authorized, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.Capture => [AcceptedOutcome.Captured, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.Void => [AcceptedOutcome.Voided, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.Increment or UnknownOutcomeKind.Setup => [AcceptedOutcome.Authorized, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.Refund => [AcceptedOutcome.Refunded, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.Release => [AcceptedOutcome.Voided],
        UnknownOutcomeKind.Evidence => [AcceptedOutcome.Received, AcceptedOutcome.Declined, AcceptedOutcome.NeverSent],
        UnknownOutcomeKind.LateSuccess => [reason == UnknownOutcomeReason.LateSuccess ? AcceptedOutcome.Kept : AcceptedOutcome.Resolved],
        UnknownOutcomeKind.Dispute => [AcceptedOutcome.Resolved],
    };

    private static string OperationOf(UnknownOutcomeKind kind, Guid id) => kind switch
    {
        UnknownOutcomeKind.Payment => new PaymentAttemptId(id).ToString(),
        UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment => new ChargeOperationId(id).ToString(),
        UnknownOutcomeKind.Refund => new RefundId(id).ToString(),
        UnknownOutcomeKind.Setup or UnknownOutcomeKind.Release => new SetupAttemptId(id).ToString(),
        UnknownOutcomeKind.Evidence => new DisputeResponseId(id).ToString(),
        UnknownOutcomeKind.LateSuccess => new ChargeId(id).ToString(),
        UnknownOutcomeKind.Dispute => new DisputeId(id).ToString(),
    };
}
