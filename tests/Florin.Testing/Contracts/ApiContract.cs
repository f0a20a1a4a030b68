using System.Text.Json;

namespace Florin.Testing.Contracts;

/// <summary>What an OpenAPI document promises about answers, to hold real ones against.</summary>
public sealed class ApiContract
{
    private readonly JsonElement document;
    private readonly List<(string Method, string[] Parts, JsonElement Operation)> operations = [];

    private ApiContract(JsonElement document)
    {
        this.document = document;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operations.Add((operation.Name.ToUpperInvariant(), path.Name.Split('/'), operation.Value));
            }
        }
    }

    public JsonElement Document => document;

    public static ApiContract Parse(string openApi) => new(JsonElement.Parse(openApi));

    /// <summary>What in an answer is not as promised; empty when all is.</summary>
    /// <param name="path">With or without its query. An address that the document does not know answers errors alone.</param>
    public IReadOnlyList<string> Violations(string method, string path, int status, ReadOnlySpan<byte> body)
    {
        var problems = new List<string>();
        JsonElement answer;
        try
        {
            answer = JsonElement.Parse(body);
        }
        catch (JsonException failure)
        {
            return [$"the body is no JSON: {failure.Message}"];
        }

        if (SchemaOf(method, path, status) is { } schema) new SchemaCheck(document, problems).Check(schema, answer, "$");
        else problems.Add($"{method} {path} is described nowhere, and answers {status}");
        return problems;
    }

    /// <summary>Whether a success is described as something that is no JSON, of just this type.</summary>
    public bool AnswersWith(string method, string path, int status, string mediaType) =>
        status == 200 && !mediaType.EndsWith("json", StringComparison.Ordinal)
        && ContentOf(method, path) is { } content && content.TryGetProperty(mediaType, out _);

    private JsonElement? SchemaOf(string method, string path, int status)
    {
        if (status != 200) return document.GetProperty("components").GetProperty("schemas").GetProperty("error");
        return ContentOf(method, path)?.GetProperty("application/json").GetProperty("schema");
    }

    private JsonElement? ContentOf(string method, string path)
    {
        // As in routing, a slash at the end means nothing.
        var parts = path.Split('?')[0].TrimEnd('/').Split('/');
        // A fixed word goes before {id}: /v1/charges/search is no charge.
        var found = operations
            .Where(operation => operation.Method == method && Fits(operation.Parts, parts))
            .OrderBy(operation => operation.Parts.Count(part => part.StartsWith('{')))
            .Select(operation => (JsonElement?)operation.Operation)
            .FirstOrDefault();
        return found?.GetProperty("responses").GetProperty("200").GetProperty("content");
    }

    private static bool Fits(string[] pattern, string[] path) =>
        pattern.Length == path.Length && pattern.Zip(path).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
}
