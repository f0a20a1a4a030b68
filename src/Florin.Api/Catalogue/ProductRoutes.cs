using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Catalogue;

/// <summary><c>/v1/products</c>.</summary>
internal static class ProductRoutes
{
    private const string Url = "/v1/products";
    private const int MostIds = 100;
    private static readonly AnsweredObject One = new("product");

    // What Stripe's products have for things that Florin does not do.
    private static readonly string[] NotHere = ["id", "marketing_features", "package_dimensions", "tax_code", "tax_details"];

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<ProductId, Product>(
            "product", id => call.Services.Catalogue.FindProductAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("DELETE", Url + "/{id}", RouteAccess.Secret, One, DeleteAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(NotHere);
        parameters.Only("type", "service");
        var product = new NewProduct(
            parameters.RequiredText("name", most: 250) ?? "",
            parameters.Bool("active") ?? true,
            CardParameters.NullIfEmpty(parameters.Text("description")),
            parameters.ReadImages() ?? [],
            parameters.WebAddress("url")?.OriginalString,
            CardParameters.NullIfEmpty(parameters.Text("unit_label", most: 12)),
            parameters.ReadDescriptor(),
            parameters.Bool("shippable"),
            parameters.Metadata() ?? CardParameters.NoMetadata,
            parameters.Map("default_price_data")?.ReadPriceTerms());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<Product>(
            answer => call.Services.Catalogue.CreateAsync(call.Request, product, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        parameters.Only("type", "service");
        var (from, before) = parameters.ReadCreated();
        var filter = new ProductFilter(
            ReadIds(parameters), parameters.Bool("active"), parameters.Bool("shippable"), parameters.FilledText("url", most: 2048), from, before);
        return call.ListAsync<ProductId, Product>(
            Url, page => call.Services.Catalogue.ListProductsAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(NotHere);
        var change = new ProductChange(
            parameters.FilledText("name", most: 250),
            parameters.Bool("active"),
            parameters.Text("description"),
            parameters.ReadImages(),
            parameters.IsCleared("url") ? "" : parameters.WebAddress("url")?.OriginalString,
            parameters.Text("unit_label", most: 12),
            parameters.Text("statement_descriptor", most: 22),
            parameters.Bool("shippable"),
            parameters.Id<PriceId>("default_price"),
            parameters.ReadMetadataChange());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<ProductId>(out var id)) return call.NoSuch("product");
        return await call.WriteAsync<Product>(
            answer => call.Services.Catalogue.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> DeleteAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<ProductId>(out var id)) return call.NoSuch("product");
        return await call.WriteAsync<Product>(
            answer => call.Services.Catalogue.DeleteAsync(call.Request, id, answer, call.Ct), PaymentJson.WriteDeleted);
    }

    private static List<ProductId> ReadIds(ParameterReader parameters)
    {
        if (parameters.Texts("ids") is not { Count: > 0 } texts) return [];
        if (texts.Count > MostIds)
        {
            parameters.Refuse<string>("ids", "parameter_invalid", $"At most {MostIds} ids can be asked for at once.");
            return [];
        }

        var ids = new List<ProductId>();
        foreach (var (index, text) in texts.Index())
        {
            if (Ids.TryParse<ProductId>(text, out var id)) ids.Add(id);
            else parameters.Refuse<string>($"ids][{index}", "parameter_invalid", $"'{SafeEcho.Text(text)}' is no id of a product; those begin with {ProductId.Prefix}.");
        }

        return ids;
    }
}
