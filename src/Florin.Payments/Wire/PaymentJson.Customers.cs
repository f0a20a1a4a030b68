using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static byte[] Bytes(Customer customer) => WireWriter.Bytes(customer, static (writer, it) => Write(writer, it));

    public static void Write(Utf8JsonWriter writer, Customer customer)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, customer.Id);
        writer.WriteString("object"u8, "customer"u8);
        if (customer.IsDeleted)
        {
            writer.WriteBoolean("deleted"u8, true);
            writer.WriteEndObject();
            return;
        }

        WriteAddressOrNull(writer, customer.Address);
        writer.WriteNumber("balance"u8, 0);
        writer.WriteInstant("created"u8, customer.CreatedAt);
        writer.WriteNull("currency"u8);
        writer.WriteNull("customer_account"u8);
        writer.WriteNull("default_source"u8);
        writer.WriteBoolean("delinquent"u8, false);
        writer.WriteText("description"u8, customer.Description);
        writer.WriteNull("discount"u8);
        writer.WriteText("email"u8, customer.Email);
        writer.WriteNull("invoice_prefix"u8);
        writer.WriteStartObject("invoice_settings"u8);
        writer.WriteNull("custom_fields"u8);
        writer.WriteIdOrNull("default_payment_method"u8, customer.DefaultPaymentMethod);
        writer.WriteNull("footer"u8);
        writer.WriteNull("rendering_options"u8);
        writer.WriteEndObject();
        writer.WriteBoolean("livemode"u8, customer.Scope.IsLive);
        writer.WriteMetadata(customer.Metadata);
        writer.WriteText("name"u8, customer.Name);
        writer.WriteText("phone"u8, customer.Phone);
        writer.WriteTexts("preferred_locales"u8, customer.PreferredLocales);
        WriteShipping(writer, customer.Shipping);
        writer.WriteString("tax_exempt"u8, "none"u8);
        writer.WriteNull("test_clock"u8);
        writer.WriteEndObject();
    }

    private static void WriteShipping(Utf8JsonWriter writer, ShippingDetails? shipping)
    {
        if (shipping is null)
        {
            writer.WriteNull("shipping"u8);
            return;
        }

        writer.WriteStartObject("shipping"u8);
        WriteAddress(writer, shipping.Address);
        writer.WriteString("name"u8, shipping.Name);
        writer.WriteText("phone"u8, shipping.Phone);
        writer.WriteEndObject();
    }

    private static void WriteAddressOrNull(Utf8JsonWriter writer, BillingAddress? address)
    {
        if (address is null) writer.WriteNull("address"u8);
        else WriteAddress(writer, address);
    }
}
