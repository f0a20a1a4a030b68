using System.Globalization;
using System.Text.Json;

namespace Florin.Payments.Wire;

public static partial class PaymentJson
{
    public static byte[] Bytes(Product product) => WireWriter.Bytes(product, static (writer, it) => Write(writer, it));

    public static byte[] Bytes(Price price) => WireWriter.Bytes(price, static (writer, it) => Write(writer, it));

    public static void Write(Utf8JsonWriter writer, Product product)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, product.Id);
        writer.WriteString("object"u8, "product"u8);
        writer.WriteBoolean("active"u8, product.IsActive);
        writer.WriteInstant("created"u8, product.CreatedAt);
        writer.WriteIdOrNull("default_price"u8, product.DefaultPrice);
        writer.WriteText("description"u8, product.Description);
        writer.WriteTexts("images"u8, product.Images);
        writer.WriteBoolean("livemode"u8, product.Scope.IsLive);
        writer.WriteEmptyArray("marketing_features"u8);
        writer.WriteMetadata(product.Metadata);
        writer.WriteString("name"u8, product.Name);
        writer.WriteNull("package_dimensions"u8);
        if (product.IsShippable is { } isShippable) writer.WriteBoolean("shippable"u8, isShippable);
        else writer.WriteNull("shippable"u8);
        writer.WriteText("statement_descriptor"u8, product.StatementDescriptor);
        writer.WriteNull("tax_code"u8);
        writer.WriteNull("tax_details"u8);
        writer.WriteString("type"u8, "service"u8);
        writer.WriteText("unit_label"u8, product.UnitLabel);
        writer.WriteInstant("updated"u8, product.UpdatedAt);
        writer.WriteText("url"u8, product.Url);
        writer.WriteEndObject();
    }

    /// <summary>What is left to say of a product that is gone.</summary>
    public static void WriteDeleted(Utf8JsonWriter writer, Product product)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, product.Id);
        writer.WriteString("object"u8, "product"u8);
        writer.WriteBoolean("deleted"u8, true);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Price price)
    {
        writer.WriteStartObject();
        writer.WriteId("id"u8, price.Id);
        writer.WriteString("object"u8, "price"u8);
        writer.WriteBoolean("active"u8, price.IsActive);
        writer.WriteString("billing_scheme"u8, "per_unit"u8);
        writer.WriteInstant("created"u8, price.CreatedAt);
        writer.WriteString("currency"u8, price.UnitAmount.Currency.LowerCode);
        writer.WriteNull("custom_unit_amount"u8);
        writer.WriteBoolean("livemode"u8, price.Scope.IsLive);
        writer.WriteText("lookup_key"u8, price.LookupKey);
        writer.WriteMetadata(price.Metadata);
        writer.WriteText("nickname"u8, price.Nickname);
        writer.WriteId("product"u8, price.Product);
        WriteRecurrence(writer, price.Recurrence);
        writer.WriteString("tax_behavior"u8, WireText.Of(price.TaxBehavior));
        writer.WriteNull("tiers_mode"u8);
        writer.WriteNull("transform_quantity"u8);
        writer.WriteString("type"u8, price.Recurrence is null ? "one_time"u8 : "recurring"u8);
        writer.WriteNumber("unit_amount"u8, price.UnitAmount.Minor);
        writer.WriteString("unit_amount_decimal"u8, price.UnitAmount.Minor.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
    }

    private static void WriteRecurrence(Utf8JsonWriter writer, PriceRecurrence? recurrence)
    {
        if (recurrence is null)
        {
            writer.WriteNull("recurring"u8);
            return;
        }

        writer.WriteStartObject("recurring"u8);
        writer.WriteString("interval"u8, WireText.Of(recurrence.Interval));
        writer.WriteNumber("interval_count"u8, recurrence.Count);
        writer.WriteNull("meter"u8);
        if (recurrence.TrialDays is { } days) writer.WriteNumber("trial_period_days"u8, days);
        else writer.WriteNull("trial_period_days"u8);
        writer.WriteString("usage_type"u8, "licensed"u8);
        writer.WriteEndObject();
    }
}
