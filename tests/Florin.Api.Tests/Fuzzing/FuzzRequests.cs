using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Florin.Api.Tests.Fuzzing;

internal sealed record FuzzRequest(string Method, string Address, string? ContentType, byte[]? Body)
{
    public override string ToString() => Body is null
        ? $"{Method} {Address}"
        : $"{Method} {Address} {ContentType} {Encoding.UTF8.GetString(Body.Length > 2000 ? Body.AsSpan(0, 2000) : Body)}";
}

/// <summary>Makes requests out of an OpenAPI document: mostly right, and wrong in one or a few places.</summary>
/// <param name="ids">Ids of things that there are, our own and others'.</param>
internal sealed class FuzzRequests(JsonElement document, IReadOnlyList<string> ids)
{
    private static readonly string[] Nonsense =
    [
        "", " ", "0", "-1", "1e9", "1.5", "NaN", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "999999999999999999999999",
        "true", "null", "[]", "{}", "' OR 1=1 --", "'; DROP TABLE payment_intents; --", "\" OR \"\"=\"", "1) UNION SELECT 1,2,3 --", "$(id)", "`id`",
        "<script>alert(1)</script>", "../../etc/passwd", "%00", "%s%n", "{{7*7}}", "\u0000", "\u202Eabc", "\uFEFF", "가나다", "👩‍👩‍👧", "İıß", "\r\nX-Injected: 1",
        "4242424242424242", "pi_", "pi_00000000000000000000000000000000", "cus_ffffffffffffffffffffffffffffffff", "data.data.data.data.data", "latest_charge",
    ];

