using System.Text.Json;
using System.Text.RegularExpressions;

namespace Florin.Testing.Contracts;

/// <summary>Checks JSON against the part of JSON Schema that Florin's OpenAPI document uses; an unknown keyword throws.</summary>
internal sealed class SchemaCheck(JsonElement document, List<string> problems)
{
    private static readonly TimeSpan PatternPatience = TimeSpan.FromSeconds(1);

    public void Check(JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "$ref":
                    Check(Resolve(keyword.Value.GetString()!), value, path);
                    break;
                case "type":
                    if (!Types(keyword.Value).Any(type => IsOf(type, value))) problems.Add($"{path} is {Shown(value)}, not {keyword.Value}");
                    break;
                case "enum":
                    if (!keyword.Value.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value))) problems.Add($"{path} is {Shown(value)}, none of {keyword.Value}");
                    break;
                case "const":
                    if (!JsonElement.DeepEquals(keyword.Value, value)) problems.Add($"{path} is {Shown(value)}, not {keyword.Value}");
                    break;
                case "pattern":
                    if (value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!, RegexOptions.None, PatternPatience))
                    {
                        problems.Add($"{path} is {Shown(value)}, not {keyword.Value}");
                    }

                    break;
                case "required":
                    foreach (var name in keyword.Value.EnumerateArray().Select(name => name.GetString()!))
                    {
                        if (value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(name, out _)) problems.Add($"{path} lacks {name}");
                    }

                    break;
                case "properties":
                    if (value.ValueKind == JsonValueKind.Object) CheckProperties(schema, value, path);
                    break;
                case "items":
                    if (value.ValueKind == JsonValueKind.Array)
                    {
                        foreach (var (index, item) in value.EnumerateArray().Index()) Check(keyword.Value, item, $"{path}[{index}]");
                    }

                    break;
                case "anyOf":
                    CheckAnyOf(keyword.Value, value, path);
                    break;
                case "oneOf":
                    CheckNamed(schema, value, path);
                    break;
                case "additionalProperties":
                    if (value.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _)) CheckProperties(schema, value, path);
                    break;
                case "description" or "format" or "discriminator" or "x-expandable":
                    break;
                default:
                    throw new NotSupportedException($"The keyword '{keyword.Name}' at {path} is not checked.");
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new NotSupportedException($"The type '{type}' is not checked."),
    };

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length > 100 ? text[..100] + "..." : text;
    }

    private void CheckProperties(JsonElement schema, JsonElement value, string path)
    {
        var properties = schema.TryGetProperty("properties", out var known) ? known : default;
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var property in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(property.Name, out var described))
            {
                Check(described, property.Value, $"{path}.{property.Name}");
            }
            else if (others.ValueKind == JsonValueKind.False)
            {
                problems.Add($"{path}.{property.Name} is not described");
            }
            else if (others.ValueKind == JsonValueKind.Object)
            {
                Check(others, property.Value, $"{path}.{property.Name}");
            }
        }
    }

    private void CheckAnyOf(JsonElement schemas, JsonElement value, string path)
    {
        List<string>? fewest = null;
        foreach (var schema in schemas.EnumerateArray())
        {
            var found = new List<string>();
            new SchemaCheck(document, found).Check(schema, value, path);
            if (found.Count == 0) return;
            if (fewest is null || found.Count < fewest.Count || value.ValueKind == JsonValueKind.Object) fewest = found;
        }

        problems.AddRange(fewest!);
    }

    private void CheckNamed(JsonElement schema, JsonElement value, string path)
    {
        var discriminator = schema.GetProperty("discriminator");
        var name = value.TryGetProperty(discriminator.GetProperty("propertyName").GetString()!, out var word) ? word.GetString()! : "";
        if (discriminator.GetProperty("mapping").TryGetProperty(name, out var target)) Check(Resolve(target.GetString()!), value, path);
        else problems.Add($"{path} is an object '{name}', which is described nowhere");
    }

    private JsonElement Resolve(string reference)
    {
        var found = document;
        foreach (var part in reference.Split('/').Skip(1)) found = found.GetProperty(part);
        return found;
    }
}
