using Florin.Events;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class WebhookObjects
{
    private static readonly WireType Headers = new() { Kind = "object", Values = Text };

    public static WireObject Attempt { get; } = new("florin.webhook_attempt", "One call of a webhook endpoint.",
    [
        new("id", Id<WebhookAttemptId>()),
        new("created", Instant),
        new("delivery_success", Truth),
        new("duration_ms", Number),
        new("event", Id<EventId>()),
        new("event_type", Text),
        new("livemode", Truth),
        new("request", Object(new("body", Text.Maybe()), new("headers", Headers), new("method", Text), new("url", Url))),
        new("response", Object(new("body", Text.Maybe()), new("failure", Text.Maybe()), new("headers", Headers), new("status", Number.Maybe()))),
        new("webhook_endpoint", Id<WebhookEndpointId>()),
    ]);

    public static WireObject Resend { get; } = new("florin.webhook_resend", "What is sent again.",
    [
        new("count", Number),
        new("has_more", Truth),
        new("last_event", Id<EventId>().Maybe()),
        new("webhook_endpoints", ListOf(Id<WebhookEndpointId>())),
    ]);
}
