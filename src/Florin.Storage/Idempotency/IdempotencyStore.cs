using System.Security.Cryptography;
using Florin.Kernel;
using Florin.Storage.Nodes;

namespace Florin.Storage.Idempotency;

internal sealed class IdempotencyStore(IDatabase database, Node self, TimeProvider time) : IIdempotency
{
    // Longer than any gateway call may take, so that a request which still runs is not taken for cut off. Where its node goes
    // silent before that, it is cut off already: nobody waits here for a process that was killed.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private static readonly IdempotencyState Unused = new IdempotencyState.Unused();

    public Task<IdempotencyState> FindAsync(IdempotencyKey key, CancellationToken ct) =>
        database.AskAsync(async reader => await ReadAsync(reader, key), ct);

    public async Task<IdempotencyState> ClaimAsync(ITransaction tx, IdempotencyKey key, Guid? subject)
    {
        var now = time.GetUtcNow();
        var claimed = await tx.ExecuteAsync(
            $"""
             INSERT INTO idempotency_keys (shard, scope, key, fingerprint, state, request_id, subject, lease_until_ms, node_id, created_at_ms)
             VALUES ({key.Shard}, {key.Scope}, {key.Key}, {key.Fingerprint}, 'started', {key.RequestId}, {subject}, {now + Lease}, {self.Id}, {now})
             ON CONFLICT (shard, scope, key) DO NOTHING
             """);
        return claimed == 1 ? Unused : await ReadAsync(tx, key);
    }

    public async ValueTask FinishAsync(ITransaction tx, IdempotencyKey key, StoredResponse response)
    {
        var now = time.GetUtcNow();
        await tx.EnqueueAsync(
            $"""
             INSERT INTO idempotency_keys (shard, scope, key, fingerprint, state, request_id, lease_until_ms, status, content_type, body, created_at_ms)
             VALUES ({key.Shard}, {key.Scope}, {key.Key}, {key.Fingerprint}, 'finished', {key.RequestId}, 0,
                     {(long)response.Status}, {response.ContentType}, {response.Body}, {now})
             ON CONFLICT (shard, scope, key) DO UPDATE
                SET state = 'finished', status = excluded.status, content_type = excluded.content_type, body = excluded.body
              WHERE idempotency_keys.state = 'started'
             """);
    }

    private async Task<IdempotencyState> ReadAsync(ISqlReader reader, IdempotencyKey key) =>
        await reader.FirstAsync(
            $"""
             SELECT fingerprint, state, request_id, subject, lease_until_ms, status, content_type, body, created_at_ms,
                    (SELECT alive_until_ms FROM nodes WHERE nodes.id = idempotency_keys.node_id)
               FROM idempotency_keys WHERE shard = {key.Shard} AND scope = {key.Scope} AND key = {key.Key}
             """,
            row => StateOf(row, key)) ?? Unused;

    private IdempotencyState StateOf(ISqlRow row, IdempotencyKey key)
    {
        if (!CryptographicOperations.FixedTimeEquals(row.Bytes(0), key.Fingerprint))
        {
            return new IdempotencyState.Mismatch(row.Text(2), row.Instant(8));
        }

        if (row.Text(1) == "finished")
        {
            return new IdempotencyState.Finished(new StoredResponse(row.Int32(5), row.Text(6), row.Bytes(7)), row.Text(2));
        }

        var now = time.GetUtcNow();
        var isHeld = row.Instant(4) > now && (row.IsNull(9) || row.Instant(9) > now);
        return isHeld
            ? new IdempotencyState.InFlight()
            : new IdempotencyState.CutOff(row.IsNull(3) ? null : row.Uuid(3));
    }
}
