using System.Text.Json;
using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Pages;

namespace Florin.BackOffice.PaymentRouting;

/// <summary>One rule in words; <c>Name</c> null for the default.</summary>
internal sealed record RoutingRuleText(string? Name, IReadOnlyList<string> When, IReadOnlyList<string> Then)
{
    /// <summary>Puts a document, which was checked when it was written, into sentences.</summary>
    public static IReadOnlyList<RoutingRuleText> Read(string json, RoutingTexts texts)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var rules = new List<RoutingRuleText>();
        if (root.TryGetProperty("rules", out var written))
        {
            rules.AddRange(written.EnumerateArray().Select(rule => new RoutingRuleText(
                rule.GetProperty("name").GetString()!, rule.TryGetProperty("when", out var when) ? WhenOf(when, texts) : [], ThenOf(rule.GetProperty("then"), texts))));
        }

        var otherwise = root.TryGetProperty("default", out var accounts) ? texts.InOrder(Join(accounts)) : texts.ByPriority;
        var most = root.TryGetProperty("max_attempts", out var attempts) ? attempts.GetInt32() : 2;
        rules.Add(new RoutingRuleText(null, [], [otherwise, texts.AtMost(most)]));
        return rules;
    }

    private static IReadOnlyList<string> WhenOf(JsonElement when, RoutingTexts texts) => [.. when.EnumerateObject().Select(condition => condition.Name switch
    {
        "amount" => texts.Amount(Bound(condition.Value, "min"), Bound(condition.Value, "max")),
        "metadata" => texts.Condition(condition.Name, string.Join(", ", condition.Value.EnumerateObject().Select(pair => $"{pair.Name} = {Join(pair.Value)}"))),
        "time" => texts.Time(Text(condition.Value, "from"), Text(condition.Value, "to"), Text(condition.Value, "zone"), DaysOf(condition.Value)),
        _ => texts.Condition(condition.Name, Join(condition.Value)),
    })];

    private static IReadOnlyList<string> ThenOf(JsonElement then, RoutingTexts texts) => [.. then.EnumerateObject().Select(action => action.Name switch
    {
        "prefer" => texts.InOrder(Join(action.Value)),
        "exclude" => texts.Never(Join(action.Value)),
        _ => texts.Split(string.Join(", ", action.Value.EnumerateObject().Select(share => $"{share.Name} {share.Value.GetRawText()}"))),
    })];

    private static string? Bound(JsonElement amount, string name) =>
        amount.TryGetProperty(name, out var bound) && Currency.TryGet(amount.GetProperty("currency").GetString(), out var currency)
            ? People.Format(new Money(bound.GetInt64(), currency))
            : null;

    private static string? DaysOf(JsonElement time) => time.TryGetProperty("weekdays", out var days) ? Join(days) : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Join(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(item => item.GetString())) : value.GetString()!;
}
