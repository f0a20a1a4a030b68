using System.Text;

namespace Florin.Api.Requests;

/// <summary>Reads <c>application/x-www-form-urlencoded</c> with brackets, as Stripe's SDKs write it.</summary>
/// <remarks>ASP.NET's own binding reads neither <c>items[0][qty]</c> nor <c>expand[]</c>.</remarks>
internal static class FormParser
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="MalformedRequestException">The bytes are no form, or too much of one.</exception>
    public static Node.Map Parse(ReadOnlySpan<byte> form, BodyLimits limits)
    {
        if (form.IsEmpty) return Node.Map.Empty;
        var tree = new TreeBuilder(limits);
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            tree.Add(name, Parts(name), value);
        }

        return tree.Build();
    }

    /// <summary>Cuts <c>a[b][]</c> into <c>a</c>, <c>b</c> and an empty part.</summary>
    private static List<string> Parts(string name)
    {
        if (name.Length > RequestLimits.NameCharacters) throw BadName(name[..40]);
        var bracket = name.IndexOf('[');
        if (bracket == 0 || name.Length == 0 || (bracket < 0 && name.Contains(']'))) throw BadName(name);
        if (bracket < 0) return [name];

        var parts = new List<string> { name[..bracket] };
        for (var at = bracket; at < name.Length;)
        {
            var close = name.IndexOf(']', at);
            if (name[at] != '[' || close < 0) throw BadName(name);
            var part = name[(at + 1)..close];
            if (part.Contains('[')) throw BadName(name);
            parts.Add(part);
            at = close + 1;
        }

        return parts;
    }

    private static string Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = encoded.Length <= 1024 ? stackalloc byte[encoded.Length] : new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var letter = encoded[i];
            if (letter == '%')
            {
                if (i + 2 >= encoded.Length || !TryHex(encoded[i + 1], out var high) || !TryHex(encoded[i + 2], out var low))
                {
                    throw new MalformedRequestException("request_malformed", "The form has a '%' that two hex digits do not follow.");
                }

                bytes[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                bytes[length++] = letter == '+' ? (byte)' ' : letter;
            }
        }

        try
        {
            return Strict.GetString(bytes[..length]);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException("invalid_characters", "The form is not valid UTF-8.");
        }
    }

    private static bool TryHex(byte letter, out int value)
    {
        value = char.IsAsciiHexDigit((char)letter) ? Convert.ToInt32(((char)letter).ToString(), 16) : -1;
        return value >= 0;
    }

    private static MalformedRequestException BadName(string name) => new(
        "parameter_invalid", $"'{SafeEcho.Name(name)}' is no parameter name; nested ones look like metadata[order].", SafeEcho.Name(name));
}
