using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Payments;

namespace Florin.Api.Catalogue;

/// <summary>Reads what is sold and for how much, the same wherever it may be given.</summary>
internal static class CatalogueParameters
{
    private const int MostImages = 8;
    private const int MostIntervals = 1095;
    private const int MostTrialDays = 730;

    /// <summary><c>product_data</c>, as with a price or a line.</summary>
    public static NewProduct? ReadProductData(this ParameterReader product)
    {
        product.Unsupported("id", "tax_code", "tax_details");
        var name = product.RequiredText("name", most: 250);
        var read = new NewProduct(
            name ?? "",
            product.Bool("active") ?? true,
            CardParameters.NullIfEmpty(product.Text("description")),
            product.ReadImages() ?? [],
            Url: null,
            CardParameters.NullIfEmpty(product.Text("unit_label", most: 12)),
            product.ReadDescriptor(),
            IsShippable: null,
            product.Metadata() ?? CardParameters.NoMetadata,
            DefaultPrice: null);
        return name is null ? null : read;
    }

    /// <summary>Amount, currency, recurrence and tax: what a price is, apart from whose.</summary>
    /// <param name="recurs">Whether the price may come again.</param>
    public static NewPriceTerms? ReadPriceTerms(this ParameterReader price, bool recurs = true)
    {
        price.Unsupported(
            "currency_options", "custom_unit_amount", "tiers", "tiers_mode", "transform_quantity", "unit_amount_decimal");
        var amount = price.Has("unit_amount") ? price.Integer("unit_amount", 0, ParameterReader.LargestAmountMinor) : Missing(price, "unit_amount");
        var currency = price.Has("currency") ? price.CurrencyCode("currency") : price.Missing<Currency>("currency");
        if (!recurs) price.Unsupported("recurring");
        var recurrence = recurs ? ReadRecurrence(price) : null;
        var metadata = recurs ? price.Metadata() : null;
        var tax = price.ReadTaxBehavior() ?? TaxBehavior.Unspecified;
        return amount is { } minor && currency is not null
            ? new NewPriceTerms(new Money(minor, currency), tax, recurrence, metadata ?? CardParameters.NoMetadata)
            : null;
    }

    public static TaxBehavior? ReadTaxBehavior(this ParameterReader price) => price.Choice(
        "tax_behavior",
        ("unspecified", TaxBehavior.Unspecified),
        ("exclusive", TaxBehavior.Exclusive),
        ("inclusive", TaxBehavior.Inclusive));

    /// <summary>Up to eight addresses; an empty text in place of the whole means none.</summary>
    public static IReadOnlyList<string>? ReadImages(this ParameterReader product)
    {
        if (product.Texts("images") is not { } images) return null;
        if (images.Count > MostImages)
        {
            return product.Refuse<IReadOnlyList<string>>("images", "parameter_invalid", $"A product has at most {MostImages} images.");
        }

        foreach (var image in images)
        {
            var isWeb = image.Length <= 2048 && Uri.TryCreate(image, UriKind.Absolute, out var url)
                && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
            if (!isWeb || CardNumbers.AppearIn(image)) return product.Refuse<IReadOnlyList<string>>("images", "url_invalid", "An image is an absolute http or https address.");
        }

        return images;
    }

    /// <summary>5 to 22 characters, as issuers print them.</summary>
    public static string? ReadDescriptor(this ParameterReader product) =>
        CardParameters.NullIfEmpty(product.Text("statement_descriptor", most: 22));

    private static PriceRecurrence? ReadRecurrence(ParameterReader price)
    {
        if (price.Map("recurring") is not { } recurring) return null;
        recurring.Unsupported("meter");
        recurring.Only("usage_type", "licensed");
        var interval = recurring.Choice(
            "interval", ("day", PriceInterval.Day), ("week", PriceInterval.Week), ("month", PriceInterval.Month), ("year", PriceInterval.Year));
        if (!recurring.Has("interval")) recurring.Missing<string>("interval");
        var count = recurring.Integer("interval_count", 1, MostIntervals) ?? 1;
        var trial = recurring.Integer("trial_period_days", 1, MostTrialDays);
        if (interval is not { } known) return null;
        var days = count * (known switch
        {
            PriceInterval.Day => 1,
            PriceInterval.Week => 7,
            PriceInterval.Month => 31,
            PriceInterval.Year => 365,
        });

        // As at Stripe: three years at most.
        return days <= 3 * 372
            ? new PriceRecurrence(known, (int)count, (int?)trial)
            : recurring.Refuse<PriceRecurrence>("interval_count", "parameter_invalid", "A price comes again within three years.");
    }

    private static long? Missing(ParameterReader price, string name)
    {
        price.Missing<string>(name);
        return null;
    }
}
