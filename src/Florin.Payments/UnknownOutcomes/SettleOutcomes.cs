using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Florin.Payments.UnknownOutcomes;

/// <summary>Finds out what became of an attempt, capture, void or refund whose answer was lost, by asking the gateway.</summary>
/// <remarks>
/// Asked on the schedule of <see cref="PaymentsOptions.QuerySchedule"/>; then the job is left for a person. Nothing here
/// guesses: an outcome is written down when the gateway states it, and never because time has passed.
/// </remarks>
internal sealed class SettleOutcomes(
    IDatabase database,
    IJobs jobs,
    IMerchants merchants,
    ConnectorAccounts accounts,
    GatewayCalls gateways,
    AttemptSettlement attempts,
    IntentsService intents,
    OperationSettlement operations,
    RefundsService refunds,
    Reversals reversals,
    OutcomeActs acts,
    PaymentsOptions options,
    TimeProvider time,
    ILogger<SettleOutcomes> log) : IJobHandler
{
    public const string JobKind = "payments.settle";

    public string Kind => JobKind;

    // More than a few hanging gateways can fill, each of which takes only so many questions at once.
    public int Concurrency => 64;

    public TimeSpan Lease => TimeSpan.FromMinutes(2);

    /// <summary>The payload of a job that a gateway's own call asked for: then even a closed attempt is looked at.</summary>
    public const string Hinted = "hinted";

    /// <summary>A job that looks even at what was closed as never sent.</summary>
    public static NewJob Hint<T>(T id, DateTimeOffset now) where T : struct, IId<T> => Job(id, now) with { Payload = Hinted };

    public static NewJob Job<T>(T id, DateTimeOffset runAt) where T : struct, IId<T> => new(id.Shard(), JobKind, Ids.Format(id), runAt);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        if (Ids.TryParse<PaymentAttemptId>(job.Key, out var attempt)) return await SettleAttemptAsync(attempt, isHinted: job.Payload == Hinted, ct);
        if (Ids.TryParse<ChargeOperationId>(job.Key, out var operation)) return await SettleOperationAsync(operation, isHinted: job.Payload == Hinted, job.Attempt, ct);
        if (Ids.TryParse<RefundId>(job.Key, out var refund)) return await SettleRefundAsync(refund, isHinted: job.Payload == Hinted, ct);
        return new JobOutcome.GiveUp($"'{job.Key}' names nothing that can be settled.");
    }

    private async Task<JobOutcome> SettleAttemptAsync(PaymentAttemptId id, bool isHinted, CancellationToken ct)
    {
        var (attempt, isReversed) = await database.ReadAsync(
            async reader =>
            {
                var found = await AttemptStore.FindAsync(reader, id);
                return (found, found is not null && await reversals.IsWantedAsync(reader, await IntentStore.GetAsync(reader, found.PaymentIntent), found));
            },
            ct);
        var isOpen = attempt is { State: AttemptState.Unknown or AttemptState.Challenge };
        if (attempt is null || !(isOpen || (isHinted && attempt.State == AttemptState.NotSent))) return JobOutcome.Done;
        var account = await AccountAsync(attempt.ConnectorAccount, ct);
        if (gateways.HasQuestionsWaiting(account)) return LookLater();
        var said = isReversed ? await ReverseAsync(account, attempt) : await QueryAsync(account, attempt);
        var asked = attempt with { Queries = attempt.Queries + 1 };
        var merchant = await MerchantOfAsync(attempt.PaymentIntent, ct);
        await database.WriteAsync(
            async tx =>
            {
                var intent = (await IntentStore.LockAsync(tx, attempt.PaymentIntent))!;
                var method = (await PaymentMethodStore.FindAsync(tx, intent.Scope, attempt.PaymentMethod))!;
                await attempts.ApplyAsync(tx, new AttemptStanding(intent, asked, method, merchant), said, origin: null);
                await acts.RecordAsync(tx, id.Value, isReversed ? OutcomeActKind.Reversal : OutcomeActKind.Query, said);
            },
            CancellationToken.None);
        var state = await StateAsync(id);
        if (state == AttemptState.Challenge && WasConfirmationLost(attempt, asked.Queries) && await IsStillWantedAsync(attempt))
        {
            // As if the buyer came back now. Where the challenge was not passed, the answer is that the gateway wants the buyer.
            await intents.ResumeAsync(id, attempt.ReturnToken, accounts, CancellationToken.None);
            state = await StateAsync(id);

            // What was lost once more was put at the head of the schedule, as any lost answer is: here the schedule goes on.
            if (state == AttemptState.Unknown) await AskLaterAsync(id, time.GetUtcNow() + options.QuerySchedule[asked.Queries]);
        }

        return state switch
        {
            // Only now do we know that the buyer is wanted, so the buyer is given time first.
            AttemptState.Challenge when attempt.State == AttemptState.Unknown => new JobOutcome.RunAgain(time.GetUtcNow() + options.ChallengePatience),
            AttemptState.Unknown or AttemptState.Challenge => AskAgain(job: attempt.GatewayKey, asked.Queries),
            AttemptState.Sent or AttemptState.Authorized or AttemptState.Captured or AttemptState.Declined or AttemptState.NotSent
                or AttemptState.Voided => JobOutcome.Done,
        };
    }

    // It was challenged and went on from there, so the buyer has come back; and the gateway has not heard of that. No more often than
    // the gateway is asked: then the buyer is wanted after all.
    private bool WasConfirmationLost(PaymentAttempt before, int queries) =>
        before is { State: AttemptState.Unknown, WasChallenged: true } && queries < options.QuerySchedule.Count;

    // Nobody's money is taken hours after they left: then, too, the buyer is wanted.
    private async Task<bool> IsStillWantedAsync(PaymentAttempt attempt)
    {
        var now = time.GetUtcNow();
        if (now - attempt.Id.CreatedAt() > options.ConfirmAgainWithin) return false;
        var session = await database.ReadAsync(
            async reader => await IntentStore.GetAsync(reader, attempt.PaymentIntent) is { CheckoutSession: { } id } ? await SessionStore.FindAsync(reader, id) : null,
            CancellationToken.None);
        return session is null || now < session.ExpiresAt;
    }

    private Task<AttemptState> StateAsync(PaymentAttemptId id) =>
        database.AskAsync(async reader => (await AttemptStore.FindAsync(reader, id))!.State, CancellationToken.None);

    private Task<GatewayAnswer> QueryAsync(ConnectorAccount account, PaymentAttempt attempt) => gateways.QueryAsync(
        account, new QueryOrder(GatewayOperation.Authorize, attempt.GatewayKey, attempt.GatewayReference, attempt.Amount), attempt.SentAt);

    // Nobody wants its money any more. "Not found" is no answer to that: the request may still arrive.
    private async Task<GatewayAnswer> ReverseAsync(ConnectorAccount account, PaymentAttempt attempt)
    {
        var order = new ReverseOrder(attempt.GatewayKey, attempt.Amount);
        var said = await gateways.AskAsync(account, (connector, deadline) => connector.ReverseAsync(order, account, deadline));
        return said is GatewayAnswer.NotFound ? new GatewayAnswer.Unknown("The gateway has not heard of what it was to reverse.") : said;
    }

    // It was closed as never sent, the gateway did it after all, and meanwhile another operation of the same hold was sent. Where
    // that one comes to nothing, this one is written down; where it succeeded too, the gateway has taken and freed one hold.
    private async Task<JobOutcome> ContradictedAsync(ChargeOperation operation, bool isLast)
    {
        const string Why = "The gateway says that it carried this out, and another operation of the same hold too or perhaps.";
        if (!isLast) return new JobOutcome.Failed(time.GetUtcNow() + options.QuerySchedule[0], Why);
        await database.WriteAsync(
            async tx => await ChargeStore.SetAttentionAsync(tx, operation.Charge, $"{operation.GatewayKey} ({Words<ChargeOperationKind>.Of(operation.Kind)}): {Why}"),
            CancellationToken.None);
        Log.OutcomeStillUnknown(log, operation.GatewayKey, operation.Queries);
        return new JobOutcome.GiveUp(Why + " A person must look.");
    }

    private async Task<JobOutcome> SettleOperationAsync(ChargeOperationId id, bool isHinted, int attemptNumber, CancellationToken ct)
    {
        var row = await database.ReadAsync(async reader => await OperationStore.FindAsync(reader, id), ct);
        if (row is null || !IsAsked(row.Operation.State, isHinted)) return JobOutcome.Done;
        var operation = row.Operation;
        var charge = (await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, operation.Charge), ct))!;
        var account = await AccountOfAsync(charge.Charge, ct);
        var kind = operation.Kind switch
        {
            ChargeOperationKind.Capture => GatewayOperation.Capture,
            ChargeOperationKind.Void => GatewayOperation.Void,
            ChargeOperationKind.Increment => GatewayOperation.Increment,
        };
        if (gateways.HasQuestionsWaiting(account)) return LookLater();
        var order = new QueryOrder(kind, operation.GatewayKey, charge.GatewayReference, operation.Amount);
        var said = await gateways.QueryAsync(account, order, operation.SentAt);
        var asked = operation with { Queries = operation.Queries + 1 };
        var merchant = await MerchantOfAsync(operation.PaymentIntent, ct);
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    await operations.ApplyAsync(tx, row with { Operation = asked }, merchant, said, origin: null);
                    await acts.RecordAsync(tx, id.Value, OutcomeActKind.Query, said);
                },
                CancellationToken.None);
        }
        catch (UniqueViolationException)
        {
            return await ContradictedAsync(operation, isLast: attemptNumber > options.QuerySchedule.Count);
        }

        var isOpen = operation.State == OperationState.Unknown && OperationSettlement.StateOf(said, operation) == OperationState.Unknown;
        return isOpen ? AskAgain(operation.GatewayKey, asked.Queries) : JobOutcome.Done;
    }

    private async Task<JobOutcome> SettleRefundAsync(RefundId id, bool isHinted, CancellationToken ct)
    {
        var refund = await database.ReadAsync(async reader => await RefundStore.FindAsync(reader, id), ct);
        if (refund is null || !IsAsked(refund.State, isHinted)) return JobOutcome.Done;
        var charge = (await database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, refund.Charge), ct))!;
        var account = await AccountOfAsync(charge.Charge, ct);
        if (gateways.HasQuestionsWaiting(account)) return LookLater();
        var order = new QueryOrder(GatewayOperation.Refund, refund.GatewayKey, charge.GatewayReference, refund.Amount);
        var said = await gateways.QueryAsync(account, order, refund.SentAt);
        var asked = refund with { Queries = refund.Queries + 1 };
        var settled = await database.WriteAsync(
            async tx =>
            {
                var applied = await refunds.ApplyAsync(tx, asked, said, origin: null);
                await acts.RecordAsync(tx, id.Value, OutcomeActKind.Query, said);
                return applied;
            },
            CancellationToken.None);
        return settled is { State: OperationState.Unknown } ? AskAgain(refund.GatewayKey, asked.Queries) : JobOutcome.Done;
    }

    // What was closed as never sent is looked at once more when the gateway itself speaks of it.
    private static bool IsAsked(OperationState state, bool isHinted) =>
        state == OperationState.Unknown || (isHinted && state == OperationState.NotSent);

    // A gateway that hangs must not keep the questions to others waiting: this one steps back, and does not count as asked.
    private JobOutcome.RunAgain LookLater() => new(time.GetUtcNow() + options.BusyGatewayPause);

    private Task AskLaterAsync(PaymentAttemptId id, DateTimeOffset at) =>
        database.WriteAsync(async tx => await jobs.EnqueueAsync(tx, Job(id, at)), CancellationToken.None);

    private JobOutcome AskAgain(string job, int queries)
    {
        if (queries < options.QuerySchedule.Count) return new JobOutcome.RunAgain(time.GetUtcNow() + options.QuerySchedule[queries]);
        Log.OutcomeStillUnknown(log, job, queries);
        return new JobOutcome.GiveUp($"The gateway gave no outcome in {queries} queries; a person must look.");
    }

    private async Task<ConnectorAccount> AccountAsync(ConnectorAccountId id, CancellationToken ct) =>
        (await accounts.FindAsync(id, ct) ?? throw new InvalidOperationException($"The gateway account {id} is gone.")).Account;

    private async Task<ConnectorAccount> AccountOfAsync(Charge charge, CancellationToken ct)
    {
        var attempt = await database.AskAsync(async reader => await AttemptStore.FindAsync(reader, charge.Attempt), ct);
        return await AccountAsync(attempt!.ConnectorAccount, ct);
    }

    private async Task<Merchant> MerchantOfAsync(PaymentIntentId id, CancellationToken ct)
    {
        var intent = await database.ReadAsync(async reader => await IntentStore.GetAsync(reader, id), ct);
        return (await merchants.FindAsync(intent.Scope.Merchant, ct))!;
    }
}
