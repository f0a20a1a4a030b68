using System.Text.Json;
using Florin.Api.Routing;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Payments;
using Florin.Payments.Wire;

namespace Florin.Api.Gateways;

/// <summary><c>/v1/florin/gateways</c>: the merchant's accounts with gateways, and how they have been answering.</summary>
internal static class GatewayRoutes
{
    private const string Url = "/v1/florin/gateways";

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, new AnsweredObject("florin.gateway", IsList: true), static call => call.ListAsync<ConnectorAccountId, Gateway>(
            Url, page => call.Services.Gateways.ListAsync(call.Scope, page, call.Ct), (writer, gateway) => Write(writer, gateway, call.Scope.IsLive))),
    ];

    public static string WordOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half_open",
    };

    private static void Write(Utf8JsonWriter writer, Gateway gateway, bool isLive)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, gateway.Id);
        writer.WriteString("object"u8, "florin.gateway"u8);
        writer.WriteString("connector"u8, gateway.Connector);
        writer.WriteTexts("currencies"u8, [.. gateway.Currencies.Select(code => code.ToLowerInvariant())]);
        writer.WriteBoolean("enabled"u8, gateway.IsEnabled);
        WriteHealth(writer, gateway.Standing);
        writer.WriteBoolean("livemode"u8, isLive);
        writer.WriteString("method"u8, GatewayMethods.Card);
        writer.WriteNumber("priority"u8, gateway.Priority);
        writer.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter writer, GatewayStanding? standing)
    {
        writer.WriteStartObject("health"u8);
        writer.WriteString("circuit"u8, WordOf(standing?.Circuit ?? CircuitState.Closed));
        Write(writer, "last_fifteen_minutes"u8, standing?.LastQuarter ?? default);
        Write(writer, "last_minute"u8, standing?.LastMinute ?? default);
        writer.WriteString("last_problem"u8, standing?.LastProblem);
        writer.WriteInstant("last_problem_at"u8, standing?.LastProblemAt);
        writer.WriteInstant("opened_at"u8, standing?.OpenedAt);
        Write(writer, "payments"u8, standing?.Payments ?? default);
        Write(writer, "questions"u8, standing?.Questions ?? default);
        writer.WriteNumber("turned_away"u8, standing?.TurnedAway ?? 0);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, CallFigures figures)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("calls"u8, figures.Calls);
        writer.WriteNumber("declined"u8, figures.Declined);
        writer.WriteNumber("not_sent"u8, figures.NotSent);
        writer.WriteNumber("p50_ms"u8, figures.P50Ms);
        writer.WriteNumber("p99_ms"u8, figures.P99Ms);
        if (figures.SuccessBasisPoints is { } rate) writer.WriteNumber("success_basis_points"u8, rate);
        else writer.WriteNull("success_basis_points"u8);
        writer.WriteNumber("unanswered"u8, figures.Unanswered);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, LaneFigures figures)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("in_flight"u8, figures.InFlight);
        writer.WriteNumber("queued"u8, figures.Queued);
        writer.WriteNumber("shed"u8, figures.Shed);
        writer.WriteEndObject();
    }
}
