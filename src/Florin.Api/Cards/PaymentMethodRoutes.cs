using Florin.Api.Requests;
using Florin.Api.Routing;
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
        call.Parameters.Unsupported("customer", "customer_account", "allow_redisplay");
        call.Parameters.Only("type", "card");
        return call.ListAsync<PaymentMethodId, PaymentMethod>(
            Url, page => call.Services.PaymentMethods.ListAsync(call.Scope, page, call.Ct), PaymentJson.Write);
    }
}
