using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Payments.Wire;

namespace Florin.Api.Routing;

/// <summary>Requests and answers as the request log may keep them: as JSON, without card data, secrets and keys, cut off.</summary>
/// <remarks>What of a card may be kept is listed; of everything else, what must not be. A security code under a misspelt name
/// is hidden that way too.</remarks>
internal static partial class Redaction
{
    /// <summary>The rest is cut off: a list of a hundred payments says nothing more by its end.</summary>
    public const int MostBytes = 8 * 1024;

    private const string Hidden = "[hidden]";

    private static readonly HashSet<string> KeptOfCards = new(StringComparer.Ordinal)
    {
        "exp_month", "exp_year", "name", "brand", "last4", "funding", "country", "fingerprint", "request_three_d_secure",
    };

    private static readonly string[] SecretWords = ["cvc", "cvv", "cvn", "csc", "security_code", "secret", "password", "passcode"];

    /// <returns>Null where there are no parameters.</returns>
    public static string? OfRequest(Node.Map? parameters)
    {
        if (parameters is null || parameters.Members.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WireWriter.Options);
        var isWhole = Write(writer, parameters, isCard: false);
        return TextOf(buffer, writer, isWhole);
    }

    /// <param name="json">An answer of ours.</param>
    public static string OfAnswer(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WireWriter.Options);
        var reader = new Utf8JsonReader(json);
        var property = "";
        var hiddenFrom = int.MaxValue;
        while (reader.Read())
        {
            if (IsFull(writer)) return TextOf(buffer, writer, isWhole: false);
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    property = reader.GetString()!;
                    writer.WritePropertyName(property);
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(hiddenFrom < int.MaxValue || IsSecret(property) ? Hidden : Shown(reader.GetString()!));
                    break;
                case JsonTokenType.StartObject:
                    // Where the buyer is sent to proves who they are.
                    if (property == "redirect_to_url" && hiddenFrom == int.MaxValue) hiddenFrom = reader.CurrentDepth;
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    if (reader.CurrentDepth == hiddenFrom) hiddenFrom = int.MaxValue;
                    writer.WriteEndObject();
                    property = "";
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }

        return TextOf(buffer, writer, isWhole: true);
    }

    /// <summary>A text from outside, without what must not be kept.</summary>
    public static string Shown(string text)
    {
        if (text.Length == 0) return text;
        if (CardNumbers.AppearIn(text)) text = CardNumbers.Redact(text);
        if (text.Contains('_', StringComparison.Ordinal)) text = Keys().Replace(text, Hidden);
        if (text.Contains("/c/", StringComparison.Ordinal)) text = CheckoutLinks().Replace(text, "$1" + Hidden);

        // PostgreSQL takes no zero character in text.
        return text.Replace('\0', '\uFFFD');
    }

    private static bool Write(Utf8JsonWriter writer, Node node, bool isCard)
    {
        if (IsFull(writer)) return false;
        switch (node)
        {
            case Node.Text text:
                writer.WriteStringValue(Shown(text.Value));
                return true;
            case Node.Sequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    if (!Write(writer, item, isCard)) return false;
                }

                writer.WriteEndArray();
                return true;
            case Node.Map map:
                writer.WriteStartObject();
                foreach (var (name, value) in map.Members)
                {
                    writer.WritePropertyName(Shown(name));
                    var isHidden = (isCard && !KeptOfCards.Contains(name)) || IsSecret(name);
                    if (isHidden) writer.WriteStringValue(Hidden);
                    else if (!Write(writer, value, isCard || name.Contains("card", StringComparison.OrdinalIgnoreCase))) return false;
                }

                writer.WriteEndObject();
                return true;
            default:
                writer.WriteNullValue();
                return true;
        }
    }

    private static bool IsSecret(string name) =>
        name is "number" or "pin" or "body"
        || (Array.Exists(SecretWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) && name is not "cvc_check");

    private static bool IsFull(Utf8JsonWriter writer) => writer.BytesCommitted + writer.BytesPending > MostBytes;

    private static string TextOf(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer, bool isWhole)
    {
        writer.Flush();
        var written = buffer.WrittenSpan;
        if (isWhole && written.Length <= MostBytes) return Encoding.UTF8.GetString(written);
        var end = Math.Min(written.Length, MostBytes);

        // Not in the middle of a character (RFC 3629 section 3).
        while (end > 0 && end < written.Length && (written[end] & 0xC0) == 0x80) end--;
        return Encoding.UTF8.GetString(written[..end]) + "…";
    }

    // Secret and restricted keys, of ours and of those whom we are like; signing secrets; client secrets.
    [GeneratedRegex(@"\bf?(?:sk|rk)_(?:test|live)_\w+|\bwhsec_[\w+/=-]+|(?<=_secret)_\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    [GeneratedRegex(@"(/c/cs_\w+/)[\w-]+", RegexOptions.CultureInvariant)]
    private static partial Regex CheckoutLinks();
}
