using Florin.Api.Gateways;
using Florin.Connectors;
using Florin.Connectors.Health;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class GatewayObjects
{
    private static readonly WireType Figures = Object(
        new("calls", Number),
        new("declined", Number),
        new("not_sent", Number),
        new("p50_ms", Number),
        new("p99_ms", Number),
        new("success_basis_points", Number.Maybe()),
        new("unanswered", Number));

    private static readonly WireType Lane = Object(new("in_flight", Number), new("queued", Number), new("shed", Number));

    public static WireObject Gateway { get; } = new("florin.gateway", "An account with a gateway, and how it has been answering the node that was asked.",
    [
        new("id", Id<ConnectorAccountId>()),
        new("connector", Text),
        new("currencies", ListOf(Currency)),
        new("enabled", Truth),
        new("health", Object(
            new("circuit", Word<CircuitState>(GatewayRoutes.WordOf)),
            new("last_fifteen_minutes", Figures),
            new("last_minute", Figures),
            new("last_problem", Text.Maybe()),
            new("last_problem_at", Instant.Maybe()),
            new("opened_at", Instant.Maybe()),
            new("payments", Lane),
            new("questions", Lane),
            new("turned_away", Number))),
        new("livemode", Truth),
        new("method", Word("card")),
        new("priority", Number),
    ]);
}
