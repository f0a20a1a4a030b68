using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage;

namespace Florin.Host.Demo;

/// <summary>The merchant that everybody starts with: test mode only, with keys that are printed in the documentation.</summary>
internal sealed class DemoShop(IMerchants merchants)
{
    public const string SecretKey = "fsk_test_florin_demo";
    public const string PublishableKey = "fpk_test_florin_demo";
    public const string Email = "demo@florin.example";
    public const string Password = "florin-demo-2026";

    // Fixed, so that documentation and examples can name it. Its last three digits are its shard.
    public static readonly MerchantId Merchant = Ids.Parse<MerchantId>("acct_01980000000070008000000000000001");

    private static readonly MerchantFees Fees = new(
        BasisPoints: 290, new Dictionary<string, long> { ["USD"] = 30, ["KRW"] = 300, ["EUR"] = 25 });

    /// <summary>Makes whatever of it is missing. Several nodes may do so at once.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if (await merchants.FindAsync(Merchant, ct) is null) await CreateAsync(ct);
        var scope = new MerchantScope(Merchant, IsLive: false);
        await merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Secret, "Demo secret key", SecretKey, ct);
        await merchants.EnsureTestKeyAsync(scope, ApiKeyKind.Publishable, "Demo publishable key", PublishableKey, ct);
        await merchants.EnsureUserAsync(Merchant, Email, "Demo", Secret.Of(Password), ct);
    }

    private async Task CreateAsync(CancellationToken ct)
    {
        try
        {
            await merchants.CreateAsync(new NewMerchant(Merchant.Shard(), "Florin Demo Shop", "KR", Fees, Merchant), ct);
        }
        catch (UniqueViolationException)
        {
            // Another node was first, and made the same.
        }
    }
}
