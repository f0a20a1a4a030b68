using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Merchants;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Customers;

/// <summary><c>/v1/customers</c>.</summary>
internal static class CustomerRoutes
{
    private const string Url = "/v1/customers";
    private const int MostText = 256;
    private static readonly AnsweredObject One = new("customer");

    // What Stripe's customers have for things that Florin does not do.
    private static readonly string[] NotHere =
    [
        "balance", "business_name", "cash_balance", "default_source", "individual_name", "invoice_prefix", "next_invoice_sequence", "source",
        "tax", "tax_exempt", "tax_id_data", "test_clock", "validate",
    ];

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<CustomerId, Customer>(
            "customer", id => call.Services.Customers.FindAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("DELETE", Url + "/{id}", RouteAccess.Secret, One, DeleteAsync),
        new("GET", Url + "/{id}/payment_methods", RouteAccess.Secret, new AnsweredObject("payment_method", IsList: true), ListMethodsAsync)
        {
            Resource = ApiResource.PaymentMethods,
        },
    ];

    /// <summary>The customer of a request; a deleted one is nobody.</summary>
    public static async Task<bool> IsKnownAsync(ApiCall call, CustomerId id) =>
        await call.Services.Customers.FindAsync(call.Scope, id, call.Ct) is { IsDeleted: false };

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(NotHere);
        var customer = new NewCustomer(
            CardParameters.NullIfEmpty(parameters.Email("email")),
            CardParameters.NullIfEmpty(parameters.Text("name", MostText)),
            CardParameters.NullIfEmpty(parameters.Text("phone", most: 40)),
            CardParameters.NullIfEmpty(parameters.Text("description")),
            parameters.ReadAddress(),
            parameters.ReadShippingChange()?.To,
            parameters.ReadLocales() ?? [],
            parameters.FilledText("payment_method", most: 200),
            CardParameters.NullIfEmpty(ReadDefaultMethod(parameters)),
            parameters.Metadata() ?? CardParameters.NoMetadata);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<Customer>(
            answer => call.Services.Customers.CreateAsync(call.Request, customer, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        call.Parameters.Unsupported("test_clock");
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new CustomerFilter(call.Parameters.FilledText("email", most: 254), from, before);
        return call.ListAsync<CustomerId, Customer>(
            Url, page => call.Services.Customers.ListAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(NotHere).Unsupported("payment_method");
        var change = new CustomerChange(
            parameters.Email("email"),
            parameters.Text("name", MostText),
            parameters.Text("phone", most: 40),
            parameters.Text("description"),
            parameters.ReadAddressChange(),
            parameters.ReadShippingChange(),
            parameters.ReadLocales(),
            ReadDefaultMethod(parameters),
            parameters.ReadMetadataChange());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<CustomerId>(out var id)) return call.NoSuch("customer");
        return await call.WriteAsync<Customer>(
            answer => call.Services.Customers.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> DeleteAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<CustomerId>(out var id)) return call.NoSuch("customer");
        return await call.WriteAsync<Customer>(
            answer => call.Services.Customers.DeleteAsync(call.Request, id, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListMethodsAsync(ApiCall call)
    {
        call.Parameters.Unsupported("allow_redisplay");
        call.Parameters.Only("type", "card");
        var isId = call.TryPathId<CustomerId>(out var id);
        return call.ListAsync<PaymentMethodId, PaymentMethod>(
            $"{Url}/{id}/payment_methods",
            page => call.Services.PaymentMethods.ListAsync(call.Scope, id, page, call.Ct),
            PaymentJson.Write,
            refuse: async () => isId && await IsKnownAsync(call, id) ? null : call.NoSuch("customer"));
    }

    private static string? ReadDefaultMethod(ParameterReader parameters) =>
        parameters.Map("invoice_settings")?.Unsupported("custom_fields", "footer", "rendering_options").Text("default_payment_method", most: 200);
}
