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
    Task<NewApiKey> CreateKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, CancellationToken ct);

    /// <summary>Stores a key whose text is given, as the documented demo keys are. Test mode only; once is enough.</summary>
    Task EnsureTestKeyAsync(MerchantScope scope, ApiKeyKind kind, string name, string text, CancellationToken ct);

    Task<IReadOnlyList<ApiKey>> ListKeysAsync(MerchantScope scope, CancellationToken ct);

    /// <summary>From the next request on, at this node, the key is refused; at others within two seconds.</summary>
    /// <returns>False where there is no such key of this merchant and mode.</returns>
    Task<bool> RevokeKeyAsync(MerchantScope scope, ApiKeyId id, CancellationToken ct);

    /// <summary>Says whose key this is.</summary>
    /// <returns>The caller, or a refusal: <c>api_key_missing</c>, <c>api_key_invalid</c>, <c>api_key_revoked</c>.</returns>
    Task<Result<ApiCaller>> AuthenticateAsync(string? presentedKey, CancellationToken ct);

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
    Secret,
    Publishable,
}

/// <param name="Hint">The last four characters of the key.</param>
public sealed record ApiKey(
    ApiKeyId Id, ApiKeyKind Kind, string Name, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

public sealed record NewApiKey(ApiKey Key, Secret<string> Text);

public sealed record ApiCaller(ApiKeyId Key, ApiKeyKind Kind, MerchantScope Scope);

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
