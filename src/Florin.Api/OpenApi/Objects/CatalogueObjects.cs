using Florin.Payments;
using Florin.Payments.Wire;
using static Florin.Api.OpenApi.WireTypes;

namespace Florin.Api.OpenApi.Objects;

internal static class CatalogueObjects
{
    public static WireObject Product { get; } = new("product", "Something that is sold.",
    [
        new("id", Id<ProductId>()),
        new("active", Truth),
        new("created", Instant),
        new("default_price", Id<PriceId>().Maybe()),
        new("description", Text.Maybe()),
        new("images", ListOf(Url)),
        new("livemode", Truth),
        new("marketing_features", ListOf(EmptyObject)),
        new("metadata", Metadata),
        new("name", Text),
        new("package_dimensions", Nothing),
        new("shippable", Truth.Maybe()),
        new("statement_descriptor", Text.Maybe()),
        new("tax_code", Nothing),
        new("tax_details", Nothing),
        new("type", Word("service")),
        new("unit_label", Text.Maybe()),
        new("updated", Instant),
        new("url", Url.Maybe()),
    ])
    {
        IsShownWhenDeleted = true,
    };

    public static WireObject Price { get; } = new("price", "How much one of a product costs.",
    [
        new("id", Id<PriceId>()),
        new("active", Truth),
        new("billing_scheme", Word("per_unit")),
        new("created", Instant),
        new("currency", Currency),
        new("custom_unit_amount", Nothing),
        new("livemode", Truth),
        new("lookup_key", Text.Maybe()),
        new("metadata", Metadata),
        new("nickname", Text.Maybe()),
        new("product", Id<ProductId>()),
        new("recurring", Object(
            new("interval", Word<PriceInterval>(WireText.Of)),
            new("interval_count", Number),
            new("meter", Nothing),
            new("trial_period_days", Number.Maybe()),
            new("usage_type", Word("licensed"))).Maybe()),
        new("tax_behavior", Word<TaxBehavior>(WireText.Of)),
        new("tiers_mode", Nothing),
        new("transform_quantity", Nothing),
        new("type", Word("one_time", "recurring")),
        new("unit_amount", Amount),
        new("unit_amount_decimal", Text),
    ]);
}
