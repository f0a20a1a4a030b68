using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Events.Webhooks;

internal sealed class WebhookDeliveries(IDatabase database, TimeProvider time, DeliveryWakeUp wakeUp) : IWebhookDeliveries
{
    private static readonly SqlFragment Columns = new(
        """
        a.id, a.event_id, events.type, a.endpoint_id, COALESCE(a.url, w.url), a.status, a.duration_ms, a.answer_headers, a.answer, events.live, a.at_ms
        """);

    private static readonly SqlFragment From = new(
        """
        webhook_attempts a
          JOIN events ON events.shard = a.shard AND events.id = a.event_id
          JOIN webhook_endpoints w ON w.shard = a.shard AND w.id = a.endpoint_id
        """);

    public async Task<Page<WebhookAttempt>> ListAttemptsAsync(
        MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptFilter filter, PageRequest<WebhookAttemptId> page, CancellationToken ct)
    {
        Sql chosen = $"SELECT id FROM webhook_attempts WHERE shard = {scope.Shard} AND endpoint_id = {endpoint}";
        if (filter.Event is { } about) chosen.Append($" AND event_id = {about}");
        if (filter.IsTaken is { } taken) chosen.Append(Sql.Of(new SqlFragment(taken ? " AND status BETWEEN 200 AND 299" : " AND (status IS NULL OR status NOT BETWEEN 200 AND 299)")));
        chosen.Append(Paging.Tail(page));
        var order = new SqlFragment(page.EndingBefore is null ? "ORDER BY a.id DESC" : "ORDER BY a.id ASC");
        var rows = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT {Columns} FROM {From}
                  WHERE a.shard = {scope.Shard} AND a.endpoint_id = {endpoint} AND a.id IN ({chosen})
                    AND w.merchant_id = {scope.Merchant} AND w.live = {scope.IsLive} {order}
                 """,
                row => Read(row, body: null)),
            ct);
        return Paging.PageOf(rows, page);
    }

    public Task<WebhookAttempt?> FindAttemptAsync(MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptId id, CancellationToken ct) =>
        database.ReadAsync(
            async reader => await reader.FirstAsync(
                $"""
                 SELECT {EventStore.Columns}, {DeliveryStore.FirstCount}, a.api_version, {Columns} FROM {From}
                  WHERE a.shard = {scope.Shard} AND a.endpoint_id = {endpoint} AND a.id = {id}
                    AND w.merchant_id = {scope.Merchant} AND w.live = {scope.IsLive}
                 """,
                row =>
                {
                    var recorded = EventStore.Read(row, pendingWebhooks: row.Int32(10));
                    var sent = recorded with { ApiVersion = row.TextOrNull(11) ?? recorded.ApiVersion };
                    return Read(row, EventJson.ToBytes(sent), first: 12);
                }),
            ct);

    public Task<Result<WebhookResend>> ResendAsync(
        MerchantScope scope, EventId id, WebhookEndpointId? endpoint, IdempotentWrite<WebhookResend>? answer, CancellationToken ct) =>
        database.WriteAsync<Result<WebhookResend>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var outcome = await ResendAsync(tx, scope, id, endpoint);
                return await EndAsync(tx, outcome, answer);
            },
            ct);

    public async Task<Result<WebhookResend>> ResendRangeAsync(
        MerchantScope scope, WebhookEndpointId endpoint, ResendRange range, IdempotentWrite<WebhookResend>? answer, CancellationToken ct)
    {
        // Looked for outside of the transaction: a range may hold many events, and all writes would wait for the search.
        var types = await TypesOfAsync(scope, endpoint, ct);
        var wanted = range.Types.Count == 0 ? types : range.Types;
        var found = wanted.Count == 0 ? [] : await FindAsync(scope, endpoint, range, wanted, ct);
        var hasMore = found.Count > range.Limit;
        if (hasMore) found.RemoveRange(range.Limit, found.Count - range.Limit);
        return await database.WriteAsync<Result<WebhookResend>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, endpoint.Value);
                if (await RefusalAsync(tx, scope, endpoint) is { } refusal) return await EndAsync(tx, refusal, answer);
                foreach (var each in found) await QueueAsync(tx, scope, each, endpoint);
                return await EndAsync(tx, new WebhookResend([endpoint], found.Count, found.Count == 0 ? null : found[^1], hasMore), answer);
            },
            ct);
    }

    private async Task<Result<WebhookResend>> ResendAsync(ITransaction tx, MerchantScope scope, EventId id, WebhookEndpointId? endpoint)
    {
        var isThere = await tx.CountAsync(
            $"SELECT COUNT(*) FROM events WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}");
        if (isThere == 0) return new Refusal(RefusalKind.NotFound, "resource_missing", $"There is no event {id}.", "id");
        if (endpoint is { } named && await RefusalAsync(tx, scope, named) is { } refusal) return refusal;
        var endpoints = endpoint is { } one ? [one] : await tx.QueryAsync(
            $"""
             SELECT d.endpoint_id FROM webhook_deliveries d
               JOIN webhook_endpoints w ON w.shard = d.shard AND w.id = d.endpoint_id
              WHERE d.shard = {scope.Shard} AND d.event_id = {id} AND w.status = 'enabled' ORDER BY d.endpoint_id
             """,
            row => row.Id<WebhookEndpointId>(0));
        foreach (var each in endpoints) await QueueAsync(tx, scope, id, each);
        return new WebhookResend(endpoints, endpoints.Count, endpoints.Count == 0 ? null : id, HasMore: false);
    }

    private static async Task<Result<WebhookResend>> EndAsync(ITransaction tx, Result<WebhookResend> outcome, IdempotentWrite<WebhookResend>? answer)
    {
        if (!outcome.IsSuccess) tx.Abandon();
        else if (answer is not null) await answer.FinishAsync(tx, outcome);
        return outcome;
    }

    // What is being sent at this moment is left alone: its answer decides. Everything else begins anew.
    private async Task QueueAsync(ITransaction tx, MerchantScope scope, EventId id, WebhookEndpointId endpoint)
    {
        var now = time.GetUtcNow();
        await tx.EnqueueAsync(
            $"""
             INSERT INTO webhook_deliveries (shard, event_id, endpoint_id, state, attempts, next_attempt_at_ms, added_later)
             VALUES ({scope.Shard}, {id}, {endpoint}, 'pending', 0, {now}, {true})
             ON CONFLICT (shard, event_id, endpoint_id) DO UPDATE
                SET state = 'pending', attempts = 0, next_attempt_at_ms = {now}, lease_token = NULL
              WHERE webhook_deliveries.state <> 'pending' OR webhook_deliveries.lease_token IS NULL
                 OR webhook_deliveries.next_attempt_at_ms <= {now}
             """);
        tx.OnCommitted(
            () =>
            {
                wakeUp.Listen(scope);
                wakeUp.Wake(scope);
            });
    }

    private static async Task<Refusal?> RefusalAsync(ITransaction tx, MerchantScope scope, WebhookEndpointId endpoint)
    {
        var status = await tx.FirstAsync(
            $"""
             SELECT status FROM webhook_endpoints
              WHERE shard = {scope.Shard} AND id = {endpoint} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
             """,
            row => row.Text(0));
        return status switch
        {
            "enabled" => null,
            "disabled" => new Refusal(
                RefusalKind.Invalid, "webhook_endpoint_disabled", $"The webhook endpoint {endpoint} is disabled; enable it first.", "webhook_endpoint"),
            _ => WebhookEndpoints.NotFound(endpoint),
        };
    }

    private Task<IReadOnlyCollection<string>> TypesOfAsync(MerchantScope scope, WebhookEndpointId endpoint, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyCollection<string>>(
            async reader =>
            {
                var types = await reader.QueryAsync(
                    $"""
                     SELECT type FROM webhook_endpoint_types
                      WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND endpoint_id = {endpoint}
                     """,
                    row => row.Text(0));
                return types.Contains(EventTypes.All) ? EventTypes.Known : types;
            },
            ct);

    private Task<List<EventId>> FindAsync(
        MerchantScope scope, WebhookEndpointId endpoint, ResendRange range, IReadOnlyCollection<string> types, CancellationToken ct)
    {
        Sql sql =
            $"""
             SELECT e.id FROM events e
               LEFT JOIN webhook_deliveries d ON d.shard = e.shard AND d.event_id = e.id AND d.endpoint_id = {endpoint}
              WHERE e.shard = {scope.Shard} AND e.merchant_id = {scope.Merchant} AND e.live = {scope.IsLive}
                AND e.id >= {EventStore.FirstValueAt(range.From)} AND e.type IN ({types})
             """;
        if (range.Before is { } before) sql.Append($" AND e.id < {EventStore.FirstValueAt(before)}");
        if (range.StartingAfter is { } after) sql.Append($" AND e.id > {after}");
        if (range.IsTaken is { } taken) sql.Append(Sql.Of(new SqlFragment(taken ? " AND d.state = 'delivered'" : " AND (d.state IS NULL OR d.state <> 'delivered')")));
        sql.Append($" ORDER BY e.id LIMIT {range.Limit + 1L}");
        return database.ReadAsync(async reader => await reader.QueryAsync(sql, row => row.Id<EventId>(0)), ct);
    }

    private static WebhookAttempt Read(ISqlRow row, byte[]? body, int first = 0) => new(
        row.Id<WebhookAttemptId>(first),
        row.Id<EventId>(first + 1),
        row.Text(first + 2),
        row.Id<WebhookEndpointId>(first + 3),
        row.Text(first + 4),
        body,
        (int?)row.Int64OrNull(first + 5),
        row.Int32(first + 6),
        AnswerHeaders.Read(row.TextOrNull(first + 7)),
        row.Text(first + 8),
        row.Bool(first + 9),
        row.Instant(first + 10));
}
