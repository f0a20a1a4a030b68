using Florin.Payments;

namespace Florin.Api.Requests;

/// <summary>Reads what is known of people, and what of it is to change: an empty text clears, what is absent stays.</summary>
internal static class PersonParameters
{
    private const int MostLocales = 20;
    private const int LocaleCharacters = 35;

    private static readonly BillingAddress EveryLineCleared = new("", "", "", "", "", "");

    /// <summary>An address line by line; an empty text in place of the whole clears every line.</summary>
    public static BillingAddress? ReadAddressChange(this ParameterReader parameters, string name = "address")
    {
        if (parameters.IsCleared(name)) return EveryLineCleared;
        if (parameters.Map(name) is not { } address) return null;
        return new BillingAddress(
            address.Text("line1", most: 200),
            address.Text("line2", most: 200),
            address.Text("city", most: 200),
            address.Text("state", most: 200),
            address.Text("postal_code", most: 40),
            address.Text("country", most: 2));
    }

    /// <summary>A whole address; null where no line says anything.</summary>
    public static BillingAddress? ReadAddress(this ParameterReader parameters, string name = "address")
    {
        if (parameters.ReadAddressChange(name) is not { } lines) return null;
        var address = new BillingAddress(
            CardParameters.NullIfEmpty(lines.Line1),
            CardParameters.NullIfEmpty(lines.Line2),
            CardParameters.NullIfEmpty(lines.City),
            CardParameters.NullIfEmpty(lines.State),
            CardParameters.NullIfEmpty(lines.PostalCode),
            CardParameters.NullIfEmpty(lines.Country));
        return address == new BillingAddress(null, null, null, null, null, null) ? null : address;
    }

    /// <summary><c>shipping</c>: always whole, with a name and an address, or cleared.</summary>
    public static ShippingChange? ReadShippingChange(this ParameterReader parameters)
    {
        if (parameters.IsCleared("shipping")) return new ShippingChange(null);
        if (parameters.Map("shipping") is not { } shipping) return null;
        shipping.Unsupported("carrier", "tracking_number");
        var name = shipping.RequiredText("name", most: 200);
        var phone = CardParameters.NullIfEmpty(shipping.Text("phone", most: 40));
        if (!shipping.Has("address")) shipping.Missing<string>("address");
        var address = shipping.ReadAddress() ?? new BillingAddress(null, null, null, null, null, null);
        return name is null ? null : new ShippingChange(new ShippingDetails(name, phone, address));
    }

    /// <summary><c>preferred_locales</c>: the languages of a person, the best known first.</summary>
    public static IReadOnlyList<string>? ReadLocales(this ParameterReader parameters)
    {
        const string Name = "preferred_locales";
        if (parameters.Texts(Name) is not { } locales) return null;
        if (locales.Count > MostLocales)
        {
            return parameters.Refuse<IReadOnlyList<string>>(Name, "parameter_invalid", $"{Name} has at most {MostLocales} entries.");
        }

        // RFC 5646: letters and digits between hyphens.
        var isTags = locales.All(locale => locale.Length is > 1 and <= LocaleCharacters && locale.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));
        return isTags ? locales : parameters.Refuse<IReadOnlyList<string>>(Name, "parameter_invalid", $"{Name} holds language tags such as ko or en-GB.");
    }

    /// <summary><c>billing_details</c>, to change a saved method by.</summary>
    public static BillingDetails? ReadBillingChange(this ParameterReader parameters)
    {
        if (parameters.Map("billing_details") is not { } billing) return null;
        billing.Unsupported("tax_id");
        return new BillingDetails(
            billing.Text("name", most: 200), billing.Email("email"), billing.Text("phone", most: 40), billing.ReadAddressChange());
    }

    /// <summary><c>metadata</c> to merge; an empty text in place of the whole clears it.</summary>
    public static MetadataChange? ReadMetadataChange(this ParameterReader parameters)
    {
        var isCleared = parameters.IsCleared("metadata");
        return parameters.Metadata() is { } entries ? new MetadataChange(isCleared, entries) : null;
    }
}
