using System.Security.Cryptography;
using Florin.Kernel;
using Florin.Storage.Nodes;

namespace Florin.Storage.Idempotency;

internal sealed class IdempotencyStore(IDatabase database, Node self, GivenUpKeys givenUp, TimeProvider time) : IIdempotency
{
    // Longer than any gateway call may take, so that a request which still runs is not taken for cut off. Where its node goes
    // silent before that, it is cut off already: nobody waits here for a process that was killed.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private static readonly IdempotencyState Unused = new IdempotencyState.Unused();

    private static readonly SqlFragment Columns = new(
        """
        fingerprint, state, request_id, subject, lease_until_ms, status, content_type, body, created_at_ms,
        (SELECT alive_until_ms FROM nodes WHERE nodes.id = idempotency_keys.node_id)
        """);

    // The column that follows them.
    private const int Places = 10;

    public Task<IdempotencyState> FindAsync(IdempotencyKey key, CancellationToken ct) =>
        database.AskAsync(async reader => await ReadAsync(reader, key), ct);

    public async ValueTask<IReadOnlyList<IdempotencyState>> FindAsync(ISqlReader reader, IReadOnlyList<IdempotencyKey> keys)
    {
        var states = new IdempotencyState[keys.Count];
        Array.Fill(states, Unused);
        if (reader.Engine == SqlEngine.Sqlite)
        {
            // No server to go to and back from, so nothing is won by asking for many at once.
            for (var i = 0; i < states.Length; i++) states[i] = await ReadAsync(reader, keys[i]);
            return states;
        }

        if (keys.Count == 0) return states;
        await reader.EachAsync(
            $"""
             SELECT {Columns}, asked.place
               FROM unnest({SqlArray.Of([.. keys.Select(key => key.Scope)])}::text[], {SqlArray.Of([.. keys.Select(key => key.Key)])}::text[])
                    WITH ORDINALITY AS asked (scope, key, place)
               JOIN idempotency_keys USING (scope, key) WHERE shard = {keys[0].Shard}
             """,
            row =>
            {
                var place = row.Int32(Places) - 1;
                states[place] = StateOf(row, keys[place]);
            });
        return states;
    }

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

    public async ValueTask ForgetAsync(ITransaction tx, IdempotencyKey key) => await tx.EnqueueAsync(
        $"""
         DELETE FROM idempotency_keys
          WHERE shard = {key.Shard} AND scope = {key.Scope} AND key = {key.Key} AND state = 'started' AND request_id = {key.RequestId}
         """);

    public void GiveUp(IdempotencyKey key) => givenUp.Add(key);

    public async ValueTask FinishUnusedAsync(ITransaction tx, IReadOnlyList<(IdempotencyKey Key, StoredResponse Response)> answers)
    {
        if (answers.Count == 0) return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        T[] Column<T>(Func<(IdempotencyKey Key, StoredResponse Response), T> value) => [.. answers.Select(value)];
        await tx.InsertAsync(new NewRows(new SqlFragment("idempotency_keys"), answers.Count)
            .With("shard", answers[0].Key.Shard)
            .With("scope", SqlArray.Of(Column(answer => answer.Key.Scope)))
            .With("key", SqlArray.Of(Column(answer => answer.Key.Key)))
            .With("fingerprint", SqlArray.Of(Column(answer => answer.Key.Fingerprint)))
            .With("state", SqlArray.Of(Column(_ => "finished")))
            .With("request_id", SqlArray.Of(Column(answer => answer.Key.RequestId)))
            .With("lease_until_ms", SqlArray.Of(Column(_ => 0L)))
            .With("status", SqlArray.Of(Column(answer => (long)answer.Response.Status)))
            .With("content_type", SqlArray.Of(Column(answer => answer.Response.ContentType)))
            .With("body", SqlArray.Of(Column(answer => answer.Response.Body)))
            .With("created_at_ms", SqlArray.Of(Column(_ => now))));
    }

    private async Task<IdempotencyState> ReadAsync(ISqlReader reader, IdempotencyKey key) =>
        await reader.FirstAsync(
            $"SELECT {Columns} FROM idempotency_keys WHERE shard = {key.Shard} AND scope = {key.Scope} AND key = {key.Key}",
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
