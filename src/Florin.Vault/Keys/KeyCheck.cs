using System.Security.Cryptography;
using System.Text;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Vault;

/// <summary>Compares the keys at hand with those that the database was used with.</summary>
internal sealed class KeyCheck(IDatabase database, KeyFile keys, TimeProvider time)
{
    private const string RootId = "root";

    private sealed record Check(string KeyId, byte[] Value);

    public async Task RunAsync(CancellationToken ct)
    {
        var stored = await database.ReadAsync(
            async reader => await reader.QueryAsync($"SELECT key_id, check_value FROM vault_key_checks", row => new Check(row.Text(0), row.Bytes(1))),
            ct);
        var present = keys.Keys.Select(key => CheckOf(key.Id, key.Key)).Prepend(CheckOf(RootId, keys.Root)).ToList();
        Compare(stored, present);
        await RefuseIfNeededKeyIsMissingAsync(stored.Select(check => check.KeyId).Except(present.Select(check => check.KeyId)), ct);
        await RememberAsync(present, ct);
    }

    private static void Compare(List<Check> stored, List<Check> present)
    {
        foreach (var check in present)
        {
            var known = stored.Find(other => other.KeyId == check.KeyId);
            if (known is null || CryptographicOperations.FixedTimeEquals(known.Value, check.Value)) continue;
            throw new KeyFileException(check.KeyId == RootId
                ? "The root key is not the one that this database was first started with: give the key file that belongs to it."
                : $"Key {check.KeyId} is not the one that this database knows by that name: give the key file that belongs to it.");
        }
    }

    private async Task RefuseIfNeededKeyIsMissingAsync(IEnumerable<string> missing, CancellationToken ct)
    {
        foreach (var keyId in missing)
        {
            var needed = await database.ReadAsync(
                async reader => await reader.CountAsync($"SELECT 1 FROM vault_cards WHERE key_id = {keyId} LIMIT 1"),
                ct);
            if (needed == 0) continue;
            throw new KeyFileException($"Cards are still wrapped by key {keyId}, which the key file lacks: put it back before the last key.");
        }
    }

    private Task RememberAsync(List<Check> present, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var check in present)
            {
                await tx.EnqueueAsync(
                    $"""
                     INSERT INTO vault_key_checks (key_id, check_value, created_at_ms)
                     VALUES ({check.KeyId}, {check.Value}, {time.GetUtcNow()}) ON CONFLICT (key_id) DO NOTHING
                     """);
            }
        },
        ct);

    // A hash under a derived key: it tells keys apart and gives nothing of them away.
    private static Check CheckOf(string keyId, Secret<byte[]> key) => new(
        keyId, HMACSHA256.HashData(new KeyRing(key).Derive("vault.key-check").Reveal(), Encoding.UTF8.GetBytes(keyId)));
}
