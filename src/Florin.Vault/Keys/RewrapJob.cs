using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Vault;

/// <summary>Wraps every data key by the active key-encryption key, a batch at a time, while payments go on.</summary>
internal sealed class RewrapJob(IDatabase database, CardCipher cipher, KeyFile keys, ILogger<RewrapJob> log) : IJobHandler
{
    private const int Batch = 200;

    private sealed record BatchEnd(CardId? Last, bool Full);

    private sealed record Wrapped(MerchantScope Scope, CardId Id, byte[] Key);

    public string Kind => "vault.rewrap";

    public int Concurrency => 1;

    public TimeSpan? Every => TimeSpan.FromHours(1);

    public TimeSpan Lease => TimeSpan.FromMinutes(10);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var broken = new List<CardId>();
        foreach (var older in keys.Keys.SkipLast(1)) await RewrapAsync(older.Id, broken, ct);
        if (broken.Count == 0) return JobOutcome.Done;

        // The others are done; a person must look at these, and the older key must stay until then.
        Log.CardsNotRewrapped(log, broken.Count, broken[0]);
        return JobOutcome.Done;
    }

    private async Task RewrapAsync(string keyId, List<CardId> broken, CancellationToken ct)
    {
        var page = new BatchEnd(Last: null, Full: true);
        while (page.Full)
        {
            ct.ThrowIfCancellationRequested();
            page = await RewrapBatchAsync(keyId, page.Last, broken, ct);
        }
    }

    private async Task<BatchEnd> RewrapBatchAsync(string keyId, CardId? after, List<CardId> broken, CancellationToken ct)
    {
        var (end, brokenHere) = await database.WriteAsync(tx => RewrapBatchAsync(tx, keyId, after), ct);
        broken.AddRange(brokenHere);
        return end;
    }

    private async Task<(BatchEnd End, List<CardId> Broken)> RewrapBatchAsync(ITransaction tx, string keyId, CardId? after)
    {
        // Nodes that rewrap at the same time take different cards.
        var skipLocked = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE SKIP LOCKED" : "");
        var afterShard = after is { } last ? last.Shard().Value : -1L;
        var batch = await tx.QueryAsync(
            $"""
             SELECT shard, id, merchant, is_live, wrapped_key FROM vault_cards
              WHERE key_id = {keyId} AND (shard, id) > ({afterShard}, {after?.Value ?? Guid.Empty})
              ORDER BY shard, id LIMIT {(long)Batch} {skipLocked}
             """,
            row => new Wrapped(new MerchantScope(row.Id<MerchantId>(2), row.Bool(3)), row.Id<CardId>(1), row.Bytes(4)));
        var broken = new List<CardId>();
        foreach (var (scope, id, key) in batch)
        {
            byte[] rewrapped;
            try
            {
                rewrapped = cipher.Rewrap(scope, id, keyId, key);
            }
            catch (VaultIntegrityException)
            {
                broken.Add(id);
                continue;
            }

            await tx.EnqueueAsync(
                $"""
                 UPDATE vault_cards SET key_id = {keys.Active.Id}, wrapped_key = {rewrapped}
                  WHERE shard = {scope.Shard} AND id = {id} AND key_id = {keyId}
                 """,
                expectedRows: 1);
        }

        return (new BatchEnd(batch.Count > 0 ? batch[^1].Id : null, Full: batch.Count == Batch), broken);
    }
}
