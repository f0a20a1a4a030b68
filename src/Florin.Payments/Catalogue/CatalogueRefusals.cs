using Florin.Kernel;

namespace Florin.Payments.Catalogue;

/// <summary>What the catalogue refuses. Codes are Stripe's where Stripe has one.</summary>
internal static class CatalogueRefusals
{
    public static Refusal NoSuch(ProductId id, string param = "product") => PaymentRefusals.NoSuch("product", id.ToString(), param);

    public static Refusal NoSuch(PriceId id, string param = "price") => PaymentRefusals.NoSuch("price", id.ToString(), param);

    public static Refusal HasPrices(ProductId id) => new(
        RefusalKind.Conflict, "product_has_prices", $"Product {id} has prices, so it cannot be deleted; set active to false instead.", "id");

    public static Refusal KeyTaken(string key, PriceId? owner) => new(
        RefusalKind.Conflict,
        "resource_already_exists",
        $"{(owner is null ? "Another price" : $"Price {owner}")} uses the lookup key '{key}'; give transfer_lookup_key=true to take it over.",
        "lookup_key");

    public static Refusal NotItsPrice(PriceId price, ProductId product) => new(
        RefusalKind.Invalid, "parameter_invalid", $"Price {price} is not an active price of product {product}.", "default_price");
}
