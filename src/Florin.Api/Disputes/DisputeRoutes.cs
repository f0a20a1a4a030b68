using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Disputes;

/// <summary><c>/v1/disputes</c>: what issuers brought against charges, and what merchants say to it.</summary>
internal static class DisputeRoutes
{
    private const string Url = "/v1/disputes";
    private static readonly AnsweredObject One = new("dispute");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<DisputeId, Dispute>(
            "dispute", id => call.Services.Disputes.FindAsync(call.Scope, id, call.Ct), call.WriteDispute)),
        new("POST", Url + "/{id}", RouteAccess.Secret, One, UpdateAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/close", RouteAccess.Secret, One, CloseAsync) { AnswerCutOff = PresentAsync },
    ];

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var (from, before) = call.Parameters.ReadCreated();
        var filter = new DisputeFilter(call.Parameters.Id<ChargeId>("charge"), call.Parameters.Id<PaymentIntentId>("payment_intent"), from, before);
        return call.ListAsync<DisputeId, Dispute>(
            Url, page => call.Services.Disputes.ListAsync(call.Scope, filter, page, call.Ct), call.WriteDispute);
    }

    private static async Task<StoredResponse> UpdateAsync(ApiCall call)
    {
        call.Parameters.Only("intended_submission_method", "manual");
        var change = new DisputeChange(ReadEvidence(call.Parameters), call.Parameters.Bool("submit"), call.Parameters.ReadMetadataChange());
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<DisputeId>(out var id)) return call.NoSuch("dispute");
        return await call.WriteAsync<Dispute>(
            answer => call.Services.Disputes.UpdateAsync(call.Request, id, change, answer, call.Ct), call.WriteDispute);
    }

    private static async Task<StoredResponse> CloseAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<DisputeId>(out var id)) return call.NoSuch("dispute");
        return await call.WriteAsync<Dispute>(answer => call.Services.Disputes.CloseAsync(call.Request, id, answer, call.Ct), call.WriteDispute);
    }

    private static Dictionary<string, string>? ReadEvidence(ParameterReader parameters)
    {
        if (parameters.Map("evidence") is not { } evidence) return null;
        evidence.Unsupported("appeal", "enhanced_evidence");
        var given = new Dictionary<string, string>();
        foreach (var field in EvidenceFields.Texts)
        {
            if (evidence.Text(field, EvidenceFields.MostCharacters) is { } text) given[field] = text;
        }

        foreach (var field in EvidenceFields.Files)
        {
            if (evidence.Text(field, most: 200) is { } file) given[field] = file;
        }

        return given;
    }

    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject) =>
        await call.Services.Disputes.FindAsync(call.Scope, DisputeId.From(subject), call.Ct) is { } dispute
            ? ApiCall.Ok(dispute, call.WriteDispute)
            : null;
}
