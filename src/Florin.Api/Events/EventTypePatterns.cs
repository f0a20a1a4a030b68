using Florin.Api.Requests;
using Florin.Events;

namespace Florin.Api.Events;

/// <summary>Names of event types as a filter may write them: whole, or with <c>*</c> for any part, as in
/// <c>charge.*</c>.</summary>
internal static class EventTypePatterns
{
    private const int MostTypes = 20;
    private const int LongestType = 100;

    /// <summary>Reads a list of types.</summary>
    /// <returns>Null when absent; else what the patterns stand for, which holds at least one name: one that nothing is
    /// called finds nothing.</returns>
    public static IReadOnlyCollection<string>? Read(ParameterReader parameters, string name)
    {
        if (parameters.Texts(name) is not { } patterns) return null;
        if (patterns.Count is 0 or > MostTypes)
        {
            return parameters.Refuse<IReadOnlyCollection<string>>(name, "parameter_invalid", $"{parameters.Path(name)} has 1 to {MostTypes} entries.");
        }

        var index = patterns.ToList().FindIndex(pattern => pattern.Length is 0 or > LongestType);
        return index < 0
            ? [.. patterns.SelectMany(Expand).Distinct(StringComparer.Ordinal)]
            : parameters.Refuse<IReadOnlyCollection<string>>(
                $"{name}][{index}", "parameter_invalid", $"A type of event has 1 to {LongestType} characters.");
    }

    /// <summary>The types that a pattern stands for.</summary>
    public static IReadOnlyCollection<string> Expand(string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal)) return [pattern];
        var parts = pattern.Split('*');
        string[] matching = [.. EventTypes.Known.Where(type => Matches(type, parts)).Order(StringComparer.Ordinal)];
        return matching.Length > 0 ? matching : [pattern];
    }

    // The first part begins the name, the last ends it, and those between follow one another.
    private static bool Matches(string type, string[] parts)
    {
        if (!type.StartsWith(parts[0], StringComparison.Ordinal)) return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            at = type.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0) return false;
            at += part.Length;
        }

        return type.Length - at >= parts[^1].Length && type.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
