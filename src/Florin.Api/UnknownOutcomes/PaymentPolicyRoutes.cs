using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.UnknownOutcomes;

/// <summary><c>/v1/florin/payment_policies</c>: what a merchant decides once for all payments of a mode.</summary>
internal static class PaymentPolicyRoutes
{
    private const string Url = "/v1/florin/payment_policies";
    private static readonly AnsweredObject One = new("florin.payment_policies");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One, ShowAsync),
        new("POST", Url, RouteAccess.Secret, One, ChangeAsync),
    ];

    private static async Task<StoredResponse> ShowAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return ApiCall.Ok(await call.Services.PaymentPolicies.FindAsync(call.Scope, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ChangeAsync(ApiCall call)
    {
        if (!call.Parameters.Has("late_success")) call.Parameters.Missing<string>("late_success");
        var late = call.Parameters.Choice("late_success", UnknownOutcomeRoutes.Words<LateSuccessPolicy>());
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var policies = new PaymentPolicies(call.Scope, late!.Value);
        return await call.WriteAsync<PaymentPolicies>(
            async answer => await call.Services.PaymentPolicies.SetAsync(call.Scope, call.Actor, policies, answer, call.Ct),
            PaymentJson.Write);
    }
}
