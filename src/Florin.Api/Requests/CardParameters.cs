using Florin.Kernel;
using Florin.Payments;
using Florin.Vault;

namespace Florin.Api.Requests;

/// <summary>Reads cards and their holders, the same wherever they may be given.</summary>
internal static class CardParameters
{
    /// <summary><c>number</c>, <c>exp_month</c>, <c>exp_year</c>, <c>cvc</c>; what is wrong is told without the value.</summary>
    public static CardEntry? ReadCard(this ParameterReader card, string? holderName)
    {
        var number = card.SecretText("number") ?? card.Missing<Secret<string>>("number");
        var month = RequiredInteger(card, "exp_month", 1, 12);
        var year = RequiredInteger(card, "exp_year", 0, 9999);
        var cvc = card.SecretText("cvc", most: 8);
        if (number is null || month is null || year is null) return null;
        return new CardEntry(number, (int)month.Value, FullYear(year.Value), cvc, holderName);
    }

    /// <summary>Two digits mean this century.</summary>
    public static int FullYear(long year) => (int)(year < 100 ? 2000 + year : year);

    /// <summary><c>billing_details</c>, with its address.</summary>
    public static BillingDetails ReadBilling(this ParameterReader parameters)
    {
        if (parameters.Map("billing_details") is not { } billing) return BillingDetails.None;
        billing.Unsupported("tax_id");
        var address = billing.Map("address");
        return new BillingDetails(
            NullIfEmpty(billing.Text("name", most: 200)),
            NullIfEmpty(billing.Email("email")),
            NullIfEmpty(billing.Text("phone", most: 40)),
            address is null ? null : ReadAddress(address, "line1", "line2", "city", "state", "postal_code", "country"));
    }

    /// <summary>The address of a token's card, whose names Stripe spells in another way.</summary>
    public static BillingDetails ReadCardholder(this ParameterReader card)
    {
        var name = NullIfEmpty(card.Text("name", most: 200));
        var address = ReadAddress(
            card, "address_line1", "address_line2", "address_city", "address_state", "address_zip", "address_country");
        var isEmpty = address == new BillingAddress(null, null, null, null, null, null);
        return new BillingDetails(name, null, null, isEmpty ? null : address);
    }

    /// <summary>A payment method given with the request: <c>type=card</c> and a card or a token.</summary>
    public static NewPaymentMethod? ReadPaymentMethod(this ParameterReader parameters)
    {
        parameters.Only("type", "card");
        if (!parameters.Has("type")) parameters.Missing<string>("type");
        parameters.Unsupported("allow_redisplay", "customer", "payment_method", "us_bank_account", "sepa_debit", "radar_options", "link");
        var billing = parameters.ReadBilling();
        var metadata = parameters.Metadata() ?? NoMetadata;
        if (parameters.Map("card") is not { } card)
        {
            if (!parameters.Has("card")) parameters.Missing<string>("card");
            return null;
        }

        card.Unsupported("networks");
        var token = card.FilledText("token", most: 200);
        if (token is null)
        {
            return card.ReadCard(billing.Name) is { } entry ? new NewPaymentMethod(entry, null, billing, metadata) : null;
        }

        if (!card.Has("number")) return new NewPaymentMethod(null, token, billing, metadata);
        return card.Refuse<NewPaymentMethod>("number", "parameters_exclusive", "Give a card's number or a token, not both.");
    }

    public static string? NullIfEmpty(string? text) => text is "" ? null : text;

    public static IReadOnlyDictionary<string, string> NoMetadata { get; } = new Dictionary<string, string>();

    private static long? RequiredInteger(ParameterReader card, string name, long least, long most)
    {
        if (card.Has(name)) return card.Integer(name, least, most, isSecret: true);
        card.Missing<string>(name);
        return null;
    }

    private static BillingAddress ReadAddress(
        ParameterReader address, string line1, string line2, string city, string state, string postalCode, string country) => new(
            NullIfEmpty(address.Text(line1, most: 200)),
            NullIfEmpty(address.Text(line2, most: 200)),
            NullIfEmpty(address.Text(city, most: 200)),
            NullIfEmpty(address.Text(state, most: 200)),
            NullIfEmpty(address.Text(postalCode, most: 40)),
            NullIfEmpty(address.Text(country, most: 2)));
}
