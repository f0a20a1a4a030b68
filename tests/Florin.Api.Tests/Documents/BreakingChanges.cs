using System.Text.Json;

namespace Florin.Api.Tests.Documents;

/// <summary>What a caller may rely on, as sentences; a sentence that is true no more is a change that breaks somebody.</summary>
internal static class BreakingChanges
{
    public static IReadOnlyList<string> Between(JsonElement before, JsonElement after)
    {
        var (old, now) = (Promises(before).ToHashSet(), Promises(after).ToHashSet());
        var asked = Operations(before).Select(operation => operation.Name).ToHashSet();
        var demands = Demands(after).Except(Demands(before)).Where(demand => asked.Contains(demand.Operation)).Select(demand => demand.Text);
        return [.. old.Except(now).Select(promise => "no more: " + promise).Concat(demands.Select(demand => "new: " + demand)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Paths, parameters with their words, properties with their words, and that a property is always there.</summary>
    private static IEnumerable<string> Promises(JsonElement document)
    {
        foreach (var (name, operation) in Operations(document))
        {
            yield return name;
            foreach (var parameter in Parameters(operation).SelectMany(parameter => Facts(parameter.Schema, parameter.Name))) yield return $"{name} takes {parameter}";
        }

        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            foreach (var fact in Facts(schema.Value, schema.Name)) yield return $"object {fact}";
            foreach (var always in Required(schema.Value, schema.Name)) yield return $"object {schema.Name} always has {always}";
        }
    }

    private static IEnumerable<(string Operation, string Text)> Demands(JsonElement document) =>
        from operation in Operations(document)
        from parameter in Parameters(operation.Value)
        from required in Required(parameter.Schema, parameter.Name).Concat(parameter.IsRequired ? [parameter.Name] : [])
        select (operation.Name, $"{operation.Name} requires {required}");

    private static IEnumerable<(string Name, JsonElement Value)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    private static IEnumerable<(string Name, JsonElement Schema, bool IsRequired)> Parameters(JsonElement operation)
    {
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray())
            {
                var isRequired = parameter.TryGetProperty("required", out var required) && required.GetBoolean();
                yield return (parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema"), isRequired);
            }
        }

        if (!operation.TryGetProperty("requestBody", out var body)) yield break;
        yield return ("the body", body.GetProperty("content").EnumerateObject().Last().Value.GetProperty("schema"), body.GetProperty("required").GetBoolean());
    }

    private static IEnumerable<string> Facts(JsonElement schema, string path)
    {
        yield return path;
        if (schema.TryGetProperty("enum", out var words))
        {
            foreach (var word in words.EnumerateArray()) yield return $"{path} as {word.GetRawText()}";
        }

        foreach (var (name, below) in Below(schema))
        {
            foreach (var fact in Facts(below, $"{path}{name}")) yield return fact;
        }
    }

    private static IEnumerable<string> Required(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray()) yield return $"{path}.{name.GetString()}";
        }

        foreach (var (name, below) in Below(schema))
        {
            foreach (var fact in Required(below, $"{path}{name}")) yield return fact;
        }
    }

    private static IEnumerable<(string Name, JsonElement Schema)> Below(JsonElement schema)
    {
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject()) yield return ("." + property.Name, property.Value);
        }

        if (schema.TryGetProperty("items", out var items)) yield return ("[]", items);
        if (!schema.TryGetProperty("anyOf", out var forms)) yield break;
        foreach (var form in forms.EnumerateArray()) yield return ("", form);
    }
}
