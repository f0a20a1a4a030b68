using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Nodes;

namespace Florin.Events.Webhooks;

/// <summary>An endpoint that may be told things, as the worker looks at it.</summary>
internal sealed record ListeningEndpoint(WebhookEndpointId Id, MerchantScope Scope, bool HasDue);

/// <summary>A claim on some deliveries of one endpoint.</summary>
internal sealed record EndpointClaim(ListeningEndpoint Endpoint, int Limit);

/// <summary>One event to be sent to one endpoint, held until the lease ends.</summary>
/// <param name="Event">As it was when it was recorded: every attempt sends the same bytes.</param>
/// <param name="Old">The secret before the last roll, which signs until its end.</param>
/// <param name="Revision">Counts the changes of the endpoint when the delivery was claimed.</param>
/// <param name="Attempts">How many were made before.</param>
internal sealed record DueDelivery(
    StoredEvent Event, ListeningEndpoint Endpoint, string Url, byte[] SealedSecret, OldSecret? Old, long Revision, int Attempts, Guid LeaseToken)
{
    public IEnumerable<byte[]> SecretsAt(DateTimeOffset instant)
    {
        yield return SealedSecret;
        if (Old is not null && instant < Old.EndsAt) yield return Old.Sealed;
    }
}

internal sealed record OldSecret(byte[] Sealed, DateTimeOffset EndsAt);

/// <summary>How a delivery goes on after an attempt.</summary>
internal enum Verdict
{
    /// <summary>The endpoint answered 2xx.</summary>
    Delivered,

    Retry,

    GaveUp,

    /// <summary>The endpoint answered 410: it is disabled, and keeps what it was not told.</summary>
    Gone,

    /// <summary>The process was stopping; the attempt does not count.</summary>
    CutOff,
}

/// <param name="Attempt">Null for what was cut off.</param>
/// <param name="NextAttemptAt">For what is to be tried again.</param>
internal sealed record SettledDelivery(
    DueDelivery Delivery, Verdict Verdict, DeliveryAttempt? Attempt, DateTimeOffset NextAttemptAt, string? AnswerHeaders = null);

/// <summary>The deliveries table: claims with leases, so that an event is neither lost in a crash nor sent by two at leisure.</summary>
internal sealed class DeliveryStore(IDatabase database, IdSource ids, Node self) : INodeHoldings
{
    private const int CountedBacklog = 100_000;

    /// <summary>All enabled endpoints, each with whether something is due for it.</summary>
    public Task<List<ListeningEndpoint>> ListeningAsync(DateTimeOffset now, CancellationToken ct) => database.ReadAsync(
        async reader => await reader.QueryAsync($"{Endpoints(now)} WHERE w.status = 'enabled'", ReadEndpoint), ct);

    /// <summary>The enabled endpoints of some merchants.</summary>
    public Task<List<ListeningEndpoint>> ListeningAsync(IReadOnlyList<MerchantScope> scopes, DateTimeOffset now, CancellationToken ct) => database.ReadAsync(
        async reader =>
        {
            var found = new List<ListeningEndpoint>();
            foreach (var scope in scopes)
            {
                found.AddRange(await reader.QueryAsync(
                    $"""
                     {Endpoints(now)}
                      WHERE w.shard = {scope.Shard} AND w.merchant_id = {scope.Merchant} AND w.live = {scope.IsLive} AND w.status = 'enabled'
                     """,
                    ReadEndpoint));
            }

            return found;
        },
        ct);