    private readonly List<(string Method, string Path, JsonElement Operation)> operations =
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select (operation.Name.ToUpperInvariant(), path.Name, operation.Value),
    ];

    public FuzzRequest Make(int seed)
    {
        var random = new Random(seed);
        var (method, pattern, operation) = operations[random.Next(operations.Count)];
        var path = pattern.Replace("{id}", Uri.EscapeDataString(random.Next(4) == 0 ? Text(random) : ids[random.Next(ids.Count)]), StringComparison.Ordinal);
        var parameters = method == "POST" ? Body(operation, random) : Query(operation, random);
        if (method != "POST")
        {
            var query = Form(parameters, random);
            // Kestrel itself refuses longer request lines, with no body of ours.
            return new FuzzRequest(method, $"{path}?{(query.Length > 6000 ? query[..6000].TrimEnd('%') : query)}", null, null);
        }

        if (random.Next(2) == 0) return new FuzzRequest(method, path, "application/x-www-form-urlencoded", Damaged(Encoding.UTF8.GetBytes(Form(parameters, random)), random));
        return new FuzzRequest(method, path, "application/json", Damaged(Encoding.UTF8.GetBytes(Json(parameters, random)), random));
    }

    private List<(string Name, object Value)> Body(JsonElement operation, Random random) =>
        (List<(string, object)>)Value(operation.GetProperty("requestBody").GetProperty("content").EnumerateObject().First().Value.GetProperty("schema"), random);

    private List<(string Name, object Value)> Query(JsonElement operation, Random random)
    {
        if (!operation.TryGetProperty("parameters", out var parameters)) return [];
        return
        [
            .. from parameter in parameters.EnumerateArray()
               where parameter.GetProperty("in").GetString() == "query" && random.Next(3) == 0
               select (parameter.GetProperty("name").GetString()!, Value(parameter.GetProperty("schema"), random)),
        ];
    }

    /// <summary>A text, a list of values, or a list of names with values; of eight values about one is not as described.</summary>
    private object Value(JsonElement schema, Random random)
    {
        if (random.Next(8) == 0 && !schema.TryGetProperty("properties", out _)) return Wrong(random);
        if (schema.TryGetProperty("anyOf", out var forms)) return Value(forms[random.Next(forms.GetArrayLength())], random);
        if (schema.TryGetProperty("enum", out var words)) return words[random.Next(words.GetArrayLength())].ToString().ToLowerInvariant();
        switch (schema.GetProperty("type").GetString())
        {
            case "object" when schema.TryGetProperty("properties", out var properties):
                var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToList() : [];
                var members = properties.EnumerateObject()
                    .Where(property => required.Contains(property.Name) ? random.Next(20) != 0 : random.Next(6) == 0)
                    .Select(property => (property.Name, Value(property.Value, random)))
                    .ToList();
                if (random.Next(15) == 0) members.Add((Text(random), Wrong(random)));
                if (random.Next(25) == 0 && members.Count > 0) members.Add(members[0]);
                return members;
            case "object":
                return Enumerable.Range(0, random.Next(4)).Select(_ => (Text(random), (object)Text(random))).ToList();
            case "array":
                return Enumerable.Range(0, random.Next(4)).Select(_ => Value(schema.GetProperty("items"), random)).ToList();
            case "integer":
                return schema.TryGetProperty("minimum", out var least) ? (least.GetInt64() + random.Next(1000)).ToString(System.Globalization.CultureInfo.InvariantCulture) : "1";
            case "boolean":
                return random.Next(2) == 0 ? "true" : "false";
            default:
                return schema.TryGetProperty("pattern", out var pattern) ? IdLike(pattern.GetString()!, random) : Known(schema, random);
        }
    }

    private string IdLike(string pattern, Random random)
    {
        var prefix = pattern[1..pattern.IndexOf('[')];
        var fitting = ids.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return fitting.Count > 0 && random.Next(4) != 0 ? fitting[random.Next(fitting.Count)] : prefix + new string("0123456789abcdef"[random.Next(16)], 32);
    }

    private static string Known(JsonElement schema, Random random) => (schema.TryGetProperty("format", out var format) ? format.GetString() : null) switch
    {
        "currency" => random.Next(2) == 0 ? "krw" : "usd",
        "uri" => "https://shop.example/back",
        "email" => "jenny@example.com",
        _ => random.Next(4) switch
        {
            0 => "own:fuzz",
            1 => "pm_card_visa",
            _ => Text(random),
        },
    };

    private static object Wrong(Random random) => random.Next(6) switch
    {
        0 => new List<object> { Text(random), Text(random) },
        1 => new List<(string, object)> { (Text(random), Text(random)) },
        2 => Enumerable.Range(0, random.Next(40)).Aggregate((object)"deep", static (inner, _) => new List<(string, object)> { ("a", inner) }),
        3 => new string((char)random.Next('a', 'z'), random.Next(1, 20_000)),
        _ => Text(random),
    };

    private static string Text(Random random) => Nonsense[random.Next(Nonsense.Length)];

    /// <summary>Now and then a byte that is no UTF-8, a cut, or one that is doubled.</summary>
    private static byte[] Damaged(byte[] body, Random random)
    {
        if (body.Length == 0 || random.Next(12) != 0) return body;
        var at = random.Next(body.Length);
        switch (random.Next(3))
        {
            case 0:
                body[at] = (byte)random.Next(0x80, 0x100);
                return body;
            case 1:
                return body[..at];
            default:
                return [.. body[..at], body[at], .. body[at..]];
        }
    }

    private static string Form(List<(string Name, object Value)> members, Random random) =>
        string.Join('&', members.SelectMany(member => Pairs(member.Name, member.Value, random)));

    private static IEnumerable<string> Pairs(string name, object value, Random random) => value switch
    {
        List<(string Name, object Value)> members => members.SelectMany(member => Pairs($"{name}[{member.Name}]", member.Value, random)),
        List<object> items => items.SelectMany((item, index) => Pairs(random.Next(2) == 0 ? $"{name}[]" : $"{name}[{index}]", item, random)),
        _ => [$"{Escaped(name)}={Escaped((string)value)}"],
    };

    private static string Escaped(string text) => Uri.EscapeDataString(text).Replace("%5B", "[", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal);

    private static string Json(object value, Random random) => value switch
    {
        List<(string Name, object Value)> members => "{" + string.Join(',', members.Select(member => Quoted(member.Name) + ":" + Json(member.Value, random))) + "}",
        List<object> items => "[" + string.Join(',', items.Select(item => Json(item, random))) + "]",
        // Numbers and truths as themselves or as texts, which are the same here.
        string text when text is "true" or "false" or "null" || (long.TryParse(text, out _) && text == text.Trim()) => random.Next(2) == 0 ? text : Quoted(text),
        _ => Quoted((string)value),
    };

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.Default.Encode(text)}\"";
}
