using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Disputes;
using Florin.Payments.Files;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Payments.SetupIntents;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>What people do with the work queue.</summary>
internal sealed class UnknownOutcomesService(
    IDatabase database,
    IJobs jobs,
    IMerchants merchants,
    IAudit audit,
    OutcomeStore store,
    OutcomeActs acts,
    AcceptedOutcomes accepted,
    SettleOutcomes settle,
    SettleSetups settleSetups,
    ReleaseVerification release,
    FollowDispute follow,
    HoldsService holds,
    RefundsService refunds,
    CheckoutSessionsService sessions,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    IdSource ids,
    TimeProvider time,
    ILogger<UnknownOutcomesService> log)
    : IUnknownOutcomes
{
    private const int MostActorCharacters = 200;

    public Task<Page<UnknownOutcome>> ListAsync(
        MerchantScope scope, UnknownOutcomeFilter filter, PageRequest<UnknownOutcomeId> page, CancellationToken ct) =>
        database.AskAsync(async reader => await store.ListAsync(reader, scope, filter, page), ct);

    public Task<UnknownOutcomeCount> CountAsync(MerchantScope scope, UnknownOutcomeFilter filter, CancellationToken ct) =>
        database.AskAsync(async reader => await store.CountAsync(reader, scope, filter), ct);

    public Task<int> CountUpToAsync(MerchantScope scope, UnknownOutcomeFilter filter, int most, CancellationToken ct) =>
        database.AskAsync(async reader => await store.CountUpToAsync(reader, scope, filter, most), ct);

    public Task<UnknownOutcome?> FindAsync(MerchantScope scope, UnknownOutcomeId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await store.FindAsync(reader, scope, id), ct);

    public async Task<Result<UnknownOutcome>> QueryAsync(
        OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct)
    {
        var scope = request.Request.Scope;
        if (await FindAsync(scope, id, ct) is not { } item) return OutcomeRefusals.NoSuch(id);
        if (item.Reason == UnknownOutcomeReason.Settled) return OutcomeRefusals.Settled(id);
        if (!item.CanQuery) return OutcomeRefusals.NotQueried(item);
        using var place = await gateways.PlaceToAskAsync(await AccountOfAsync(item, ct));
        if (place is null) return PaymentRefusals.GatewayFull(item.Connector, subject: null);
        await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);

                // The others note what was answered, in the transaction that writes it down.
                if (item.Kind is UnknownOutcomeKind.Release or UnknownOutcomeKind.Evidence or UnknownOutcomeKind.Dispute)
                {
                    await acts.RecordAsync(tx, id.Value, new OutcomeAct(
                        OutcomeActKind.Query, "asked", Explanation: null, GatewayReference: null, File: null, NameOf(request.Actor), time.GetUtcNow()));
                }

                await AuditAsync(tx, request, item, "queried", Documents.NoMetadata);
            },
            ct);

        // From here the gateway is asked, and what it says is written down whoever still waits for it.
        return await place.UnderAsync(async () =>
        {
            await TryAskAsync(item);
            return await ConcludeAsync(item, answer);
        });
    }

    public async Task<Result<UnknownOutcome>> AcceptAsync(
        OutcomeRequest request, UnknownOutcomeId id, OutcomeEvidence evidence, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct) =>
        await AcceptAsync(request, id, evidence, answer, also: null, ct);

    /// <param name="also">Something that is to be written if and only if the outcome is.</param>
    public async Task<Result<UnknownOutcome>> AcceptAsync(
        OutcomeRequest request,
        UnknownOutcomeId id,
        OutcomeEvidence evidence,
        IdempotentWrite<UnknownOutcome>? answer,
        Func<ITransaction, Task>? also,
        CancellationToken ct)
    {
        if (ProblemOf(evidence) is { } problem) return problem;
        var scope = request.Request.Scope;
        var merchant = (await merchants.FindAsync(scope.Merchant, ct))!;
        return await database.WriteAsync<Result<UnknownOutcome>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                if (await store.FindAsync(tx, scope, id) is not { } item) return Abandoned(tx, OutcomeRefusals.NoSuch(id));
                if (item.Reason == UnknownOutcomeReason.Settled) return Abandoned(tx, OutcomeRefusals.Settled(id));
                if (!item.Outcomes.Contains(evidence.Outcome)) return Abandoned(tx, OutcomeRefusals.DoesNotFit(item, evidence.Outcome));
                if (evidence.File is { } file && (await FileStore.FindManyAsync(tx, scope, [file])).Count == 0) return Abandoned(tx, OutcomeRefusals.NoSuchFile(file));
                if (await accepted.ApplyAsync(tx, item, evidence, merchant, request.Request.Origin) is { } refusal) return Abandoned(tx, refusal);
                await acts.RecordAsync(tx, id.Value, new OutcomeAct(
                    OutcomeActKind.Acceptance, Words<AcceptedOutcome>.Of(evidence.Outcome), evidence.Evidence, evidence.GatewayReference, evidence.File, NameOf(request.Actor), time.GetUtcNow()));
                await AuditAsync(tx, request, item, "accepted", Told(evidence));
                await ForgetJobAsync(tx, item);
                if (also is not null) await also(tx);
                var settled = (await store.FindAsync(tx, scope, id))!;
                if (answer is not null) await answer.FinishAsync(tx, settled);
                return settled;
            },
            ct);
    }

    public async Task<Result<UnknownOutcome>> CancelAsync(
        OutcomeRequest request, UnknownOutcomeId id, IdempotentWrite<UnknownOutcome>? answer, CancellationToken ct)
    {
        var scope = request.Request.Scope;
        if (await FindAsync(scope, id, ct) is not { } item) return OutcomeRefusals.NoSuch(id);
        if (item.Reason == UnknownOutcomeReason.Settled) return OutcomeRefusals.Settled(id);
        if (!item.CanCancel) return OutcomeRefusals.NotCanceled(item);

        // To call a refund back is to send something; the others are undone by jobs, which wait for room.
        using var place = item.Kind == UnknownOutcomeKind.Refund ? await gateways.PlaceToSendAsync(await AccountOfAsync(item, ct)) : GatewayPlace.Unbounded;
        if (place is null) return PaymentRefusals.GatewayFull(item.Connector, subject: null);
        await database.WriteAsync(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, id.Value);
                await acts.RecordAsync(tx, id.Value, new OutcomeAct(
                    OutcomeActKind.Cancellation, "asked", Explanation: null, GatewayReference: null, File: null, NameOf(request.Actor), time.GetUtcNow()));
                await AuditAsync(tx, request, item, "canceled", Documents.NoMetadata);
            },
            ct);
        var refused = item.Kind switch
        {
            UnknownOutcomeKind.Payment => await CancelPaymentAsync(request, item),
            UnknownOutcomeKind.Refund => (await place.UnderAsync(
                () => refunds.CancelAsync(request.Request, new RefundId(id.Value), answer: null, CancellationToken.None))).Refusal,
            _ => await ReturnLateAsync(item),
        };
        return refused is null ? await ConcludeAsync(item, answer) : await RefusedAsync(refused, answer);
    }

    public async Task<Result<OutcomeBulk>> StartBulkAsync(
        OutcomeRequest request, NewOutcomeBulk wanted, IdempotentWrite<OutcomeBulk>? answer, CancellationToken ct)
    {
        if (ProblemOf(wanted) is { } problem) return problem;
        var scope = request.Request.Scope;
        var bulk = new OutcomeBulk(
            ids.New<OutcomeBulkId>(scope.Shard),
            scope,
            wanted.Act,
            wanted.Outcome,
            wanted.Evidence,
            request.Actor with { Name = NameOf(request.Actor) },
            Total: 0,
            Done: 0,
            Failed: 0,
            time.GetUtcNow());
        return await database.WriteAsync<Result<OutcomeBulk>>(
            async tx =>
            {
                if (answer is not null) await answer.BeginAsync(tx, bulk.Id.Value);
                var chosen = wanted.Ids?.Distinct().ToList() ?? await store.IdsAsync(tx, scope, wanted.Filter!, NewOutcomeBulk.MostItems + 1);
                if (chosen.Count > NewOutcomeBulk.MostItems) return Abandoned(tx, OutcomeRefusals.TooMany);
                var started = bulk with { Total = chosen.Count };
                await BulkStore.InsertAsync(tx, started, chosen);
                await audit.RecordAsync(tx, new AuditEntry(
                    scope,
                    request.Actor,
                    "unknown_outcome.bulk_started",
                    bulk.Id.ToString(),
                    Documents.Write(new Dictionary<string, string>
                    {
                        ["act"] = Words<OutcomeBulkAct>.Of(wanted.Act),
                        ["items"] = chosen.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        ["outcome"] = Words<AcceptedOutcome>.Of(wanted.Outcome) ?? "",
                        ["evidence"] = wanted.Evidence ?? "",
                    })));
                await jobs.EnqueueAsync(tx, OutcomeBulks.Job(bulk.Id, time.GetUtcNow()));
                if (answer is not null) await answer.FinishAsync(tx, started);
                return started;
            },
            ct);
    }

    public Task<OutcomeBulk?> FindBulkAsync(MerchantScope scope, OutcomeBulkId id, CancellationToken ct) => database.ReadAsync(
        async reader => await BulkStore.FindAsync(reader, id) is { } bulk && bulk.Scope == scope ? bulk : null, ct);

    public Task<Page<OutcomeBulk>> ListBulksAsync(MerchantScope scope, PageRequest<OutcomeBulkId> page, CancellationToken ct) =>
        database.AskAsync(async reader => await BulkStore.ListAsync(reader, scope, page), ct);

    public Task<Page<OutcomeBulkItem>> ListBulkItemsAsync(OutcomeBulkId id, PageRequest<UnknownOutcomeId> page, CancellationToken ct) =>
        database.AskAsync(async reader => await BulkStore.ItemsAsync(reader, id, page), ct);

    private async Task<ConnectorAccount> AccountOfAsync(UnknownOutcome item, CancellationToken ct) =>
        (await accounts.FindAsync(item.ConnectorAccount, ct) ?? throw new InvalidOperationException($"The gateway account {item.ConnectorAccount} is gone.")).Account;

    private static Refusal? ProblemOf(OutcomeEvidence evidence) =>
        string.IsNullOrWhiteSpace(evidence.Evidence) ? OutcomeRefusals.EvidenceMissing
        : evidence.Evidence.Length > OutcomeEvidence.MostCharacters ? OutcomeRefusals.TooLong("evidence", OutcomeEvidence.MostCharacters)
        : evidence.GatewayReference?.Length > OutcomeEvidence.MostReferenceCharacters ? OutcomeRefusals.TooLong("gateway_reference", OutcomeEvidence.MostReferenceCharacters)
        : NeedsReference(evidence.Outcome) && string.IsNullOrWhiteSpace(evidence.GatewayReference) ? OutcomeRefusals.ReferenceMissing
        : null;

    private static Refusal? ProblemOf(NewOutcomeBulk wanted) =>
        (wanted.Ids is null) == (wanted.Filter is null) || wanted.Ids?.Count == 0 ? OutcomeRefusals.NothingChosen
        : wanted.Ids?.Count > NewOutcomeBulk.MostItems ? OutcomeRefusals.TooMany
        : wanted.Act != OutcomeBulkAct.Accept ? null
        : wanted.Outcome is not { } outcome || NeedsReference(outcome) ? OutcomeRefusals.BulkOutcome
        : ProblemOf(new OutcomeEvidence(outcome, GatewayReference: null, wanted.Evidence ?? "", File: null));

    private static bool NeedsReference(AcceptedOutcome outcome) => outcome is AcceptedOutcome.Captured or AcceptedOutcome.Authorized or AcceptedOutcome.Refunded;

    // A job that throws is tried again by its worker, later; to whoever asks by hand it is no answer.
    private async Task TryAskAsync(UnknownOutcome item)
    {
        try
        {
            await AskAsync(item, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not DatabaseException)
        {
            Log.NotAsked(log, item.Operation, failure);
        }
    }

    private async Task AskAsync(UnknownOutcome item, CancellationToken ct)
    {
        var shard = item.Scope.Shard;
        switch (item.Kind)
        {
            case UnknownOutcomeKind.Payment or UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment or UnknownOutcomeKind.Refund:
                await settle.RunAsync(new Job(shard, SettleOutcomes.JobKind, item.Operation, Payload: "", Attempt: 1), ct);
                break;
            case UnknownOutcomeKind.Setup:
                await settleSetups.RunAsync(new Job(shard, SettleSetups.JobKind, item.Operation, Payload: "", Attempt: 1), ct);
                break;
            case UnknownOutcomeKind.Release:
                await release.RunAsync(new Job(shard, ReleaseVerification.JobKind, item.Operation, Payload: "", Attempt: 1), ct);
                break;
            case UnknownOutcomeKind.Evidence or UnknownOutcomeKind.Dispute:
                await follow.RunAsync(new Job(shard, FollowDispute.JobKind, $"{item.ConnectorAccount}/{item.GatewayReference}", Payload: "", Attempt: 1), ct);
                break;
            case UnknownOutcomeKind.LateSuccess:
                break;
        }
    }

    // What gave up before stays in the table of jobs until it runs again and finds that all is known.
    private async ValueTask ForgetJobAsync(ITransaction tx, UnknownOutcome item)
    {
        var (kind, key) = item.Kind switch
        {
            UnknownOutcomeKind.Payment or UnknownOutcomeKind.Capture or UnknownOutcomeKind.Void or UnknownOutcomeKind.Increment
                or UnknownOutcomeKind.Refund => (SettleOutcomes.JobKind, item.Operation),
            UnknownOutcomeKind.Setup => (SettleSetups.JobKind, item.Operation),
            UnknownOutcomeKind.Release => (ReleaseVerification.JobKind, item.Operation),
            UnknownOutcomeKind.Evidence or UnknownOutcomeKind.Dispute => (FollowDispute.JobKind, $"{item.ConnectorAccount}/{item.GatewayReference}"),
            UnknownOutcomeKind.LateSuccess => (LateSuccess.JobKind, item.Operation),
        };
        if (item.Reason == UnknownOutcomeReason.NotReturned && item.Kind == UnknownOutcomeKind.LateSuccess) return;

        // A gateway may have spoken of it just now, whatever a person says: it is asked once more.
        var payload = kind == SettleOutcomes.JobKind ? SettleOutcomes.Hinted : "";
        await jobs.EnqueueAsync(tx, new NewJob(item.Scope.Shard, kind, key, time.GetUtcNow()) { Payload = payload });
    }

    private async Task<Result<UnknownOutcome>> ConcludeAsync(UnknownOutcome before, IdempotentWrite<UnknownOutcome>? answer) => await database.WriteAsync<Result<UnknownOutcome>>(
        async tx =>
        {
            var now = (await store.FindAsync(tx, before.Scope, before.Id))!;
            if (now.Reason == UnknownOutcomeReason.Settled) await ForgetJobAsync(tx, before);
            if (answer is not null) await answer.FinishAsync(tx, now);
            return now;
        },
        CancellationToken.None);

    private async Task<Result<UnknownOutcome>> RefusedAsync(Refusal refusal, IdempotentWrite<UnknownOutcome>? answer)
    {
        if (answer is not null) await database.WriteAsync(async tx => await answer.FinishAsync(tx, refusal), CancellationToken.None);
        return refusal;
    }

    private async Task<Refusal?> CancelPaymentAsync(OutcomeRequest request, UnknownOutcome item)
    {
        var intent = await database.ReadAsync(async reader => await IntentStore.GetAsync(reader, item.PaymentIntent!.Value), CancellationToken.None);
        if (intent.Status is PaymentIntentStatus.Processing or PaymentIntentStatus.RequiresAction)
        {
            // No reason of the kind that lapsing has: somebody decided, and no policy brings the payment back.
            var refused = intent.CheckoutSession is { } session
                ? (await database.WriteAsync(
                    async tx =>
                    {
                        var expired = await sessions.ExpireAsync(tx, item.Scope, session, request.Request.Origin, reason: null);
                        if (!expired.IsSuccess) tx.Abandon();
                        return expired;
                    },
                    CancellationToken.None)).Refusal
                : (await holds.CancelAsync(request.Request, intent.Id, reason: null, answer: null, CancellationToken.None)).Refusal;

            // Only a void is sent, so the payment is held by now. That may be stored as the answer to every repetition; that the
            // gateway has no room at the moment, or cannot be reached, may not.
            if (refused is not null) return refused.Kind == RefusalKind.Unavailable ? OutcomeRefusals.Settled(item.Id) : refused;
        }

        // Where its gateway cannot be asked now it is asked later, also where the job about it had given up.
        var job = SettleOutcomes.Job(new PaymentAttemptId(item.Id.Value), time.GetUtcNow());
        await database.WriteAsync(async tx => await jobs.EnqueueAsync(tx, job), CancellationToken.None);
        await TryAskAsync(item);
        return null;
    }

    // What contradicts itself waits for a person too, but is no money that came too late: it is not returned from here.
    private async Task<Refusal?> ReturnLateAsync(UnknownOutcome item)
    {
        var id = new ChargeId(item.Id.Value);
        return await database.WriteAsync<Refusal?>(
            async tx =>
            {
                var charge = (await ChargeStore.LockAsync(tx, id))!.Charge;
                if (charge.LateSuccess is not (LateSuccessPolicy.Ask or LateSuccessPolicy.Refund)) return OutcomeRefusals.NotCanceled(item);
                await ChargeStore.TryDecideLateAsync(tx, id, LateSuccessPolicy.Refund);
                await ChargeStore.SetAttentionAsync(tx, id, why: null);
                await jobs.EnqueueAsync(tx, LateSuccess.Job(id, time.GetUtcNow()));
                return null;
            },
            CancellationToken.None);
    }

    private ValueTask AuditAsync(ITransaction tx, OutcomeRequest request, UnknownOutcome item, string did, IReadOnlyDictionary<string, string> more)
    {
        var details = new Dictionary<string, string>(more)
        {
            ["kind"] = Words<UnknownOutcomeKind>.Of(item.Kind),
            ["reason"] = Words<UnknownOutcomeReason>.Of(item.Reason),
            ["operation"] = item.Operation,
        };
        return audit.RecordAsync(tx, new AuditEntry(item.Scope, request.Actor, "unknown_outcome." + did, item.Id.ToString(), Documents.Write(details)));
    }

    private static Dictionary<string, string> Told(OutcomeEvidence evidence)
    {
        var told = new Dictionary<string, string> { ["outcome"] = Words<AcceptedOutcome>.Of(evidence.Outcome), ["evidence"] = evidence.Evidence };
        if (evidence.GatewayReference is { } reference) told["gateway_reference"] = reference;
        if (evidence.File is { } file) told["file"] = file.ToString();
        return told;
    }

    private static string NameOf(AuditActor actor) => actor.Name.Length <= MostActorCharacters ? actor.Name : actor.Name[..MostActorCharacters];

    private static Refusal Abandoned(ITransaction tx, Refusal refusal)
    {
        tx.Abandon();
        return refusal;
    }
}
