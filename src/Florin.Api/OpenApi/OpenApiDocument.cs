using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Florin.Api.Expansion;
using Florin.Api.OpenApi.Objects;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Merchants;
using Florin.Payments;
using Florin.Payments.Wire;

namespace Florin.Api.OpenApi;

/// <summary>The API as OpenAPI 3.1: <c>/openapi/v1.json</c>, and <c>docs/openapi/v1.json</c>, which a test keeps equal.</summary>
internal sealed class OpenApiDocument(DescribedApi api)
{
    public const string Path = "/openapi/v1.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lazy<string> text = new(() => Write(api.Routes).ToJsonString(Readable) + "\n");

    public string Text => text.Value;

    private static JsonObject Write(IReadOnlyList<DescribedRoute> routes)
    {
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(described => described.Route.Pattern))
        {
            paths[path.Key] = Object(path.Select(described => (described.Route.Method.ToLowerInvariant(), (JsonNode?)Operation(described))));
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Florin",
                ["version"] = ApiVersions.Current,
                ["description"] = "The routes under /v1, made of the program's own route table. Unknown parameters are refused by name; x-unsupported-parameters are those that Stripe has and Florin does not.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["basic"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic", ["description"] = "The key as user, no password." },
                },
                ["schemas"] = Schemas(routes),
            },
        };
    }

    private static JsonObject Operation(DescribedRoute described)
    {
        var route = described.Route;
        var operation = new JsonObject
        {
            ["operationId"] = described.OperationId,
            ["summary"] = described.Summary,
            ["tags"] = new JsonArray(described.Resource),
            ["x-keys"] = KeysOf(route.Access),
            ["x-permission"] = $"{route.Resource.Word()}:{route.Right().Word()}",
        };
        var isBody = route.Method == "POST";
        var parameters = new JsonArray();
        foreach (var name in route.Pattern.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')))
        {
            parameters.Add(new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        }

        var expandable = ExpandPaths.PropertiesOf(route.Answers);
        if (isBody)
        {
            operation["requestBody"] = route.TakesFile ? Upload(described, expandable) : Body(described, expandable);
        }
        else
        {
            foreach (var parameter in described.Parameters.Parameters) parameters.Add(QueryParameter(parameter));
            if (expandable.Count > 0) parameters.Add(QueryParameter("expand", isRequired: false, Expand(expandable)));
        }

        if (isBody || route.Method == "DELETE")
        {
            parameters.Add(new JsonObject
            {
                ["name"] = "Idempotency-Key",
                ["in"] = "header",
                ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 255 },
            });
        }

        if (parameters.Count > 0) operation["parameters"] = parameters;
        var unsupported = ReferenceRow.UnsupportedIn(described.Parameters).Order(StringComparer.Ordinal).ToList();
        if (unsupported.Count > 0) operation["x-unsupported-parameters"] = Texts(unsupported);
        operation["responses"] = new JsonObject
        {
            ["200"] = Success(route),
            ["default"] = Answer("An error; see /docs/errors.", Errors.Problems.ContentType, Ref("error")),
        };
        return operation;
    }

    private static string KeysOf(RouteAccess access) => access switch
    {
        RouteAccess.Secret => "secret",
        RouteAccess.Publishable => "secret or publishable",
        RouteAccess.PublishableWithClientSecret => "secret, or publishable with client_secret",
    };

    private static JsonObject AnswerOf(ApiRoute route)
    {
        if (route.Method == "DELETE") return Ref("deleted_" + route.Answers.Name);
        if (route.Answers.IsSearch) return Schema(WireTypes.ResultOf(route.Answers.Name), owner: "");
        if (route.Answers.IsWalked) return Schema(WireTypes.WalkedPageOf(route.Answers.Name), owner: "");
        if (route.Answers.IsList) return Schema(WireTypes.PageOf(route.Answers.Name), owner: "");
        return route.Method == "GET" ? Found(route.Answers.Name) : Ref(route.Answers.Name);
    }

    /// <summary>An object as a look-up shows it: of one that is deleted, some kinds leave a remnant.</summary>
    private static JsonObject Found(string name) => WireObjects.Find(name) is { IsShownWhenDeleted: true }
        ? new JsonObject { ["anyOf"] = new JsonArray(Ref(name), Ref("deleted_" + name)) }
        : Ref(name);

    private static JsonObject Success(ApiRoute route)
    {
        var answer = route switch
        {
            { GivesFile: false } => Answer("Success.", "application/json", AnswerOf(route)),
            { FileTypes.Count: 0 } => new JsonObject { ["description"] = "The file as it was uploaded.", ["content"] = new JsonObject() },
            _ => new JsonObject { ["description"] = "A file.", ["content"] = new JsonObject() },
        };
        var types = route.GivesFile && route.FileTypes.Count == 0 ? Enum.GetValues<FileType>().Select(WireText.MediaTypeOf) : route.FileTypes;
        foreach (var type in types) answer["content"]![type] = new JsonObject { ["schema"] = Binary() };
        if (route.AnswerHeaders.Count > 0)
        {
            answer["headers"] = Object(route.AnswerHeaders.Select(header => (
                header.Name,
                (JsonNode?)new JsonObject { ["description"] = header.Meaning, ["schema"] = new JsonObject { ["type"] = "string" } })));
        }

        return answer;
    }

    private static JsonObject Binary() => new() { ["type"] = "string", ["format"] = "binary" };

    // --- parameters ------------------------------------------------------------------------------------------------

    private static JsonObject Upload(DescribedRoute described, IReadOnlyList<string> expandable)
    {
        var schema = ParametersSchema(described.Parameters);
        schema["properties"]!["file"] = Binary();
        var content = new JsonObject();
        if (described.Route.TakesTextToo)
        {
            foreach (var (type, form) in Body(described, expandable)["content"]!.AsObject())
            {
                var withoutFile = form!.DeepClone();
                withoutFile["schema"]!["properties"]!.AsObject().Remove("file");
                content[type] = withoutFile;
            }
        }

        content["multipart/form-data"] = new JsonObject { ["schema"] = schema };
        return new JsonObject { ["required"] = true, ["content"] = content };
    }

    private static JsonObject Body(DescribedRoute described, IReadOnlyList<string> expandable)
    {
        var schema = ParametersSchema(described.Parameters);
        if (expandable.Count > 0) schema["properties"]!["expand"] = Expand(expandable);
        var form = new JsonObject { ["schema"] = schema };
        var nested = described.Parameters.Parameters.Where(parameter => parameter.Scalar is null || parameter.Members is not null).ToList();
        if (nested.Count > 0)
        {
            form["encoding"] = Object(nested.Select(parameter =>
                (parameter.Name, (JsonNode?)new JsonObject { ["style"] = "deepObject", ["explode"] = true })));
        }

        return new JsonObject
        {
            ["required"] = described.Parameters.Parameters.Any(parameter => parameter.IsRequired),
            ["content"] = new JsonObject
            {
                ["application/x-www-form-urlencoded"] = form,
                ["application/json"] = new JsonObject { ["schema"] = schema.DeepClone() },
            },
        };
    }

    private static JsonObject QueryParameter(DescribedParameter parameter) => QueryParameter(parameter.Name, parameter.IsRequired, Schema(parameter));

    private static JsonObject QueryParameter(string name, bool isRequired, JsonObject schema)
    {
        var isNested = schema["type"]?.GetValue<string>() is null or "object" or "array";
        var query = new JsonObject { ["name"] = name, ["in"] = "query" };
        if (isRequired) query["required"] = true;
        if (isNested) (query["style"], query["explode"]) = ("deepObject", true);
        query["schema"] = schema;
        return query;
    }

    private static JsonObject Expand(IReadOnlyList<string> properties) => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject { ["type"] = "string" },
        ["description"] = $"Shows objects in full instead of their ids, up to {ExpandPaths.MostDepth} deep with dots between.",
        ["examples"] = new JsonArray(Texts(properties)),
    };

    private static JsonObject ParametersSchema(DescribedMap map)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = Object(map.Parameters.Select(parameter => (parameter.Name, (JsonNode?)Schema(parameter)))),
            ["additionalProperties"] = false,
        };
        var required = map.Parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Name).ToList();
        if (required.Count > 0) schema["required"] = Texts(required);
        return schema;
    }

    private static JsonObject Schema(DescribedParameter parameter)
    {
        var forms = new List<JsonObject>();
        if (parameter.Scalar is { } scalar) forms.Add(Schema(scalar));
        if (parameter.Members is { } members) forms.Add(ParametersSchema(members));
        if (parameter.Items is { } items) forms.Add(new JsonObject { ["type"] = "array", ["items"] = Schema(items) });
        if (parameter.ItemMembers is { } sets) forms.Add(new JsonObject { ["type"] = "array", ["items"] = ParametersSchema(sets) });
        if (parameter.IsMetadata)
        {
            forms.Add(new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = "string", ["maxLength"] = ParameterReader.MetadataValueCharacters },
                ["maxProperties"] = ParameterReader.MetadataKeys,
            });
        }

        if (parameter.IsClearable) forms.Add(new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("") });
        return forms switch
        {
            [] => Schema(ScalarShape.Unknown),
            [var one] => one,
            _ => new JsonObject { ["anyOf"] = new JsonArray([.. forms]) },
        };
    }

    private static JsonObject Schema(ScalarShape shape)
    {
        var schema = new JsonObject { ["type"] = shape.Type };
        if (shape.Format is { } format) schema["format"] = format;
        if (shape.Least is { } least) schema["minimum"] = least;
        if (shape.Most is { } most) schema["maximum"] = most;
        if (shape.MostCharacters is { } characters) schema["maxLength"] = characters;
        if (shape.Prefix is { } prefix) schema["pattern"] = $"^{prefix}[0-9a-f]{{32}}$";
        if (shape.Words is { } words) schema["enum"] = shape.Type == "boolean" ? new JsonArray([.. words.Select(word => JsonValue.Create(word == "true"))]) : Texts(words);
        return schema;
    }

    // --- answers ---------------------------------------------------------------------------------------------------

    private static JsonObject Schemas(IReadOnlyList<DescribedRoute> routes)
    {
        var schemas = new JsonObject();
        foreach (var wire in WireObjects.All)
        {
            var fields = wire.Fields.Prepend(new WireField("object", WireTypes.Word(wire.Name))).ToList();
            var schema = Schema(WireTypes.Object(fields), wire.Name);
            schema.Insert(0, "description", wire.Summary);
            var expandable = ExpandPaths.PropertiesOf(new AnsweredObject(wire.Name));
            if (expandable.Count > 0) schema["x-expandable"] = Texts(expandable);
            schemas[wire.Name] = schema;
        }

        foreach (var route in routes.Select(described => described.Route).Where(route => route.Method == "DELETE"))
        {
            schemas["deleted_" + route.Answers.Name] = Schema(
                WireTypes.Object(new("id", WireTypes.Text), new("object", WireTypes.Word(route.Answers.Name)), new("deleted", WireTypes.Always(true))), "");
        }

        schemas["object"] = new JsonObject
        {
            ["description"] = "Any object of the API; its `object` says which.",
            ["oneOf"] = new JsonArray([.. WireObjects.All.Select(wire => Ref(wire.Name))]),
            ["discriminator"] = new JsonObject
            {
                ["propertyName"] = "object",
                ["mapping"] = Object(WireObjects.All.Select(wire => (wire.Name, (JsonNode?)JsonValue.Create($"#/components/schemas/{wire.Name}")))),
            },
        };
        schemas["error"] = Schema(ErrorShape, "");
        return schemas;
    }

    /// <summary>A problem of RFC 9457 around Stripe's error.</summary>
    private static WireType ErrorShape => WireTypes.Object(
        new("type", WireTypes.Url),
        new("title", WireTypes.Text),
        new("status", WireTypes.Number),
        new("detail", WireTypes.Text),
        new("instance", WireTypes.Text),
        new("request_id", WireTypes.Text with { Prefix = "req_" }),
        new("error", WireTypes.Object(
            new("type", WireTypes.Word("api_error", "card_error", "idempotency_error", "invalid_request_error")),
            new("code", WireTypes.Text),
            new("decline_code", WireTypes.Text, IsOptional: true),
            new("message", WireTypes.Text),
            new("param", WireTypes.Text, IsOptional: true),
            new("doc_url", WireTypes.Url),
            new("request_log_url", WireTypes.Url, IsOptional: true),
            new("charge", WireTypes.Text, IsOptional: true),
            new("payment_intent", WireTypes.Reference("payment_intent"), IsOptional: true),
            new("setup_intent", WireTypes.Reference("setup_intent"), IsOptional: true),
            new("payment_method", WireTypes.Reference("payment_method"), IsOptional: true),
            new("florin", WireTypes.Object(new WireField("refund", WireTypes.Reference("refund"), IsOptional: true)), IsOptional: true))));

    /// <param name="owner">The object whose property this is, for what may be expanded.</param>
    private static JsonObject Schema(WireType type, string owner)
    {
        if (type.Reference is { } name) return Ref(name == WireTypes.AnyObject ? "object" : name);
        var schema = new JsonObject { ["type"] = type.IsNullable ? new JsonArray(type.Kind, "null") : type.Kind };
        if (type.Format is { } format) schema["format"] = format;
        if (type.Prefix is { } prefix) schema["pattern"] = $"^{prefix}";
        if (type.Words is { } words) schema["enum"] = type.IsNullable ? [.. Texts(words).Select(word => word!.DeepClone()), null] : Texts(words);
        if (type.Constant is { } constant) schema["const"] = constant;
        if (type.Items is { } items) schema["items"] = Schema(items, "");
        if (type.Values is { } values) schema["additionalProperties"] = Schema(values, "");
        if (type.Fields is { } fields)
        {
            schema["properties"] = Object(fields.Select(field => (field.Name, (JsonNode?)FieldSchema(field, owner))));
            schema["required"] = Texts([.. fields.Where(field => !field.IsOptional).Select(field => field.Name)]);
            schema["additionalProperties"] = false;
        }

        return schema;
    }

    private static JsonObject FieldSchema(WireField field, string owner)
    {
        // What stands within is a part of its owner, and may be shown in full as well.
        var schema = Schema(field.Type, $"{owner}.{field.Name}");
        if (ExpandPaths.TryTargetOf(owner, field.Name) == ExpandPaths.AnySource) return new JsonObject { ["anyOf"] = new JsonArray(schema, Ref("object")) };
        return ExpandPaths.TryTargetOf(owner, field.Name) is { } target && WireObjects.Find(target) is not null
            ? new JsonObject { ["anyOf"] = new JsonArray(schema, Found(target)) }
            : schema;
    }

    private static JsonObject Answer(string description, string contentType, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { [contentType] = new JsonObject { ["schema"] = schema } },
    };

    private static JsonObject Ref(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Object(IEnumerable<(string Name, JsonNode? Value)> properties) =>
        new(properties.Select(property => KeyValuePair.Create(property.Name, property.Value)));
}
