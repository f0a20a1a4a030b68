using System.Text.Json;

namespace Florin.BackOffice.Pages;

/// <summary>Enums as forms and queries write them: <c>requires_capture</c>.</summary>
internal static class QueryValue
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static bool TryParse<T>(string? text, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Of(candidate) != text) continue;
            value = candidate;
            return true;
        }

        value = default;
        return false;
    }
}
