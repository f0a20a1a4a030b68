using System.Text.Json;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Api.UnknownOutcomes;

/// <summary><c>/v1/florin/unknown_outcomes</c>: what nobody knows, what waits for a person, and what can be done about it.</summary>
internal static class UnknownOutcomeRoutes
{
    private const string Url = "/v1/florin/unknown_outcomes";
    private const string BulkUrl = Url + "/bulk";
    private static readonly AnsweredObject One = new("florin.unknown_outcome");
    private static readonly AnsweredObject Bulk = new("florin.unknown_outcome_bulk");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/count", RouteAccess.Secret, new AnsweredObject("florin.unknown_outcome_count"), CountAsync),
        new("POST", BulkUrl, RouteAccess.Secret, Bulk, StartBulkAsync) { Limits = BodyLimits.ManyIds },
        new("GET", BulkUrl, RouteAccess.Secret, Bulk with { IsList = true }, static call => call.ListAsync<OutcomeBulkId, OutcomeBulk>(
            BulkUrl, page => call.Services.UnknownOutcomes.ListBulksAsync(call.Scope, page, call.Ct), PaymentJson.Write)),
        new("GET", BulkUrl + "/{id}", RouteAccess.Secret, Bulk, static call => call.RetrieveAsync<OutcomeBulkId, OutcomeBulk>(
            "bulk action", id => call.Services.UnknownOutcomes.FindBulkAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("GET", BulkUrl + "/{id}/items", RouteAccess.Secret, new AnsweredObject("florin.unknown_outcome_bulk_item", IsList: true), ListItemsAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<UnknownOutcomeId, UnknownOutcome>(
            "unknown outcome", id => call.Services.UnknownOutcomes.FindAsync(call.Scope, id, call.Ct), PaymentJson.Write)),
        new("POST", Url + "/{id}/query", RouteAccess.Secret, One, QueryAsync) { AnswerCutOff = PresentAsync },
        new("POST", Url + "/{id}/accept", RouteAccess.Secret, One, AcceptAsync),
        new("POST", Url + "/{id}/cancel", RouteAccess.Secret, One, CancelAsync) { AnswerCutOff = PresentAsync },
    ];

    /// <summary>Each member of an enum by its word.</summary>
    public static (string Word, T Value)[] Words<T>(params ReadOnlySpan<T> without) where T : struct, Enum
    {
        var left = without.ToArray();
        return [.. Enum.GetValues<T>().Except(left).Select(value => (JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), value))];
    }

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var filter = ReadFilter(call.Parameters);
        return call.ListAsync<UnknownOutcomeId, UnknownOutcome>(
            Url, page => call.Services.UnknownOutcomes.ListAsync(call.Scope, filter, page, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> CountAsync(ApiCall call)
    {
        var filter = ReadFilter(call.Parameters);
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        return ApiCall.Ok(await call.Services.UnknownOutcomes.CountAsync(call.Scope, filter, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> QueryAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<UnknownOutcomeId>(out var id)) return call.NoSuch("unknown outcome");
        return await call.WriteAsync<UnknownOutcome>(
            answer => call.Services.UnknownOutcomes.QueryAsync(RequestOf(call), id, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> AcceptAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        if (!parameters.Has("outcome")) parameters.Missing<string>("outcome");
        var outcome = parameters.Choice("outcome", Words<AcceptedOutcome>());
        var evidence = parameters.RequiredText("evidence", OutcomeEvidence.MostCharacters);
        var reference = parameters.FilledText("gateway_reference", OutcomeEvidence.MostReferenceCharacters);
        var file = parameters.Id<FileId>("file");
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<UnknownOutcomeId>(out var id)) return call.NoSuch("unknown outcome");
        var stated = new OutcomeEvidence(outcome!.Value, reference, CardNumbers.Redact(evidence!), file);
        return await call.WriteAsync<UnknownOutcome>(
            answer => call.Services.UnknownOutcomes.AcceptAsync(RequestOf(call), id, stated, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> CancelAsync(ApiCall call)
    {
        if (call.Parameters.Finish() is { } refusal) return call.Refuse(refusal);
        if (!call.TryPathId<UnknownOutcomeId>(out var id)) return call.NoSuch("unknown outcome");
        return await call.WriteAsync<UnknownOutcome>(
            answer => call.Services.UnknownOutcomes.CancelAsync(RequestOf(call), id, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> StartBulkAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        if (!parameters.Has("act")) parameters.Missing<string>("act");
        var act = parameters.Choice("act", Words<OutcomeBulkAct>());
        var ids = ReadIds(parameters);
        var filter = parameters.Map("filter") is { } map ? ReadFilter(map) : null;
        var outcome = parameters.Choice("outcome", Words<AcceptedOutcome>());
        var evidence = parameters.FilledText("evidence", OutcomeEvidence.MostCharacters);
        if (parameters.Finish() is { } refusal) return call.Refuse(refusal);
        var wanted = new NewOutcomeBulk(act!.Value, ids, filter, outcome, evidence is null ? null : CardNumbers.Redact(evidence));
        return await call.WriteAsync<OutcomeBulk>(
            answer => call.Services.UnknownOutcomes.StartBulkAsync(RequestOf(call), wanted, answer, call.Ct), PaymentJson.Write);
    }

    private static async Task<StoredResponse> ListItemsAsync(ApiCall call)
    {
        var isKnown = true;
        var listed = await call.ListAsync<UnknownOutcomeId, OutcomeBulkItem>(
            $"{BulkUrl}/{call.PathId}/items",
            async page =>
            {
                isKnown = call.TryPathId<OutcomeBulkId>(out var id) && await call.Services.UnknownOutcomes.FindBulkAsync(call.Scope, id, call.Ct) is not null;
                return isKnown
                    ? await call.Services.UnknownOutcomes.ListBulkItemsAsync(id, page, call.Ct)
                    : new Page<OutcomeBulkItem>([], HasMore: false);
            },
            PaymentJson.Write);
        return isKnown ? listed : call.NoSuch("bulk action");
    }

    private static UnknownOutcomeFilter ReadFilter(ParameterReader parameters)
    {
        var (from, before) = parameters.ReadCreated();
        return new UnknownOutcomeFilter(
            parameters.Choice("kind", Words<UnknownOutcomeKind>()),
            parameters.Choice("reason", Words(UnknownOutcomeReason.Settled)),
            parameters.Id<ConnectorAccountId>("connector_account"),
            parameters.CurrencyCode("currency"),
            parameters.Integer("amount_from", 0, ParameterReader.LargestAmountMinor),
            parameters.Integer("amount_to", 0, ParameterReader.LargestAmountMinor),
            from,
            before,
            parameters.Bool("waits_for_person"));
    }

    private static List<UnknownOutcomeId>? ReadIds(ParameterReader parameters)
    {
        if (parameters.Texts("ids") is not { } texts) return null;
        var ids = new List<UnknownOutcomeId>(texts.Count);
        foreach (var (index, text) in texts.Index())
        {
            if (Ids.TryParse<UnknownOutcomeId>(text, out var id)) ids.Add(id);
            else parameters.Refuse<string>($"ids][{index}", "parameter_invalid", $"'{SafeEcho.Text(text)}' is no id of an unknown outcome.");
        }

        return ids;
    }

    private static OutcomeRequest RequestOf(ApiCall call) => new(call.Request, call.Actor);

    private static async Task<StoredResponse?> PresentAsync(ApiCall call, Guid subject) =>
        await call.Services.UnknownOutcomes.FindAsync(call.Scope, UnknownOutcomeId.From(subject), call.Ct) is { } item
            ? ApiCall.Ok(item, PaymentJson.Write)
            : null;
}
