using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, UnknownOutcome item)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, item.Id);
        writer.WriteString("object"u8, "florin.unknown_outcome"u8);
        writer.WriteStartArray("acts"u8);
        foreach (var act in item.Acts) Write(writer, act);
        writer.WriteEndArray();
        writer.WriteNumber("amount"u8, item.Amount.Minor);
        writer.WriteBoolean("cancelable"u8, item.CanCancel);
        writer.WriteIdOrNull("charge"u8, item.Charge);
        writer.WriteString("connector"u8, item.Connector);
        writer.WriteId("connector_account"u8, item.ConnectorAccount);
        writer.WriteString("currency"u8, item.Amount.Currency.LowerCode);
        writer.WriteIdOrNull("dispute"u8, item.Dispute);
        writer.WriteText("explanation"u8, item.Explanation);
        writer.WriteText("gateway_reference"u8, item.GatewayReference);
        writer.WriteString("kind"u8, Words<UnknownOutcomeKind>.Of(item.Kind));
        writer.WriteBoolean("livemode"u8, item.Scope.IsLive);
        writer.WriteString("operation"u8, item.Operation);
        writer.WriteTexts("outcomes"u8, [.. item.Outcomes.Select(Words<AcceptedOutcome>.Of)]);
        writer.WriteIdOrNull("payment_intent"u8, item.PaymentIntent);
        writer.WriteNumber("queries"u8, item.Queries);
        writer.WriteBoolean("queryable"u8, item.CanQuery);
        writer.WriteString("reason"u8, Words<UnknownOutcomeReason>.Of(item.Reason));
        writer.WriteIdOrNull("setup_intent"u8, item.SetupIntent);
        writer.WriteInstant("since"u8, item.Since);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, UnknownOutcomeCount count)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.unknown_outcome_count"u8);
        writer.WriteStartObject("by_kind"u8);
        foreach (var kind in Enum.GetValues<UnknownOutcomeKind>()) writer.WriteNumber(Words<UnknownOutcomeKind>.Of(kind), count.ByKind.GetValueOrDefault(kind));
        writer.WriteEndObject();
        writer.WriteBoolean("livemode"u8, count.Scope.IsLive);
        writer.WriteNumber("total"u8, count.Total);
        writer.WriteNumber("waits_for_person"u8, count.WaitsForPerson);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, OutcomeBulk bulk)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, bulk.Id);
        writer.WriteString("object"u8, "florin.unknown_outcome_bulk"u8);
        writer.WriteString("act"u8, Words<OutcomeBulkAct>.Of(bulk.Act));
        writer.WriteString("actor"u8, bulk.Actor.Name);
        writer.WriteInstant("created"u8, bulk.CreatedAt);
        writer.WriteNumber("done"u8, bulk.Done);
        writer.WriteText("evidence"u8, bulk.Evidence);
        writer.WriteNumber("failed"u8, bulk.Failed);
        writer.WriteBoolean("livemode"u8, bulk.Scope.IsLive);
        writer.WriteText("outcome"u8, Words<AcceptedOutcome>.Of(bulk.Outcome));
        writer.WriteString("status"u8, bulk.IsComplete ? "complete"u8 : "running"u8);
        writer.WriteNumber("total"u8, bulk.Total);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, OutcomeBulkItem item)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, item.Id);
        writer.WriteString("object"u8, "florin.unknown_outcome_bulk_item"u8);
        writer.WriteText("code"u8, item.Code);
        writer.WriteText("message"u8, item.Message);
        writer.WriteString("status"u8, Words<OutcomeBulkItemState>.Of(item.State));
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, PaymentPolicies policies)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "florin.payment_policies"u8);
        writer.WriteString("late_success"u8, Words<LateSuccessPolicy>.Of(policies.LateSuccess));
        writer.WriteBoolean("livemode"u8, policies.Scope.IsLive);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, OutcomeAct act)
    {
        writer.WriteStartObject();
        writer.WriteString("act"u8, Words<OutcomeActKind>.Of(act.Kind));
        writer.WriteText("actor"u8, act.Actor);
        writer.WriteInstant("created"u8, act.At);
        writer.WriteText("explanation"u8, act.Explanation);
        writer.WriteIdOrNull("file"u8, act.File);
        writer.WriteText("gateway_reference"u8, act.GatewayReference);
        writer.WriteString("said"u8, act.Said);
        writer.WriteEndObject();
    }
}
