using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Attempts;
using Florin.Payments.Intents;
using Florin.Payments.Refunds;
using Florin.Payments.Routing;
using Florin.Sandbox;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Payments.Tests;

/// <summary>A process stands still between writing an operation down as sent and sending it, for so long that another may have
/// closed it meanwhile.</summary>
public abstract class StandstillTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    [Theory, MemberData(nameof(Acquirers))]
    public async Task What_was_not_sent_in_time_is_not_sent_any_more_and_the_buyer_pays_once(string acquirer)
    {
        var intent = (await Payments.CreateAsync(Florin.Request(), NewIntent(card: null, acquirer, confirm: false), answer: null, Ct)).Value;

        var failed = SubjectOf(await AfterStandingStill().ConfirmAsync(Florin.Request(), intent.Id, WithCard(Cards.Approved), answer: null, Ct));

        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, failed.Status);
        var unsent = Assert.Single((await HistoryAsync(intent)).Attempts);
        Assert.Equal(AttemptState.NotSent, unsent.State);
        Assert.Null(await Florin.BookedPaymentAsync(acquirer, unsent.GatewayKey));
        await AgreementAsync((await Payments.ConfirmAsync(Florin.Request(), intent.Id, WithCard(Cards.Approved), answer: null, Ct)).Value);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_passed_challenge_that_was_not_confirmed_in_time_is_not_confirmed_any_more(string acquirer)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        var challenged = (await HistoryAsync(waiting)).Attempts[^1];

        var resumed = (await AfterStandingStill().ResumeAsync(challenged.Id, challenged.ReturnToken, Florin.Get<ConnectorAccounts>(), Ct)).Value;

        Assert.Equal(PaymentIntentStatus.Processing, resumed.Status);
        Assert.Equal(AttemptState.Unknown, (await HistoryAsync(waiting)).Attempts[^1].State);
        Assert.Equal(0, (await Florin.BookedPaymentAsync(acquirer, challenged.GatewayKey))?.Captured ?? 0);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Never_heard_of_it_is_not_final_because_its_answer_was_read_late(string acquirer)
    {
        var paid = (await PayAsync(Cards.Approved, acquirer)).Value;
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync((await HistoryAsync(paid)).Attempts[^1].ConnectorAccount, Ct))!.Value.Account;
        var clock = new SkippingTime();
        var calls = ActivatorUtilities.CreateInstance<GatewayCalls>(Florin.Services, clock);
        var order = new QueryOrder(GatewayOperation.Authorize, new IdSource(clock, RandomSource.System).New<PaymentAttemptId>(paid.Scope.Shard).ToString(), null, paid.Amount);
        var sentAt = clock.GetUtcNow();
        await Florin.HoldAsync(acquirer, "query", "after");

        var asking = calls.QueryAsync(account, order, sentAt);
        await Florin.HeldAsync(1);
        clock.Skip(TimeSpan.FromHours(1));
        await Florin.ReleaseAsync("answer");

        Assert.IsType<GatewayAnswer.Unknown>(await asking);
        Assert.IsType<GatewayAnswer.NotFound>(await calls.QueryAsync(account, order, sentAt));
    }

    [Fact]
    public async Task A_refund_that_was_not_called_back_in_time_is_not_called_back_any_more_and_stays_what_it_is()
    {
        var slow = TestCards.All.Single(card => card.Behavior == TestCardBehavior.SlowRefund).Number;
        var paid = (await PayAsync(slow, AcquirerNames.Aurora)).Value;
        var pending = (await RefundAsync(paid, 4_000)).Value;
        var refunds = ActivatorUtilities.CreateInstance<RefundsService>(Florin.Services, LaterCalls());

        var answered = (await refunds.CancelAsync(Florin.Request(), pending.Id, answer: null, Ct)).Value;

        Assert.Equal(OperationState.Unknown, answered.State);
        Assert.Equal(4_000, Assert.Single((await HistoryAsync(paid)).Charges).Refunded.Minor);
        var booked = (await Florin.BookedOperationsAsync(AcquirerNames.Aurora, (await HistoryAsync(paid)).Attempts[0].GatewayKey)).Single(each => each.Key == pending.GatewayKey);
        Assert.Contains(booked.State, new[] { "working", "approved" });
    }

    private static Confirmation WithCard(string card) => new(PaymentMethod: null, NewMethod(card), ReturnUrl: null);

    private IntentsService AfterStandingStill() => ActivatorUtilities.CreateInstance<IntentsService>(
        Florin.Services, ActivatorUtilities.CreateInstance<PaymentCollector>(Florin.Services, LaterCalls()));

    // The clock that calls are made by is ahead of the one that the attempt was written down by.
    private GatewayCalls LaterCalls()
    {
        var later = new SkippingTime();
        later.Skip(Florin.Options.GatewayDeadline);
        return ActivatorUtilities.CreateInstance<GatewayCalls>(Florin.Services, later);
    }
}

public sealed class StandstillOnSqlite(SqlitePayments fixture) : StandstillTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class StandstillOnPostgres(PostgresPayments fixture) : StandstillTests(fixture), IClassFixture<PostgresPayments>;
