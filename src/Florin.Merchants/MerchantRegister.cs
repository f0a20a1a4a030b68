using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Merchants;

/// <summary>Merchants themselves; keys and users have classes of their own.</summary>
internal sealed class MerchantRegister(IDatabase database, IdSource ids, TimeProvider time, ApiKeys keys, Users users, MerchantsOptions options)
    : IMerchants
{
    private const int MaxRemembered = 10_000;

    private static readonly SqlFragment Columns = new("id, name, country, fee_basis_points, fee_fixed_minor, created_at_ms");

    // A merchant does not change once it is made, so what was read stays right.
    private readonly ConcurrentDictionary<MerchantId, Merchant> remembered = [];

    public async Task<Merchant> CreateAsync(NewMerchant merchant, CancellationToken ct)
    {
        Check(merchant);
        var id = merchant.Id ?? ids.New<MerchantId>(merchant.Shard);

        // To the millisecond, as it is stored, so that what is answered now equals what is read later.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var created = new Merchant(id, merchant.Name, merchant.Country, merchant.Fees, now);
        var fixedMinor = new SqlJson(JsonSerializer.Serialize(merchant.Fees.FixedMinor));
        await database.WriteAsync(
            async tx => await tx.ExecuteAsync(
                $"""
                 INSERT INTO merchants (id, shard, name, country, fee_basis_points, fee_fixed_minor, created_at_ms)
                 VALUES ({id}, {merchant.Shard}, {merchant.Name}, {merchant.Country}, {(long)merchant.Fees.BasisPoints}, {fixedMinor}, {now})
                 """),
            ct);
        return created;
    }

    public async Task<Merchant?> FindAsync(MerchantId id, CancellationToken ct)
    {
        if (remembered.TryGetValue(id, out var known)) return known;
        var found = await database.AskAsync(
            async reader => await reader.FirstAsync($"SELECT {Columns} FROM merchants WHERE id = {id}", MerchantOf),
            ct);
        if (found is null) return null;
        if (remembered.Count >= MaxRemembered) remembered.Clear();
        remembered[id] = found;
        return found;
    }

    public async Task<IReadOnlyList<Merchant>> ListAsync(CancellationToken ct) => await database.ReadAsync(
        async reader => await reader.QueryAsync($"SELECT {Columns} FROM merchants ORDER BY id", MerchantOf),
        ct);

    public Task<NewApiKey> CreateKeyAsync(MerchantScope scope, ApiKeyDraft draft, CancellationToken ct) =>
        keys.CreateAsync(scope, draft, ct);

    public Task<Result<NewApiKey>> RollKeyAsync(MerchantScope scope, ApiKeyId id, DateTimeOffset oldUntil, CancellationToken ct) =>
        keys.RollAsync(scope, id, oldUntil, ct);

    public Task EnsureTestKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, string text, CancellationToken ct) =>
        keys.EnsureTestKeyAsync(scope, kind, name, text, ct);

    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(MerchantScope scope, CancellationToken ct) => keys.ListAsync(scope, ct);

    public Task<bool> RevokeKeyAsync(MerchantScope scope, ApiKeyId id, CancellationToken ct) => keys.RevokeAsync(scope, id, ct);

    public async Task<Result<ApiCaller>> AuthenticateAsync(string? presentedKey, IPAddress? source, CancellationToken ct) =>
        presentedKey is not null && options.RefusedKeys.Contains(presentedKey)
            ? ApiKeyRefusals.Unknown(presentedKey)
            : await keys.AuthenticateAsync(presentedKey, source, ct);

    public Task<Result<BackOfficeUser>> CreateUserAsync(
        MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct) =>
        users.CreateAsync(merchant, email, name, password, ct);

    public Task<BackOfficeUser> EnsureUserAsync(
        MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct) =>
        users.EnsureAsync(merchant, email, name, password, ct);

    public async Task<Result<BackOfficeUser>> SignInAsync(string email, Secret<string> password, CancellationToken ct)
    {
        var signedIn = await users.SignInAsync(email, password, ct);
        return signedIn.IsSuccess && options.RefusedUsers.Contains(signedIn.Value.Email) ? Users.SignInFailed : signedIn;
    }

    public async Task<BackOfficeUser?> FindUserAsync(UserId id, CancellationToken ct)
    {
        var user = await users.FindAsync(id, ct);
        return user is not null && options.RefusedUsers.Contains(user.Email) ? null : user;
    }

    private static void Check(NewMerchant merchant)
    {
        if (string.IsNullOrWhiteSpace(merchant.Name)) throw new ArgumentException("A merchant has a name.", nameof(merchant));
        if (merchant.Country.Length != 2 || !merchant.Country.All(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException($"'{merchant.Country}' is not a country code of ISO 3166-1 alpha-2.", nameof(merchant));
        }

        if (merchant.Id is { } id && id.Shard() != merchant.Shard)
        {
            throw new ArgumentException($"{id} says shard {id.Shard()}, not {merchant.Shard}.", nameof(merchant));
        }

        if (merchant.Fees.BasisPoints is < 0 or > 10_000)
        {
            throw new ArgumentException($"A fee of {merchant.Fees.BasisPoints} basis points is not between 0 and 10000.", nameof(merchant));
        }

        foreach (var (code, minor) in merchant.Fees.FixedMinor)
        {
            if (!Currency.TryGet(code, out var currency) || currency.Code != code || minor < 0)
            {
                throw new ArgumentException($"A fixed fee of {minor} in '{code}' is none.", nameof(merchant));
            }
        }
    }

    private static Merchant MerchantOf(ISqlRow row)
    {
        var fixedMinor = JsonSerializer.Deserialize<Dictionary<string, long>>(row.Text(4))!;
        return new Merchant(
            row.Id<MerchantId>(0), row.Text(1), row.Text(2), new MerchantFees(row.Int32(3), fixedMinor), row.Instant(5));
    }
}
