using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, Refund refund)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, refund.Id);
        writer.WriteString("object"u8, "refund"u8);
        writer.WriteNumber("amount"u8, refund.Amount.Minor);
        writer.WriteIdOrNull("balance_transaction"u8, refund.BalanceTransaction);
        writer.WriteId("charge"u8, refund.Charge);
        writer.WriteInstant("created"u8, refund.CreatedAt);
        writer.WriteString("currency"u8, refund.Amount.Currency.LowerCode);
        writer.WriteNull("customer"u8);
        writer.WriteNull("customer_account"u8);
        writer.WriteStartObject("destination_details"u8);
        writer.WriteStartObject("card"u8);
        writer.WriteString("type"u8, "refund"u8);
        writer.WriteEndObject();
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
        if (FailureReasonOf(refund.State) is { } failureReason) writer.WriteString("failure_reason"u8, failureReason);
        writer.WriteMetadata(refund.Metadata);
        writer.WriteId("payment_intent"u8, refund.PaymentIntent);
        writer.WriteNull("payment_method"u8);
        if (WireText.RefundStatus(refund.State) == "pending") writer.WriteString("pending_reason"u8, "processing"u8);
        writer.WriteText("reason"u8, refund.Reason is { } reason ? WireText.Of(reason) : null);
        writer.WriteNull("receipt_number"u8);
        writer.WriteNull("source_transfer_reversal"u8);
        writer.WriteString("status"u8, WireText.RefundStatus(refund.State));
        writer.WriteNull("transfer_reversal"u8);
        writer.WriteStartObject("florin"u8);
        writer.WriteText("explanation"u8, refund.Explanation);
        writer.WriteText("gateway_reference"u8, refund.GatewayReference);
        writer.WriteString("state"u8, WireText.Of(refund.State));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Stripe's words for why a refund failed; the gateway's own are in `florin.explanation`.
    private static string? FailureReasonOf(OperationState state) => state switch
    {
        OperationState.Sent => null,
        OperationState.Succeeded => null,
        OperationState.Declined => "declined",
        OperationState.NotSent => "unknown",
        OperationState.Unknown => null,
        OperationState.Canceled => null,
    };
}
