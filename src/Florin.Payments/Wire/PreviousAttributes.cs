using System.Text.Json;

namespace Florin.Payments.Wire;

/// <summary>What an update changed, as events tell it: of each changed attribute what it was before.</summary>
internal static class PreviousAttributes
{
    /// <param name="before">An object as the API shows it.</param>
    /// <param name="after">The same object later.</param>
    /// <returns>Null where nothing changed. In a set of named values, what was added was null before.</returns>
    public static byte[]? Of(byte[] before, byte[] after)
    {
        if (before.AsSpan().SequenceEqual(after)) return null;
        using var was = JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(after);
        return WireWriter.Bytes((was.RootElement, now.RootElement), static (writer, it) => WriteChanged(writer, it.Item1, it.Item2));
    }

    private static void WriteChanged(Utf8JsonWriter writer, JsonElement was, JsonElement now)
    {
        writer.WriteStartObject();
        foreach (var property in was.EnumerateObject())
        {
            var isThere = now.TryGetProperty(property.Name, out var changed);
            if (isThere && JsonElement.DeepEquals(property.Value, changed)) continue;
            writer.WritePropertyName(property.Name);
            if (isThere && property.Value.ValueKind == JsonValueKind.Object && changed.ValueKind == JsonValueKind.Object)
            {
                WriteChanged(writer, property.Value, changed);
            }
            else
            {
                property.Value.WriteTo(writer);
            }
        }

        foreach (var property in now.EnumerateObject())
        {
            if (!was.TryGetProperty(property.Name, out _)) writer.WriteNull(property.Name);
        }

        writer.WriteEndObject();
    }
}
