using System.Text.Json;
using Florin.Kernel;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    /// <param name="address">Where the hosted checkout is reached.</param>
    public static void Write(Utf8JsonWriter writer, CheckoutSession session, PublicAddress address)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, session.Id);
        writer.WriteString("object"u8, "checkout.session"u8);
        writer.WriteNull("adaptive_pricing"u8);
        writer.WriteNull("after_expiration"u8);
        writer.WriteNull("allow_promotion_codes"u8);
        WriteCardTypes(writer, "allowed_payment_method_types"u8);
        var isPaid = session.Mode == CheckoutMode.Payment;
        WriteTotal(writer, "amount_subtotal"u8, session);
        WriteTotal(writer, "amount_total"u8, session);
        WriteAutomaticTax(writer);
        writer.WriteNull("billing_address_collection"u8);
        writer.WriteUrl("cancel_url"u8, session.CancelUrl);
        writer.WriteText("client_reference_id"u8, session.ClientReferenceId);
        writer.WriteNull("client_secret"u8);
        writer.WriteNull("collected_information"u8);
        writer.WriteNull("consent"u8);
        writer.WriteNull("consent_collection"u8);
        writer.WriteInstant("created"u8, session.CreatedAt);
        writer.WriteText("currency"u8, session.Total.Currency.IsPayable ? session.Total.Currency.LowerCode : null);
        writer.WriteNull("currency_conversion"u8);
        writer.WriteEmptyArray("custom_fields"u8);
        WriteCustomText(writer);
        writer.WriteIdOrNull("customer"u8, session.Customer);
        writer.WriteNull("customer_account"u8);
        writer.WriteString("customer_creation"u8, session.MakesCustomer ? "always"u8 : "if_required"u8);
        WriteCustomer(writer, session.CustomerEmail);
        // As at Stripe, this is what the merchant gave in place of a customer.
        writer.WriteText("customer_email"u8, session.Customer is null ? session.CustomerEmail : null);
        writer.WriteEmptyArray("discounts"u8);
        writer.WriteInstant("expires_at"u8, session.ExpiresAt);
        writer.WriteNull("integration_identifier"u8);
        writer.WriteNull("invoice"u8);
        writer.WriteNull("invoice_creation"u8);
        writer.WriteBoolean("livemode"u8, session.Scope.IsLive);
        writer.WriteText("locale"u8, session.Locale);
        writer.WriteNull("managed_payments"u8);
        writer.WriteMetadata(session.Metadata);
        writer.WriteString("mode"u8, WireText.Of(session.Mode));
        writer.WriteNull("origin_context"u8);
        writer.WriteIdOrNull("payment_intent"u8, session.PaymentIntent);
        writer.WriteNull("payment_link"u8);
        writer.WriteString("payment_method_collection"u8, isPaid ? "if_required"u8 : "always"u8);
        writer.WriteNull("payment_method_configuration_details"u8);
        writer.WriteEmptyObject("payment_method_options"u8);
        WriteCardTypes(writer, "payment_method_types"u8);
        writer.WriteString("payment_status"u8, WireText.Of(session.PaymentStatus));
        writer.WriteNull("permissions"u8);
        writer.WriteStartObject("phone_number_collection"u8);
        writer.WriteBoolean("enabled"u8, false);
        writer.WriteEndObject();
        writer.WriteNull("recovered_from"u8);
        writer.WriteNull("saved_payment_method_options"u8);
        writer.WriteIdOrNull("setup_intent"u8, session.SetupIntent);
        writer.WriteNull("shipping_address_collection"u8);
        writer.WriteNull("shipping_cost"u8);
        writer.WriteEmptyArray("shipping_options"u8);
        writer.WriteString("status"u8, WireText.Of(session.Status));
        writer.WriteNull("submit_type"u8);
        writer.WriteNull("subscription"u8);
        // Kept as the merchant wrote it: {CHECKOUT_SESSION_ID} in it is a word for us, not for an escaper.
        writer.WriteString("success_url"u8, session.SuccessUrl.OriginalString);
        WriteTotalDetails(writer, isPaid);
        writer.WriteString("ui_mode"u8, "hosted_page"u8);
        // As at Stripe, only an open session has a page to go to.
        writer.WriteUrl("url"u8, session.Status == CheckoutStatus.Open ? address.To($"c/{session.Id}/{session.UrlToken}") : null);
        writer.WriteNull("wallet_options"u8);
        writer.WriteStartObject("florin"u8);
        writer.WriteString("capture_method"u8, WireText.Of(session.CaptureMethod));
        writer.WriteInstant("completed_at"u8, session.CompletedAt);
        writer.WriteText("connector"u8, session.Connector);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Some lines of a session as a list.</summary>
    /// <param name="first">Which line comes first, counted from 0.</param>
    /// <param name="prices">Those of the lines to be written.</param>
    /// <param name="hasMore">Whether there are more in the direction that was asked for.</param>
    public static void WriteLineItems(
        Utf8JsonWriter writer, CheckoutSession session, int first, int limit, bool hasMore, IReadOnlyDictionary<PriceId, Price> prices) => writer.WriteList(
        $"/v1/checkout/sessions/{session.Id}/line_items",
        session.Lines.Index().Skip(first).Take(limit).ToList(),
        hasMore,
        (list, line) => WriteLine(list, session, line.Index, line.Item, prices));

    /// <summary>The id of one line: its session's, and its place.</summary>
    public static string LineId(CheckoutSessionId session, int index) => $"li_{session.Value:N}{index:x3}";

    private static void WriteLine(Utf8JsonWriter writer, CheckoutSession session, int index, CheckoutLine line, IReadOnlyDictionary<PriceId, Price> prices)
    {
        var currency = line.UnitAmount.Currency.LowerCode;
        writer.WriteStartObject();
        writer.WriteString("id"u8, LineId(session.Id, index));
        writer.WriteString("object"u8, "item"u8);
        writer.WriteNull("adjustable_quantity"u8);
        writer.WriteNumber("amount_discount"u8, 0);
        writer.WriteNumber("amount_subtotal"u8, line.Total.Minor);
        writer.WriteNumber("amount_tax"u8, 0);
        writer.WriteNumber("amount_total"u8, line.Total.Minor);
        writer.WriteString("currency"u8, currency);
        writer.WriteString("description"u8, line.Name);
        writer.WriteEmptyObject("metadata"u8);
        if (line.Price is { } id && prices.TryGetValue(id, out var price))
        {
            writer.WritePropertyName("price"u8);
            Write(writer, price);
        }
        else
        {
            // A line from before there was a catalogue; what it cost is in `florin`.
            writer.WriteNull("price"u8);
        }

        writer.WriteNumber("quantity"u8, line.Quantity);
        writer.WriteStartObject("florin"u8);
        writer.WriteText("description"u8, line.Description);
        writer.WriteUrl("image"u8, line.Image);
        writer.WriteNumber("unit_amount"u8, line.UnitAmount.Minor);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // A session that saves a card has no total.
    private static void WriteTotal(Utf8JsonWriter writer, ReadOnlySpan<byte> name, CheckoutSession session)
    {
        if (session.Mode == CheckoutMode.Payment) writer.WriteNumber(name, session.Total.Minor);
        else writer.WriteNull(name);
    }

    private static void WriteTotalDetails(Utf8JsonWriter writer, bool isPaid)
    {
        if (!isPaid)
        {
            writer.WriteNull("total_details"u8);
            return;
        }

        writer.WriteStartObject("total_details"u8);
        writer.WriteNumber("amount_discount"u8, 0);
        writer.WriteNumber("amount_shipping"u8, 0);
        writer.WriteNumber("amount_tax"u8, 0);
        writer.WriteEndObject();
    }

    private static void WriteAutomaticTax(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("automatic_tax"u8);
        writer.WriteBoolean("enabled"u8, false);
        writer.WriteNull("liability"u8);
        writer.WriteNull("provider"u8);
        writer.WriteNull("status"u8);
        writer.WriteEndObject();
    }

    private static void WriteCustomText(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("custom_text"u8);
        writer.WriteNull("after_submit"u8);
        writer.WriteNull("shipping_address"u8);
        writer.WriteNull("submit"u8);
        writer.WriteNull("terms_of_service_acceptance"u8);
        writer.WriteEndObject();
    }

    private static void WriteCustomer(Utf8JsonWriter writer, string? email)
    {
        if (email is null)
        {
            writer.WriteNull("customer_details"u8);
            return;
        }

        writer.WriteStartObject("customer_details"u8);
        writer.WriteNull("address"u8);
        writer.WriteNull("business_name"u8);
        writer.WriteString("email"u8, email);
        writer.WriteNull("individual_name"u8);
        writer.WriteNull("name"u8);
        writer.WriteNull("phone"u8);
        writer.WriteString("tax_exempt"u8, "none"u8);
        writer.WriteNull("tax_ids"u8);
        writer.WriteEndObject();
    }
}
