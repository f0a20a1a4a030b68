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
            var members = new Reading(new TreeBuilder(limits)).ReadMembers(ref reader);
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

    /// <summary>One body while it is read, and where in it the reader is.</summary>
    private sealed class Reading(TreeBuilder limits)
    {
        private const int NamesKept = 64;

        // Names come again and again in a long list; each is made into a text once.
        private readonly string?[] names = new string?[NamesKept];

        // Made into a parameter's name only where that is told to somebody.
        private readonly Stack<(string? Name, int Index)> within = [];

        public Dictionary<string, Node> ReadMembers(ref Utf8JsonReader reader)
        {
            var members = new Dictionary<string, Node>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = NameOf(ref reader);
                within.Push((name, 0));
                if (name.Length is 0 or > RequestLimits.NameCharacters || name.AsSpan().ContainsAny('[', ']'))
                {
                    throw new MalformedRequestException("parameter_invalid", $"'{SafeEcho.Name(Param())}' is no parameter name.", SafeEcho.Name(Param()));
                }

                if (name.Contains('\0')) TreeBuilder.RefuseZero(name, Param());
                reader.Read();
                if (!members.TryAdd(name, ReadValue(ref reader))) throw TreeBuilder.Doubled(Param());
                within.Pop();
            }

            return members;
        }

        private Node ReadValue(ref Utf8JsonReader reader)
        {
            limits.CountParameter();
            return reader.TokenType switch
            {
                JsonTokenType.StartObject => TreeBuilder.MapOrSequence(ReadMembers(ref reader)),
                JsonTokenType.StartArray => ReadItems(ref reader),
                JsonTokenType.Null => Node.Null.Instance,
                _ => new Node.Text(ReadText(ref reader)),
            };
        }

        private Node.Sequence ReadItems(ref Utf8JsonReader reader)
        {
            var items = new List<Node>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                within.Push((null, items.Count));
                items.Add(ReadValue(ref reader));
                within.Pop();
            }

            return new Node.Sequence(items);
        }

        private string ReadText(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.String) return Encoding.UTF8.GetString(reader.ValueSpan);
            var text = reader.GetString()!;
            if (text.Contains('\0')) TreeBuilder.RefuseZero(text, Param());
            return text;
        }

        private string NameOf(ref Utf8JsonReader reader)
        {
            var bytes = reader.ValueSpan;
            if (bytes.IsEmpty) return "";
            ref var kept = ref names[(bytes.Length + (31 * bytes[0]) + bytes[^1]) % NamesKept];
            return kept is not null && reader.ValueTextEquals(kept) ? kept : kept = reader.GetString()!;
        }

        private string Param()
        {
            var param = new StringBuilder();
            foreach (var (name, index) in within.Reverse())
            {
                if (param.Length == 0) param.Append(name);
                else param.Append('[').Append(name ?? index.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append(']');
            }

            return param.ToString();
        }
    }

    private static MalformedRequestException NoObject() => new("request_malformed", "The body must be one JSON object.");
}
