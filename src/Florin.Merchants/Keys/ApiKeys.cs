using System.Security.Cryptography;
using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>API keys: only their keyed hashes are stored, and what was looked up is remembered for two seconds.</summary>
internal sealed class ApiKeys(
    IDatabase database, IdSource ids, TimeProvider time, RandomSource random, KeyRing ring, ILogger<ApiKeys> log)
{
    // How late a revocation at another node is heard of here.
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(2);

    private const int MaxRemembered = 10_000;

    private readonly Secret<byte[]> hashKey = ring.Derive("merchants.api-key");
    private readonly Lock gate = new();
    private readonly Dictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private long revocations;

    private sealed record StoredKey(ApiCaller Caller, byte[] Hash, bool IsRevoked);

    private readonly record struct Remembered(ApiCaller Caller, DateTimeOffset Until);

    public async Task<NewApiKey> CreateAsync(MerchantScope scope, ApiKeyKind kind, string name, CancellationToken ct)
    {
        var text = ApiKeyText.New(kind, scope.IsLive, random);
        var key = NewKey(scope, kind, name, text);
        await database.WriteAsync(async tx => await tx.ExecuteAsync(Insert(scope, key, text)), ct);
        return new NewApiKey(key, Secret.Of(text));
    }

    /// <exception cref="ArgumentException">The scope is live, or the text is not that of a test key of this kind.</exception>
    /// <exception cref="InvalidOperationException">The text is the key of somebody else.</exception>
    public async Task EnsureTestKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, string text, CancellationToken ct)
    {
        if (scope.IsLive) throw new ArgumentException("A key whose text is known is for test mode alone.", nameof(scope));
        if (!ApiKeyText.HasTheForm(text) || !text.StartsWith(ApiKeyText.Prefix(kind, isLive: false), StringComparison.Ordinal))
        {
            throw new ArgumentException($"{ApiKeyText.Masked(text)} is not the text of a {kind} test key.", nameof(text));
        }

        var key = NewKey(scope, kind, name, text);
        var stored = await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Insert(scope, key, text).Append($" ON CONFLICT (key_hash) DO NOTHING"));
                return await FindAsync(tx, ApiKeyText.Hash(hashKey, text));
            },
            ct);
        if (stored!.Caller.Scope != scope || stored.Caller.Kind != kind)
        {
            throw new InvalidOperationException($"{ApiKeyText.Masked(text)} is the key of {stored.Caller.Scope}.");
        }
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(MerchantScope scope, CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync(
            $"""
             SELECT id, kind, name, hint, created_at_ms, revoked_at_ms FROM api_keys
              WHERE merchant = {scope.Merchant} AND is_live = {scope.IsLive} ORDER BY id DESC
             """,
            row => new ApiKey(row.Id<ApiKeyId>(0), KindOf(row.Text(1)), row.Text(2), row.Text(3), row.Instant(4), row.InstantOrNull(5))),
        ct);

    public async Task<bool> RevokeAsync(MerchantScope scope, ApiKeyId id, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var hash = await database.WriteAsync(
            async tx => await tx.FirstAsync(
                $"""
                 UPDATE api_keys SET revoked_at_ms = COALESCE(revoked_at_ms, {now})
                  WHERE id = {id} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                 RETURNING key_hash
                 """,
                row => row.Bytes(0)),
            ct);
        if (hash is null) return false;
        lock (gate)
        {
            revocations++;
            remembered.Remove(Convert.ToHexStringLower(hash));
        }

        Log.KeyRevoked(log, id, scope.Merchant);
        return true;
    }

    public async Task<Result<ApiCaller>> AuthenticateAsync(string? presented, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(presented)) return ApiKeyRefusals.Missing;
        if (!ApiKeyText.HasTheForm(presented)) return ApiKeyRefusals.Malformed(presented);

        // Keyed, so that how long a look-up takes tells nothing about any key.
        var hash = ApiKeyText.Hash(hashKey, presented);
        var name = Convert.ToHexStringLower(hash);
        var now = time.GetUtcNow();
        long seen;
        lock (gate)
        {
            if (remembered.TryGetValue(name, out var known) && known.Until > now) return known.Caller;
            seen = revocations;
        }

        var stored = await database.AskAsync(reader => FindAsync(reader, hash), ct);
        if (stored is null || !CryptographicOperations.FixedTimeEquals(stored.Hash, hash)) return ApiKeyRefusals.Unknown(presented);
        if (stored.IsRevoked) return ApiKeyRefusals.Revoked(presented);
        Remember(name, stored.Caller, now, seen);
        return stored.Caller;
    }

    // What was read before a revocation must not be remembered after it.
    private void Remember(string name, ApiCaller caller, DateTimeOffset now, long seen)
    {
        lock (gate)
        {
            if (seen != revocations) return;
            if (remembered.Count >= MaxRemembered) remembered.Clear();
            remembered[name] = new Remembered(caller, now + RememberFor);
        }
    }

    private ApiKey NewKey(MerchantScope scope, ApiKeyKind kind, string name, string text)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new ApiKey(ids.New<ApiKeyId>(scope.Shard), kind, name, ApiKeyText.Hint(text), now, RevokedAt: null);
    }

    private Sql Insert(MerchantScope scope, ApiKey key, string text) =>
        $"""
         INSERT INTO api_keys (id, merchant, is_live, kind, name, key_hash, hint, created_at_ms)
         VALUES ({key.Id}, {scope.Merchant}, {scope.IsLive}, {Word(key.Kind)}, {key.Name}, {ApiKeyText.Hash(hashKey, text)},
                 {key.Hint}, {key.CreatedAt})
         """;

    private static async Task<StoredKey?> FindAsync(ISqlReader reader, byte[] hash) => await reader.FirstAsync(
        $"SELECT id, kind, merchant, is_live, key_hash, revoked_at_ms FROM api_keys WHERE key_hash = {hash}",
        row => new StoredKey(
            new ApiCaller(row.Id<ApiKeyId>(0), KindOf(row.Text(1)), new MerchantScope(row.Id<MerchantId>(2), row.Bool(3))),
            row.Bytes(4),
            IsRevoked: !row.IsNull(5)));

    private static string Word(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => "secret",
        ApiKeyKind.Publishable => "publishable",
    };

    private static ApiKeyKind KindOf(string word) => word switch
    {
        "secret" => ApiKeyKind.Secret,
        "publishable" => ApiKeyKind.Publishable,
        _ => throw new InvalidOperationException($"'{word}' is not a kind of key."),
    };
}
