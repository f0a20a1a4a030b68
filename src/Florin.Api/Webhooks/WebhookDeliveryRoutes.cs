using System.Text;
using System.Text.Json;
using Florin.Api.Events;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Merchants;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.Webhooks;

/// <summary>What Stripe shows in its dashboard alone: the calls made to endpoints, making them again, and rolling a secret.</summary>
internal static class WebhookDeliveryRoutes
{
    private const string EndpointUrl = "/v1/florin/webhook_endpoints/{id}";

    // The longest that an old secret may go on signing; who needs longer has forgotten to change it.
    private const int LongestOverlapSeconds = 7 * 24 * 60 * 60;
    private const int UsualOverlapSeconds = 24 * 60 * 60;

    private static readonly AnsweredObject Attempt = new("florin.webhook_attempt");
    private static readonly AnsweredObject Resend = new("florin.webhook_resend");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", EndpointUrl + "/roll_secret", RouteAccess.Secret, new AnsweredObject("webhook_endpoint"), RollSecretAsync),

        // A call shows the event that it told, so whoever looks at calls, or has events sent somewhere, needs the right to events.
        new("GET", EndpointUrl + "/attempts", RouteAccess.Secret, Attempt with { IsList = true }, ListAttemptsAsync) { Resource = ApiResource.Events },
        new("GET", EndpointUrl + "/attempts/{attempt}", RouteAccess.Secret, Attempt, RetrieveAttemptAsync) { Resource = ApiResource.Events },
        new("POST", EndpointUrl + "/resend", RouteAccess.Secret, Resend, ResendRangeAsync) { Resource = ApiResource.Events },
        new("POST", "/v1/florin/events/{id}/resend", RouteAccess.Secret, Resend, ResendAsync) { Resource = ApiResource.Events },
    ];

    private static async Task<StoredResponse> RollSecretAsync(ApiCall call)
    {
        var overlap = TimeSpan.FromSeconds(call.Parameters.Integer("expires_in", 0, LongestOverlapSeconds) ?? UsualOverlapSeconds);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<WebhookEndpointId>(out var id)) return call.NoSuch("webhook_endpoint");

        // As at creation, the secret is in the first answer alone.
        return await call.WriteAsync<NewWebhookEndpoint>(
            answer => call.Services.WebhookEndpoints.RollSecretAsync(call.Scope, id, overlap, answer, call.Ct),
            static (writer, rolled) => WebhookEndpointRoutes.Write(writer, rolled.Endpoint, rolled.Secret.Reveal()),
            stored: static (writer, rolled) => WebhookEndpointRoutes.Write(writer, rolled.Endpoint));
    }

    private static async Task<StoredResponse> ListAttemptsAsync(ApiCall call)
    {
        var filter = new WebhookAttemptFilter(call.Parameters.Id<EventId>("event"), call.Parameters.Bool("delivery_success"));
        var isKnown = true;
        var listed = await call.ListAsync<WebhookAttemptId, WebhookAttempt>(
            $"/v1/florin/webhook_endpoints/{call.PathId}/attempts",
            async page =>
            {
                isKnown = call.TryPathId<WebhookEndpointId>(out var id)
                    && await call.Services.WebhookEndpoints.FindAsync(call.Scope, id, call.Ct) is not null;
                return isKnown
                    ? await call.Services.WebhookDeliveries.ListAttemptsAsync(call.Scope, id, filter, page, call.Ct)
                    : new Page<WebhookAttempt>([], HasMore: false);
            },
            Write);
        return isKnown ? listed : call.NoSuch("webhook_endpoint");
    }

    private static async Task<StoredResponse> RetrieveAttemptAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return call.TryPathId<WebhookEndpointId>(out var endpoint)
            && call.TryPathId<WebhookAttemptId>("attempt", out var id)
            && await call.Services.WebhookDeliveries.FindAttemptAsync(call.Scope, endpoint, id, call.Ct) is { } found
            ? ApiCall.Ok(found, Write)
            : call.NoSuch("webhook_attempt", "attempt");
    }

    private static async Task<StoredResponse> ResendAsync(ApiCall call)
    {
        var endpoint = call.Parameters.Id<WebhookEndpointId>("webhook_endpoint");
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<EventId>(out var id)) return call.NoSuch("event");
        return await call.WriteAsync<WebhookResend>(
            answer => call.Services.WebhookDeliveries.ResendAsync(call.Scope, id, endpoint, answer, call.Ct), Write);
    }

    private static async Task<StoredResponse> ResendRangeAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var (from, before) = parameters.ReadCreated();

        // Everything that is kept would be a surprise where a beginning was forgotten.
        if (from is null) parameters.Refuse<string>("created", "parameter_missing", "Missing required parameter: created[gte], the time from which to send again.");
        var types = EventTypePatterns.Read(parameters, "types");
        var range = new ResendRange(
            from ?? default,
            before,
            types ?? [],
            parameters.Bool("delivery_success"),
            parameters.Id<EventId>("starting_after"),
            (int)(parameters.Integer("limit", 1, ResendRange.MostEvents) ?? ResendRange.MostEvents));
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<WebhookEndpointId>(out var id)) return call.NoSuch("webhook_endpoint");
        var sent = await call.Services.LongReads.RunAsync(
            () => call.WriteAsync<WebhookResend>(
                answer => call.Services.WebhookDeliveries.ResendRangeAsync(call.Scope, id, range, answer, call.Ct), Write),
            call.Ct);
        return sent.Match(static answer => answer, call.Refuse);
    }

    private static void Write(Utf8JsonWriter writer, WebhookResend resend)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.webhook_resend"u8);
        writer.WriteNumber("count"u8, resend.Count);
        writer.WriteBoolean("has_more"u8, resend.HasMore);
        writer.WriteIdOrNull("last_event"u8, resend.LastEvent);
        writer.WriteTexts("webhook_endpoints"u8, [.. resend.Endpoints.Select(endpoint => endpoint.ToString())]);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, WebhookAttempt attempt)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, attempt.Id);
        writer.WriteString("object"u8, "florin.webhook_attempt"u8);
        writer.WriteInstant("created"u8, attempt.At);
        writer.WriteBoolean("delivery_success"u8, attempt.IsTaken);
        writer.WriteNumber("duration_ms"u8, attempt.DurationMs);
        writer.WriteId("event"u8, attempt.Event);
        writer.WriteString("event_type"u8, attempt.EventType);
        writer.WriteBoolean("livemode"u8, attempt.IsLive);
        WriteRequest(writer, attempt);
        WriteResponse(writer, attempt);
        writer.WriteId("webhook_endpoint"u8, attempt.Endpoint);
        writer.WriteEndObject();
    }

    // The signatures are left out: they are no help to who reads this, and they are proofs.
    private static void WriteRequest(Utf8JsonWriter writer, WebhookAttempt attempt)
    {
        writer.WriteStartObject("request"u8);
        writer.WriteText("body"u8, attempt.RequestBody is { } body ? Encoding.UTF8.GetString(body) : null);
        writer.WriteStartObject("headers"u8);
        writer.WriteString("content-type"u8, "application/json; charset=utf-8"u8);
        writer.WriteString("webhook-id"u8, "msg_" + attempt.Event.Value.ToString("N"));
        writer.WriteString("webhook-timestamp"u8, attempt.At.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteString("method"u8, "POST"u8);
        writer.WriteString("url"u8, attempt.Url);
        writer.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter writer, WebhookAttempt attempt)
    {
        writer.WriteStartObject("response"u8);
        writer.WriteString("body"u8, attempt.Status is null ? null : attempt.Answer);
        writer.WriteString("failure"u8, attempt.Status is null ? attempt.Answer : null);
        writer.WriteStartObject("headers"u8);
        foreach (var (name, value) in attempt.AnswerHeaders) writer.WriteString(name, value);
        writer.WriteEndObject();
        if (attempt.Status is { } status) writer.WriteNumber("status"u8, status);
        else writer.WriteNull("status"u8);
        writer.WriteEndObject();
    }
}
