using Florin.Sandbox;

namespace Florin.Payments.Tests;

public abstract class CardFlowTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    public static TheoryData<string, string> Declines
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var acquirer in AcquirerNames.All)
            {
                foreach (var card in TestCards.All.Where(card => card.Behavior == TestCardBehavior.Decline)) data.Add(acquirer, card.Name);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task An_approved_card_pays_at_once(string acquirer)
    {
        var paid = await PaidAsync(acquirer);

        var history = await AgreementAsync(paid);
        Assert.Equal(10_000, paid.AmountReceived.Minor);
        Assert.Equal(acquirer, Assert.Single(history.Attempts).Connector);
        Assert.Equal(320, Assert.Single(history.Charges).Fee.Minor);
        Assert.NotNull(history.Charges[0].AuthorizationCode);
        Assert.Equal(Shown(paid), Shown(await FindAsync(paid)));
    }

    [Fact]
    public async Task Every_brand_that_is_approved_pays()
    {
        foreach (var card in TestCards.All.Where(card => card.Behavior == TestCardBehavior.Approve))
        {
            var paid = (await PayAsync(card.Number)).Value;
            Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
            Assert.Equal(card.Last4, (await AgreementAsync(paid)).Charges[0].PaymentMethod.Card.Last4);
        }
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_hold_is_captured_whole(string acquirer)
    {
        var held = await HeldAsync(acquirer);
        await AgreementAsync(held);
        Assert.Equal((10_000, 0), (held.AmountCapturable.Minor, held.AmountReceived.Minor));

        var paid = (await CaptureAsync(held)).Value;

        await AgreementAsync(paid);
        Assert.Equal((PaymentIntentStatus.Succeeded, 0, 10_000), (paid.Status, paid.AmountCapturable.Minor, paid.AmountReceived.Minor));
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_hold_is_captured_in_part_and_that_part_is_refunded(string acquirer)
    {
        var held = await HeldAsync(acquirer);

        var paid = (await CaptureAsync(held, 4_000)).Value;
        Assert.Equal((PaymentIntentStatus.Succeeded, 0, 4_000), (paid.Status, paid.AmountCapturable.Minor, paid.AmountReceived.Minor));
        Assert.Equal(146, (await AgreementAsync(paid)).Charges[0].Fee.Minor);

        Assert.Equal("amount_too_large", (await RefundAsync(paid, 4_001)).Refusal!.Code);
        Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid, 4_000)).Value.State);
        await AgreementAsync(paid);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_hold_is_freed_when_its_payment_is_canceled(string acquirer)
    {
        var held = await HeldAsync(acquirer);

        var canceled = (await CancelAsync(held)).Value;

        await AgreementAsync(held);
        Assert.Equal((PaymentIntentStatus.Canceled, 0), (canceled.Status, canceled.AmountCapturable.Minor));
        Assert.Equal(CancellationReason.RequestedByCustomer, canceled.CancellationReason);
        Assert.NotNull(canceled.CanceledAt);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_payment_is_refunded_whole(string acquirer)
    {
        var paid = await PaidAsync(acquirer);

        var refund = (await RefundAsync(paid)).Value;

        Assert.Equal((OperationState.Succeeded, 10_000), (refund.State, refund.Amount.Minor));
        await AgreementAsync(paid);
        Assert.Equal("charge_already_refunded", (await RefundAsync(paid, 1)).Refusal!.Code);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_payment_is_refunded_in_parts_until_nothing_is_left(string acquirer)
    {
        var paid = await PaidAsync(acquirer);

        foreach (var part in new long[] { 1_000, 1, 4_999 })
        {
            Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid, part)).Value.State);
            await AgreementAsync(paid);
        }

        Assert.Equal("amount_too_large", (await RefundAsync(paid, 4_001)).Refusal!.Code);
        Assert.Equal(4_000, (await RefundAsync(paid)).Value.Amount.Minor);
        Assert.Equal(10_000, (await AgreementAsync(paid)).Charges[0].Refunded.Minor);
    }

    [Theory, MemberData(nameof(Declines))]
    public async Task A_declined_card_says_why_and_another_card_may_be_tried(string acquirer, string reason)
    {
        var card = TestCards.All.Single(each => each.Name == reason);

        var declined = await PayAsync(card.Number, acquirer);

        Assert.Equal(reason, declined.Refusal!.DeclineCode);
        var intent = SubjectOf(declined);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, intent.Status);
        Assert.Null(intent.PaymentMethod);
        Assert.Equal(declined.Refusal.Code, intent.LastError!.Code);
        var charge = Assert.Single((await AgreementAsync(intent)).Charges);
        Assert.Equal((ChargeStatus.Failed, reason), (charge.Status, charge.Failure!.DeclineCode));

        var paid = (await Payments.ConfirmAsync(
            Florin.Request(), intent.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct)).Value;
        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
        Assert.Null(paid.LastError);
        Assert.Equal(2, (await AgreementAsync(paid)).Attempts.Count);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_frictionless_authentication_needs_no_buyer(string acquirer) =>
        await AgreementAsync((await PayAsync(Cards.Frictionless, acquirer)).Value);

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_is_passed_pays_and_a_second_return_changes_nothing(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);

        var paid = (await AnswerChallengeAsync(waiting, "000000", TestCards.OneTimePassword)).Value;

        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await ReturnAsync(waiting)).Value.Status);
        await AgreementAsync(paid);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_is_passed_holds_where_capture_is_manual(string acquirer)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer, capture: CaptureMethod.Manual)).Value;

        var held = (await AnswerChallengeAsync(waiting, TestCards.OneTimePassword)).Value;

        Assert.Equal(PaymentIntentStatus.RequiresCapture, held.Status);
        await AgreementAsync((await CaptureAsync(held)).Value);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Three_wrong_passwords_fail_and_another_card_may_be_tried(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);

        var failed = await AnswerChallengeAsync(waiting, "000000", "111111", "222222");

        Assert.Equal("payment_intent_authentication_failure", failed.Refusal!.Code);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, SubjectOf(failed).Status);
        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_the_buyer_cancels_fails(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);

        Assert.Equal("payment_intent_authentication_failure", (await AnswerChallengeAsync(waiting, passwords: [null])).Refusal!.Code);

        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_expired_fails(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);
        await TypeAsync(waiting, TestCards.OneTimePassword);
        Florin.SandboxTime.Skip(TimeSpan.FromMinutes(10));

        Assert.Equal("payment_intent_authentication_failure", (await ReturnAsync(waiting)).Refusal!.Code);

        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_the_buyer_never_came_back_from_is_asked_about(string acquirer)
    {
        Florin.Options.ChallengePatience = TimeSpan.FromMilliseconds(100);
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);
        Florin.SandboxTime.Skip(TimeSpan.FromMinutes(10));

        var failed = await EventuallyAsync(waiting, PaymentIntentStatus.RequiresPaymentMethod);

        Assert.Equal("payment_intent_authentication_failure", failed.LastError!.Code);
        await AgreementAsync(waiting);
    }

    [Fact]
    public async Task A_challenge_that_goes_on_is_asked_about_on_the_schedule_and_no_faster()
    {
        Florin.Options.ChallengePatience = TimeSpan.Zero;
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1)];
        var waiting = await ChallengedAsync(Cards.Challenge, AcquirerNames.Aurora);
        await EventuallyAsync(waiting, history => history.Attempts[0].Queries >= 2);

        // Had the next query been due at once, it would have come before the one of a payment made later.
        var other = await ChallengedAsync(Cards.Challenge, AcquirerNames.Aurora);
        await EventuallyAsync(other, history => history.Attempts[0].Queries >= 2);

        Assert.Equal(2, (await HistoryAsync(waiting)).Attempts[0].Queries);
        Assert.Empty(await Florin.DeadJobsAsync(waiting));
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_challenge_that_is_passed_may_still_be_declined(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.ChallengeThenDecline, acquirer);

        Assert.Equal("generic_decline", (await AnswerChallengeAsync(waiting, TestCards.OneTimePassword)).Refusal!.DeclineCode);

        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Coming_back_before_the_buyer_is_done_waits_on(string acquirer)
    {
        var waiting = await ChallengedAsync(Cards.Challenge, acquirer);

        var still = (await ReturnAsync(waiting)).Value;

        Assert.Equal(PaymentIntentStatus.RequiresAction, still.Status);
        Assert.Equal(waiting.NextAction, still.NextAction);
        await AgreementAsync(waiting);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await AnswerChallengeAsync(waiting, TestCards.OneTimePassword)).Value.Status);
        await AgreementAsync(waiting);
    }

    [Fact]
    public async Task A_return_with_a_wrong_token_is_told_nothing()
    {
        var waiting = await ChallengedAsync(Cards.Challenge, AcquirerNames.Aurora);
        await TypeAsync(waiting, TestCards.OneTimePassword);
        var attempt = (await HistoryAsync(waiting)).Attempts[0];

        var refused = await Payments.ResumeAfterChallengeAsync(attempt.Id, attempt.ReturnToken + "x", Ct);

        Assert.Equal("resource_missing", refused.Refusal!.Code);
        Assert.Equal(PaymentIntentStatus.RequiresAction, (await FindAsync(waiting)).Status);
    }

    private async Task<PaymentIntent> ChallengedAsync(string card, string acquirer)
    {
        var waiting = (await PayAsync(card, acquirer)).Value;
        Assert.Equal(PaymentIntentStatus.RequiresAction, waiting.Status);
        Assert.NotNull(waiting.NextAction);
        await AgreementAsync(waiting);
        return waiting;
    }

    private static (PaymentIntentStatus, long, long, ChargeId?, PaymentAttemptId?, PaymentMethodId?) Shown(PaymentIntent it) =>
        (it.Status, it.AmountReceived.Minor, it.AmountCapturable.Minor, it.LatestCharge, it.LatestAttempt, it.PaymentMethod);
}

public sealed class CardFlowsOnSqlite(SqlitePayments fixture) : CardFlowTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class CardFlowsOnPostgres(PostgresPayments fixture) : CardFlowTests(fixture), IClassFixture<PostgresPayments>;
