using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, RoutingVersion version)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, version.Id);
        writer.WriteString("object"u8, "florin.routing_version"u8);
        writer.WriteInstant("activated_at"u8, version.ActivatedAt);
        writer.WriteInstant("created"u8, version.CreatedAt);
        writer.WritePropertyName("document"u8);
        writer.WriteDocument(version.Document);
        writer.WriteBoolean("livemode"u8, version.Scope.IsLive);
        writer.WriteText("note"u8, version.Note);
        writer.WriteNumber("number"u8, version.Number);
        writer.WriteString("status"u8, Words<RoutingVersionState>.Of(version.State));
        writer.WriteInstant("updated"u8, version.UpdatedAt);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, RoutingComparison comparison)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.routing_comparison"u8);
        writer.WriteStartArray("changes"u8);
        foreach (var difference in comparison.Differences)
        {
            writer.WriteStartObject();
            writer.WriteText("after"u8, difference.After);
            writer.WriteText("before"u8, difference.Before);
            writer.WriteText("rule"u8, difference.Rule);
            writer.WriteString("type"u8, Words<RoutingDifferenceKind>.Of(difference.Kind));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteIdOrNull("from"u8, comparison.From?.Id);
        writer.WriteBoolean("livemode"u8, comparison.To.Scope.IsLive);
        writer.WriteId("to"u8, comparison.To.Id);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, RoutingSimulation simulation)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.routing_simulation"u8);
        writer.WriteNumber("changed"u8, simulation.Changed);
        writer.WriteStartArray("connectors"u8);
        foreach (var share in simulation.ByConnector)
        {
            writer.WriteStartObject();
            writer.WriteString("connector"u8, share.Connector);
            writer.WriteNumber("was"u8, share.Was);
            writer.WriteNumber("would_be"u8, share.WouldBe);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteInstant("from"u8, simulation.Period.From);
        writer.WriteBoolean("has_more"u8, simulation.Next is not null);
        writer.WriteBoolean("livemode"u8, simulation.Version.Scope.IsLive);
        writer.WriteIdOrNull("next"u8, simulation.Next);
        writer.WriteNumber("routed"u8, simulation.Confirmations);
        writer.WriteStartArray("sample"u8);
        foreach (var change in simulation.Sample)
        {
            writer.WriteStartObject();
            writer.WriteNumber("amount"u8, change.Amount.Minor);
            writer.WriteId("attempt"u8, change.Attempt);
            writer.WriteString("currency"u8, change.Amount.Currency.LowerCode);
            writer.WriteString("from"u8, change.From);
            writer.WriteId("payment_intent"u8, change.PaymentIntent);
            writer.WriteText("rule"u8, change.Rule);
            writer.WriteText("to"u8, change.To);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteInstant("until"u8, simulation.Period.Before);
        writer.WriteNumber("unroutable"u8, simulation.Unroutable);
        writer.WriteId("version"u8, simulation.Version.Id);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, RoutingDecision decision)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.routing_decision"u8);
        writer.WriteId("attempt"u8, decision.Attempt);
        writer.WriteStartArray("candidates"u8);
        foreach (var candidate in decision.Candidates)
        {
            writer.WriteStartObject();
            writer.WriteId("account"u8, candidate.Account);
            writer.WriteString("connector"u8, candidate.Connector);
            writer.WriteString("standing"u8, Words<RoutingStanding>.Of(candidate.Standing));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteText("card_country"u8, decision.Facts.Country);
        writer.WriteInstant("created"u8, decision.DecidedAt);
        if (decision.Draw is { } draw)
        {
            writer.WriteStartObject("draw"u8);
            writer.WriteId("by"u8, draw.By);
            writer.WriteNumber("number"u8, draw.Number);
            writer.WriteNumber("of"u8, draw.Of);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("draw"u8);
        }

        writer.WriteIdOrNull("follows"u8, decision.Follows);
        writer.WriteStartArray("passed_over"u8);
        foreach (var rule in decision.PassedOver)
        {
            writer.WriteStartObject();
            writer.WriteString("reason"u8, "card_country_unknown"u8);
            writer.WriteString("rule"u8, rule);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteId("payment_intent"u8, decision.PaymentIntent);
        writer.WriteText("requested_connector"u8, decision.Facts.AskedFor);
        writer.WriteText("rule"u8, decision.Rule);
        writer.WriteIdOrNull("version"u8, decision.Version);
        writer.WriteEndObject();
    }

    // Written anew, and not raw: what was typed may be spaced and escaped in ways of its own.
    private static void WriteDocument(this Utf8JsonWriter writer, string json)
    {
        using var document = JsonDocument.Parse(json);
        document.RootElement.WriteTo(writer);
    }
}
