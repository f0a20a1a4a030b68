using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static void Write(Utf8JsonWriter writer, PaymentMethod method)
    {
        var card = method.Card;
        writer.WriteStartObject();
        writer.WriteId("id"u8, method.Id);
        writer.WriteString("object"u8, "payment_method"u8);
        writer.WriteString("allow_redisplay"u8, "unspecified"u8);
        WriteBilling(writer, method.Billing);
        writer.WriteStartObject("card"u8);
        writer.WriteString("brand"u8, WireText.Of(card.Brand));
        WriteChecks(writer);
        writer.WriteText("country"u8, card.Country);
        writer.WriteText("display_brand"u8, NetworkOf(card.Brand));
        writer.WriteNumber("exp_month"u8, card.ExpiryMonth);
        writer.WriteNumber("exp_year"u8, card.ExpiryYear);
        writer.WriteString("fingerprint"u8, card.Fingerprint);
        writer.WriteString("funding"u8, WireText.Of(card.Funding));
        writer.WriteNull("generated_from"u8);
        writer.WriteString("iin"u8, card.Bin);
        writer.WriteString("last4"u8, card.Last4);
        writer.WriteStartObject("networks"u8);
        writer.WriteTexts("available"u8, NetworkOf(card.Brand) is { } network ? [network] : []);
        writer.WriteNull("preferred"u8);
        writer.WriteEndObject();
        writer.WriteNull("regulated_status"u8);
        writer.WriteStartObject("three_d_secure_usage"u8);
        writer.WriteBoolean("supported"u8, true);
        writer.WriteEndObject();
        writer.WriteNull("wallet"u8);
        writer.WriteEndObject();
        writer.WriteInstant("created"u8, method.CreatedAt);
        writer.WriteIdOrNull("customer"u8, method.Customer);
        writer.WriteNull("customer_account"u8);
        writer.WriteBoolean("livemode"u8, method.Scope.IsLive);
        writer.WriteMetadata(method.Metadata);
        writer.WriteString("type"u8, "card"u8);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, CardToken token)
    {
        var (card, address) = (token.Card, token.Billing.Address);
        writer.WriteStartObject();
        writer.WriteId("id"u8, token.Id);
        writer.WriteString("object"u8, "token"u8);
        writer.WriteStartObject("card"u8);
        // The vault's id of a card is nobody's business; a token has one card, so it is named for its token.
        writer.WriteString("id"u8, $"card_{token.Id.Value:N}");
        writer.WriteString("object"u8, "card"u8);
        writer.WriteText("address_city"u8, address?.City);
        writer.WriteText("address_country"u8, address?.Country);
        writer.WriteText("address_line1"u8, address?.Line1);
        writer.WriteNull("address_line1_check"u8);
        writer.WriteText("address_line2"u8, address?.Line2);
        writer.WriteText("address_state"u8, address?.State);
        writer.WriteText("address_zip"u8, address?.PostalCode);
        writer.WriteNull("address_zip_check"u8);
        writer.WriteString("brand"u8, WireText.BrandName(card.Brand));
        writer.WriteText("country"u8, card.Country);
        writer.WriteNull("cvc_check"u8);
        writer.WriteNull("dynamic_last4"u8);
        writer.WriteNumber("exp_month"u8, card.ExpiryMonth);
        writer.WriteNumber("exp_year"u8, card.ExpiryYear);
        writer.WriteString("fingerprint"u8, card.Fingerprint);
        writer.WriteString("funding"u8, WireText.Of(card.Funding));
        writer.WriteString("iin"u8, card.Bin);
        writer.WriteString("last4"u8, card.Last4);
        writer.WriteEmptyObject("metadata"u8);
        writer.WriteText("name"u8, token.Billing.Name ?? card.HolderName);
        writer.WriteStartObject("networks"u8);
        writer.WriteNull("preferred"u8);
        writer.WriteEndObject();
        writer.WriteNull("regulated_status"u8);
        writer.WriteNull("tokenization_method"u8);
        writer.WriteEndObject();
        writer.WriteNull("client_ip"u8);
        writer.WriteInstant("created"u8, token.CreatedAt);
        writer.WriteBoolean("livemode"u8, token.Scope.IsLive);
        writer.WriteString("type"u8, "card"u8);
        writer.WriteBoolean("used"u8, token.IsUsed);
        writer.WriteStartObject("florin"u8);
        writer.WriteInstant("expires_at"u8, token.ExpiresAt);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
