using Florin.Kernel;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Search;
using Florin.Vault;

namespace Florin.Payments.Search;

/// <summary>The fields that Stripe documents, as far as Florin has them.</summary>
internal static class SearchedFields
{
    private static readonly SqlFragment Id = new("id");

    public static SearchFields OfPaymentIntents(MerchantScope scope) => new(
        SearchField.Number("amount", new SqlFragment("amount_minor")),
        SearchField.Instant("created", new SqlFragment("created_at_ms")),
        CurrencyCode,
        Customer,
        Metadata(scope, SearchedKind.PaymentIntent),
        Status<PaymentIntentStatus>(status => $"status = {Words<PaymentIntentStatus>.Of(status)}"));

    public static SearchFields OfCharges(MerchantScope scope, SqlEngine engine) => new(
        SearchField.Number("amount", new SqlFragment("amount_minor")),
        SearchField.Text("billing_details.address.postal_code", PostalCode(engine)),
        SearchField.Instant("created", new SqlFragment("created_at_ms")),
        CurrencyCode,
        Customer,
        Metadata(scope, SearchedKind.Charge),
        OfCard(Brand),
        OfCard(SearchField.Number("payment_method_details.card.exp_month", new SqlFragment("COALESCE(charges.expiry_month, m.expiry_month)"))),
        OfCard(SearchField.Number("payment_method_details.card.exp_year", new SqlFragment("COALESCE(charges.expiry_year, m.expiry_year)"))),
        OfCard(SearchField.Text("payment_method_details.card.fingerprint", new SqlFragment("m.fingerprint"))),
        OfCard(SearchField.Text("payment_method_details.card.last4", new SqlFragment("m.last4"))),
        // A freed hold is shown as refunded, as it is at Stripe.
        SearchField.Flag("refunded", new SqlFragment("status = 'voided' OR (captured_minor > 0 AND refunded_minor = captured_minor)")),
        SearchField.Word("status", "One of succeeded, pending, failed is wanted.", status => status switch
        {
            "succeeded" => $"status <> 'failed'",
            "failed" => $"status = 'failed'",
            "pending" => $"1 = 0",
            _ => null,
        }));

    public static SearchFields OfCustomers(MerchantScope scope) => new(
        SearchField.Instant("created", new SqlFragment("created_at_ms")),
        SearchField.Text("email", new SqlFragment("email")),
        Metadata(scope, SearchedKind.Customer),
        SearchField.Text("name", new SqlFragment("name")),
        SearchField.Text("phone", new SqlFragment("phone")));

    private static SearchField Brand => SearchField.Word(
        "payment_method_details.card.brand",
        $"One of {string.Join(", ", Enum.GetValues<CardBrand>().Select(WireText.Of))} is wanted.",
        word => Enum.GetValues<CardBrand>().Where(brand => WireText.Of(brand) == word).ToList() is [var found]
            ? (Sql)$"m.brand = {Words<CardBrand>.Of(found)}"
            : null);

    private static SearchField CurrencyCode => SearchField.Word(
        "currency",
        "An ISO 4217 code is wanted.",
        code => Currency.TryGet(code, out var currency) ? (Sql)$"currency = {currency}" : null);

    private static SearchField Customer => SearchField.Word(
        "customer",
        "The id of a customer is wanted.",
        text => Ids.TryParse<CustomerId>(text, out var customer) ? (Sql)$"customer_id = {customer}" : null,
        new SqlFragment("customer_id IS NULL"));

    private static SearchField Status<T>(Func<T, Sql> condition) where T : struct, Enum => SearchField.Word(
        "status",
        $"One of {string.Join(", ", Enum.GetValues<T>().Select(Words<T>.Of))} is wanted.",
        word => Words<T>.TryParse(word, out var status) ? condition(status) : null);

    // What a charge keeps of its card stands beside the payment method that it was made with.
    private static SearchField OfCard(SearchField field) => field with
    {
        Condition = clause => field.Condition(clause).TryGet(out var condition, out var refusal)
            ? (Sql)$"EXISTS (SELECT 1 FROM payment_methods m WHERE m.shard = charges.shard AND m.id = charges.payment_method_id AND {condition})"
            : refusal,
    };

    private static SqlFragment PostalCode(SqlEngine engine) => new(engine switch
    {
        SqlEngine.Sqlite => "json_extract(billing, '$.Address.PostalCode')",
        SqlEngine.Postgres => "(billing::jsonb #>> '{Address,PostalCode}')",
    });

    private static SearchField Metadata(MerchantScope scope, SearchedKind kind) => SearchField.Named(
        "metadata",
        (key, value) => MetadataTerms.Condition(scope, kind, Id, key, value));
}
