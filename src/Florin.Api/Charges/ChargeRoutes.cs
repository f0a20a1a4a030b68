using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Charges;

/// <summary><c>/v1/charges</c>: what attempts charged, to look at and to note something on.</summary>
internal static class ChargeRoutes
{
    private const string Url = "/v1/charges";
    private static readonly AnsweredObject One = new("charge");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<ChargeId, Charge>(
            "charge", id => call.Services.Payments.FindChargeAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
    ];

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("transfer_group");
        var (from, before) = parameters.ReadCreated();
        var filter = new ChargeFilter(parameters.Id<CustomerId>("customer"), parameters.Id<PaymentIntentId>("payment_intent"), from, before);
        return call.ListAsync<ChargeId, Charge>(
            Url, page => call.Services.Payments.ListChargesAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported("customer", "fraud_details", "shipping", "transfer_group");
        var change = new ChargeChange(parameters.Text("description"), parameters.Email("receipt_email"), parameters.ReadMetadataChange());
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<ChargeId>(out var id)) return call.NoSuch("charge");
        return await call.WriteAsync<Charge>(
            answer => call.Services.Payments.UpdateChargeAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }
}
