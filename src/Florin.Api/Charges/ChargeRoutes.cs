using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;

namespace Florin.Api.Charges;

/// <summary><c>/v1/charges</c>: what attempts charged, to look at.</summary>
internal static class ChargeRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "/v1/charges/{id}", RouteAccess.Secret, new AnsweredObject("charge"), static call =>
            call.RetrieveAsync<ChargeId, Charge>(
                "charge", id => call.Services.Payments.FindChargeAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
    ];
}
