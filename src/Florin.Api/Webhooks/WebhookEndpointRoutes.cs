using System.Text.Json;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Webhooks;

/// <summary><c>/v1/webhook_endpoints</c>.</summary>
internal static class WebhookEndpointRoutes
{
    private const string Url = "/v1/webhook_endpoints";
    private static readonly AnsweredObject One = new("webhook_endpoint");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, static call => call.ListAsync<WebhookEndpointId, WebhookEndpoint>(
            Url, page => call.Services.WebhookEndpoints.ListAsync(call.Scope, page, call.Ct), Write)),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<WebhookEndpointId, WebhookEndpoint>(
            "webhook_endpoint", id => call.Services.WebhookEndpoints.FindAsync(call.Scope, id, call.Ct), Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("DELETE", Url + "/{id}", RouteAccess.Secret, One, DeleteAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("connect");
        var settings = new WebhookEndpointSettings(
            parameters.RequiredText("url", most: 2048) ?? "",
            ReadEvents(parameters) ?? (parameters.Has("enabled_events") ? [] : parameters.Missing<IReadOnlyList<string>>("enabled_events") ?? []),
            CardParameters.NullIfEmpty(parameters.Text("description")),
            parameters.FilledText("api_version", most: 100),
            parameters.Metadata() ?? CardParameters.NoMetadata);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);

        // The secret is shown in the first answer alone: a stored copy of the answer would keep it in plain text.
        return await call.WriteAsync<NewWebhookEndpoint>(
            answer => call.Services.WebhookEndpoints.CreateAsync(call.Scope, settings, answer, call.Ct),
            static (writer, made) => Write(writer, made.Endpoint, made.Secret.Reveal()),
            stored: static (writer, made) => Write(writer, made.Endpoint));
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var change = new WebhookEndpointChange(
            parameters.FilledText("url", most: 2048),
            ReadEvents(parameters),
            parameters.Text("description"),
            parameters.Bool("disabled"),
            parameters.Metadata());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<WebhookEndpointId>(out var id)) return call.NoSuch("webhook_endpoint");
        return await call.WriteAsync<WebhookEndpoint>(
            answer => call.Services.WebhookEndpoints.UpdateAsync(call.Scope, id, change, answer, call.Ct), Write);
    }

    private static async Task<StoredResponse> DeleteAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<WebhookEndpointId>(out var id)) return call.NoSuch("webhook_endpoint");
        return await call.WriteAsync<DeletedWebhookEndpoint>(
            answer => call.Services.WebhookEndpoints.DeleteAsync(call.Scope, id, answer, call.Ct),
            static (writer, gone) =>
            {
                writer.WriteStartObject();
                writer.WriteId("id"u8, gone.Id);
                writer.WriteString("object"u8, "webhook_endpoint"u8);
                writer.WriteBoolean("deleted"u8, true);
                writer.WriteEndObject();
            });
    }

    private static IReadOnlyList<string>? ReadEvents(ParameterReader parameters)
    {
        var types = parameters.Texts("enabled_events");
        return types is { Count: 0 }
            ? parameters.Refuse<IReadOnlyList<string>>("enabled_events", "parameter_invalid_empty", "enabled_events must name event types, or *.")
            : types;
    }

    public static void Write(Utf8JsonWriter writer, WebhookEndpoint endpoint) => Write(writer, endpoint, secret: null);

    public static void Write(Utf8JsonWriter writer, WebhookEndpoint endpoint, string? secret)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, endpoint.Id);
        writer.WriteString("object"u8, "webhook_endpoint"u8);
        writer.WriteText("api_version"u8, endpoint.ApiVersion);
        writer.WriteNull("application"u8);
        writer.WriteInstant("created"u8, endpoint.CreatedAt);
        writer.WriteText("description"u8, endpoint.Description);
        writer.WriteTexts("enabled_events"u8, endpoint.EnabledEvents);
        writer.WriteStartObject("florin"u8);
        writer.WriteInstant("previous_secret_expires_at"u8, endpoint.OldSecretEndsAt);
        writer.WriteEndObject();
        writer.WriteBoolean("livemode"u8, endpoint.IsLive);
        writer.WriteMetadata(endpoint.Metadata);
        if (secret is not null) writer.WriteString("secret"u8, secret);
        writer.WriteString("status"u8, endpoint.IsEnabled ? "enabled"u8 : "disabled"u8);
        writer.WriteString("url"u8, endpoint.Url);
        writer.WriteEndObject();
    }
}
