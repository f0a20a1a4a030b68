using Florin.Api.Customers;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Cards;

/// <summary><c>/v1/payment_methods</c>.</summary>
internal static class PaymentMethodRoutes
{
    private const string Url = "/v1/payment_methods";
    private static readonly AnsweredObject One = new("payment_method");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Publishable, One, CreateAsync),
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<PaymentMethodId, PaymentMethod>(
            "payment_method", id => call.Services.PaymentMethods.FindAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("POST", Url + "/{id}/attach", RouteAccess.Secret, One, AttachAsync),
        new("POST", Url + "/{id}/detach", RouteAccess.Secret, One, DetachAsync),
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var method = call.Parameters.ReadPaymentMethod();
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (method!.Card is not null && RawCards.ProblemOf(call) is { } forbidden) return call.Refuse(forbidden);
        return await call.WriteAsync<PaymentMethod>(
            answer => call.Services.PaymentMethods.CreateAsync(call.Request, method, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        call.Parameters.Unsupported("customer_account", "allow_redisplay");
        call.Parameters.Only("type", "card");
        var customer = call.Parameters.Id<CustomerId>("customer");
        return call.ListAsync<PaymentMethodId, PaymentMethod>(
            Url,
            page => call.Services.PaymentMethods.ListAsync(call.Scope, customer, page, call.Ct),
            PaymentJson.Write,
            refuse: async () => customer is null || await CustomerRoutes.IsKnownAsync(call, customer.Value)
                ? null
                : call.Refuse(new Refusal(RefusalKind.NotFound, "resource_missing", $"No such customer: '{customer}'", "customer")));
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("allow_redisplay", "us_bank_account");
        var billing = parameters.ReadBillingChange();
        var card = parameters.Map("card")?.Unsupported("networks");
        var (month, year) = (card?.Integer("exp_month", 1, 12), card?.Integer("exp_year", 0, 9999));
        var change = new PaymentMethodChange(billing, (int?)month, year is null ? null : CardParameters.FullYear(year.Value), parameters.ReadMetadataChange());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentMethodId>(out var id)) return call.NoSuch("payment_method");
        return await call.WriteAsync<PaymentMethod>(
            answer => call.Services.PaymentMethods.UpdateAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> AttachAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("customer_account");
        var customer = parameters.Id<CustomerId>("customer");
        if (!parameters.Has("customer")) parameters.Missing<string>("customer");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);

        // Besides ids of ours, test mode knows methods by name.
        if (!call.TryPathId<PaymentMethodId>(out _) && !call.PathId.StartsWith("pm_card_", StringComparison.Ordinal)) return call.NoSuch("payment_method");
        return await call.WriteAsync<PaymentMethod>(
            answer => call.Services.PaymentMethods.AttachAsync(call.Request, call.PathId, customer!.Value, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> DetachAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<PaymentMethodId>(out var id)) return call.NoSuch("payment_method");
        return await call.WriteAsync<PaymentMethod>(
            answer => call.Services.PaymentMethods.DetachAsync(call.Request, id, answer, call.Ct), PaymentJson.Write);
    }
}
