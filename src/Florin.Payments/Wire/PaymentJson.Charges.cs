using System.Text.Json;
using Florin.Vault;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, Charge charge)
    {
        // A freed hold counts as refunded, as it does at Stripe; nothing of it was captured.
        var isVoided = charge.Status == ChargeStatus.Voided;
        var refundedMinor = isVoided ? charge.Amount.Minor : charge.Refunded.Minor;

        writer.WriteStartObject();
        writer.WriteId("id"u8, charge.Id);
        writer.WriteString("object"u8, "charge"u8);
        writer.WriteNumber("amount"u8, charge.Amount.Minor);
        writer.WriteNumber("amount_captured"u8, charge.Captured.Minor);
        writer.WriteNumber("amount_refunded"u8, refundedMinor);
        writer.WriteNull("application"u8);
        writer.WriteNull("application_fee"u8);
        writer.WriteNull("application_fee_amount"u8);
        if (charge.AuthorizationCode is { } authorizationCode) writer.WriteString("authorization_code"u8, authorizationCode);
        writer.WriteIdOrNull("balance_transaction"u8, charge.BalanceTransaction);
        WriteBilling(writer, charge.PaymentMethod.Billing);
        writer.WriteNull("calculated_statement_descriptor"u8);
        writer.WriteBoolean("captured"u8, charge.Status == ChargeStatus.Captured);
        writer.WriteInstant("created"u8, charge.CreatedAt);
        writer.WriteString("currency"u8, charge.Amount.Currency.LowerCode);
        writer.WriteIdOrNull("customer"u8, charge.Customer);
        writer.WriteText("description"u8, charge.Description);
        writer.WriteBoolean("disputed"u8, charge.Dispute is not null);
        writer.WriteNull("failure_balance_transaction"u8);
        writer.WriteText("failure_code"u8, charge.Failure?.Code);
        writer.WriteText("failure_message"u8, charge.Failure?.Message);
        writer.WriteEmptyObject("fraud_details"u8);
        writer.WriteBoolean("livemode"u8, charge.Scope.IsLive);
        writer.WriteMetadata(charge.Metadata);
        writer.WriteNull("on_behalf_of"u8);
        WriteOutcome(writer, charge);
        writer.WriteBoolean("paid"u8, charge.Status != ChargeStatus.Failed);
        writer.WriteId("payment_intent"u8, charge.PaymentIntent);
        writer.WriteId("payment_method"u8, charge.PaymentMethod.Id);
        WriteMethodDetails(writer, charge);
        writer.WriteText("receipt_email"u8, charge.ReceiptEmail);
        writer.WriteNull("receipt_number"u8);
        writer.WriteNull("receipt_url"u8);
        writer.WriteBoolean("refunded"u8, refundedMinor > 0 && refundedMinor == (isVoided ? charge.Amount : charge.Captured).Minor);
        writer.WriteNull("review"u8);
        WriteShipping(writer, charge.Shipping);
        writer.WriteNull("source"u8);
        writer.WriteNull("source_transfer"u8);
        writer.WriteNull("statement_descriptor"u8);
        writer.WriteNull("statement_descriptor_suffix"u8);
        writer.WriteString("status"u8, WireText.Of(charge.Status));
        writer.WriteNull("transfer_data"u8);
        writer.WriteNull("transfer_group"u8);
        writer.WriteStartObject("florin"u8);
        writer.WriteId("attempt"u8, charge.Attempt);
        writer.WriteString("connector"u8, charge.Connector);
        writer.WriteIdOrNull("dispute"u8, charge.Dispute);
        writer.WriteNumber("fee"u8, charge.Fee.Minor);
        writer.WriteText("late_success"u8, Words<LateSuccessPolicy>.Of(charge.LateSuccess));
        writer.WriteBoolean("voided"u8, isVoided);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter writer, Charge charge)
    {
        writer.WriteStartObject("outcome"u8);
        writer.WriteNull("advice_code"u8);
        writer.WriteNull("network_advice_code"u8);
        writer.WriteNull("network_decline_code"u8);
        if (charge.Failure is { } failure)
        {
            writer.WriteString("network_status"u8, "declined_by_network"u8);
            writer.WriteString("reason"u8, failure.DeclineCode ?? failure.Code);
            writer.WriteString("seller_message"u8, failure.Message);
            writer.WriteString("type"u8, "issuer_declined"u8);
        }
        else
        {
            writer.WriteString("network_status"u8, "approved_by_network"u8);
            writer.WriteNull("reason"u8);
            writer.WriteString("seller_message"u8, "Payment complete."u8);
            writer.WriteString("type"u8, "authorized"u8);
        }

        writer.WriteEndObject();
    }

    private static void WriteMethodDetails(Utf8JsonWriter writer, Charge charge)
    {
        var card = charge.PaymentMethod.Card;
        writer.WriteStartObject("payment_method_details"u8);
        writer.WriteStartObject("card"u8);
        if (charge.Status == ChargeStatus.Failed) writer.WriteNull("amount_authorized"u8);
        else writer.WriteNumber("amount_authorized"u8, charge.Amount.Minor);
        writer.WriteText("authorization_code"u8, charge.AuthorizationCode);
        writer.WriteString("brand"u8, WireText.Of(card.Brand));
        WriteChecks(writer);
        writer.WriteText("country"u8, card.Country);
        writer.WriteNull("electronic_commerce_indicator"u8);
        writer.WriteNumber("exp_month"u8, card.ExpiryMonth);
        writer.WriteNumber("exp_year"u8, card.ExpiryYear);
        writer.WriteString("fingerprint"u8, card.Fingerprint);
        writer.WriteString("funding"u8, WireText.Of(card.Funding));
        writer.WriteString("iin"u8, card.Bin);
        writer.WriteNull("installments"u8);
        writer.WriteString("last4"u8, card.Last4);
        writer.WriteNull("mandate"u8);
        writer.WriteText("network"u8, NetworkOf(card.Brand));
        writer.WriteNull("network_token"u8);
        writer.WriteNull("network_transaction_id"u8);
        writer.WriteNull("regulated_status"u8);
        writer.WriteNull("three_d_secure"u8);
        writer.WriteNull("transaction_link_id"u8);
        writer.WriteNull("wallet"u8);
        writer.WriteEndObject();
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
    }

    // A brand that we do not know names no network.
    private static string? NetworkOf(CardBrand brand) => brand == CardBrand.Unknown ? null : WireText.Of(brand);
}