    /// <summary>Takes due deliveries, the longest due first, and holds them until the lease ends.</summary>
    public async Task<List<DueDelivery>> ClaimAsync(
        IReadOnlyList<EndpointClaim> claims, DateTimeOffset now, DateTimeOffset leaseEnd, CancellationToken ct)
    {
        var token = ids.NewValue(new ShardId(0));
        var taken = await database.WriteAsync(
            async tx =>
            {
                // PostgreSQL's other workers step over rows being claimed; SQLite has one writer at a time anyway.
                var skipLocked = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE SKIP LOCKED" : "");
                var found = new List<ListeningEndpoint>();
                foreach (var (endpoint, limit) in claims)
                {
                    var shard = endpoint.Scope.Shard;
                    var claimed = await tx.ExecuteAsync(
                        $"""
                         WITH due AS MATERIALIZED (
                              SELECT event_id FROM webhook_deliveries
                               WHERE shard = {shard} AND endpoint_id = {endpoint.Id} AND state = 'pending' AND next_attempt_at_ms <= {now}
                               ORDER BY next_attempt_at_ms LIMIT {limit} {skipLocked})
                         UPDATE webhook_deliveries SET lease_token = {token}, next_attempt_at_ms = {leaseEnd}, lease_node_id = {self.Id}
                          WHERE shard = {shard} AND endpoint_id = {endpoint.Id} AND event_id IN (SELECT event_id FROM due)
                         """);
                    if (claimed > 0) found.Add(endpoint);
                }

                return found;
            },
            ct);
        if (taken.Count == 0) return [];
        return await database.ReadAsync(
            async reader =>
            {
                var deliveries = new List<DueDelivery>();
                foreach (var endpoint in taken) deliveries.AddRange(await ReadClaimedAsync(reader, endpoint, token, leaseEnd));
                return deliveries;
            },
            ct);
    }

