using Florin.Payments;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class CustomerObjects
{
    public static WireType Shipping => Object(new("address", CardObjects.Address), new("name", Text), new("phone", Text.Maybe()));

    public static WireObject Customer { get; } = new("customer", "Somebody who buys, with what is saved for the next time.",
    [
        new("id", Id<CustomerId>()),
        new("address", CardObjects.Address.Maybe()),
        new("balance", Amount),
        new("created", Instant),
        new("currency", Nothing),
        new("customer_account", Nothing),
        new("default_source", Nothing),
        new("delinquent", Truth),
        new("description", Text.Maybe()),
        new("discount", Nothing),
        new("email", Text.Maybe()),
        new("invoice_prefix", Nothing),
        new("invoice_settings", Object(
            new("custom_fields", Nothing),
            new("default_payment_method", Id<PaymentMethodId>().Maybe()),
            new("footer", Nothing),
            new("rendering_options", Nothing))),
        new("livemode", Truth),
        new("metadata", Metadata),
        new("name", Text.Maybe()),
        new("phone", Text.Maybe()),
        new("preferred_locales", ListOf(Text)),
        new("shipping", Shipping.Maybe()),
        new("tax_exempt", Word("none")),
        new("test_clock", Nothing),
    ])
    {
        IsShownWhenDeleted = true,
    };
}
