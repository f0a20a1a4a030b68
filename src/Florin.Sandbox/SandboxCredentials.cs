namespace Florin.Sandbox;

/// <summary>The demo merchant's credentials at each simulated acquirer. They open nothing but the sandbox.</summary>
public static class SandboxCredentials
{
    /// <summary>By acquirer (<c>aurora</c>, <c>hangang</c>, <c>castellan</c>), then by the connector's credential name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ByAcquirer { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [AcquirerNames.Aurora] = new Dictionary<string, string>
            {
                ["api_key"] = AuroraApiKey,
                ["webhook_secret"] = AuroraWebhookSecret,
            },
            [AcquirerNames.Hangang] = new Dictionary<string, string>
            {
                ["merchant_id"] = HangangMerchantId,
                ["merchant_key"] = HangangMerchantKey,
            },
            [AcquirerNames.Castellan] = new Dictionary<string, string>
            {
                ["merchant_id"] = CastellanMerchantId,
                ["signing_key"] = CastellanSigningKey,
            },
        };

    internal const string AuroraApiKey = "aurora_sandbox_key";
    internal const string AuroraWebhookSecret = "aurora_sandbox_webhook_secret";
    internal const string HangangMerchantId = "hangangdemo";
    internal const string HangangMerchantKey = "hangang_sandbox_merchant_key";
    internal const string CastellanMerchantId = "CASTELLAN-DEMO";
    internal const string CastellanSigningKey = "castellan_sandbox_signing_key";
}

/// <summary>The simulated acquirers, as connectors name them; each is served under a path of that name.</summary>
public static class AcquirerNames
{
    public const string Aurora = "aurora";
    public const string Hangang = "hangang";
    public const string Castellan = "castellan";

    public static IReadOnlyList<string> All { get; } = [Aurora, Hangang, Castellan];
}
