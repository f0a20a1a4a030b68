using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Refunds;

/// <summary><c>/v1/refunds</c>.</summary>
internal static class RefundRoutes
{
    private const string Url = "/v1/refunds";
    private static readonly AnsweredObject One = new("refund");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", Url, RouteAccess.Secret, One, CreateAsync) { AnswerCutOff = PresentAsync },
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<RefundId, Refund>(
            "refund", id => call.Services.Payments.FindRefundAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync),
        new("POST", Url + "/{id}/cancel", RouteAccess.Secret, One, CancelAsync) { AnswerCutOff = PresentAsync },
    ];

    private static async Task<StoredResponse> CreateAsync(ApiCall call)
    {
        var parameters = call.Parameters.Unsupported(
            "currency", "customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer");
        var refund = new NewRefund(
            parameters.Id<PaymentIntentId>("payment_intent"),
            parameters.Id<ChargeId>("charge"),
            parameters.AmountMinor("amount"),
            parameters.Choice<RefundReason>(
                "reason",
                ("duplicate", RefundReason.Duplicate),
                ("fraudulent", RefundReason.Fraudulent),
                ("requested_by_customer", RefundReason.RequestedByCustomer)),
            parameters.Metadata() ?? CardParameters.NoMetadata);
        if (!parameters.Has("payment_intent") && !parameters.Has("charge")) parameters.Missing<string>("payment_intent");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return await call.WriteAsync<Refund>(
            answer => call.Services.Payments.RefundAsync(call.Request, refund, answer, call.Ct), PaymentJson.Write);
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new RefundFilter(call.Parameters.Id<PaymentIntentId>("payment_intent"), call.Parameters.Id<ChargeId>("charge"), from, before);
        return call.ListAsync<RefundId, Refund>(
            Url, page => call.Services.Payments.ListRefundsAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        var change = call.Parameters.ReadMetadataChange() ?? new MetadataChange(ClearFirst: false, CardParameters.NoMetadata);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RefundId>(out var id)) return call.NoSuch("refund");
        return await call.WriteAsync<Refund>(
            answer => call.Services.Payments.UpdateRefundAsync(call.Request, id, change, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> CancelAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<RefundId>(out var id)) return call.NoSuch("refund");
        return await call.WriteAsync<Refund>(
            answer => call.Services.Payments.CancelRefundAsync(call.Request, id, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject) =>
        await call.Services.Payments.FindRefundAsync(call.Scope, RefundId.From(subject), call.Ct) is { } refund
            ? ApiCall.Ok(refund, PaymentJson.Write)
            : null;
}
