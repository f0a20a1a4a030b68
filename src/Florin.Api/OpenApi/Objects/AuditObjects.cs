using Florin.Merchants;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class AuditObjects
{
    public static WireObject Record { get; } = new("florin.audit_record", "What somebody changed by hand.",
    [
        new("id", Id<AuditRecordId>()),
        new("action", Text),
        new("actor", Object(new("name", Text), new("source", Text.Maybe()), new("type", Word("api_key", "command", "user")))),
        new("created", Instant),
        new("details", Text.Maybe()),
        new("livemode", Truth),
        new("subject", Text),
    ]);
}
