using System.Globalization;
using System.Text.Json;

namespace Florin.Payments.Routing;

/// <summary>Finds what differs between two documents; rules are the same rule where they have the same name.</summary>
internal static class RoutingComparer
{
    public static IReadOnlyList<RoutingDifference> Compare(string before, string after)
    {
        using var old = JsonDocument.Parse(before);
        using var fresh = JsonDocument.Parse(after);
        var (oldRules, freshRules) = (RulesOf(old), RulesOf(fresh));
        var differences = new List<RoutingDifference>();
        var removed = oldRules.Where(rule => freshRules.All(each => each.Name != rule.Name));
        differences.AddRange(removed.Select(rule => new RoutingDifference(RoutingDifferenceKind.RuleRemoved, rule.Name, rule.Json.GetRawText(), null)));

        // Places among the rules of both, so that a rule added at the top does not move all that are below.
        var (keptBefore, keptAfter) = (Kept(oldRules, freshRules), Kept(freshRules, oldRules));
        foreach (var rule in freshRules)
        {
            if (oldRules.Find(each => each.Name == rule.Name) is not { Name: not null } known)
            {
                differences.Add(new RoutingDifference(RoutingDifferenceKind.RuleAdded, rule.Name, null, rule.Json.GetRawText()));
                continue;
            }

            if (!JsonElement.DeepEquals(known.Json, rule.Json))
            {
                differences.Add(new RoutingDifference(RoutingDifferenceKind.RuleChanged, rule.Name, known.Json.GetRawText(), rule.Json.GetRawText()));
            }

            var (from, to) = (keptBefore.IndexOf(rule.Name) + 1, keptAfter.IndexOf(rule.Name) + 1);
            if (from != to) differences.Add(new RoutingDifference(RoutingDifferenceKind.RuleMoved, rule.Name, Text(from), Text(to)));
        }

        Add(RoutingDifferenceKind.DefaultChanged, "default");
        Add(RoutingDifferenceKind.MaxAttemptsChanged, "max_attempts");
        return differences;

        void Add(RoutingDifferenceKind kind, string member)
        {
            var (was, now) = (Member(old, member), Member(fresh, member));
            if (was != now) differences.Add(new RoutingDifference(kind, null, was, now));
        }
    }

    private static List<(string Name, JsonElement Json)> RulesOf(JsonDocument document) => document.RootElement.TryGetProperty("rules", out var rules)
        ? [.. rules.EnumerateArray().Select(rule => (rule.GetProperty("name").GetString()!, rule))]
        : [];

    private static List<string> Kept(List<(string Name, JsonElement Json)> rules, List<(string Name, JsonElement Json)> others) =>
        [.. rules.Select(rule => rule.Name).Where(name => others.Any(other => other.Name == name))];

    // Without the spaces, which are nobody's change.
    private static string? Member(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out var value)
        ? JsonSerializer.Serialize(value, JsonContexts.Default.JsonElement)
        : null;

    private static string Text(int place) => place.ToString(CultureInfo.InvariantCulture);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonContexts : System.Text.Json.Serialization.JsonSerializerContext;
