using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, PaymentIntent intent)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, intent.Id);
        writer.WriteString("object"u8, "payment_intent"u8);
        WriteCardTypes(writer, "allowed_payment_method_types"u8);
        writer.WriteNumber("amount"u8, intent.Amount.Minor);
        writer.WriteNumber("amount_capturable"u8, intent.AmountCapturable.Minor);
        writer.WriteStartObject("amount_details"u8);
        writer.WriteEmptyObject("tip"u8);
        writer.WriteEndObject();
        writer.WriteNumber("amount_received"u8, intent.AmountReceived.Minor);
        writer.WriteNull("application"u8);
        writer.WriteNull("application_fee_amount"u8);
        writer.WriteStartObject("automatic_payment_methods"u8);
        writer.WriteString("allow_redirects"u8, "always"u8);
        writer.WriteBoolean("enabled"u8, true);
        writer.WriteEndObject();
        writer.WriteInstant("canceled_at"u8, intent.CanceledAt);
        writer.WriteText("cancellation_reason"u8, intent.CancellationReason is { } reason ? WireText.Of(reason) : null);
        writer.WriteString("capture_method"u8, WireText.Of(intent.CaptureMethod));
        writer.WriteString("client_secret"u8, intent.ClientSecret);
        writer.WriteString("confirmation_method"u8, "automatic"u8);
        writer.WriteInstant("created"u8, intent.CreatedAt);
        writer.WriteString("currency"u8, intent.Amount.Currency.LowerCode);
        writer.WriteIdOrNull("customer"u8, intent.Customer);
        writer.WriteNull("customer_account"u8);
        writer.WriteText("description"u8, intent.Description);
        writer.WriteNull("excluded_payment_method_types"u8);
        WriteLastError(writer, intent.LastError);
        writer.WriteIdOrNull("latest_charge"u8, intent.LatestCharge);
        writer.WriteBoolean("livemode"u8, intent.Scope.IsLive);
        writer.WriteNull("managed_payments"u8);
        writer.WriteMetadata(intent.Metadata);
        WriteRedirect(writer, intent.NextAction, intent.ReturnUrl);
        writer.WriteNull("on_behalf_of"u8);
        writer.WriteIdOrNull("payment_method"u8, intent.PaymentMethod);
        writer.WriteNull("payment_method_configuration_details"u8);
        WriteMethodOptions(writer);
        WriteCardTypes(writer, "payment_method_types"u8);
        writer.WriteNull("payment_record"u8);
        WriteProcessing(writer, intent.Status);
        writer.WriteText("receipt_email"u8, intent.ReceiptEmail);
        writer.WriteNull("review"u8);
        writer.WriteText("setup_future_usage"u8, intent.SetupFutureUsage is { } usage ? WireText.Of(usage) : null);
        WriteShipping(writer, intent.Shipping);
        writer.WriteNull("source"u8);
        writer.WriteText("statement_descriptor"u8, intent.StatementDescriptor);
        writer.WriteNull("statement_descriptor_suffix"u8);
        writer.WriteString("status"u8, WireText.Of(intent.Status));
        writer.WriteNull("transfer_data"u8);
        writer.WriteNull("transfer_group"u8);
        writer.WriteStartObject("florin"u8);
        writer.WriteIdOrNull("checkout_session"u8, intent.CheckoutSession);
        writer.WriteText("connector"u8, intent.Connector);
        writer.WriteIdOrNull("latest_attempt"u8, intent.LatestAttempt);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteLastError(Utf8JsonWriter writer, PaymentError? error)
    {
        if (error is null)
        {
            writer.WriteNull("last_payment_error"u8);
            return;
        }

        writer.WriteStartObject("last_payment_error"u8);
        if (error.Charge is { } charge) writer.WriteId("charge"u8, charge);
        writer.WriteString("code"u8, error.Code);
        if (error.DeclineCode is { } declineCode) writer.WriteString("decline_code"u8, declineCode);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("payment_method_type"u8, "card"u8);
        writer.WriteString("type"u8, "card_error"u8);
        // Stripe's word `payment_method` means the whole object here; the id alone goes where no SDK expects one.
        writer.WriteStartObject("florin"u8);
        writer.WriteIdOrNull("payment_method"u8, error.PaymentMethod);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteRedirect(Utf8JsonWriter writer, Uri? url, Uri? returnUrl)
    {
        if (url is null)
        {
            writer.WriteNull("next_action"u8);
            return;
        }

        writer.WriteStartObject("next_action"u8);
        writer.WriteStartObject("redirect_to_url"u8);
        writer.WriteUrl("return_url"u8, returnUrl);
        writer.WriteUrl("url"u8, url);
        writer.WriteEndObject();
        writer.WriteString("type"u8, "redirect_to_url"u8);
        writer.WriteEndObject();
    }

    private static void WriteMethodOptions(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("payment_method_options"u8);
        writer.WriteStartObject("card"u8);
        writer.WriteNull("installments"u8);
        writer.WriteNull("mandate_options"u8);
        writer.WriteNull("network"u8);
        writer.WriteString("request_three_d_secure"u8, "automatic"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteProcessing(Utf8JsonWriter writer, PaymentIntentStatus status)
    {
        if (status != PaymentIntentStatus.Processing)
        {
            writer.WriteNull("processing"u8);
            return;
        }

        writer.WriteStartObject("processing"u8);
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
    }
}
