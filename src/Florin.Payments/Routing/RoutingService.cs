using System.Text.Json;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Intents;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Routing;

/// <summary>Writes, compares and makes active the versions of merchants' rules.</summary>
internal sealed class RoutingService(
    IDatabase database, IAudit audit, ConnectorAccounts accounts, Router router, RoutingSimulator simulator, IdSource ids, TimeProvider time) : IRouting
{
    public async Task<Result<RoutingVersion>> CreateAsync(
        PaymentRequest request, NewRoutingVersion wanted, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct)
    {
        if (await ProblemOfAsync(request.Scope, wanted.Document, ct) is { } problem) return problem;
        var (id, now) = (ids.New<RoutingVersionId>(request.Scope.Shard), time.GetUtcNow());
        return await database.WriteAsync<Result<RoutingVersion>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var number = await RoutingVersionStore.NextNumberAsync(tx, request.Scope);
                var draft = new RoutingVersion(
                    id, request.Scope, number, RoutingVersionState.Draft, NullIfEmpty(wanted.Note), wanted.Document, now, now, ActivatedAt: null);
                await RoutingVersionStore.InsertAsync(tx, draft);
                await audit.RecordAsync(tx, new AuditEntry(request.Scope, actor, "routing.drafted", id.ToString(), Details(draft)));
                if (answer is not null) await answer.FinishAsync(tx, draft);
                return draft;
            },
            ct);
    }

    public async Task<Result<RoutingVersion>> UpdateAsync(
        PaymentRequest request, RoutingVersionId id, RoutingVersionChange change, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct)
    {
        if (change.Document is { } document && await ProblemOfAsync(request.Scope, document, ct) is { } problem) return problem;
        var now = time.GetUtcNow();
        return await database.WriteAsync<Result<RoutingVersion>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                if (await RoutingVersionStore.FindAsync(tx, request.Scope, id) is not { } version) return Abandoned(tx, NoSuch(id));
                if (await RoutingVersionStore.TryUpdateDraftAsync(tx, request.Scope, id, change, now) is not { } changed) return Abandoned(tx, RoutingRefusals.NotADraft(version));
                await audit.RecordAsync(tx, new AuditEntry(request.Scope, actor, "routing.changed", id.ToString(), Details(changed)));
                if (answer is not null) await answer.FinishAsync(tx, changed);
                return changed;
            },
            ct);
    }

    public async Task<Result<RoutingVersion>> ActivateAsync(
        PaymentRequest request, RoutingVersionId id, AuditActor actor, IdempotentWrite<RoutingVersion>? answer, CancellationToken ct)
    {
        var scope = request.Scope;
        if (await FindAsync(scope, id, ct) is not { } found) return NoSuch(id);

        // Accounts may have gone since it was written, and an old version was written long ago.
        if (await ProblemOfAsync(scope, found.Document, ct) is { } problem) return problem;
        var now = time.GetUtcNow();
        var activated = await database.WriteAsync<Result<RoutingVersion>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                var before = await RoutingVersionStore.FindActiveAsync(tx, scope);
                var version = (await RoutingVersionStore.FindAsync(tx, scope, id))!;
                var active = version with { Document = found.Document, State = RoutingVersionState.Active, ActivatedAt = now };

                // What was checked must be what is made active: somebody may have changed the draft meanwhile.
                if (!await RoutingVersionStore.TryActivateAsync(tx, active)) return Abandoned(tx, RoutingRefusals.ChangedMeanwhile(version));
                await audit.RecordAsync(tx, new AuditEntry(scope, actor, "routing.activated", id.ToString(), Details(before, active)));
                if (answer is not null) await answer.FinishAsync(tx, active);
                return active;
            },
            ct);
        router.Forget(scope);
        return activated;
    }

    public Task<RoutingVersion?> FindAsync(MerchantScope scope, RoutingVersionId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await RoutingVersionStore.FindAsync(reader, scope, id), ct);

    public Task<RoutingVersion?> FindActiveAsync(MerchantScope scope, CancellationToken ct) =>
        database.ReadAsync(async reader => await RoutingVersionStore.FindActiveAsync(reader, scope), ct);

    public Task<Page<RoutingVersion>> ListAsync(MerchantScope scope, PageRequest<RoutingVersionId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await RoutingVersionStore.ListAsync(reader, scope, page), ct);

    public async Task<IReadOnlyList<RoutingProblem>> CheckAsync(MerchantScope scope, string document, CancellationToken ct) =>
        RoutingDocumentReader.Read(document, [.. (await accounts.OfAsync(scope, ct)).Select(row => row.Account)]).Problems;

    public async Task<Result<RoutingComparison>> CompareAsync(MerchantScope scope, RoutingVersionId? from, RoutingVersionId to, CancellationToken ct)
    {
        var before = from is { } named ? await FindAsync(scope, named, ct) : await FindActiveAsync(scope, ct);
        if (from is { } missing && before is null) return NoSuch(missing);
        if (await FindAsync(scope, to, ct) is not { } after) return NoSuch(to);
        return new RoutingComparison(before, after, RoutingComparer.Compare(before?.Document ?? RoutingDocument.NothingWritten, after.Document));
    }

    public async Task<Result<RoutingSimulation>> SimulateAsync(MerchantScope scope, RoutingVersionId id, RoutingPeriod period, CancellationToken ct) =>
        await FindAsync(scope, id, ct) is { } version ? await simulator.RunAsync(scope, version, period, ct) : NoSuch(id);

    public Task<IReadOnlyList<RoutingDecision>?> DecisionsAsync(MerchantScope scope, PaymentIntentId payment, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<RoutingDecision>?>(
            async reader => await IntentStore.FindAsync(reader, scope, payment) is null ? null : await RoutingDecisionStore.OfIntentAsync(reader, payment),
            ct);

    private async Task<Refusal?> ProblemOfAsync(MerchantScope scope, string document, CancellationToken ct) =>
        await CheckAsync(scope, document, ct) is [var first, ..] ? RoutingRefusals.Invalid(first) : null;

    private static string Details(RoutingVersion? before, RoutingVersion after) => JsonSerializer.Serialize(
        new ActivationDetails(before?.Id.ToString(), before?.Number, after.Number, after.Note), ActivationJson.Default.ActivationDetails);

    private static string Details(RoutingVersion draft) => JsonSerializer.Serialize(new DraftDetails(draft.Number, draft.Note), ActivationJson.Default.DraftDetails);

    private static Refusal NoSuch(RoutingVersionId id) => PaymentRefusals.NoSuch("routing version", id.ToString(), "id");

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

internal sealed record DraftDetails(long Number, string? Note);

/// <param name="Before">The version that was active before; null where none was.</param>
internal sealed record ActivationDetails(string? Before, long? BeforeNumber, long Number, string? Note);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ActivationDetails))]
[System.Text.Json.Serialization.JsonSerializable(typeof(DraftDetails))]
internal sealed partial class ActivationJson : System.Text.Json.Serialization.JsonSerializerContext;
