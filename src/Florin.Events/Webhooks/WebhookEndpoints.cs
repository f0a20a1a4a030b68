using System.Text.Json;
using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Events.Webhooks;

internal sealed class WebhookEndpoints(
    IDatabase database, EndpointRules rules, SigningSecrets secrets, IdSource ids, TimeProvider time, DeliveryWakeUp wakeUp) : IWebhookEndpoints
{
    private static readonly SqlFragment Columns = new(
        "id, url, enabled_events, description, api_version, status, live, metadata, created_at_ms, old_secret_ends_at_ms");

    public async Task<Result<NewWebhookEndpoint>> CreateAsync(
        MerchantScope scope, WebhookEndpointSettings settings, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct)
    {
        if (rules.Check(settings, scope.IsLive) is { } refusal) return refusal;
        var id = ids.New<WebhookEndpointId>(scope.Shard);
        var metadata = settings.Metadata.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
        var endpoint = new WebhookEndpoint(
            id, settings.Url, Distinct(settings.EnabledEvents), NullIfEmpty(settings.Description), settings.ApiVersion,
            IsEnabled: true, scope.IsLive, metadata, id.CreatedAt());
        var made = new NewWebhookEndpoint(endpoint, secrets.New());
        var secret = secrets.Seal(id, made.Secret);
        await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                await InsertAsync(tx, scope, endpoint, secret);
                await RouteAsync(tx, scope, endpoint);
                if (answer is not null) await answer.FinishAsync(tx, made);
                tx.OnCommitted(() => wakeUp.Listen(scope));
            },
            ct);
        return made;
    }

    public Task<Result<WebhookEndpoint>> UpdateAsync(
        MerchantScope scope, WebhookEndpointId id, WebhookEndpointChange change, IdempotentWrite<WebhookEndpoint>? answer, CancellationToken ct) => database.WriteAsync<Result<WebhookEndpoint>>(
        async tx =>
        {
            if (await FindAsync(tx, scope, id, forUpdate: true) is not { } before) return NotFound(id);
            if (rules.Check(change, scope.IsLive) is { } refusal) return refusal;
            if (!EndpointRules.Merge(before.Metadata, change.Metadata ?? before.Metadata).TryGet(out var metadata, out var tooMany)) return tooMany;
            var after = before with
            {
                Url = change.Url ?? before.Url,
                EnabledEvents = change.EnabledEvents is { } types ? Distinct(types) : before.EnabledEvents,
                Description = change.Description is { } description ? NullIfEmpty(description) : before.Description,
                IsEnabled = change.Disabled is { } disabled ? !disabled : before.IsEnabled,
                Metadata = metadata,
            };
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            await tx.EnqueueAsync(
                $"""
                 UPDATE webhook_endpoints
                    SET url = {after.Url}, enabled_events = {JsonSerializer.Serialize(after.EnabledEvents)},
                        description = {after.Description}, metadata = {JsonSerializer.Serialize(after.Metadata)},
                        status = {(after.IsEnabled ? "enabled" : "disabled")}, revision = revision + 1
                  WHERE shard = {scope.Shard} AND id = {id}
                 """,
                expectedRows: 1);
            await UnrouteAsync(tx, scope, id);
            await RouteAsync(tx, scope, after);
            if (answer is not null) await answer.FinishAsync(tx, after);
            tx.OnCommitted(
                () =>
                {
                    // What was queued while it was disabled is due.
                    wakeUp.Listen(scope);
                    wakeUp.Wake(scope);
                });
            return after;
        },
        ct);

    public async Task<Result<NewWebhookEndpoint>> RollSecretAsync(
        MerchantScope scope, WebhookEndpointId id, TimeSpan overlap, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct)
    {
        var secret = secrets.New();
        var sealedSecret = secrets.Seal(id, secret);
        return await database.WriteAsync<Result<NewWebhookEndpoint>>(
            async tx =>
            {
                if (await FindAsync(tx, scope, id, forUpdate: true) is not { } endpoint) return NotFound(id);
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                DateTimeOffset? oldEndsAt = overlap > TimeSpan.Zero ? time.GetUtcNow() + overlap : null;
                await tx.EnqueueAsync(
                    $"""
                     UPDATE webhook_endpoints
                        SET old_secret_sealed = CASE WHEN {oldEndsAt is not null} THEN secret_sealed END, old_secret_ends_at_ms = {oldEndsAt},
                            secret_sealed = {sealedSecret}
                      WHERE shard = {scope.Shard} AND id = {id}
                     """,
                    expectedRows: 1);
                var rolled = new NewWebhookEndpoint(endpoint with { OldSecretEndsAt = oldEndsAt }, secret);
                if (answer is not null) await answer.FinishAsync(tx, rolled);
                return rolled;
            },
            ct);
    }

    public Task<Result<DeletedWebhookEndpoint>> DeleteAsync(
        MerchantScope scope, WebhookEndpointId id, IdempotentWrite<DeletedWebhookEndpoint>? answer, CancellationToken ct) => database.WriteAsync<Result<DeletedWebhookEndpoint>>(
        async tx =>
        {
            // Claimed first: of two at once, the second is to hear what the first is told, and not that nothing is there.
            if (answer is not null) await answer.BeginAsync(tx, id.Value);
            var deleted = await tx.ExecuteAsync(
                $"""
                 UPDATE webhook_endpoints SET status = 'deleted', secret_sealed = NULL, old_secret_sealed = NULL, old_secret_ends_at_ms = NULL
                  WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
                    AND status <> 'deleted'
                 """);
            if (deleted == 0)
            {
                tx.Abandon();
                return NotFound(id);
            }

            await UnrouteAsync(tx, scope, id);
            var gone = new DeletedWebhookEndpoint(id);
            if (answer is not null) await answer.FinishAsync(tx, gone);
            return gone;
        },
        ct);

    public Task<WebhookEndpoint?> FindAsync(MerchantScope scope, WebhookEndpointId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await FindAsync(reader, scope, id, forUpdate: false), ct);

    public async Task<Page<WebhookEndpoint>> ListAsync(MerchantScope scope, PageRequest<WebhookEndpointId> page, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT {Columns} FROM webhook_endpoints
                  WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND status <> 'deleted'
                 {Paging.Tail(page)}
                 """,
                Read),
            ct);
        return Paging.PageOf(rows, page);
    }

    private static ValueTask InsertAsync(ITransaction tx, MerchantScope scope, WebhookEndpoint endpoint, byte[] secret) => tx.EnqueueAsync(
        $"""
         INSERT INTO webhook_endpoints (shard, id, merchant_id, live, url, enabled_events, description, metadata, api_version,
                                        secret_sealed, status, created_at_ms)
         VALUES ({scope.Shard}, {endpoint.Id}, {scope.Merchant}, {scope.IsLive}, {endpoint.Url},
                 {JsonSerializer.Serialize(endpoint.EnabledEvents)}, {endpoint.Description},
                 {JsonSerializer.Serialize(endpoint.Metadata)}, {endpoint.ApiVersion}, {secret}, 'enabled', {endpoint.CreatedAt})
         """);

    // With '*' there is that row alone, so that no event finds the same endpoint twice.
    private static async Task RouteAsync(ITransaction tx, MerchantScope scope, WebhookEndpoint endpoint)
    {
        if (!endpoint.IsEnabled) return;
        IReadOnlyList<string> types = endpoint.EnabledEvents.Contains(EventTypes.All) ? [EventTypes.All] : endpoint.EnabledEvents;
        foreach (var type in types)
        {
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO webhook_endpoint_types (shard, merchant_id, live, type, endpoint_id)
                 VALUES ({scope.Shard}, {scope.Merchant}, {scope.IsLive}, {type}, {endpoint.Id})
                 """);
        }
    }

    private static ValueTask UnrouteAsync(ITransaction tx, MerchantScope scope, WebhookEndpointId id) => tx.EnqueueAsync(
        $"""
         DELETE FROM webhook_endpoint_types
          WHERE shard = {scope.Shard} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive} AND endpoint_id = {id}
         """);

    private ValueTask<WebhookEndpoint?> FindAsync(ISqlReader reader, MerchantScope scope, WebhookEndpointId id, bool forUpdate)
    {
        // Two changes at once would both route; SQLite has one writer at a time anyway.
        var locked = new SqlFragment(forUpdate && reader.Engine == SqlEngine.Postgres ? "FOR UPDATE" : "");
        return reader.FirstAsync(
            $"""
             SELECT {Columns} FROM webhook_endpoints
              WHERE shard = {scope.Shard} AND id = {id} AND merchant_id = {scope.Merchant} AND live = {scope.IsLive}
                AND status <> 'deleted' {locked}
             """,
            Read);
    }

    private WebhookEndpoint Read(ISqlRow row) => Read(row, time.GetUtcNow());

    private static WebhookEndpoint Read(ISqlRow row, DateTimeOffset now) => new(
        row.Id<WebhookEndpointId>(0),
        row.Text(1),
        JsonSerializer.Deserialize<List<string>>(row.Text(2))!,
        row.TextOrNull(3),
        row.TextOrNull(4),
        row.Text(5) == "enabled",
        row.Bool(6),
        JsonSerializer.Deserialize<Dictionary<string, string>>(row.Text(7))!,
        row.Instant(8))
    {
        OldSecretEndsAt = row.InstantOrNull(9) is { } ends && ends > now ? ends : null,
    };

    private static List<string> Distinct(IReadOnlyList<string> types) => [.. types.Distinct(StringComparer.Ordinal)];

    private static string? NullIfEmpty(string? text) => text is { Length: 0 } ? null : text;

    public static Refusal NotFound(WebhookEndpointId id) =>
        new(RefusalKind.NotFound, "resource_missing", $"There is no webhook endpoint {id}.", "webhook_endpoint");
}
