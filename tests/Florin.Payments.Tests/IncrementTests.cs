using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>Holds that are raised, and refunds that are called back: what Aurora can do and the others cannot.</summary>
public abstract class IncrementTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private static readonly string SlowRefund = TestCards.All.Single(card => card.Behavior == TestCardBehavior.SlowRefund).Number;
    private static readonly string DeclineIncrement = TestCards.All.Single(card => card.Behavior == TestCardBehavior.DeclineIncrement).Number;

    [Fact]
    public async Task A_raised_hold_is_captured_whole()
    {
        var raised = (await RaiseAsync(await HeldAsync(AcquirerNames.Aurora), 15_000)).Value;
        Assert.Equal((PaymentIntentStatus.RequiresCapture, 15_000, 15_000), (raised.Status, raised.Amount.Minor, raised.AmountCapturable.Minor));

        // Once more, and then all of it.
        raised = (await RaiseAsync(raised, 16_000)).Value;
        var paid = (await CaptureAsync(raised)).Value;

        Assert.Equal((PaymentIntentStatus.Succeeded, 16_000), (paid.Status, paid.AmountReceived.Minor));
        var history = await HistoryAsync(paid);
        Assert.Equal(16_000, Assert.Single(history.Charges).Captured.Minor);
        Assert.Equal((16_000, 16_000), await BookedAsync(history));
    }

    [Fact]
    public async Task A_raised_hold_is_freed_whole()
    {
        var raised = (await RaiseAsync(await HeldAsync(AcquirerNames.Aurora), 15_000)).Value;
        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(raised)).Value.Status);
        var history = await HistoryAsync(raised);
        Assert.True((await Florin.BookedPaymentAsync(AcquirerNames.Aurora, history.Attempts[0].GatewayKey))!.Voided);
    }

    [Fact]
    public async Task A_refused_increment_leaves_the_hold_as_it_was()
    {
        var held = (await PayAsync(DeclineIncrement, AcquirerNames.Aurora, capture: CaptureMethod.Manual)).Value;

        var refused = await RaiseAsync(held, 15_000);

        Assert.Equal((RefusalKind.Declined, "card_declined"), (refused.Refusal!.Kind, refused.Refusal.Code));
        Assert.Equal((PaymentIntentStatus.RequiresCapture, 10_000), (SubjectOf(refused).Status, SubjectOf(refused).Amount.Minor));
        await AgreementAsync((await CaptureAsync(held)).Value);
    }

    [Theory]
    [InlineData("before", 10_000)]
    [InlineData("after", 15_000)]
    public async Task A_lost_answer_to_an_increment_is_asked_for(string when, long amount)
    {
        var held = await HeldAsync(AcquirerNames.Aurora);
        await Florin.FaultAsync(AcquirerNames.Aurora, "increment", "reset", when);
        Hurry();

        var unknown = (await RaiseAsync(held, 15_000)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);

        var settled = await EventuallyAsync(unknown, PaymentIntentStatus.RequiresCapture);
        Assert.Equal((amount, amount), (settled.Amount.Minor, settled.AmountCapturable.Minor));
        Assert.Equal((amount, 0), await BookedAsync(await HistoryAsync(settled)));
    }

    [Fact]
    public async Task What_cannot_be_raised_is_refused_by_name()
    {
        var elsewhere = await RaiseAsync(await HeldAsync(AcquirerNames.Castellan), 15_000);
        Assert.Equal("payment_intent_incompatible_payment_method", elsewhere.Refusal!.Code);
        Assert.Equal("payment_intent_unexpected_state", (await RaiseAsync(await PaidAsync(AcquirerNames.Aurora), 15_000)).Refusal!.Code);
        var held = await HeldAsync(AcquirerNames.Aurora);
        Assert.Equal("amount_too_small", (await RaiseAsync(held, 10_000)).Refusal!.Code);
        for (var i = 1; i <= 10; i++) Assert.True((await RaiseAsync(held, 10_000 + i)).IsSuccess);
        Assert.Equal("payment_intent_too_many_attempts", (await RaiseAsync(held, 20_000)).Refusal!.Code);
    }

    [Fact]
    public async Task A_refund_that_is_being_worked_on_is_called_back_and_its_amount_is_free_again()
    {
        var paid = (await PayAsync(SlowRefund, AcquirerNames.Aurora)).Value;
        var pending = (await RefundAsync(paid, 4_000)).Value;
        Assert.Equal(OperationState.Unknown, pending.State);

        var canceled = (await CancelRefundAsync(pending)).Value;

        Assert.Equal(OperationState.Canceled, canceled.State);
        Assert.Equal(0, (await HistoryAsync(paid)).Charges[0].Refunded.Minor);
        Assert.Equal("refund_not_cancelable", (await CancelRefundAsync(pending)).Refusal!.Code);
        Assert.Equal((10_000, 0), await ReturnedAsync(paid));
    }

    [Fact]
    public async Task A_pending_refund_ends_by_itself_and_is_then_too_late_to_call_back()
    {
        var paid = (await PayAsync(SlowRefund, AcquirerNames.Aurora)).Value;
        var pending = (await RefundAsync(paid, 4_000)).Value;

        Florin.SandboxTime.Skip(TestCards.SlowRefund);
        await EventuallyAsync(paid, history => history.Refunds[0].State == OperationState.Succeeded);

        Assert.Equal("refund_not_cancelable", (await CancelRefundAsync(pending)).Refusal!.Code);
        Assert.Equal((10_000, 4_000), await ReturnedAsync(paid));
        await AgreementAsync(paid);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task A_lost_answer_to_a_cancellation_leaves_the_refund_to_what_the_gateway_says(string when)
    {
        var paid = (await PayAsync(SlowRefund, AcquirerNames.Aurora)).Value;
        var pending = (await RefundAsync(paid, 4_000)).Value;
        await Florin.FaultAsync(AcquirerNames.Aurora, "cancel_refund", "reset", when);

        Assert.True((await CancelRefundAsync(pending)).Value.State is OperationState.Unknown or OperationState.Canceled);

        if (when == "before") Florin.SandboxTime.Skip(TestCards.SlowRefund);
        var wanted = when == "before" ? OperationState.Succeeded : OperationState.Canceled;
        await EventuallyAsync(paid, history => history.Refunds[0].State == wanted);
        Assert.Equal((10_000, when == "before" ? 4_000 : 0), await ReturnedAsync(paid));
    }

    private Task<Result<PaymentIntent>> RaiseAsync(PaymentIntent intent, long amount) =>
        Payments.IncrementAsync(Florin.Request(), intent.Id, amount, answer: null, Ct);

    private Task<Result<Refund>> CancelRefundAsync(Refund refund) => Payments.CancelRefundAsync(Florin.Request(), refund.Id, answer: null, Ct);

    private async Task<(long Authorized, long Captured)> BookedAsync(PaymentHistory history)
    {
        var booked = (await Florin.BookedPaymentAsync(AcquirerNames.Aurora, history.Attempts[0].GatewayKey))!;
        return (booked.Authorized, booked.Captured);
    }

    private async Task<(long Captured, long Refunded)> ReturnedAsync(PaymentIntent paid)
    {
        var booked = (await Florin.BookedPaymentAsync(AcquirerNames.Aurora, (await HistoryAsync(paid)).Attempts[0].GatewayKey))!;
        return (booked.Captured, booked.Refunded);
    }
}

public sealed class IncrementsOnSqlite(SqlitePayments fixture) : IncrementTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class IncrementsOnPostgres(PostgresPayments fixture) : IncrementTests(fixture), IClassFixture<PostgresPayments>;
