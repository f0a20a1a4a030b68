using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>A payment that went unanswered and that nobody wants any more is reversed, where its gateway promises that it stays so.</summary>
public abstract class ReversalTests(PaymentsFixture fixture) : ClerkTests(fixture)
{
    // The acquirers that take a reversal by our key.
    public static TheoryData<string> Reversible => [AcquirerNames.Castellan, AcquirerNames.Hangang];

    [Theory, MemberData(nameof(Reversible))]
    public async Task A_payment_whose_answer_was_lost_can_be_canceled_and_its_hold_is_reversed(string acquirer)
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, acquirer, capture: CaptureMethod.Manual);

        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(lost)).Value.Status);

        var history = await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.Voided);
        Assert.Equal((PaymentIntentStatus.Canceled, 0), (history.Intent.Status, history.Charges.Count));
        Assert.Equal("reversed", (await Florin.BookedPaymentAsync(acquirer, history.Attempts[0].GatewayKey))!.State);
        await AgreementAsync(lost);
    }

    [Theory, MemberData(nameof(Reversible))]
    public async Task A_hold_that_was_reversed_while_an_older_answer_said_held_ends_as_freed(string acquirer)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer, capture: CaptureMethod.Manual)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await CancelAsync(waiting);
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var gateway = Florin.Get<IConnectors>().Get(acquirer);
        await gateway.ConfirmAsync(new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture), account, Ct);
        await Florin.HoldAsync(acquirer, "void", "before");
        await Florin.RepeatWebhookAsync(attempt);
        await Florin.HeldAsync(1);

        // It stands as held here, and its void is on the way, when another process's reversal comes through.
        Assert.IsType<GatewayAnswer.Voided>(await gateway.ReverseAsync(new ReverseOrder(attempt.GatewayKey, attempt.Amount), account, Ct));
        await Florin.ReleaseAsync("answer");

        var history = await EventuallyAsync(waiting, now => now.Charges is [{ Status: ChargeStatus.Voided }]);
        Assert.Equal(AttemptState.Voided, history.Attempts[0].State);
        Assert.Equal(OperationState.Declined, Assert.Single(history.Operations).State);
        Assert.Equal("reversed", (await Florin.BookedPaymentAsync(acquirer, attempt.GatewayKey))!.State);
    }

    [Theory, MemberData(nameof(Reversible))]
    public async Task A_reversed_request_that_arrives_only_then_takes_nothing(string acquirer)
    {
        var scope = await MerchantAsync();
        await Florin.FaultAsync(acquirer, "authorize", "reset", "before");
        var lost = (await PayAsync(Cards.Approved, acquirer, scope: scope)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, lost.Status);
        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(lost)).Value.Status);
        var history = await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.Voided);
        var attempt = history.Attempts[0];

        // The network gives the request back that it had swallowed.
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var card = new GatewayCard(Secret.Of(Cards.Approved), 12, 2040, Secret.Of(Cards.Cvc), "Kim Minji");
        var order = new AuthorizeOrder(attempt.GatewayKey, attempt.Amount, attempt.Capture, card, new Uri("https://shop.example/"), WebhookUrl: null, Description: null);
        var said = await Florin.Get<IConnectors>().Get(acquirer).AuthorizeAsync(order, account, Ct);

        Assert.IsType<GatewayAnswer.Voided>(said);
        var booked = (await Florin.BookedPaymentAsync(acquirer, attempt.GatewayKey))!;
        Assert.Equal(("reversed", 0, 0), (booked.State, booked.Authorized, booked.Captured));
    }

    [Theory, MemberData(nameof(Reversible))]
    public async Task Money_that_was_taken_before_the_reversal_is_shown_and_returned(string acquirer)
    {
        var scope = await MerchantAsync();
        Florin.Options.QuerySchedule = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 20)];
        await Florin.FaultAsync(acquirer, "query", "http500", "before", count: 1_000);
        var lost = await LostAsync(scope, acquirer);

        await CancelAsync(lost);

        var history = await EventuallyAsync(lost, now => now.Refunds is [{ State: OperationState.Succeeded }]);
        Assert.Equal((PaymentIntentStatus.Canceled, 10_000), (history.Intent.Status, history.Charges.Single().Refunded.Minor));
        Assert.Equal(LateSuccessPolicy.Refund, history.Charges[0].LateSuccess);
        await AgreementAsync(lost);
    }

    [Fact]
    public async Task A_payment_whose_gateway_cannot_reverse_waits_until_its_outcome_is_known()
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, AcquirerNames.Aurora);

        Assert.Equal("payment_intent_unexpected_state", (await CancelAsync(lost)).Refusal!.Code);
        var item = Assert.Single(await ListAsync(scope));
        Assert.False(item.CanCancel);
        Assert.Equal("unknown_outcome_not_cancelable", (await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).Refusal!.Code);
    }

    [Theory, MemberData(nameof(Reversible))]
    public async Task A_session_lapses_while_its_payment_is_unknown_where_that_can_be_reversed(string acquirer)
    {
        var scope = await MerchantAsync();
        var session = await NewSessionAsync(scope, acquirer);
        await Florin.FaultAsync(acquirer, "authorize", "reset", "before");
        var lost = (await Florin.Sessions.PayAsync(session.Id, session.UrlToken, new CheckoutPayment(Cards.Entry(Cards.Approved), "kim@example.com"), Ct)).Value.Payment!;

        Assert.Equal(CheckoutStatus.Expired, (await Florin.Sessions.ExpireAsync(Florin.Request(scope), session.Id, answer: null, Ct)).Value.Status);

        var history = await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.Voided);
        Assert.Equal((PaymentIntentStatus.Canceled, CancellationReason.Expired), (history.Intent.Status, history.Intent.CancellationReason));
        await AgreementAsync(lost);
    }

    [Theory, MemberData(nameof(Reversible))]
    public async Task Canceled_from_the_queue_a_payment_is_given_up_and_reversed_at_once(string acquirer)
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, acquirer, capture: CaptureMethod.Manual);
        var item = Assert.Single(await ListAsync(scope));

        var settled = (await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).Value;

        Assert.Equal(UnknownOutcomeReason.Settled, settled.Reason);
        Assert.Contains(settled.Acts, act => act is { Kind: OutcomeActKind.Cancellation, Actor: "clerk@example.com" });
        Assert.Contains(settled.Acts, act => act is { Kind: OutcomeActKind.Reversal, Said: "voided" });
        Assert.Equal(PaymentIntentStatus.Canceled, (await FindAsync(lost)).Status);
        await AgreementAsync(lost);
    }

    [Fact]
    public async Task Canceled_from_the_queue_while_its_gateway_cannot_be_asked_a_payment_is_reversed_later_also_where_its_job_had_given_up()
    {
        var scope = await MerchantAsync();
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.Zero];
        Florin.Options.BusyGatewayPause = TimeSpan.FromMilliseconds(50);
        await Florin.FaultAsync(AcquirerNames.Castellan, "query", "http500", "before", count: 2);
        var lost = await LostAsync(scope, AcquirerNames.Castellan, capture: CaptureMethod.Manual);
        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(lost)).Count == 1);
        await Florin.FaultAsync(AcquirerNames.Castellan, "reverse", "http500", "before", count: 2);
        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(lost)).Value.Status);
        await RunningFlorin.EventuallyAsync(async () => (await HistoryAsync(lost)).Attempts[0].Queries > 2 && (await Florin.DeadJobsAsync(lost)).Count == 1);
        await Florin.ResetFaultsAsync();
        var item = Assert.Single(await ListAsync(scope));
        var places = await AllPlacesToAskAsync(item);

        Assert.NotEqual(UnknownOutcomeReason.Settled, (await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).Value.Reason);

        foreach (var place in places) place.Dispose();
        await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.Voided);
        await AgreementAsync(lost);
    }
}

public sealed class ReversalsOnSqlite(SqlitePayments fixture) : ReversalTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class ReversalsOnPostgres(PostgresPayments fixture) : ReversalTests(fixture), IClassFixture<PostgresPayments>;
