using Florin.Payments;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class TestClockObjects
{
    public static WireObject Clock { get; } = new("test_helpers.test_clock", "The clock that a merchant's test mode goes by.",
    [
        new("id", Id<TestClockId>()),
        new("created", Instant),
        new("deletes_after", Instant),
        new("frozen_time", Instant),
        new("livemode", Truth),
        new("name", Text.Maybe()),
        new("status", Word("ready", "advancing")),
        new("status_details", Object(new WireField("advancing", Object(new WireField("target_frozen_time", Instant)), IsOptional: true))),
    ]);
}
