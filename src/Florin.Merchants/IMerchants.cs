using System.Net;
using Florin.Kernel;

namespace Florin.Merchants;

/// <summary>Who sells, with which keys and users, at which rate.</summary>
public interface IMerchants
{
    Task<Merchant> CreateAsync(NewMerchant merchant, CancellationToken ct);

    /// <summary>Answered from memory after the first time; a merchant's own data changes by <see cref="IMerchants"/> alone.</summary>
    Task<Merchant?> FindAsync(MerchantId id, CancellationToken ct);

    Task<IReadOnlyList<Merchant>> ListAsync(CancellationToken ct);

    /// <summary>Makes a key; its text is in the answer and nowhere else afterwards.</summary>
    /// <exception cref="ArgumentException">The draft makes no sense: a restricted key without permissions, say.</exception>
    Task<NewApiKey> CreateKeyAsync(MerchantScope scope, ApiKeyDraft draft, CancellationToken ct);

    /// <summary>Stores a key whose text is given, as the documented demo keys are. Test mode only; once is enough.</summary>
    Task EnsureTestKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, string text, CancellationToken ct);

    Task<IReadOnlyList<ApiKey>> ListKeysAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>Makes a key that may do what an old one may; the old one opens its doors until <paramref name="oldUntil"/>,
    /// so that both work while servers are given the new one.</summary>
    /// <param name="oldUntil">From now to <see cref="ApiKeyRules.LongestOverlap"/> from now.</param>
    /// <returns>The new key, or a refusal: <c>resource_missing</c>, <c>api_key_not_in_use</c>, <c>parameter_invalid</c>.</returns>
    Task<Result<NewApiKey>> RollKeyAsync(MerchantScope scope, ApiKeyId id, DateTimeOffset oldUntil, CancellationToken ct);

    /// <summary>From the next request on, at this node, the key is refused; at others within two seconds.</summary>
    /// <returns>False where there is no such key of this merchant and mode.</returns>
    Task<bool> RevokeKeyAsync(MerchantScope scope, ApiKeyId id, CancellationToken ct);

    /// <summary>Says whose key this is.</summary>
    /// <param name="source">Where the request came from; null where that is not known.</param>
    /// <returns>The caller, or a refusal: <c>api_key_missing</c>, <c>api_key_invalid</c>, <c>api_key_revoked</c>,
    /// <c>api_key_expired</c>, <c>ip_address_not_allowed</c>.</returns>
    Task<Result<ApiCaller>> AuthenticateAsync(string? presentedKey, IPAddress? source, CancellationToken ct);

    /// <summary>Lets somebody in to the back office.</summary>
    /// <returns>The user, or a refusal: <c>email_invalid</c>, <c>password_too_short</c>, <c>email_taken</c>.</returns>
    Task<Result<BackOfficeUser>> CreateUserAsync(
        MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct);

    /// <summary>Makes the user where it is missing; one that is there keeps its password.</summary>
    Task<BackOfficeUser> EnsureUserAsync(MerchantId merchant, string email, string name, Secret<string> password, CancellationToken ct);

    /// <summary>Checks a password; after 10 wrong ones in a row the user is locked for 30 minutes.</summary>
    /// <returns>The user, or one and the same refusal for every reason, so that nobody learns which users exist.</returns>
    Task<Result<BackOfficeUser>> SignInAsync(string email, Secret<string> password, CancellationToken ct);

    Task<BackOfficeUser?> FindUserAsync(UserId id, CancellationToken ct);
}

/// <param name="Fees">What the platform keeps of each capture.</param>
public sealed record Merchant(
    MerchantId Id, string Name, string Country, MerchantFees Fees, DateTimeOffset CreatedAt);

/// <summary>The merchant's rate.</summary>
/// <param name="BasisPoints">Hundredths of a percent of the captured amount: 290 is 2.9 %.</param>
/// <param name="FixedMinor">A fixed part by upper-case currency code, in minor units of that currency; a currency that is
/// absent has none.</param>
public sealed record MerchantFees(int BasisPoints, IReadOnlyDictionary<string, long> FixedMinor);

