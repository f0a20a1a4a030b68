using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Florin.Api.Requests;

/// <summary>Reads a JSON object into the same tree as a form.</summary>
internal static class JsonParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestLimits.Depth + 1 };

    /// <exception cref="MalformedRequestException">The bytes are no JSON object, or too much of one.</exception>
    public static Node.Map Parse(ReadOnlySpan<byte> json, BodyLimits limits)
    {
        if (json.IsEmpty) return Node.Map.Empty;
        if (!Utf8.IsValid(json)) throw new MalformedRequestException("invalid_characters", "The body is not valid UTF-8.");
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw NoObject();
            var members = ReadMembers(ref reader, new TreeBuilder(limits), "");
            if (reader.Read()) throw NoObject();
            return new Node.Map(members);
        }
        catch (JsonException failure)
        {
            // The parser's own message may quote what was sent; only the place is told.
            throw new MalformedRequestException(
                "request_malformed",
                $"The body is no JSON that we can read (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine}).");
        }
        catch (InvalidOperationException)
        {
            // The reader's word for half of a surrogate pair, as in "\ud800"; the bytes were checked above.
            throw new MalformedRequestException("invalid_characters", "A text of the body is not valid Unicode.");
        }
    }

    private static Dictionary<string, Node> ReadMembers(ref Utf8JsonReader reader, TreeBuilder limits, string path)
    {
        var members = new Dictionary<string, Node>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var param = path.Length == 0 ? name : $"{path}[{name}]";
            if (name.Length is 0 or > RequestLimits.NameCharacters || name.AsSpan().ContainsAny('[', ']'))
            {
                throw new MalformedRequestException("parameter_invalid", $"'{SafeEcho.Name(param)}' is no parameter name.", SafeEcho.Name(param));
            }

            TreeBuilder.RefuseZero(name, param);
            reader.Read();
            if (!members.TryAdd(name, ReadValue(ref reader, limits, param))) throw TreeBuilder.Doubled(param);
        }

        return members;
    }

    private static Node ReadValue(ref Utf8JsonReader reader, TreeBuilder limits, string param)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                limits.CountParameter();
                return TreeBuilder.MapOrSequence(ReadMembers(ref reader, limits, param));
            case JsonTokenType.StartArray:
                limits.CountParameter();
                var items = new List<Node>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, limits, $"{param}[{items.Count}]"));
                }

                return new Node.Sequence(items);
            case JsonTokenType.Null:
                limits.CountParameter();
                return Node.Null.Instance;
            default:
                limits.CountParameter();
                return new Node.Text(ReadText(ref reader, param));
        }
    }

    private static string ReadText(ref Utf8JsonReader reader, string param)
    {
        if (reader.TokenType != JsonTokenType.String) return Encoding.UTF8.GetString(reader.ValueSpan);
        var text = reader.GetString()!;
        TreeBuilder.RefuseZero(text, param);
        return text;
    }

    private static MalformedRequestException NoObject() => new("request_malformed", "The body must be one JSON object.");
}
