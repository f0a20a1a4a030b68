using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Catalogue;

/// <summary><c>/v1/prices</c>.</summary>
internal static class PriceRoutes
{
    private const string Url = "/v1/prices";
    private const int MostKeys = 10;
    private static readonly AnsweredObject One = new("price");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<PriceId, Price>(
            "price", id => call.Services.Catalogue.FindPriceAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        parameters.Only("billing_scheme", "per_unit");
        var terms = parameters.ReadPriceTerms();
        var product = parameters.Id<ProductId>("product");
        var data = parameters.Map("product_data");
        if (data is not null && parameters.Has("product"))
        {
            parameters.Refuse<string>("product_data", "parameters_exclusive", "Give product or product_data, not both.");
        }

        if (data is null && !parameters.Has("product")) parameters.Missing<string>("product");
        var price = new NewPrice(
            product,
            data?.ReadProductData(),
            terms!,
            parameters.Bool("active") ?? true,
            CardParameters.NullIfEmpty(parameters.Text("nickname")),
            CardParameters.NullIfEmpty(parameters.Text("lookup_key", most: 200)),
            parameters.Bool("transfer_lookup_key") ?? false);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<Price>(
            answer => call.Services.Catalogue.CreateAsync(call.Request, price, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("recurring");
        var (from, before) = parameters.ReadCreated();
        var keys = parameters.Texts("lookup_keys") ?? [];
        if (keys.Count > MostKeys) parameters.Refuse<string>("lookup_keys", "parameter_invalid", $"At most {MostKeys} keys can be looked up at once.");
        var filter = new PriceFilter(
            keys,
            parameters.Id<ProductId>("product"),
            parameters.Bool("active"),
            parameters.CurrencyCode("currency"),
            parameters.Choice("type", ("one_time", false), ("recurring", true)),
            from,
            before);
        return call.ListAsync<PriceId, Price>(
            Url, page => call.Services.Catalogue.ListPricesAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("currency_options");
        var change = new PriceChange(
            parameters.Bool("active"),
            parameters.Text("nickname"),
            parameters.Text("lookup_key", most: 200),
            parameters.Bool("transfer_lookup_key") ?? false,
            parameters.ReadTaxBehavior(),
            parameters.ReadMetadataChange());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PriceId>(out var id)) return call.NoSuch("price");
        return await call.WriteAsync<Price>(
            answer => call.Services.Catalogue.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }
}
