using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.Files;
using Florin.Payments.Routing;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;

namespace Florin.Payments.Disputes;

/// <summary>What merchants do with disputes: collect evidence, submit it, or give up.</summary>
internal sealed class DisputesService(
    IDatabase database,
    IJobs jobs,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    PaymentCollector collector,
    DisputeSettlement settlement,
    PaymentsOptions options,
    IdSource ids,
    TimeProvider time) : IDisputes
{
    public async Task<Dispute?> FindAsync(MerchantScope scope, DisputeId id, CancellationToken ct)
    {
        var dispute = await database.ReadAsync(async reader => await DisputeStore.FindAsync(reader, id), ct);
        return dispute?.Scope == scope ? dispute : null;
    }

    public Task<Page<Dispute>> ListAsync(MerchantScope scope, DisputeFilter filter, PageRequest<DisputeId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await DisputeStore.ListAsync(reader, scope, filter, page), ct);

    public async Task<Result<Dispute>> UpdateAsync(
        PaymentRequest request, DisputeId id, DisputeChange change, IdempotentWrite<Dispute>? answer, CancellationToken ct)
    {
        var submits = change.Submit ?? change.Evidence is { Count: > 0 };
        GatewayPlace? place = null;
        if (submits && !(await PlaceAsync(request, id, ct)).TryGet(out place, out var full)) return full;
        using var given = place;
        var responseId = ids.New<DisputeResponseId>(request.Scope.Shard);
        var begun = await database.WriteAsync<Result<Begun>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var staged = await StageAsync(tx, request, id, change);
                if (!staged.TryGet(out var dispute, out var refusal)) return Abandoned(tx, refusal);
                if (submits)
                {
                    var prepared = await PrepareAsync(tx, responseId, dispute, DisputeResponseKind.Evidence);
                    if (!prepared.TryGet(out var sent, out var unprepared)) return Abandoned(tx, unprepared);
                    return sent;
                }

                if (answer is not null) await answer.FinishAsync(tx, dispute);
                return new Begun(dispute, Response: null);
            },
            ct);
        if (!begun.TryGet(out var standing, out var refused)) return refused;
        return place is null ? standing.Dispute : await place.UnderAsync(() => SendAsync(standing.Dispute, standing.Response!, request, answer));
    }

    public async Task<Result<Dispute>> CloseAsync(PaymentRequest request, DisputeId id, IdempotentWrite<Dispute>? answer, CancellationToken ct)
    {
        var taken = await PlaceAsync(request, id, ct);
        if (!taken.TryGet(out var place, out var full)) return full;
        using var given = place;
        var responseId = ids.New<DisputeResponseId>(request.Scope.Shard);
        var begun = await database.WriteAsync<Result<Begun>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var dispute = await DisputeStore.LockAsync(tx, id);
                if (dispute is null || dispute.Scope != request.Scope) return Abandoned(tx, PaymentRefusals.NoSuch("dispute", id.ToString(), "dispute"));
                if (dispute.Status != DisputeStatus.NeedsResponse)
                {
                    return Abandoned(tx, DisputeRefusals.UnexpectedState(dispute, "only one that is needs_response can be closed"));
                }

                var prepared = await PrepareAsync(tx, responseId, dispute, DisputeResponseKind.Acceptance);
                return prepared.TryGet(out var sent, out var unprepared) ? sent : Abandoned(tx, unprepared);
            },
            ct);
        return begun.TryGet(out var standing, out var refused)
            ? await place.UnderAsync(() => SendAsync(standing.Dispute, standing.Response!, request, answer))
            : refused;
    }

    // Before anything is written down: what finds no room may be asked for again as it is.
    private async Task<Result<GatewayPlace>> PlaceAsync(PaymentRequest request, DisputeId id, CancellationToken ct)
    {
        if (await FindAsync(request.Scope, id, ct) is not { } dispute) return PaymentRefusals.NoSuch("dispute", id.ToString(), "dispute");
        var account = (await accounts.FindAsync(dispute.ConnectorAccount, ct))!.Value.Account;
        return await gateways.PlaceToSendAsync(account) is { } place ? place : PaymentRefusals.GatewayFull(account.Connector, subject: null);
    }

    // What was collected so far and what is new, checked and kept.
    private async Task<Result<Dispute>> StageAsync(ITransaction tx, PaymentRequest request, DisputeId id, DisputeChange change)
    {
        var before = await DisputeStore.LockAsync(tx, id);
        if (before is null || before.Scope != request.Scope) return PaymentRefusals.NoSuch("dispute", id.ToString(), "dispute");
        if (!MetadataChange.Apply(change.Metadata, before.Metadata).TryGet(out var metadata, out var tooMany)) return tooMany;
        var staged = before with { Metadata = metadata };
        if (change.Evidence is { Count: > 0 } evidence)
        {
            if (MayNotRespond(before) is { } tooLate) return tooLate;
            var merged = Merged(before.Evidence, evidence);
            if (await ProblemOfAsync(tx, request.Scope, merged) is { } problem) return problem;
            staged = staged with { Evidence = merged };
        }

        await DisputeStore.UpdateAsync(tx, staged);
        await settlement.RecordUpdateAsync(tx, before, staged, request.Origin);
        return staged;
    }

    private async Task<Result<Begun>> PrepareAsync(ITransaction tx, DisputeResponseId id, Dispute dispute, DisputeResponseKind kind)
    {
        if (MayNotRespond(dispute) is { } tooLate) return tooLate;
        if (kind == DisputeResponseKind.Evidence && dispute.Evidence.Count == 0) return DisputeRefusals.NoEvidence;
        if (await DisputeResponseStore.OpenAsync(tx, dispute.Id) is not null) return DisputeRefusals.ResponseUnderWay(dispute.Id);
        var now = time.GetUtcNow();
        var response = new DisputeResponse(
            id, dispute.Id, kind, OperationState.Sent, dispute.Evidence, Explanation: null, Queries: 0, now, collector.Deadline(now), SettledAt: null);
        await DisputeResponseStore.InsertAsync(tx, response);
        var answered = dispute with { Response = OperationState.Sent };
        await DisputeStore.UpdateAsync(tx, answered);
        return new Begun(answered, response);
    }

    private async Task<Result<Dispute>> SendAsync(Dispute dispute, DisputeResponse response, PaymentRequest request, IdempotentWrite<Dispute>? answer)
    {
        // From here something may be said that cannot be unsaid: the deadline is ours, and the caller's token is left out on purpose.
        var account = (await accounts.FindAsync(dispute.ConnectorAccount, CancellationToken.None))!.Value.Account;
        var said = response.Kind switch
        {
            DisputeResponseKind.Evidence => await SubmitAsync(dispute, response, account),
            DisputeResponseKind.Acceptance => await gateways.SendAsync(
                account,
                response.SentAt,
                (connector, deadline) => connector.AcceptDisputeAsync(new AcceptOrder(response.GatewayKey, dispute.GatewayReference), account, deadline)),
        };
        var state = said switch
        {
            GatewayAnswer.Disputed => OperationState.Succeeded,
            GatewayAnswer.Declined => OperationState.Declined,
            GatewayAnswer.NotSent => OperationState.NotSent,
            _ => OperationState.Unknown,
        };
        return await database.WriteAsync<Result<Dispute>>(
            async tx =>
            {
                // The charge is locked first everywhere.
                _ = await ChargeStore.LockAsync(tx, dispute.Charge);
                var concluded = await settlement.ConcludeAsync(tx, response, state, OperationSettlement.Explain(said), request.Origin)
                    ?? (await DisputeStore.FindAsync(tx, dispute.Id))!;
                if (said is GatewayAnswer.Disputed(var told))
                {
                    var (_, moved) = await settlement.ApplyAsync(tx, account, dispute.Scope, told, request.Origin);
                    concluded = moved!;
                }

                // Asked also where all is known: what the issuer decides may be told to nobody.
                var askAt = state == OperationState.Unknown ? time.GetUtcNow() + options.QuerySchedule[0] : time.GetUtcNow() + options.AskAboutDisputesEvery;
                await jobs.EnqueueAsync(tx, FollowDispute.Job(dispute.Scope.Shard, account.Id, dispute.GatewayReference, askAt));
                if (answer is not null) await answer.FinishAsync(tx, concluded);
                return concluded;
            },
            CancellationToken.None);
    }

    private async Task<GatewayAnswer> SubmitAsync(Dispute dispute, DisputeResponse response, ConnectorAccount account)
    {
        var attached = response.Evidence.Where(field => EvidenceFields.Files.Contains(field.Key)).ToList();
        var fileIds = attached.Select(field => Ids.Parse<FileId>(field.Value)).Distinct().ToList();
        var documents = await database.ReadAsync(
            async reader =>
            {
                var files = fileIds.Count == 0 ? [] : await FileStore.FindManyAsync(reader, dispute.Scope, fileIds);
                var contents = new Dictionary<FileId, EvidenceDocument>();
                foreach (var file in files)
                {
                    contents[file.Id] = new EvidenceDocument("", WireText.MediaTypeOf(file.Type), (await FileStore.ContentAsync(reader, file.Id))!);
                }

                return attached.ConvertAll(field => contents[Ids.Parse<FileId>(field.Value)] with { Field = field.Key });
            },
            CancellationToken.None);
        var texts = response.Evidence.Where(field => !EvidenceFields.Files.Contains(field.Key)).ToDictionary(field => field.Key, field => field.Value);
        var order = new EvidenceOrder(response.GatewayKey, dispute.GatewayReference, texts, documents);
        return await gateways.SendAsync(account, response.SentAt, (connector, deadline) => connector.SubmitEvidenceAsync(order, account, deadline));
    }

    private Refusal? MayNotRespond(Dispute dispute) =>
        !dispute.NeedsResponse ? DisputeRefusals.UnexpectedState(dispute, "evidence is taken only while it is needs_response or warning_needs_response")
        : time.GetUtcNow() >= dispute.DueBy ? DisputeRefusals.Lapsed(dispute)
        : null;

    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> change)
    {
        var merged = before.ToDictionary();
        foreach (var (field, value) in change)
        {
            if (value.Length == 0) merged.Remove(field);
            else merged[field] = value;
        }

        return merged;
    }

    private static async Task<Refusal?> ProblemOfAsync(ISqlReader reader, MerchantScope scope, Dictionary<string, string> evidence)
    {
        var attached = evidence.Where(field => EvidenceFields.Files.Contains(field.Key)).ToList();
        if (evidence.Except(attached).Sum(field => field.Value.Length) > EvidenceFields.MostCharacters) return DisputeRefusals.TooLong;
        if (attached.Count == 0) return null;
        var bytes = 0L;
        var named = attached.ConvertAll(field => (Field: field.Key, Text: field.Value, Id: Ids.TryParse<FileId>(field.Value, out var id) ? id : (FileId?)null));
        var wanted = named.Select(file => file.Id).OfType<FileId>().Distinct().ToList();
        var found = wanted.Count == 0 ? [] : (await FileStore.FindManyAsync(reader, scope, wanted)).ToDictionary(file => file.Id);
        foreach (var (field, text, id) in named)
        {
            if (id is null || !found.TryGetValue(id.Value, out var file)) return DisputeRefusals.NoSuchFile(field, text);
            bytes += file.SizeBytes;
        }

        return bytes > EvidenceFields.MostBytes ? DisputeRefusals.TooLarge : null;
    }

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private sealed record Begun(Dispute Dispute, DisputeResponse? Response);
}
