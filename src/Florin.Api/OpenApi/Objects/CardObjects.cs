using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Vault;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class CardObjects
{
    public static WireType Address { get; } = Object(
        new("city", Text.Maybe()),
        new("country", Text.Maybe()),
        new("line1", Text.Maybe()),
        new("line2", Text.Maybe()),
        new("postal_code", Text.Maybe()),
        new("state", Text.Maybe()));

    public static WireType Billing { get; } = Object(
        new("address", Address),
        new("email", Text.Maybe()),
        new("name", Text.Maybe()),
        new("phone", Text.Maybe()),
        new("tax_id", Nothing));

    public static WireType Checks { get; } = Object(
        new("address_line1_check", Nothing),
        new("address_postal_code_check", Nothing),
        new("cvc_check", Nothing));

    public static WireType Brand { get; } = Word<CardBrand>(WireText.Of);

    public static WireType Funding { get; } = Word<CardFunding>(WireText.Of);

    public static WireObject PaymentMethod { get; } = new("payment_method", "What a customer pays with: a card, kept in the vault.",
    [
        new("id", Id<PaymentMethodId>()),
        new("allow_redisplay", Word("unspecified")),
        new("billing_details", Billing),
        new("card", Object(
            new("brand", Brand),
            new("checks", Checks),
            new("country", Text.Maybe()),
            new("display_brand", Text.Maybe()),
            new("exp_month", Number),
            new("exp_year", Number),
            new("fingerprint", Text),
            new("funding", Funding),
            new("generated_from", Nothing),
            new("iin", Text),
            new("last4", Text),
            new("networks", Object(new("available", ListOf(Text)), new("preferred", Nothing))),
            new("regulated_status", Nothing),
            new("three_d_secure_usage", Object(new WireField("supported", Truth))),
            new("wallet", Nothing))),
        new("created", Instant),
        new("customer", Id<CustomerId>().Maybe()),
        new("customer_account", Nothing),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("type", Word("card")),
    ]);

    public static WireObject Token { get; } = new("token", "A card on its way in: good for one use, for 15 minutes.",
    [
        new("id", Id<TokenId>()),
        new("card", Object(
            new("id", Text with { Prefix = "card_" }),
            new("object", Word("card")),
            new("address_city", Text.Maybe()),
            new("address_country", Text.Maybe()),
            new("address_line1", Text.Maybe()),
            new("address_line1_check", Nothing),
            new("address_line2", Text.Maybe()),
            new("address_state", Text.Maybe()),
            new("address_zip", Text.Maybe()),
            new("address_zip_check", Nothing),
            new("brand", Word<CardBrand>(WireText.BrandName)),
            new("country", Text.Maybe()),
            new("cvc_check", Nothing),
            new("dynamic_last4", Nothing),
            new("exp_month", Number),
            new("exp_year", Number),
            new("fingerprint", Text),
            new("funding", Funding),
            new("iin", Text),
            new("last4", Text),
            new("metadata", EmptyObject),
            new("name", Text.Maybe()),
            new("networks", Object(new WireField("preferred", Nothing))),
            new("regulated_status", Nothing),
            new("tokenization_method", Nothing))),
        new("client_ip", Nothing),
        new("created", Instant),
        new("livemode", Truth),
        new("type", Word("card")),
        new("used", Truth),
        new("florin", Object(new WireField("expires_at", Instant))),
    ]);
}