    /// <summary>Writes down how attempts ended. A lease that was lost meanwhile is left to its new holder.</summary>
    public Task SettleAsync(IReadOnlyList<SettledDelivery> settled, DateTimeOffset now, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var one in settled)
            {
                await RecordAttemptAsync(tx, one);
                await MoveOnAsync(tx, one, now);
                if (one.Verdict == Verdict.Gone) await DisableAsync(tx, one.Delivery);
            }
        },
        ct);

    /// <inheritdoc/>
    /// <remarks>An attempt that goes on all the same may still be taken, and is then told twice under one id.</remarks>
    public async Task ReleaseAsync(ITransaction tx, Guid node, DateTimeOffset now) => await tx.ExecuteAsync(
        $"""
         UPDATE webhook_deliveries SET lease_token = NULL, next_attempt_at_ms = {now}
          WHERE state = 'pending' AND lease_node_id = {node} AND lease_token IS NOT NULL
         """);

    /// <summary>How many deliveries wait for endpoints that are enabled; beyond a hundred thousand it is not counted on.</summary>
    public Task<long> BacklogAsync(CancellationToken ct) => database.ReadAsync(
        async reader => await reader.CountAsync(
            $"""
             SELECT COUNT(*) FROM (
                    SELECT 1 FROM webhook_endpoints w
                      JOIN webhook_deliveries d ON d.shard = w.shard AND d.endpoint_id = w.id AND d.state = 'pending'
                     WHERE w.status = 'enabled' LIMIT {(long)CountedBacklog}) AS waiting
             """),
        ct);

    private static Sql Endpoints(DateTimeOffset now) =>
        $"""
         SELECT w.id, w.merchant_id, w.live,
                EXISTS (SELECT 1 FROM webhook_deliveries d
                         WHERE d.shard = w.shard AND d.endpoint_id = w.id AND d.state = 'pending' AND d.next_attempt_at_ms <= {now})
           FROM webhook_endpoints w
         """;

    private static ListeningEndpoint ReadEndpoint(ISqlRow row) =>
        new(row.Id<WebhookEndpointId>(0), new MerchantScope(row.Id<MerchantId>(1), row.Bool(2)), row.Bool(3));

    /// <summary>What pending_webhooks was when the event was recorded: all deliveries of then, and not those still pending.</summary>
    public static readonly SqlFragment FirstCount = new(
        "(SELECT COUNT(*) FROM webhook_deliveries each WHERE each.shard = events.shard AND each.event_id = events.id AND each.added_later = false)");

    private static ValueTask<List<DueDelivery>> ReadClaimedAsync(
        ISqlReader reader, ListeningEndpoint endpoint, Guid token, DateTimeOffset leaseEnd) => reader.QueryAsync(
        $"""
         SELECT {EventStore.Columns},
                {FirstCount}, w.url, w.secret_sealed, w.api_version, d.attempts, w.revision, w.old_secret_sealed, w.old_secret_ends_at_ms
           FROM webhook_deliveries d
           JOIN events ON events.shard = d.shard AND events.id = d.event_id
           JOIN webhook_endpoints w ON w.shard = d.shard AND w.id = d.endpoint_id
          WHERE d.shard = {endpoint.Scope.Shard} AND d.endpoint_id = {endpoint.Id} AND d.state = 'pending'
            AND d.next_attempt_at_ms = {leaseEnd} AND d.lease_token = {token} AND w.status = 'enabled'
         """,
        row =>
        {
            var stored = EventStore.Read(row, pendingWebhooks: row.Int32(10));
            var sent = stored with { ApiVersion = row.TextOrNull(13) ?? stored.ApiVersion };
            var old = row.IsNull(16) ? null : new OldSecret(row.Bytes(16), row.Instant(17));
            return new DueDelivery(sent, endpoint, row.Text(11), row.Bytes(12), old, row.Int64(15), row.Int32(14), token);
        });

    private async Task RecordAttemptAsync(ITransaction tx, SettledDelivery settled)
    {
        if (settled.Attempt is not { } attempt) return;
        var delivery = settled.Delivery;
        var shard = delivery.Endpoint.Scope.Shard;
        await tx.EnqueueAsync(
            $"""
             INSERT INTO webhook_attempts (shard, event_id, endpoint_id, id, at_ms, status, duration_ms, answer, url, api_version, answer_headers)
             VALUES ({shard}, {delivery.Event.Id}, {delivery.Endpoint.Id}, {ids.NewValue(shard)}, {attempt.At},
                     {(long?)attempt.Status}, {(long)attempt.DurationMs}, {attempt.Answer}, {delivery.Url}, {delivery.Event.ApiVersion},
                     {settled.AnswerHeaders})
             """);
    }

    private static async Task MoveOnAsync(ITransaction tx, SettledDelivery settled, DateTimeOffset now)
    {
        var delivery = settled.Delivery;
        Sql mine =
            $"""
             shard = {delivery.Endpoint.Scope.Shard} AND event_id = {delivery.Event.Id} AND endpoint_id = {delivery.Endpoint.Id}
               AND state = 'pending'
             """;
        switch (settled.Verdict)
        {
            case Verdict.Delivered:
                // Also without the lease: it has arrived, whoever else is trying.
                await tx.EnqueueAsync($"UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, lease_token = NULL WHERE {mine}");
                break;
            case Verdict.GaveUp:
                await tx.EnqueueAsync(
                    $"""
                     UPDATE webhook_deliveries SET state = 'failed', attempts = attempts + 1, lease_token = NULL
                      WHERE {mine} AND lease_token = {delivery.LeaseToken}
                     """);
                break;
            case Verdict.Retry or Verdict.Gone:
                await tx.EnqueueAsync(
                    $"""
                     UPDATE webhook_deliveries
                        SET attempts = attempts + 1, lease_token = NULL, next_attempt_at_ms = {settled.NextAttemptAt}
                      WHERE {mine} AND lease_token = {delivery.LeaseToken}
                     """);
                break;
            case Verdict.CutOff:
                await tx.EnqueueAsync(
                    $"""
                     UPDATE webhook_deliveries SET lease_token = NULL, next_attempt_at_ms = {now}
                      WHERE {mine} AND lease_token = {delivery.LeaseToken}
                     """);
                break;
        }
    }

    // Only where the merchant has not touched it since it was called: it may have been moved, or enabled again.
    private static async Task DisableAsync(ITransaction tx, DueDelivery delivery)
    {
        var (endpoint, scope) = (delivery.Endpoint, delivery.Endpoint.Scope);
        await tx.EnqueueAsync(
            $"""
             UPDATE webhook_endpoints SET status = 'disabled'
              WHERE shard = {scope.Shard} AND id = {endpoint.Id} AND status = 'enabled' AND revision = {delivery.Revision}
             """);
        await tx.EnqueueAsync(
            $"""
             DELETE FROM webhook_endpoint_types
              WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND endpoint_id = {endpoint.Id}
                AND NOT EXISTS (SELECT 1 FROM webhook_endpoints
                                 WHERE shard = {scope.Shard} AND id = {endpoint.Id} AND status = 'enabled')
             """);
    }
}
