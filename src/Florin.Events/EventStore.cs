using System.Buffers.Binary;
using System.Text;
using Florin.Events.Webhooks;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Events;

internal sealed class EventStore(IDatabase database, IdSource ids, DeliveryWakeUp wakeUp) : IEvents
{
    private const int MaxOfSubjects = 200;

    /// <summary>The columns that <see cref="Read"/> reads first.</summary>
    public static readonly SqlFragment Columns = new(
        """
        events.id, events.type, events.subject, events.object_json, events.previous_json, events.api_version, events.live,
        events.request_id, events.idempotency_key, events.created_at_ms
        """);

    // What waits for a deleted endpoint waits for nobody.
    private static readonly SqlFragment Pending = new(
        """
        (SELECT COUNT(*) FROM webhook_deliveries
           JOIN webhook_endpoints ON webhook_endpoints.shard = webhook_deliveries.shard
                                 AND webhook_endpoints.id = webhook_deliveries.endpoint_id
          WHERE webhook_deliveries.shard = events.shard AND webhook_deliveries.event_id = events.id
            AND webhook_deliveries.state = 'pending' AND webhook_endpoints.status <> 'deleted')
        """);

    private static readonly SqlFragment Undelivered = new(
        """
        EXISTS (SELECT 1 FROM webhook_deliveries
                  JOIN webhook_endpoints ON webhook_endpoints.shard = webhook_deliveries.shard
                                        AND webhook_endpoints.id = webhook_deliveries.endpoint_id
                 WHERE webhook_deliveries.shard = events.shard AND webhook_deliveries.event_id = events.id
                   AND webhook_deliveries.state <> 'delivered' AND webhook_endpoints.status <> 'deleted')
        """);

    private readonly record struct SubjectId(Guid Value) : IId;

    public async ValueTask<EventId> RecordAsync(ITransaction tx, NewEvent newEvent)
    {
        var scope = newEvent.Scope;
        var id = ids.New<EventId>(scope.Shard);
        var created = id.CreatedAt();
        var previous = newEvent.PreviousAttributesJson is { } known ? Encoding.UTF8.GetString(known) : null;
        await tx.EnqueueAsync(
            $"""
             INSERT INTO events (shard, id, merchant_id, live, type, subject, object_json, previous_json, api_version,
                                 request_id, idempotency_key, created_at_ms)
             VALUES ({scope.Shard}, {id}, {scope.Merchant}, {scope.IsLive}, {newEvent.Type}, {newEvent.Subject},
                     {Encoding.UTF8.GetString(newEvent.ObjectJson)}, {previous}, {ApiVersions.Current},
                     {newEvent.Origin?.RequestId}, {newEvent.Origin?.IdempotencyKey}, {created})
             """);
        await tx.EnqueueAsync(
            $"""
             INSERT INTO webhook_deliveries (shard, event_id, endpoint_id, state, attempts, next_attempt_at_ms)
             SELECT {scope.Shard}, {id}, endpoint_id, 'pending', 0, {created} FROM webhook_endpoint_types
              WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
                AND type IN ({newEvent.Type}, '*')
             """);
        if (wakeUp.IsListening(scope)) tx.OnCommitted(() => wakeUp.Wake(scope));
        return id;
    }

    public Task<StoredEvent?> FindAsync(MerchantScope scope, EventId id, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.FirstAsync(
            $"""
             SELECT {Columns}, {Pending} FROM events
              WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
             """,
            ReadWithPending),
        ct);

    public async Task<Page<StoredEvent>> ListAsync(MerchantScope scope, EventFilter filter, PageRequest<EventId> page, CancellationToken ct)
    {
        Sql sql =
            $"""
             SELECT {Columns}, {Pending} FROM events
              WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
             """;
        if (filter.Types.Count > 0) sql.Append($" AND type IN ({filter.Types})");
        if (filter.CreatedFrom is { } from) sql.Append($" AND id >= {FirstValueAt(from)}");
        if (filter.CreatedBefore is { } before) sql.Append($" AND id < {FirstValueAt(before)}");
        if (filter.IsDelivered is { } delivered) sql.Append($" AND {(delivered ? new SqlFragment("NOT") : default)} {Undelivered}");
        sql.Append(Paging.Tail(page));
        var rows = await database.ReadAsync(async reader => await reader.QueryAsync(sql, ReadWithPending), ct);
        return Paging.PageOf(rows, page);
    }

