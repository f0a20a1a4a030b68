using Florin.Events;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class EventObjects
{
    public static WireObject Event { get; } = new("event", "Something that happened, with the object as it was then.",
    [
        new("id", Id<EventId>()),
        new("api_version", Text),
        new("created", Instant),
        new("data", Object(
            new("object", Reference(AnyObject)),
            new("previous_attributes", new WireType { Kind = "object" }, IsOptional: true))),
        new("livemode", Truth),
        new("pending_webhooks", Number),
        new("request", Object(new("id", Text.Maybe()), new("idempotency_key", Text.Maybe()))),
        new("type", Text),
    ]);

    public static WireObject WebhookEndpoint { get; } = new("webhook_endpoint", "An address that is told of events.",
    [
        new("id", Id<WebhookEndpointId>()),
        new("api_version", Text.Maybe()),
        new("application", Nothing),
        new("created", Instant),
        new("description", Text.Maybe()),
        new("enabled_events", ListOf(Text)),
        new("florin", Object(new WireField("previous_secret_expires_at", Instant.Maybe()))),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("secret", Text with { Prefix = "whsec_" }, IsOptional: true),
        new("status", Word("enabled", "disabled")),
        new("url", Url),
    ]);
}
