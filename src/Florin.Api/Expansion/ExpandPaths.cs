using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.Api.Expansion;

/// <summary>Which properties can be shown in full, and what stands there then.</summary>
internal static class ExpandPaths
{
    /// <summary>As at Stripe; the <c>data</c> of a list counts.</summary>
    public const int MostDepth = 4;

    /// <summary>What moved a balance: a charge, a refund or a dispute; its id says which.</summary>
    public const string AnySource = "source";

    private static readonly Dictionary<(string Object, string Property), string> Links = new()
    {
        [("payment_intent", "latest_charge")] = "charge",
        [("payment_intent", "payment_method")] = "payment_method",
        [("payment_intent", "customer")] = "customer",
        [("charge", "customer")] = "customer",
        [("checkout.session", "customer")] = "customer",
        [("payment_method", "customer")] = "customer",
        [("charge", "payment_intent")] = "payment_intent",
        [("charge", "balance_transaction")] = "balance_transaction",
        [("charge", "florin")] = "charge.florin",
        [("charge.florin", "dispute")] = "dispute",
        [("refund", "balance_transaction")] = "balance_transaction",
        [("balance_transaction", "source")] = AnySource,
        [("dispute", "charge")] = "charge",
        [("dispute", "payment_intent")] = "payment_intent",
        [("dispute", "evidence")] = "dispute.evidence",
        [("refund", "charge")] = "charge",
        [("refund", "payment_intent")] = "payment_intent",
        [("checkout.session", "payment_intent")] = "payment_intent",
        [("checkout.session", "setup_intent")] = "setup_intent",
        [("checkout.session", "line_items")] = "list",
        [("list", "data")] = "item",
        [("item", "price")] = "price",
        [("price", "product")] = "product",
        [("product", "default_price")] = "price",
        [("setup_intent", "customer")] = "customer",
        [("setup_intent", "latest_attempt")] = "setup_attempt",
        [("setup_intent", "payment_method")] = "payment_method",
        [("setup_attempt", "customer")] = "customer",
        [("setup_attempt", "payment_method")] = "payment_method",
        [("setup_attempt", "setup_intent")] = "setup_intent",
    };

    static ExpandPaths()
    {
        foreach (var field in EvidenceFields.Files) Links[("dispute.evidence", field)] = "file";
    }

    /// <summary>Reads <c>expand[]</c>; an unknown path is refused by the reader.</summary>
    /// <returns>Each path as its properties.</returns>
    public static IReadOnlyList<string[]> Read(ParameterReader parameters, AnsweredObject answered, ApiKeyKind caller)
    {
        var paths = new List<string[]>();
        foreach (var (path, index) in (parameters.Texts("expand") ?? []).Select((path, index) => (path, index)))
        {
            var param = $"expand][{index}";
            if (caller == ApiKeyKind.Publishable)
            {
                parameters.Refuse<string>(param, "secret_key_required", "Only a secret key shows objects in full.");
                break;
            }

            var properties = path.Split('.');
            if (properties.Length > MostDepth)
            {
                parameters.Refuse<string>(param, "parameter_invalid", $"Objects are expanded at most {MostDepth} deep.");
            }
            else if (!IsKnown(answered, properties))
            {
                parameters.Refuse<string>(param, "parameter_invalid", $"This property cannot be expanded: {SafeEcho.Text(path)}.");
            }
            else
            {
                paths.Add(answered.IsList ? properties[1..] : properties);
            }
        }

        return paths;
    }

    public static string TargetOf(string answered, string property) => Links[(answered, property)];

    public static string? TryTargetOf(string answered, string property) => Links.GetValueOrDefault((answered, property));

    /// <summary>What may be given to <c>expand[]</c> where this is answered, without the paths that go deeper.</summary>
    public static IReadOnlyList<string> PropertiesOf(AnsweredObject answered) =>
    [
        .. Links.Keys.Where(link => link.Object == answered.Name).Select(link => answered.IsList ? "data." + link.Property : link.Property),
    ];

    /// <summary>The objects that a path of <see cref="Read"/> shows in full, outermost first.</summary>
    public static IEnumerable<string> ObjectsOf(AnsweredObject answered, string[] properties)
    {
        var at = answered.Name;
        foreach (var property in properties) yield return at = TargetOf(at, property);
    }

    private static bool IsKnown(AnsweredObject answered, string[] properties)
    {
        if (answered.IsList && (properties.Length < 2 || properties[0] != "data")) return false;
        var at = answered.Name;
        foreach (var property in answered.IsList ? properties[1..] : properties)
        {
            if (!Links.TryGetValue((at, property), out var target)) return false;
            at = target;
        }

        return true;
    }
}
