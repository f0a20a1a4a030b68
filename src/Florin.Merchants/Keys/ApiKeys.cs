using System.Net;
using System.Security.Cryptography;
using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.Logging;

namespace Florin.Merchants;

/// <summary>API keys: only their keyed hashes are stored, and what was looked up is remembered for two seconds.</summary>
internal sealed class ApiKeys(
    IDatabase database, IdSource ids, TimeProvider time, RandomSource random, KeyRing ring, KeyUses uses, ILogger<ApiKeys> log)
{
    // How late a revocation at another node is heard of here.
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(2);

    // "Until now" is a little in the past by the time it is read here.
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(5);

    private const int MaxRemembered = 10_000;

    private readonly Secret<byte[]> hashKey = ring.Derive("merchants.api-key");
    private readonly Lock gate = new();
    private readonly Dictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private long changes;

    private static readonly SqlFragment KeyColumns = new(
        "id, kind, name, hint, created_at_ms, revoked_at_ms, permissions, allowed_networks, last_used_at_ms, expires_at_ms");

    private sealed record StoredKey(
        ApiCaller Caller, byte[] Hash, bool IsRevoked, AllowedNetworks AllowedFrom, DateTimeOffset? ExpiresAt);

    private readonly record struct Remembered(StoredKey Key, DateTimeOffset Until);

    public async Task<NewApiKey> CreateAsync(MerchantScope scope, ApiKeyDraft draft, CancellationToken ct)
    {
        Check(draft);
        var text = ApiKeyText.New(draft.Kind, scope.IsLive, random);
        var key = NewKey(scope, draft, text);
        await database.WriteAsync(async tx => await tx.ExecuteAsync(Insert(scope, key, text)), ct);
        Log.KeyCreated(log, key.Id, key.Kind, scope.Merchant, scope.IsLive);
        return new NewApiKey(key, Secret.Of(text));
    }

    public async Task<Result<NewApiKey>> RollAsync(MerchantScope scope, ApiKeyId id, DateTimeOffset oldUntil, CancellationToken ct)
    {
        // To the millisecond, as it is stored.
        var until = DateTimeOffset.FromUnixTimeMilliseconds(oldUntil.ToUnixTimeMilliseconds());
        var now = time.GetUtcNow();
        if (until > now + ApiKeyRules.LongestOverlap || until < now - Lateness) return ApiKeyRefusals.OverlapInvalid;
        var rolled = await database.WriteAsync<Result<(NewApiKey New, byte[] OldHash)>>(
            async tx =>
            {
                // The condition stands in the UPDATE, so that of two who roll at once one finds it done.
                var found = await tx.FirstAsync(
                    $"""
                     UPDATE api_keys SET expires_at_ms = {until}
                      WHERE id = {id} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}
                        AND revoked_at_ms IS NULL AND expires_at_ms IS NULL
                     RETURNING {KeyColumns}, key_hash
                     """,
                    row => new RolledKey(KeyOf(row), row.Bytes(10)));
                if (found is null) return await IsThereAsync(tx, scope, id) ? ApiKeyRefusals.NotInUse(id) : ApiKeyRefusals.Missing(id);
                var old = found.Key;
                var draft = new ApiKeyDraft(old.Kind, old.Name) { Permissions = old.Permissions, AllowedFrom = old.AllowedFrom };
                var text = ApiKeyText.New(old.Kind, scope.IsLive, random);
                var key = NewKey(scope, draft, text);
                await tx.EnqueueAsync(Insert(scope, key, text));
                return (new NewApiKey(key, Secret.Of(text)), found.Hash);
            },
            ct);
        if (!rolled.TryGet(out var done, out var refusal)) return refusal;
        Forget(done.OldHash);
        Log.KeyRolled(log, id, scope.Merchant, done.New.Key.Id, until);
        return done.New;
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

        var key = NewKey(scope, new ApiKeyDraft(kind, name), text);
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

    public async Task<IReadOnlyList<ApiKey>> ListAsync(MerchantScope scope, CancellationToken ct)
    {
        var stored = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"SELECT {KeyColumns} FROM api_keys WHERE merchant = {scope.Merchant} AND is_live = {scope.IsLive} ORDER BY id DESC",
                KeyOf),
            ct);

        // What is not written down yet has happened all the same.
        return [.. stored.Select(key => uses.LatestOf(key.Id) is { } latest ? key with { LastUsedAt = latest } : key)];
    }

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
        Forget(hash);
        Log.KeyRevoked(log, id, scope.Merchant);
        return true;
    }

    public async Task<Result<ApiCaller>> AuthenticateAsync(string? presented, IPAddress? source, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(presented)) return ApiKeyRefusals.NotGiven;
        if (!ApiKeyText.HasTheForm(presented)) return ApiKeyRefusals.Malformed(presented);

        // Keyed, so that how long a look-up takes tells nothing about any key.
        var hash = ApiKeyText.Hash(hashKey, presented);
        var name = Convert.ToHexStringLower(hash);
        var now = time.GetUtcNow();
        long seen;
        lock (gate)
        {
            if (remembered.TryGetValue(name, out var known) && known.Until > now) return Admit(known.Key, presented, source, now);
            seen = changes;
        }

        var stored = await database.AskAsync(reader => FindAsync(reader, hash), ct);
        if (stored is null || !CryptographicOperations.FixedTimeEquals(stored.Hash, hash)) return ApiKeyRefusals.Unknown(presented);
        if (!stored.IsRevoked) Remember(name, stored, now, seen);
        return Admit(stored, presented, source, now);
    }

    // Asked of a remembered key too: time passes, and the next request may come from elsewhere.
    private Result<ApiCaller> Admit(StoredKey key, string presented, IPAddress? source, DateTimeOffset now)
    {
        if (key.IsRevoked) return ApiKeyRefusals.Revoked(presented);
        if (key.ExpiresAt is { } end && end <= now) return ApiKeyRefusals.Expired(presented);
        if (!key.AllowedFrom.Allow(source)) return ApiKeyRefusals.NotFromHere(presented, source);
        uses.Note(key.Caller.Key, now);
        return key.Caller;
    }

    // What was read before a change must not be remembered after it.
    private void Remember(string name, StoredKey key, DateTimeOffset now, long seen)
    {
        lock (gate)
        {
            if (seen != changes) return;
            if (remembered.Count >= MaxRemembered) remembered.Clear();
            remembered[name] = new Remembered(key, now + RememberFor);
        }
    }

    private void Forget(byte[] hash)
    {
        lock (gate)
        {
            changes++;
            remembered.Remove(Convert.ToHexStringLower(hash));
        }
    }

    private static void Check(ApiKeyDraft draft)
    {
        if (string.IsNullOrWhiteSpace(draft.Name) || draft.Name.Length > ApiKeyRules.LongestName || draft.Name.Contains('\0'))
        {
            throw new ArgumentException($"A key has a name of at most {ApiKeyRules.LongestName} characters.", nameof(draft));
        }

        if ((draft.Kind == ApiKeyKind.Restricted) != (draft.Permissions is not null))
        {
            throw new ArgumentException("A restricted key names what it may do, and no other key does.", nameof(draft));
        }

        if (draft.Kind == ApiKeyKind.Publishable && !draft.AllowedFrom.IsAnywhere)
        {
            throw new ArgumentException("A publishable key is used by buyers, who are anywhere.", nameof(draft));
        }
    }

    private ApiKey NewKey(MerchantScope scope, ApiKeyDraft draft, string text)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new ApiKey(ids.New<ApiKeyId>(scope.Shard), draft.Kind, draft.Name, ApiKeyText.Hint(text), now, RevokedAt: null)
        {
            Permissions = draft.Permissions,
            AllowedFrom = draft.AllowedFrom,
        };
    }

    private Sql Insert(MerchantScope scope, ApiKey key, string text) =>
        $"""
         INSERT INTO api_keys (id, merchant, is_live, kind, name, key_hash, hint, permissions, allowed_networks, created_at_ms)
         VALUES ({key.Id}, {scope.Merchant}, {scope.IsLive}, {Word(key.Kind)}, {key.Name}, {ApiKeyText.Hash(hashKey, text)},
                 {key.Hint}, {new SqlJson(key.Permissions?.ToJson())}, {key.AllowedFrom.ToJson()}, {key.CreatedAt})
         """;

    private sealed record RolledKey(ApiKey Key, byte[] Hash);

    private static async Task<bool> IsThereAsync(ISqlReader reader, MerchantScope scope, ApiKeyId id) =>
        await reader.CountAsync(
            $"SELECT COUNT(*) FROM api_keys WHERE id = {id} AND merchant = {scope.Merchant} AND is_live = {scope.IsLive}") == 1;

    private static async Task<StoredKey?> FindAsync(ISqlReader reader, byte[] hash) => await reader.FirstAsync(
        $"""
         SELECT id, kind, merchant, is_live, key_hash, revoked_at_ms, permissions, allowed_networks, expires_at_ms
           FROM api_keys WHERE key_hash = {hash}
         """,
        row => new StoredKey(
            new ApiCaller(row.Id<ApiKeyId>(0), KindOf(row.Text(1)), new MerchantScope(row.Id<MerchantId>(2), row.Bool(3)))
            {
                Permissions = PermissionsOf(row.TextOrNull(6)),
            },
            row.Bytes(4),
            IsRevoked: !row.IsNull(5),
            AllowedNetworks.FromJson(row.Text(7)),
            row.InstantOrNull(8)));

    private static ApiKey KeyOf(ISqlRow row) =>
        new(row.Id<ApiKeyId>(0), KindOf(row.Text(1)), row.Text(2), row.Text(3), row.Instant(4), row.InstantOrNull(5))
        {
            Permissions = PermissionsOf(row.TextOrNull(6)),
            AllowedFrom = AllowedNetworks.FromJson(row.Text(7)),
            LastUsedAt = row.InstantOrNull(8),
            ExpiresAt = row.InstantOrNull(9),
        };

    private static ApiKeyPermissions? PermissionsOf(string? json) => json is null ? null : ApiKeyPermissions.FromJson(json);

    private static string Word(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Secret => "secret",
        ApiKeyKind.Publishable => "publishable",
        ApiKeyKind.Restricted => "restricted",
    };

    private static ApiKeyKind KindOf(string word) => word switch
    {
        "secret" => ApiKeyKind.Secret,
        "publishable" => ApiKeyKind.Publishable,
        "restricted" => ApiKeyKind.Restricted,
        _ => throw new InvalidOperationException($"'{word}' is not a kind of key."),
    };
}
