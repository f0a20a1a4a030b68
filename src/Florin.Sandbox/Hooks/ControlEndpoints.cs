using System.Text.Json;
using Florin.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Hooks;

/// <summary><c>/control/*</c>: how a test makes an acquirer hold, delay, garble or lose its answers.</summary>
internal static class ControlEndpoints
{
    public static void Map(IEndpointRouteBuilder app, Faults faults, RandomSource random)
    {
        app.MapPost("/control/hold", context => SetAsync(context, faults, random, holdOnly: true));
        app.MapPost("/control/fault", context => SetAsync(context, faults, random, holdOnly: false));
        app.MapGet("/control/faults", context =>
        {
            context.Response.ContentType = "application/json";
            return JsonSerializer.SerializeAsync(
                context.Response.Body, new FaultsView(faults.Show()), FaultViewJson.Default.FaultsView, context.RequestAborted);
        });
        app.MapPost("/control/clear", async context =>
        {
            var fields = await ReadAsync(context);
            var isCleared = int.TryParse(fields.GetValueOrDefault("id"), out var id) && faults.Clear(id);
            await AnswerAsync(context, 200, $$"""{"cleared":{{(isCleared ? "true" : "false")}}}""");
        });
        app.MapGet("/control/held", context => AnswerAsync(context, 200, $$"""{"held":{{faults.Held}}}"""));
        app.MapPost("/control/release", async context =>
        {
            var mode = (await ReadAsync(context)).GetValueOrDefault("mode") ?? "answer";
            if (mode is not ("answer" or "drop"))
            {
                await RefuseAsync(context, "mode is 'answer' or 'drop'");
                return;
            }

            var released = faults.Release(mode == "drop" ? HoldRelease.Drop : HoldRelease.Answer);
            await AnswerAsync(context, 200, $$"""{"released":{{released}}}""");
        });
        app.MapPost("/control/reset", context =>
        {
            faults.Reset();
            return AnswerAsync(context, 200, """{"reset":true}""");
        });
    }

    private static async Task SetAsync(HttpContext context, Faults faults, RandomSource random, bool holdOnly)
    {
        var fields = await ReadAsync(context);
        if (holdOnly) fields["kind"] = "hold";
        else if (fields.GetValueOrDefault("kind") == "hold") fields.Remove("kind");
        if (FaultWords.Read(fields, random, out var fault, out var bounds) is { } wrong)
        {
            await RefuseAsync(context, wrong);
            return;
        }

        if (faults.Set(fault, bounds) is { } id) await AnswerAsync(context, 200, $$"""{"asked":true,"id":{{id}}}""");
        else await RefuseAsync(context, "so many faults are set already; reset them");
    }

    /// <summary>The texts and numbers of a flat JSON object, as text.</summary>
    private static async Task<Dictionary<string, string>> ReadAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Length == 0) return [];
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new BadHttpRequestException("The body is not a JSON object.");
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number) fields[field.Name] = field.Value.ToString();
            }

            return fields;
        }
        catch (JsonException)
        {
            throw new BadHttpRequestException("The body is not JSON.");
        }
    }

    private static Task RefuseAsync(HttpContext context, string wrong) =>
        AnswerAsync(context, 400, $$"""{"error":"{{wrong}}"}""");

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
