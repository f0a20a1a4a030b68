using Florin.Connectors;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

public abstract class LateSuccessTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_buyer_who_passes_the_challenge_of_a_canceled_payment_is_not_charged(string acquirer)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(waiting)).Value.Status);

        Assert.Equal(PaymentIntentStatus.Canceled, (await AnswerChallengeAsync(waiting, TestCards.OneTimePassword)).Value.Status);

        Assert.Empty((await AgreementAsync(waiting)).Charges);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Money_that_comes_all_the_same_is_shown_and_returned(string acquirer)
    {
        var waiting = await CanceledAndConfirmedAsync(acquirer, CaptureMethod.Automatic);

        var history = await EventuallyAsync(waiting, now => now.Refunds is [{ State: OperationState.Succeeded }]);

        Assert.Equal(PaymentIntentStatus.Canceled, history.Intent.Status);
        Assert.Equal(history.Charges[0].Id, history.Intent.LatestCharge);
        Assert.Equal(10_000, history.Charges[0].Refunded.Minor);

        // The merchant sold nothing, so nothing is kept of it.
        Assert.Equal(0, history.Charges[0].Fee.Minor);
        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_hold_that_comes_all_the_same_is_freed(string acquirer)
    {
        var waiting = await CanceledAndConfirmedAsync(acquirer, CaptureMethod.Manual);

        var history = await EventuallyAsync(waiting, now => now.Charges is [{ Status: ChargeStatus.Voided }]);

        Assert.Equal(AttemptState.Voided, history.Attempts[0].State);
        await AgreementAsync(waiting);
    }

    [Theory]
    [InlineData("refund", CaptureMethod.Automatic)]
    [InlineData("void", CaptureMethod.Manual)]
    public async Task A_return_that_was_lost_on_the_way_is_sent_again(string operation, CaptureMethod capture)
    {
        await Florin.FaultAsync(AcquirerNames.Aurora, operation, "reset", "before");
        Hurry();
        var waiting = await CanceledAndConfirmedAsync(AcquirerNames.Aurora, capture);

        // First nobody knows, then the gateway has never heard of it, then it is asked for once more.
        await EventuallyAsync(waiting, now =>
            now.Refunds.Any(refund => refund.State == OperationState.Succeeded) || now.Charges is [{ Status: ChargeStatus.Voided }]);

        var history = await AgreementAsync(waiting);
        Assert.Equal(2, history.Refunds.Count + history.Operations.Count);
    }

    [Fact]
    public async Task Money_that_comes_after_the_gateway_had_never_heard_of_it_is_shown_and_returned()
    {
        await Florin.DelayAsync(AcquirerNames.Aurora, "authorize", TimeSpan.FromSeconds(4));
        Hurry();
        var lost = (await PayAsync(Cards.Approved, AcquirerNames.Aurora)).Value;
        await EventuallyAsync(lost, PaymentIntentStatus.RequiresPaymentMethod);
        var attempt = (await HistoryAsync(lost)).Attempts[0];
        Assert.Equal(AttemptState.NotSent, attempt.State);

        // Now the request that was late on its way is carried out, and the gateway tells of it.
        await Florin.RepeatWebhookAsync(attempt);

        var history = await EventuallyAsync(lost, now => now.Refunds is [{ State: OperationState.Succeeded }]);
        Assert.Equal(AttemptState.Captured, history.Attempts[0].State);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, history.Intent.Status);
        Assert.Equal(10_000, history.Charges.Single().Refunded.Minor);
    }

    [Fact]
    public async Task A_hold_that_comes_after_another_card_paid_is_freed_and_the_payment_stays_paid()
    {
        await Florin.DelayAsync(AcquirerNames.Aurora, "authorize", TimeSpan.FromSeconds(4));
        Hurry();
        var lost = (await PayAsync(Cards.Approved, AcquirerNames.Aurora, capture: CaptureMethod.Manual)).Value;
        await EventuallyAsync(lost, PaymentIntentStatus.RequiresPaymentMethod);
        var late = (await HistoryAsync(lost)).Attempts[0];
        var again = new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null);
        Assert.Equal(PaymentIntentStatus.RequiresCapture, (await Payments.ConfirmAsync(Florin.Request(), lost.Id, again, answer: null, Ct)).Value.Status);

        await Florin.RepeatWebhookAsync(late);

        var history = await EventuallyAsync(lost, now => now.Charges.Any(charge => charge.Status == ChargeStatus.Voided));
        Assert.Equal(PaymentIntentStatus.RequiresCapture, history.Intent.Status);
        Assert.Equal(10_000, history.Intent.AmountCapturable.Minor);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await CaptureAsync(lost)).Value.Status);
    }

    // No gateway of the sandbox moves money before we confirm, so the test confirms in a way that nobody else would.
    private async Task<PaymentIntent> CanceledAndConfirmedAsync(string acquirer, CaptureMethod capture)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer, capture: capture)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await CancelAsync(waiting);
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var order = new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture);
        await Florin.Get<IConnectors>().Get(acquirer).ConfirmAsync(order, account, Ct);
        await Florin.RepeatWebhookAsync(attempt);
        return waiting;
    }
}

public sealed class LateSuccessOnSqlite(SqlitePayments fixture) : LateSuccessTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class LateSuccessOnPostgres(PostgresPayments fixture) : LateSuccessTests(fixture), IClassFixture<PostgresPayments>;
