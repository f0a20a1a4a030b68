using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Host.Demo;

/// <summary>The merchant that everybody starts with: test mode only, with keys that are printed in the documentation.</summary>
internal sealed class DemoShop(IMerchants merchants, IConnectorAccounts accounts)
{
    public const string SecretKey = "fsk_test_florin_demo";
    public const string PublishableKey = "fpk_test_florin_demo";
    public const string Email = "demo@florin.example";
    public const string Password = "florin-demo-2026";

    // Fixed, so that documentation and examples can name it. Its last three digits are its shard.
    public static readonly MerchantId Merchant = Ids.Parse<MerchantId>("acct_01980000000070008000000000000001");

    public static readonly MerchantScope Scope = new(Merchant, IsLive: false);

    // Each acquirer has its home currency, so that a tour of the shop meets all three; the first takes the rest.
    private static readonly Dictionary<string, string[]> HomeCurrencies = new()
    {
        [AcquirerNames.Hangang] = ["KRW"],
        [AcquirerNames.Castellan] = ["EUR", "GBP", "CHF"],
        [AcquirerNames.Aurora] = [],
    };

    /// <summary>Without the demo these open nothing, also where the database knows them from an earlier start.</summary>
    public static readonly MerchantsOptions Refused = new() { RefusedKeys = [SecretKey, PublishableKey], RefusedUsers = [Email] };

    private static readonly MerchantFees Fees = new(
        BasisPoints: 290, new Dictionary<string, long> { ["USD"] = 30, ["KRW"] = 300, ["EUR"] = 25 });

    private static readonly Dictionary<string, long> DisputeFees = new() { ["USD"] = 1_500, ["EUR"] = 1_500, ["GBP"] = 1_500, ["KRW"] = 15_000 };

    /// <summary>Makes whatever of it is missing. Several nodes may do so at once.</summary>
    public async Task EnsureAsync(Uri sandbox, CancellationToken ct)
    {
        if (await merchants.FindAsync(Merchant, ct) is null) await CreateAsync(ct);
        await merchants.EnsureTestKeyAsync(Scope, ApiKeyKind.Secret, "Demo secret key", SecretKey, ct);
        await merchants.EnsureTestKeyAsync(Scope, ApiKeyKind.Publishable, "Demo publishable key", PublishableKey, ct);
        await merchants.EnsureUserAsync(Merchant, Email, "Demo", Secret.Of(Password), ct);
        var priority = 0;
        foreach (var (acquirer, currencies) in HomeCurrencies)
        {
            var credentials = SandboxCredentials.ByAcquirer[acquirer].ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value));
            var account = new NewConnectorAccount(acquirer, new Uri(sandbox, acquirer + "/"), credentials, currencies, ++priority) { DisputeFees = DisputeFees };
            _ = (await accounts.EnsureAsync(Scope, account, ct)).Value;
        }
    }

    private async Task CreateAsync(CancellationToken ct)
    {
        try
        {
            await merchants.CreateAsync(new NewMerchant(Merchant.Shard(), "Petal & Coin", "KR", Fees, Merchant), ct);
        }
        catch (UniqueViolationException)
        {
            // Another node was first, and made the same.
        }
    }
}