/// <param name="Shard">Where all of the merchant's rows will live.</param>
public sealed record NewMerchant(ShardId Shard, string Name, string Country, MerchantFees Fees, MerchantId? Id = null);

public enum ApiKeyKind
{
    /// <summary>A server of the merchant's: may do everything.</summary>
    Secret,

    /// <summary>Any browser: may do what a buyer's page must, and is no secret.</summary>
    Publishable,

    /// <summary>A server of the merchant's that may do what its key names.</summary>
    Restricted,
}

/// <summary>A key to be made.</summary>
/// <param name="Name">What it is for, to know it by; at most <see cref="ApiKeyRules.LongestName"/> characters.</param>
public sealed record ApiKeyDraft(ApiKeyKind Kind, string Name)
{
    /// <summary>What a restricted key may do; null for every other kind.</summary>
    public ApiKeyPermissions? Permissions { get; init; }

    /// <summary>From where it may be used; a publishable key from anywhere, since buyers are.</summary>
    public AllowedNetworks AllowedFrom { get; init; } = AllowedNetworks.Anywhere;
}

/// <param name="Hint">The last four characters of the key.</param>
public sealed record ApiKey(
    ApiKeyId Id, ApiKeyKind Kind, string Name, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>What a restricted key may do; null for every other kind.</summary>
    public ApiKeyPermissions? Permissions { get; init; }

    public AllowedNetworks AllowedFrom { get; init; } = AllowedNetworks.Anywhere;

    /// <summary>To the minute or so: uses are written down together.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Of a key that was rolled, when it stops to open anything.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsInUse(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || end > now);
}

public sealed record NewApiKey(ApiKey Key, Secret<string> Text);

public sealed record ApiCaller(ApiKeyId Key, ApiKeyKind Kind, MerchantScope Scope)
{
    /// <summary>What a restricted key may do; null for every other kind.</summary>
    public ApiKeyPermissions? Permissions { get; init; }

    /// <summary>Whether a route that wants this right is open, as far as restricted keys go; what browsers may do is another
    /// question.</summary>
    public bool Allows(ApiResource resource, ApiRight right) => Kind switch
    {
        ApiKeyKind.Secret or ApiKeyKind.Publishable => true,
        ApiKeyKind.Restricted => Permissions is { } permissions && permissions.Allow(resource, right),
    };
}

/// <summary>What holds for every key.</summary>
public static class ApiKeyRules
{
    public const int LongestName = 100;

    /// <summary>How long a rolled key may go on beside its successor.</summary>
    public static TimeSpan LongestOverlap { get; } = TimeSpan.FromDays(30);

    /// <summary>A key as lists may show it: <c>frk_test_****abcd</c>.</summary>
    public static string Masked(ApiKeyKind kind, bool isLive, string hint) => $"{ApiKeyText.Prefix(kind, isLive)}****{hint}";

    /// <summary>A key as errors and logs may show it, whatever it is that was presented.</summary>
    public static string Masked(string presentedKey) => ApiKeyText.Masked(presentedKey);

    /// <summary>Makes a key without limits of its own.</summary>
    public static Task<NewApiKey> CreateKeyAsync(
        this IMerchants merchants, MerchantScope scope, ApiKeyKind kind, string name, CancellationToken ct) =>
        merchants.CreateKeyAsync(scope, new ApiKeyDraft(kind, name), ct);
}

public sealed record BackOfficeUser(UserId Id, MerchantId Merchant, string Email, string Name);

public readonly record struct ApiKeyId(Guid Value) : IId<ApiKeyId>
{
    public static string Prefix => "key_";

    public static ApiKeyId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public readonly record struct UserId(Guid Value) : IId<UserId>
{
    public static string Prefix => "usr_";

    public static UserId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}
