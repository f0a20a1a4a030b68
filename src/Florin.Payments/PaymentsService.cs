using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.Disputes;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Payments.SetupIntents;
using Florin.Payments.UnknownOutcomes;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;

namespace Florin.Payments;

/// <summary>The module's front: sends each call to the part that does it, and answers plain questions.</summary>
internal sealed class PaymentsService(
    IDatabase database, IJobs jobs, IntentsService intents, HoldsService holds, RefundsService refunds, NotesService notes, ConnectorAccounts accounts, TimeProvider time)
    : IPayments
{
    public Task<Result<PaymentIntent>> CreateAsync(
        PaymentRequest request, NewPaymentIntent intent, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        intents.CreateAsync(request, intent, session: null, newCustomer: null, answer, ct);

    public Task<Result<PaymentIntent>> ConfirmAsync(
        PaymentRequest request, PaymentIntentId id, Confirmation confirmation, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        intents.ConfirmAsync(request, id, confirmation, answer, ct);

    public Task<Result<PaymentIntent>> UpdateAsync(
        PaymentRequest request, PaymentIntentId id, PaymentIntentChange change, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        intents.UpdateAsync(request, id, change, answer, ct);

    public Task<Result<PaymentIntent>> CaptureAsync(
        PaymentRequest request, PaymentIntentId id, long? amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        holds.CaptureAsync(request, id, amountMinor, answer, ct);

    public Task<Result<PaymentIntent>> IncrementAsync(
        PaymentRequest request, PaymentIntentId id, long amountMinor, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        holds.IncrementAsync(request, id, amountMinor, answer, ct);

    public Task<Result<PaymentIntent>> CancelAsync(
        PaymentRequest request, PaymentIntentId id, CancellationReason? reason, IdempotentWrite<PaymentIntent>? answer, CancellationToken ct) =>
        holds.CancelAsync(request, id, reason, answer, ct);

    public Task<Result<PaymentIntent>> ResumeAfterChallengeAsync(PaymentAttemptId attempt, string returnToken, CancellationToken ct) =>
        intents.ResumeAsync(attempt, returnToken, accounts, ct);

    public Task<Result<Refund>> RefundAsync(
        PaymentRequest request, NewRefund refund, IdempotentWrite<Refund>? answer, CancellationToken ct) =>
        refunds.CreateAsync(request, refund, answer, ct);

    public Task<Result<Refund>> CancelRefundAsync(PaymentRequest request, RefundId id, IdempotentWrite<Refund>? answer, CancellationToken ct) =>
        refunds.CancelAsync(request, id, answer, ct);

    public async Task<Result<int>> ReceiveWebhookAsync(ConnectorAccountId account, GatewayWebhook webhook, CancellationToken ct)
    {
        if (await accounts.FindAsync(account, ct) is not { } found) return PaymentRefusals.NoSuch("gateway account", account.ToString(), "account");
        var read = accounts.ConnectorOf(found.Account).ReadWebhook(webhook, found.Account);
        if (!read.TryGet(out var notice, out var refusal)) return refusal;

        // The call only hints: what it says happened is asked of the gateway, in the one place that settles outcomes. Most
        // calls tell what the answer told already, or is about to tell.
        var hinted = await database.ReadAsync(
            async reader =>
            {
                var open = new List<NewJob>();
                foreach (var key in notice.Keys)
                {
                    if (await JobForAsync(reader, key, found.Scope) is { } job) open.Add(job);
                }

                open.AddRange(notice.Disputes.Select(dispute => FollowDispute.Job(found.Scope.Shard, account, dispute, time.GetUtcNow())));

                return open;
            },
            ct);
        if (hinted.Count > 0) await database.WriteAsync(
            async tx =>
            {
                foreach (var job in hinted) await jobs.EnqueueAsync(tx, job);
            },
            ct);
        return hinted.Count;
    }

    public Task<PaymentIntent?> FindAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct) =>
        database.ReadAsync(async reader => await IntentStore.FindAsync(reader, scope, id), ct);

    public Task<Page<PaymentIntent>> ListAsync(
        MerchantScope scope, PaymentIntentFilter filter, PageRequest<PaymentIntentId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await IntentStore.ListAsync(reader, scope, filter, page), ct);

    public async Task<Charge?> FindChargeAsync(MerchantScope scope, ChargeId id, CancellationToken ct) =>
        (await FindChargesAsync(scope, [id], ct)).SingleOrDefault();

    public async Task<IReadOnlyList<Charge>> FindChargesAsync(MerchantScope scope, IReadOnlyCollection<ChargeId> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        var rows = await database.ReadAsync(async reader => await ChargeStore.FindManyAsync(reader, scope, ids), ct);
        return [.. rows.Select(row => row.Charge)];
    }

    public Task<Page<Charge>> ListChargesAsync(MerchantScope scope, ChargeFilter filter, PageRequest<ChargeId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await ChargeStore.ListAsync(reader, scope, filter, page), ct);

    public Task<Result<Charge>> UpdateChargeAsync(
        PaymentRequest request, ChargeId id, ChargeChange change, IdempotentWrite<Charge>? answer, CancellationToken ct) =>
        notes.UpdateAsync(request, id, change, answer, ct);

    public Task<Result<Refund>> UpdateRefundAsync(
        PaymentRequest request, RefundId id, MetadataChange change, IdempotentWrite<Refund>? answer, CancellationToken ct) =>
        notes.UpdateAsync(request, id, change, answer, ct);

    public Task<PaymentHistory?> HistoryAsync(MerchantScope scope, PaymentIntentId id, CancellationToken ct) => database.ReadAsync(
        async reader =>
        {
            var intent = await IntentStore.FindAsync(reader, scope, id);
            if (intent is null) return null;
            var charges = await ChargeStore.OfIntentAsync(reader, id);
            var operations = await OperationStore.OfIntentAsync(reader, id);
            var attempts = await AttemptStore.OfIntentAsync(reader, id);
            var refunds = await RefundStore.OfIntentAsync(reader, id);
            var settled = attempts.Select(attempt => attempt.Id.Value)
                .Concat(charges.Select(row => row.Charge.Id.Value))
                .Concat(operations.Select(row => row.Operation.Id.Value))
                .Concat(refunds.Select(refund => refund.Id.Value))
                .ToList();
            return new PaymentHistory(intent, attempts, [.. charges.Select(row => row.Charge)], [.. operations.Select(row => row.Operation)], refunds)
            {
                Statements = await OutcomeActs.StatementsAsync(reader, id.Shard(), settled),
                Disputes = await DisputeStore.OfIntentAsync(reader, id),
                Decisions = await RoutingDecisionStore.OfIntentAsync(reader, id),
            };
        },
        ct);

    public async Task<Refund?> FindRefundAsync(MerchantScope scope, RefundId id, CancellationToken ct)
    {
        var refund = await database.ReadAsync(async reader => await RefundStore.FindAsync(reader, id), ct);
        return refund?.Scope == scope ? refund : null;
    }

    public Task<Page<Refund>> ListRefundsAsync(
        MerchantScope scope, RefundFilter filter, PageRequest<RefundId> page, CancellationToken ct) =>
        database.ReadAsync(async reader => await RefundStore.ListAsync(reader, scope, filter, page), ct);

    // A key is the id of what was sent; one of another shard than the account's merchant is not ours to look at.
    private async Task<NewJob?> JobForAsync(ISqlReader reader, string key, MerchantScope scope)
    {
        var now = time.GetUtcNow();
        var job = Ids.TryParse<PaymentAttemptId>(key, out var attempt) && await IsWaitingAsync(reader, attempt) ? SettleOutcomes.Job(attempt, now)
            : Ids.TryParse<ChargeOperationId>(key, out var operation) && await OperationStore.FindAsync(reader, operation)
                is { Operation.State: OperationState.Unknown or OperationState.NotSent } ? SettleOutcomes.Job(operation, now)
            : Ids.TryParse<RefundId>(key, out var refund) && await RefundStore.FindAsync(reader, refund)
                is { State: OperationState.Unknown or OperationState.NotSent } ? SettleOutcomes.Job(refund, now)
            : Ids.TryParse<SetupAttemptId>(key, out var setup) && await SetupAttemptStore.FindAsync(reader, setup) is { } verification
                && SettleSetups.IsAsked(verification.State, isHinted: true) ? SettleSetups.Job(setup, now)
            : null;
        return job?.Shard == scope.Shard ? job with { Payload = SettleOutcomes.Hinted } : null;
    }

    private static async Task<bool> IsWaitingAsync(ISqlReader reader, PaymentAttemptId id) =>
        await AttemptStore.FindAsync(reader, id) is { State: AttemptState.Unknown or AttemptState.Challenge or AttemptState.NotSent };
}
