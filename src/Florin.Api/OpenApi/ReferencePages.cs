using System.Text;
using Florin.Api.Errors;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Api.OpenApi;

/// <summary>The description of the API, for programs and for people.</summary>
internal static class ReferencePages
{
    public const string Path = "/docs/api";

    public static AssetSet Files => ErrorPages.Files;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var (api, document) = (routes.ServiceProvider.GetRequiredService<DescribedApi>(), routes.ServiceProvider.GetRequiredService<OpenApiDocument>());
        routes.MapGet(OpenApiDocument.Path, () => Results.Text(document.Text, "application/json", Encoding.UTF8)).AllowAnonymous();
        routes.MapGet(Path, () => PageResult.Of(new ReferenceModel { Language = Language.English, Here = Path, Routes = api.Routes })).AllowAnonymous();
    }
}

/// <remarks>In English alone, as the messages of the API are.</remarks>
internal sealed record ReferenceModel : PageModel
{
    public required IReadOnlyList<DescribedRoute> Routes { get; init; }

    protected override Type View => typeof(ReferencePage);
}

/// <summary>One line of a table of parameters or properties.</summary>
/// <param name="Name">As it is written in a form, as in <c>card[number]</c>.</param>
internal sealed record ReferenceRow(string Name, string Kind, string Presence)
{
    public static IEnumerable<ReferenceRow> Of(DescribedMap map, string path = "")
    {
        foreach (var parameter in map.Parameters)
        {
            var name = path.Length == 0 ? parameter.Name : $"{path}[{parameter.Name}]";
            var presence = parameter.IsRequired ? "required" : "";
            if (parameter.Scalar is { } scalar || parameter.IsOfUnknownForm)
            {
                yield return new ReferenceRow(name, Words(parameter.Scalar ?? ScalarShape.Unknown), presence);
            }

            if (parameter.Items is { } items) yield return new ReferenceRow(name + "[]", Words(items), presence);
            if (parameter.IsMetadata) yield return new ReferenceRow(name + "[...]", "text up to 500 characters, under names of your own", presence);
            if (parameter.Members is { } members)
            {
                if (parameter.Scalar is null) yield return new ReferenceRow(name, "set", presence);
                foreach (var row in Of(members, name)) yield return row;
            }

            if (parameter.ItemMembers is { } sets)
            {
                yield return new ReferenceRow(name, "list of sets", presence);
                foreach (var row in Of(sets, name + "[0]")) yield return row;
            }
        }
    }

    public static IEnumerable<ReferenceRow> Of(IReadOnlyList<WireField> fields, string path = "")
    {
        foreach (var field in fields)
        {
            var name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            yield return new ReferenceRow(name, Words(field.Type), field.IsOptional ? "may be absent" : "");
            foreach (var row in Of(field.Type.Fields ?? field.Type.Items?.Fields ?? [], name)) yield return row;
        }
    }

    public static IEnumerable<string> UnsupportedIn(DescribedMap map, string path = "")
    {
        foreach (var name in map.Unsupported) yield return path.Length == 0 ? name : $"{path}[{name}]";
        foreach (var parameter in map.Parameters)
        {
            var below = path.Length == 0 ? parameter.Name : $"{path}[{parameter.Name}]";
            foreach (var name in parameter.Members is null ? [] : UnsupportedIn(parameter.Members, below)) yield return name;
            foreach (var name in parameter.ItemMembers is null ? [] : UnsupportedIn(parameter.ItemMembers, below + "[0]")) yield return name;
        }
    }

    private static string Words(ScalarShape shape) => shape switch
    {
        { Words: [var only] } => $"{only}, nothing else",
        { Words: { } words } => string.Join(", ", words),
        { Prefix: { } prefix } => $"id, {prefix}...",
        { Format: "minor-units" } => "whole number of minor units",
        { Format: "unix-time" } => "time in unix seconds",
        { Format: "currency" } => "ISO 4217 code",
        { Format: "uri" } => "http or https address",
        { Format: "email" } => "e-mail address",
        { Type: "integer", Least: { } least, Most: { } most } => $"whole number from {least} to {most}",
        { Type: "boolean" } => "true or false",
        { MostCharacters: { } most } => $"text up to {most} characters",
        _ => "text",
    };

    private static string Words(WireType type) => type switch
    {
        { Kind: "null" } => "always null",
        { IsNullable: true } => Words(type with { IsNullable = false }) + ", or null",
        { Words: { } words } => string.Join(", ", words),
        { Prefix: { } prefix } => $"id, {prefix}...",
        { Format: "minor-units" } => "whole number of minor units",
        { Format: "unix-time" } => "time in unix seconds",
        { Format: "currency" } => "ISO 4217 code, in lower case",
        { Reference: WireTypes.AnyObject } => "any object",
        { Reference: { } name } => name,
        { Values: not null } => "texts under names of your own",
        { Kind: "array" } => "list",
        { Kind: "object" } => "object",
        { Kind: "integer" } => "whole number",
        { Kind: "boolean" } => "true or false",
        _ => "text",
    };
}
