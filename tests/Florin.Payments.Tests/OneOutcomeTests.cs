using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Charges;
using Florin.Payments.Disputes;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;
using TestCards = Florin.Sandbox.TestCards;

namespace Florin.Payments.Tests;

/// <summary>Whoever learns an outcome, and however many at once: it is written down once.</summary>
public abstract class OneOutcomeTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const int Rounds = 1_000;
    private const int AtOnce = 8;

    private static readonly AuditActor Clerk = new(AuditActorKind.User, "clerk@example.com");

    private IUnknownOutcomes Queue => Florin.Get<IUnknownOutcomes>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Florin.Options.QuerySchedule = [TimeSpan.FromDays(1)];
    }

    [Fact]
    public async Task A_thousand_payments_whose_outcome_everybody_learns_at_once_are_each_charged_once()
    {
        var scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
        var request = new OutcomeRequest(Florin.Request(scope), Clerk);

        await Parallel.ForAsync(0, Rounds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (round, _) =>
        {
            var (intent, attempt, reference) = await LostAfterConfirmingAsync(scope, AcquirerNames.All[round % AcquirerNames.All.Count]);
            var id = new UnknownOutcomeId(attempt.Id.Value);
            var evidence = new OutcomeEvidence(AcceptedOutcome.Captured, reference, "Their page shows it.", File: null);
            var job = new Job(scope.Shard, SettleOutcomes.JobKind, attempt.GatewayKey, SettleOutcomes.Hinted, Attempt: 1);

            await TogetherAsync(
                () => Florin.Get<SettleOutcomes>().RunAsync(job, Ct),
                () => Florin.Get<SettleOutcomes>().RunAsync(job with { Payload = "" }, Ct),
                () => ReturnAsync(intent),
                () => Queue.AcceptAsync(request, id, evidence, answer: null, Ct),
                () => Queue.QueryAsync(request, id, answer: null, Ct));

            var history = await HistoryAsync(intent);
            var charge = Assert.Single(history.Charges);
            Assert.Equal((PaymentIntentStatus.Succeeded, ChargeStatus.Captured), (history.Intent.Status, charge.Status));
            Assert.Single(await Florin.Ledger.ForSubjectsAsync(scope.Shard, [charge.Id.Value], Ct));
            Assert.Single(await Florin.Events.ForSubjectsAsync(scope, [intent.Id.Value], Ct), each => each.Type == EventTypes.PaymentIntentSucceeded);
        });

        Assert.Empty((await Florin.Ledger.VerifyAsync(progress: null, Ct)).Faults);
        var receivable = (await Florin.Ledger.BalancesAsync(scope, Ct)).Where(each => each.AccountCode.StartsWith("gateway_receivable", StringComparison.Ordinal));
        Assert.Equal(Rounds * 100, receivable.Sum(each => each.Amount.Minor));
        Assert.Equal(0, (await Queue.CountAsync(scope, new UnknownOutcomeFilter(), Ct)).Total);
    }

    [Fact]
    public async Task What_people_and_gateways_say_differently_at_once_is_written_down_as_one_of_both()
    {
        var scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
        var request = new OutcomeRequest(Florin.Request(scope), Clerk);
        for (var round = 0; round < 30; round++)
        {
            var (intent, attempt, _) = await LostAfterConfirmingAsync(scope, AcquirerNames.Castellan);
            var id = new UnknownOutcomeId(attempt.Id.Value);
            var wrong = new OutcomeEvidence(AcceptedOutcome.Declined, GatewayReference: null, "They say no.", File: null);
            var job = new Job(scope.Shard, SettleOutcomes.JobKind, attempt.GatewayKey, Payload: "", Attempt: 1);

            await TogetherAsync(
                () => Florin.Get<SettleOutcomes>().RunAsync(job, Ct),
                () => Queue.AcceptAsync(request, id, wrong, answer: null, Ct),
                () => CancelAsync(intent));

            var history = await HistoryAsync(intent);
            var charges = history.Charges.Where(each => each.Attempt == attempt.Id).ToList();
            Assert.True(charges.Count <= 1);
            Assert.False(history.Intent.Status == PaymentIntentStatus.Processing, "It is still being processed.");
            var posted = charges.Count == 0 ? [] : await Florin.Ledger.ForSubjectsAsync(scope.Shard, [charges[0].Id.Value], Ct);
            Assert.Equal(charges is [{ Status: ChargeStatus.Captured }] ? 1 : 0, posted.Count);
        }
    }

    [Fact]
    public async Task A_refund_a_query_and_a_person_at_once_return_it_once()
    {
        var scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
        var request = new OutcomeRequest(Florin.Request(scope), Clerk);
        for (var round = 0; round < 15; round++)
        {
            var paid = await PaidAsync(AcquirerNames.All[round % 3], scope: scope);
            await Florin.FaultAsync(AcquirerNames.All[round % 3], "refund", "reset", "after");
            var refund = (await RefundAsync(paid, 6_000)).Value;
            Assert.Equal(OperationState.Unknown, refund.State);
            var id = new UnknownOutcomeId(refund.Id.Value);
            var evidence = new OutcomeEvidence(AcceptedOutcome.Refunded, "ref", "Their page shows it.", File: null);
            var job = new Job(scope.Shard, SettleOutcomes.JobKind, refund.GatewayKey, Payload: "", Attempt: 1);

            await TogetherAsync(
                () => Florin.Get<SettleOutcomes>().RunAsync(job, Ct),
                () => Queue.AcceptAsync(request, id, evidence, answer: null, Ct),
                () => Queue.QueryAsync(request, id, answer: null, Ct),
                () => RefundAsync(paid, 6_000));

            await AgreementAsync(paid);
            Assert.Single(await Florin.Ledger.ForSubjectsAsync(scope.Shard, [refund.Id.Value], Ct));
        }
    }

    [Fact]
    public async Task A_capture_that_was_closed_as_never_sent_and_was_carried_out_counts()
    {
        var held = await HeldAsync(AcquirerNames.Aurora);
        var capture = await ClosedAsNeverSentAsync(held, "capture");
        Assert.Equal(PaymentIntentStatus.RequiresCapture, (await FindAsync(held)).Status);

        await CarryOutAsync(held, connector => connector.CaptureAsync);
        await HintedAsync(capture);

        await AgreementAsync(await EventuallyAsync(held, PaymentIntentStatus.Succeeded));

        async Task CarryOutAsync(PaymentIntent intent, Func<IConnector, Func<CaptureOrder, ConnectorAccount, CancellationToken, Task<GatewayAnswer>>> call)
        {
            var (row, account) = await ChargeAndAccountAsync(intent);
            Assert.IsType<GatewayAnswer.Captured>(await call(Florin.Get<IConnectors>().Get(account.Connector))(
                new CaptureOrder(capture.GatewayKey, row.GatewayReference!, capture.Amount, row.Charge.Amount), account, Ct));
        }
    }

    [Fact]
    public async Task An_increment_that_is_heard_of_while_a_capture_is_unknown_does_not_end_the_wait_for_it()
    {
        var held = await HeldAsync(AcquirerNames.Aurora);
        var increment = await ClosedAsNeverSentAsync(held, "increment");
        await Florin.FaultAsync(AcquirerNames.Aurora, "capture", "reset", "before");
        Assert.Equal(PaymentIntentStatus.Processing, (await CaptureAsync(held)).Value.Status);
        var (row, account) = await ChargeAndAccountAsync(held);
        await Florin.Get<IConnectors>().Get(AcquirerNames.Aurora).IncrementAsync(
            new IncrementOrder(increment.GatewayKey, row.GatewayReference!, increment.Amount, row.Charge.Amount), account, Ct);

        await HintedAsync(increment);

        var history = await HistoryAsync(held);
        Assert.Equal((PaymentIntentStatus.Processing, increment.Amount), (history.Intent.Status, history.Charges[0].Amount));
        Assert.Equal("payment_intent_unexpected_state", (await CaptureAsync(held)).Refusal!.Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refund_that_was_closed_as_never_sent_and_was_carried_out_counts_beside_a_dispute(bool isDisputed)
    {
        var scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "before");
        var refund = (await RefundAsync(paid, 3_000)).Value;
        await CloseAsync(refund);
        var charge = (await HistoryAsync(paid)).Charges[0];
        Assert.True(charge.Refunded.IsZero);
        if (isDisputed) await Florin.Database.WriteAsync(async tx => Assert.True(await ChargeStore.TryAddDisputedAsync(tx, charge.Id, new Money(7_000, Currency.Usd))), Ct);

        await Florin.Database.WriteAsync(
            async tx => await Florin.Get<RefundsService>().ApplyAsync(
                tx, (await RefundStore.FindAsync(tx, refund.Id))!, new GatewayAnswer.Refunded("au_late", refund.Amount), origin: null),
            Ct);

        var history = await HistoryAsync(paid);
        Assert.Equal((OperationState.Succeeded, 3_000), (history.Refunds[0].State, history.Charges[0].Refunded.Minor));
        Assert.Single(await Florin.Ledger.ForSubjectsAsync(scope.Shard, [refund.Id.Value], Ct));
    }

    [Fact]
    public async Task A_late_refund_of_more_than_a_dispute_has_left_changes_nothing()
    {
        var paid = await PaidAsync(AcquirerNames.Aurora);
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "before");
        var refund = (await RefundAsync(paid, 3_001)).Value;
        await CloseAsync(refund);
        var charge = (await HistoryAsync(paid)).Charges[0].Id;
        await Florin.Database.WriteAsync(async tx => Assert.True(await ChargeStore.TryAddDisputedAsync(tx, charge, new Money(7_000, Currency.Usd))), Ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Florin.Database.WriteAsync(
            async tx => await Florin.Get<RefundsService>().ApplyAsync(
                tx, (await RefundStore.FindAsync(tx, refund.Id))!, new GatewayAnswer.Refunded("au_late", refund.Amount), origin: null),
            Ct));

        var history = await HistoryAsync(paid);
        Assert.Equal((OperationState.NotSent, 0), (history.Refunds[0].State, history.Charges[0].Refunded.Minor));
    }

    [Fact]
    public async Task A_gateway_that_no_longer_knows_a_dispute_is_asked_again_by_the_schedule()
    {
        var paid = await PaidAsync(AcquirerNames.Aurora);
        var account = (await HistoryAsync(paid)).Attempts[0].ConnectorAccount;
        var job = new Job(paid.Scope.Shard, FollowDispute.JobKind, $"{account}/nobody-knows-it", Payload: "", Attempt: 1);

        var outcome = Assert.IsType<JobOutcome.Failed>(await Florin.Get<FollowDispute>().RunAsync(job, Ct));
        Assert.Contains("which it spoke of before", outcome.Why, StringComparison.Ordinal);
        Assert.IsType<JobOutcome.GiveUp>(await Florin.Get<FollowDispute>().RunAsync(job with { Attempt = Florin.Options.QuerySchedule.Count + 1 }, Ct));
    }

    [Fact]
    public async Task Money_that_came_too_late_and_was_charged_back_is_not_given_twice()
    {
        var scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        var attempt = (await HistoryAsync(paid)).Attempts[0];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var now = TimeProvider.System.GetUtcNow();
        var told = new GatewayDispute(
            "charged-back", attempt.GatewayKey, GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, paid.Amount, DisputeReason.Fraudulent, null,
            now, now.AddDays(7), []);
        await Florin.Database.WriteAsync(tx => Florin.Get<DisputeSettlement>().ApplyAsync(tx, account, scope, told, null), Ct);
        var job = new Job(scope.Shard, LateSuccess.JobKind, paid.LatestCharge!.Value.ToString(), Payload: "", Attempt: 1);

        Assert.IsType<JobOutcome.RunAgain>(await Florin.Get<LateSuccess>().RunAsync(job, Ct));
        await Florin.Database.WriteAsync(
            tx => Florin.Get<DisputeSettlement>().ApplyAsync(tx, account, scope, told with { State = GatewayDisputeState.Lost }, null), Ct);
        Assert.Same(JobOutcome.Done, await Florin.Get<LateSuccess>().RunAsync(job, Ct));

        Assert.Empty((await HistoryAsync(paid)).Refunds);
    }

    // As it is when the answer to a confirmation is lost: the gateway has taken the money, and we do not know.
    private async Task<(PaymentIntent Intent, PaymentAttempt Attempt, string Reference)> LostAfterConfirmingAsync(MerchantScope scope, string acquirer)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer, amount: 100, scope: scope)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var said = await Florin.Get<IConnectors>().Get(acquirer).ConfirmAsync(
            new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture), account, Ct);
        var merchant = (await Florin.Get<IMerchants>().FindAsync(scope.Merchant, Ct))!;
        await Florin.Database.WriteAsync(
            async tx =>
            {
                var intent = (await IntentStore.LockAsync(tx, waiting.Id))!;
                var sent = attempt with { State = AttemptState.Sent, SentAt = attempt.SentAt.AddMilliseconds(1) };
                Assert.True(await AttemptStore.TryMoveAsync(tx, attempt, sent));
                var processing = intent with { Status = PaymentIntentStatus.Processing, NextAction = null };
                await IntentStore.MoveAsync(tx, intent.Status, processing);
                var method = (await PaymentMethodStore.FindAsync(tx, scope, attempt.PaymentMethod))!;
                await Florin.Get<AttemptSettlement>().ApplyAsync(
                    tx, new AttemptStanding(processing, sent, method, merchant), new GatewayAnswer.Unknown("It was lost."), origin: null);
            },
            Ct);
        return (waiting, attempt, Assert.IsType<GatewayAnswer.Captured>(said).Reference);
    }

    private async Task<ChargeOperation> ClosedAsNeverSentAsync(PaymentIntent held, string operation)
    {
        await Florin.FaultAsync(AcquirerNames.Aurora, operation, "reset", "before");
        await (operation == "capture" ? CaptureAsync(held) : Payments.IncrementAsync(Florin.Request(), held.Id, 15_000, answer: null, Ct));
        var lost = (await HistoryAsync(held)).Operations[^1];
        Assert.Equal(OperationState.Unknown, lost.State);
        var never = new OutcomeEvidence(AcceptedOutcome.NeverSent, GatewayReference: null, "They never heard of it.", File: null);
        Assert.True((await Queue.AcceptAsync(new OutcomeRequest(Florin.Request(), Clerk), new UnknownOutcomeId(lost.Id.Value), never, answer: null, Ct)).IsSuccess);
        return lost;
    }

    private async Task CloseAsync(Refund refund)
    {
        Assert.Equal(OperationState.Unknown, refund.State);
        var never = new OutcomeEvidence(AcceptedOutcome.NeverSent, GatewayReference: null, "They never heard of it.", File: null);
        Assert.True((await Queue.AcceptAsync(new OutcomeRequest(Florin.Request(refund.Scope), Clerk), new UnknownOutcomeId(refund.Id.Value), never, answer: null, Ct)).IsSuccess);
    }

    private Task<JobOutcome> HintedAsync(ChargeOperation operation) => Florin.Get<SettleOutcomes>().RunAsync(
        new Job(operation.Id.Shard(), SettleOutcomes.JobKind, operation.GatewayKey, SettleOutcomes.Hinted, Attempt: 1), Ct);

    private async Task<(ChargeRow Row, ConnectorAccount Account)> ChargeAndAccountAsync(PaymentIntent intent)
    {
        var history = await HistoryAsync(intent);
        var row = (await Florin.Database.ReadAsync(async reader => await ChargeStore.FindAsync(reader, history.Charges[0].Id), Ct))!;
        return (row, (await Florin.Get<ConnectorAccounts>().FindAsync(history.Attempts[0].ConnectorAccount, Ct))!.Value.Account);
    }

    /// <summary>Starts all of them at the same moment.</summary>
    private static async Task TogetherAsync(params Func<Task>[] calls)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = calls.Select(call => Task.Run(async () =>
        {
            await go.Task;
            await call();
        })).ToList();
        go.SetResult();
        await Task.WhenAll(running);
    }
}

public sealed class OneOutcomeOnSqlite(SqlitePayments fixture) : OneOutcomeTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class OneOutcomeOnPostgres(PostgresPayments fixture) : OneOutcomeTests(fixture), IClassFixture<PostgresPayments>;