    public async Task<IReadOnlyList<StoredEvent>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct)
    {
        if (subjects.Count == 0) return [];
        var wanted = subjects.Select(subject => new SubjectId(subject)).ToList();
        return await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT {Columns}, {Pending} FROM events
                  WHERE shard = {scope.Shard} AND subject IN ({wanted}) AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
                  ORDER BY id LIMIT {MaxOfSubjects}
                 """,
                ReadWithPending),
            ct);
    }

    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(MerchantScope scope, IReadOnlyCollection<EventId> events, CancellationToken ct)
    {
        if (events.Count == 0) return [];
        return await database.ReadAsync(
            async reader =>
            {
                var attempts = await reader.QueryAsync(
                    $"""
                     SELECT event_id, endpoint_id, at_ms, status, duration_ms, answer FROM webhook_attempts
                      WHERE shard = {scope.Shard} AND event_id IN ({events}) ORDER BY event_id, endpoint_id, id
                     """,
                    row => (
                        Of: (row.Id<EventId>(0), row.Id<WebhookEndpointId>(1)),
                        Attempt: new DeliveryAttempt(row.Instant(2), (int?)row.Int64OrNull(3), row.Int32(4), row.Text(5))));
                var byDelivery = attempts.ToLookup(found => found.Of, found => found.Attempt);
                return await reader.QueryAsync(
                    $"""
                     SELECT d.event_id, d.endpoint_id, w.url, d.state, d.next_attempt_at_ms, w.status
                       FROM webhook_deliveries d
                       JOIN events e ON e.shard = d.shard AND e.id = d.event_id
                       JOIN webhook_endpoints w ON w.shard = d.shard AND w.id = d.endpoint_id
                      WHERE d.shard = {scope.Shard} AND d.event_id IN ({events})
                        AND e.merchant_id = {scope.Merchant} AND e.live = {scope.IsLive}
                      ORDER BY d.event_id, d.endpoint_id
                     """,
                    row => ReadDelivery(row, byDelivery));
            },
            ct);
    }

    /// <summary>Reads <see cref="Columns"/>, which stand first.</summary>
    public static StoredEvent Read(ISqlRow row, int pendingWebhooks) => new(
        row.Id<EventId>(0),
        row.Text(1),
        row.Uuid(2),
        Encoding.UTF8.GetBytes(row.Text(3)),
        row.TextOrNull(4) is { } previous ? Encoding.UTF8.GetBytes(previous) : null,
        row.Text(5),
        row.Bool(6),
        row.TextOrNull(7) is { } requestId ? new EventOrigin(requestId, row.TextOrNull(8)) : null,
        pendingWebhooks,
        row.Instant(9));

    /// <summary>No id made at this instant or later is below this value, and every earlier one is.</summary>
    public static Guid FirstValueAt(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(instant.ToUnixTimeMilliseconds(), 0) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private static StoredEvent ReadWithPending(ISqlRow row) => Read(row, row.Int32(10));

    private static WebhookDelivery ReadDelivery(ISqlRow row, ILookup<(EventId, WebhookEndpointId), DeliveryAttempt> attempts)
    {
        var (of, endpoint) = (row.Id<EventId>(0), row.Id<WebhookEndpointId>(1));
        var state = row.Text(3) switch
        {
            "delivered" => DeliveryState.Delivered,
            "pending" when row.Text(5) != "deleted" => DeliveryState.Pending,
            _ => DeliveryState.Failed,
        };
        DateTimeOffset? next = state == DeliveryState.Pending ? row.Instant(4) : null;
        return new WebhookDelivery(of, endpoint, row.Text(2), state, next, [.. attempts[(of, endpoint)]]);
    }
}
