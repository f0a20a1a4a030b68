using System.Text.Json;
using Florin.Kernel;

namespace Florin.Payments.Wire;

/// <summary>Payments as the API and the events show them: Stripe's shape, and what Stripe has no word for under
/// <c>florin</c>.</summary>
/// <remarks>Every field that Stripe's type declarations call present is present; null only where they allow it.</remarks>
public static partial class PaymentJson
{
    public static byte[] Bytes(PaymentIntent intent) => WireWriter.Bytes(intent, static (writer, it) => Write(writer, it));

    public static byte[] Bytes(Charge charge) => WireWriter.Bytes(charge, static (writer, it) => Write(writer, it));

    public static byte[] Bytes(Refund refund) => WireWriter.Bytes(refund, static (writer, it) => Write(writer, it));

    public static byte[] Bytes(Dispute dispute, DateTimeOffset now) =>
        WireWriter.Bytes((dispute, now), static (writer, it) => Write(writer, it.dispute, it.now));

    public static byte[] Bytes(StoredFile file, PublicAddress address) =>
        WireWriter.Bytes((file, address), static (writer, it) => Write(writer, it.file, it.address));

    public static byte[] Bytes(BalanceTransaction entry, DateTimeOffset now) =>
        WireWriter.Bytes((entry, now), static (writer, it) => Write(writer, it.entry, it.now));

    public static byte[] Bytes(PaymentMethod method) => WireWriter.Bytes(method, static (writer, it) => Write(writer, it));

    public static byte[] Bytes(CardToken token) => WireWriter.Bytes(token, static (writer, it) => Write(writer, it));

    /// <param name="address">Where the hosted checkout is reached.</param>
    public static byte[] Bytes(CheckoutSession session, PublicAddress address) =>
        WireWriter.Bytes((session, address), static (writer, it) => Write(writer, it.session, it.address));

    private static void WriteBilling(Utf8JsonWriter writer, BillingDetails billing)
    {
        writer.WriteStartObject("billing_details"u8);
        WriteAddress(writer, billing.Address);
        writer.WriteText("email"u8, billing.Email);
        writer.WriteText("name"u8, billing.Name);
        writer.WriteText("phone"u8, billing.Phone);
        writer.WriteNull("tax_id"u8);
        writer.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter writer, BillingAddress? address)
    {
        writer.WriteStartObject("address"u8);
        writer.WriteText("city"u8, address?.City);
        writer.WriteText("country"u8, address?.Country);
        writer.WriteText("line1"u8, address?.Line1);
        writer.WriteText("line2"u8, address?.Line2);
        writer.WriteText("postal_code"u8, address?.PostalCode);
        writer.WriteText("state"u8, address?.State);
        writer.WriteEndObject();
    }

    // What the issuer's checks of address and CVC said is not told by gateways in one way, so it is left open.
    private static void WriteChecks(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("checks"u8);
        writer.WriteNull("address_line1_check"u8);
        writer.WriteNull("address_postal_code_check"u8);
        writer.WriteNull("cvc_check"u8);
        writer.WriteEndObject();
    }

    private static void WriteCardTypes(Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        writer.WriteStartArray(name);
        writer.WriteStringValue("card"u8);
        writer.WriteEndArray();
    }
}
