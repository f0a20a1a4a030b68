using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Florin.Ledger;

/// <summary>Notes of a merchant's own as they are stored: one JSON object of texts, the same for the same notes.</summary>
internal static class BookTexts
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <returns>Null for no notes. In the order of keys, since a repetition is told by its bytes.</returns>
    public static string? Write(IReadOnlyDictionary<string, string> notes) => notes.Count == 0
        ? null
        : JsonSerializer.Serialize(notes.OrderBy(note => note.Key, StringComparer.Ordinal).ToDictionary(), Options);

    /// <summary>How a note stands in a document among others. Nothing else reads so: within a text a quote is written otherwise.</summary>
    public static string Pair(string key, string value) => $"{JsonSerializer.Serialize(key, Options)}:{JsonSerializer.Serialize(value, Options)}";

    // What was not noted through here may hold other things than texts; they are kept as they are written.
    private static Dictionary<string, string> Read(string? document)
    {
        if (document is null) return [];
        using var parsed = JsonDocument.Parse(document);
        if (parsed.RootElement.ValueKind != JsonValueKind.Object) return [];
        return parsed.RootElement.EnumerateObject().ToDictionary(
            note => note.Name, note => note.Value.ValueKind == JsonValueKind.String ? note.Value.GetString()! : note.Value.GetRawText());
    }

    /// <summary>What is noted after a change: keys are set, or with an empty text removed; a change without keys removes all.</summary>
    public static string? Changed(string? document, IReadOnlyDictionary<string, string> change)
    {
        if (change.Count == 0) return null;
        var notes = Read(document);
        foreach (var (key, value) in change)
        {
            if (value.Length == 0) notes.Remove(key);
            else notes[key] = value;
        }

        return Write(notes);
    }
}
