namespace Florin.Kernel;

/// <summary>Names one merchant.</summary>
public readonly record struct MerchantId(Guid Value) : IId<MerchantId>
{
    public static string Prefix => "acct_";

    public static MerchantId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <summary>One merchant in one mode. Test and live objects never meet: every object is asked for by its scope.</summary>
public readonly record struct MerchantScope(MerchantId Merchant, bool IsLive)
{
    public ShardId Shard => Merchant.Shard();

    /// <summary>As in <c>acct_0198...:test</c>; the scope of idempotency keys.</summary>
    public override string ToString() => $"{Merchant}:{(IsLive ? "live" : "test")}";
}
