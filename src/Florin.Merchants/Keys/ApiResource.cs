namespace Florin.Merchants;

/// <summary>What a restricted key may be let near: the API's resources, one a family of routes.</summary>
public enum ApiResource
{
    AuditRecords,
    Balance,
    BalanceTransactions,
    Charges,
    CheckoutSessions,
    Customers,
    Disputes,
    Events,
    Files,
    Ledger,
    Gateways,
    PaymentIntents,
    PaymentMethods,
    PaymentPolicies,
    Prices,
    Products,
    Refunds,
    Routing,
    SetupIntents,
    TestClocks,
    Tokens,
    UnknownOutcomes,
    WebhookEndpoints,
}

/// <summary>How near. Who may write may read.</summary>
public enum ApiRight
{
    Read,
    Write,
}

/// <summary>Resources and rights as they are stored, typed and shown: <c>payment_intents</c>, <c>write</c>.</summary>
public static class ApiResources
{
    private static readonly Dictionary<string, ApiResource> ByWord = Enum.GetValues<ApiResource>().ToDictionary(Word);

    public static string Word(this ApiResource resource) => resource switch
    {
        ApiResource.AuditRecords => "audit_records",
        ApiResource.Balance => "balance",
        ApiResource.BalanceTransactions => "balance_transactions",
        ApiResource.Charges => "charges",
        ApiResource.CheckoutSessions => "checkout_sessions",
        ApiResource.Customers => "customers",
        ApiResource.Disputes => "disputes",
        ApiResource.Events => "events",
        ApiResource.Files => "files",
        ApiResource.Ledger => "ledger",
        ApiResource.Gateways => "gateways",
        ApiResource.PaymentIntents => "payment_intents",
        ApiResource.PaymentMethods => "payment_methods",
        ApiResource.PaymentPolicies => "payment_policies",
        ApiResource.Prices => "prices",
        ApiResource.Products => "products",
        ApiResource.Refunds => "refunds",
        ApiResource.Routing => "routing",
        ApiResource.SetupIntents => "setup_intents",
        ApiResource.TestClocks => "test_clocks",
        ApiResource.Tokens => "tokens",
        ApiResource.UnknownOutcomes => "unknown_outcomes",
        ApiResource.WebhookEndpoints => "webhook_endpoints",
    };

    public static string Word(this ApiRight right) => right switch
    {
        ApiRight.Read => "read",
        ApiRight.Write => "write",
    };

    public static bool TryParse(string? word, out ApiResource resource) => ByWord.TryGetValue(word ?? "", out resource);

    public static bool TryParse(string? word, out ApiRight right)
    {
        right = word == ApiRight.Write.Word() ? ApiRight.Write : ApiRight.Read;
        return word == right.Word();
    }
}
