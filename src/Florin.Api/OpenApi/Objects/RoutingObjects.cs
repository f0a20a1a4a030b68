using Florin.Connectors;
using Florin.Payments;
using Florin.Payments.Wire;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class RoutingObjects
{
    public static WireObject Version { get; } = new("florin.routing_version", "A version of the rules by which payments are sent to gateways.",
    [
        new("id", Id<RoutingVersionId>()),
        new("activated_at", Instant.Maybe()),
        new("created", Instant),
        new("document", new WireType { Kind = "object" }),
        new("livemode", Truth),
        new("note", Text.Maybe()),
        new("number", Number),
        new("status", Word<RoutingVersionState>(WireText.Of)),
        new("updated", Instant),
    ]);

    public static WireObject Comparison { get; } = new("florin.routing_comparison", "What differs between two versions of routing rules.",
    [
        new("changes", ListOf(Object(
            new("after", Text.Maybe()),
            new("before", Text.Maybe()),
            new("rule", Text.Maybe()),
            new("type", Word<RoutingDifferenceKind>(WireText.Of))))),
        new("from", Id<RoutingVersionId>().Maybe()),
        new("livemode", Truth),
        new("to", Id<RoutingVersionId>()),
    ]);

    public static WireObject Simulation { get; } = new("florin.routing_simulation", "Where the payments of a period would have gone by a version of routing rules.",
    [
        new("changed", Number),
        new("connectors", ListOf(Object(new("connector", Text), new("was", Number), new("would_be", Number)))),
        new("from", Instant),
        new("has_more", Truth),
        new("livemode", Truth),
        new("next", Id<PaymentIntentId>().Maybe()),
        new("routed", Number),
        new("sample", ListOf(Object(
            new("amount", Amount),
            new("attempt", Id<PaymentAttemptId>()),
            new("currency", WireTypes.Currency),
            new("from", Text),
            new("payment_intent", Id<PaymentIntentId>()),
            new("rule", Text.Maybe()),
            new("to", Text.Maybe())))),
        new("until", Instant),
        new("unroutable", Number),
        new("version", Id<RoutingVersionId>()),
    ]);

    public static WireObject Decision { get; } = new("florin.routing_decision", "Why one attempt of a payment went to the gateway it went to.",
    [
        new("attempt", Id<PaymentAttemptId>()),
        new("candidates", ListOf(Object(
            new("account", Id<ConnectorAccountId>()),
            new("connector", Text),
            new("standing", Word<RoutingStanding>(WireText.Of))))),
        new("card_country", Text.Maybe()),
        new("created", Instant),
        new("draw", Object(new("by", Id<PaymentAttemptId>()), new("number", Number), new("of", Number)).Maybe()),
        new("follows", Id<PaymentAttemptId>().Maybe()),
        new("passed_over", ListOf(Object(new("reason", Word("card_country_unknown")), new("rule", Text)))),
        new("payment_intent", Id<PaymentIntentId>()),
        new("requested_connector", Text.Maybe()),
        new("rule", Text.Maybe()),
        new("version", Id<RoutingVersionId>().Maybe()),
    ]);
}
