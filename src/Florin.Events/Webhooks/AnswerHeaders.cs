using System.Net.Http.Headers;
using System.Text.Json;
using Florin.Kernel;

namespace Florin.Events.Webhooks;

/// <summary>What is kept of an answer's headers: those that help to find out what went wrong, and nothing that might be a
/// secret of the merchant's server, such as its cookies.</summary>
internal static class AnswerHeaders
{
    private const int MaxValueLength = 256;

    private static readonly string[] Kept =
        ["content-type", "content-length", "date", "server", "location", "retry-after", "via", "allow", "x-request-id", "cf-ray"];

    public static string Of(HttpResponseMessage response)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Kept)
        {
            if (!TryFind(response.Headers, name, out var value) && !TryFind(response.Content.Headers, name, out value)) continue;
            found[name] = AnswerText.Safe(value.Length > MaxValueLength ? value[..MaxValueLength] : value);
        }

        return JsonSerializer.Serialize(found);
    }

    public static IReadOnlyDictionary<string, string> Read(string? stored) =>
        stored is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(stored)!;

    private static bool TryFind(HttpHeaders headers, string name, out string value)
    {
        var isThere = headers.NonValidated.TryGetValues(name, out var values);
        value = isThere ? values.ToString() : "";
        return isThere;
    }
}
