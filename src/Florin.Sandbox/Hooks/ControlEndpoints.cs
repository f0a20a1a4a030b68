using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Hooks;

/// <summary><c>/control/*</c>: how a test makes an acquirer hold, delay, garble or lose its answers.</summary>
internal static class ControlEndpoints
{
    private const int MaxCount = 1_000_000;
    private const int MaxDelayMs = 600_000;

    public static void Map(IEndpointRouteBuilder app, Faults faults)
    {
        app.MapPost("/control/hold", context => AskAsync(context, faults, holdOnly: true));
        app.MapPost("/control/fault", context => AskAsync(context, faults, holdOnly: false));
        app.MapGet("/control/held", context => AnswerAsync(context, 200, $$"""{"held":{{faults.Held}}}"""));
        app.MapPost("/control/release", async context =>
        {
            using var body = await ReadAsync(context);
            var mode = Text(body, "mode") ?? "answer";
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

    private static async Task AskAsync(HttpContext context, Faults faults, bool holdOnly)
    {
        using var body = await ReadAsync(context);
        var acquirer = Text(body, "acquirer");
        var operation = Text(body, "operation");
        var kind = holdOnly ? FaultKind.Hold : Text(body, "kind") switch
        {
            "delay" => FaultKind.Delay,
            "http500" => FaultKind.Http500,
            "malformed" => FaultKind.Malformed,
            "reset" => FaultKind.Reset,
            _ => (FaultKind?)null,
        };
        var moment = Text(body, "when") switch
        {
            "before" => FaultMoment.Before,
            "after" => FaultMoment.After,
            _ => (FaultMoment?)null,
        };
        var count = Number(body, "count", 1);
        var delayMs = Number(body, "delay_ms", 0);

        var wrong = kind is null ? "kind is 'delay', 'http500', 'malformed' or 'reset'"
            : moment is null ? "when is 'before' or 'after'"
            : acquirer is not null && !AcquirerNames.All.Contains(acquirer) ? "acquirer is not one of ours"
            : operation is not null && !OperationNames.All.Contains(operation) ? "operation is not one of ours"
            : count is < 1 or > MaxCount ? $"count is from 1 to {MaxCount}"
            : delayMs is < 0 or > MaxDelayMs ? $"delay_ms is from 0 to {MaxDelayMs}"
            : null;
        if (wrong is not null)
        {
            await RefuseAsync(context, wrong);
            return;
        }

        faults.Ask(new Fault(kind!.Value, moment!.Value, acquirer, operation, TimeSpan.FromMilliseconds(delayMs)), count);
        await AnswerAsync(context, 200, """{"asked":true}""");
    }

    private static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Length == 0) return JsonDocument.Parse("{}");
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw new BadHttpRequestException("The body is not JSON.");
        }
    }

    private static string? Text(JsonDocument body, string name) =>
        body.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int Number(JsonDocument body, string name, int absent) =>
        !body.RootElement.TryGetProperty(name, out var value) ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : -1;

    private static Task RefuseAsync(HttpContext context, string wrong) =>
        AnswerAsync(context, 400, $$"""{"error":"{{wrong}}"}""");

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
