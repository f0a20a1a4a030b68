using System.Text;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.Tests;

public abstract class UnknownOutcomeTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    /// <summary>Each acquirer, with the answer lost before and after the work was done.</summary>
    public static TheoryData<string, string> Losses
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var acquirer in AcquirerNames.All)
            {
                data.Add(acquirer, "before");
                data.Add(acquirer, "after");
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task An_approval_that_was_never_answered_is_found_by_asking(string acquirer)
    {
        Hurry();
        var unknown = (await PayAsync(Cards.SilentAfterApproving, acquirer)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);

        var paid = await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded);

        var attempt = Assert.Single((await AgreementAsync(paid)).Attempts);
        Assert.True(attempt.Queries >= 1);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task An_answer_after_the_deadline_counts_as_lost_and_is_asked_for(string acquirer)
    {
        Hurry();
        var unknown = (await PayAsync(Cards.SlowAnswer, acquirer, capture: CaptureMethod.Manual)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);

        await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.RequiresCapture));
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task What_the_gateway_never_heard_of_fails_only_once_that_is_final(string acquirer)
    {
        Hurry();
        var unknown = (await PayAsync(Cards.SilentWithoutApproving, acquirer)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);

        // The request may still be on its way as long as our deadline runs: until then "not found" is no answer.
        Florin.Options.GatewayDeadline = Never;
        var queries = (await HistoryAsync(unknown)).Attempts[0].Queries;
        var waiting = await EventuallyAsync(unknown, history => history.Attempts[0].Queries >= queries + 3);
        Assert.Equal((PaymentIntentStatus.Processing, AttemptState.Unknown), (waiting.Intent.Status, waiting.Attempts[0].State));

        Hurry();
        var failed = await EventuallyAsync(unknown, PaymentIntentStatus.RequiresPaymentMethod);
        Assert.Equal("processing_error", failed.LastError!.Code);
        var history = await AgreementAsync(failed);
        Assert.Equal(AttemptState.NotSent, Assert.Single(history.Attempts).State);
        Assert.Empty(history.Charges);

        var paid = (await Payments.ConfirmAsync(
            Florin.Request(), failed.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct)).Value;
        await AgreementAsync(paid);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_confirmed_challenge_without_an_answer_is_found_by_asking(string acquirer)
    {
        var waiting = (await PayAsync(Cards.ChallengeThenSilent, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        Hurry();

        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);

        await AgreementAsync(await EventuallyAsync(waiting, PaymentIntentStatus.Succeeded));
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_buyer_who_came_back_too_early_is_wanted_again_also_where_the_confirmation_was_lost(string acquirer)
    {
        Florin.Options.QuerySchedule = [Never, Never];
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await Florin.FaultAsync(acquirer, "confirm", "reset", "before");
        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);
        var attempt = (await HistoryAsync(waiting)).Attempts[0];

        await SettleAsync(attempt);

        var wanted = await AgreementAsync(waiting);
        Assert.Equal((PaymentIntentStatus.RequiresAction, AttemptState.Challenge), (wanted.Intent.Status, wanted.Attempts[0].State));
        Assert.Equal(PaymentIntentStatus.Succeeded, (await AnswerChallengeAsync(wanted.Intent, TestCards.OneTimePassword)).Value.Status);
        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_confirmation_that_is_lost_again_and_again_is_left_to_the_buyer(string acquirer)
    {
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero];
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await Florin.FaultAsync(acquirer, "confirm", "reset", "before", count: 3);

        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);

        await EventuallyAsync(waiting, now => now.Attempts[0].Queries == Florin.Options.QuerySchedule.Count && now.Intent.Status == PaymentIntentStatus.RequiresAction);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await ReturnAsync(waiting)).Value.Status);
        await AgreementAsync(waiting);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_confirmation_that_is_lost_once_more_is_sent_again_only_when_the_gateway_is_asked_next(string acquirer)
    {
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.FromHours(1), TimeSpan.FromHours(1)];
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await Florin.FaultAsync(acquirer, "confirm", "reset", "before", count: 3);

        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);

        var attempt = (await EventuallyAsync(waiting, now => now.Attempts[0].Queries > 0)).Attempts[0];
        var runAt = DateTimeOffset.MinValue;
        await RunningFlorin.EventuallyAsync(async () => await RestingUntilAsync(attempt) is { } at && (runAt = at) > TimeProvider.System.GetUtcNow().AddMinutes(1));
        Assert.InRange(runAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        var asked = Assert.Single((await HistoryAsync(waiting)).Attempts);
        Assert.Equal((AttemptState.Unknown, 1), (asked.State, asked.Queries));

        await Florin.ResetFaultsAsync();
        await SettleAsync(attempt);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await AgreementAsync(waiting)).Intent.Status);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_confirmation_that_was_lost_too_long_ago_is_left_to_the_buyer(string acquirer)
    {
        Florin.Options.QuerySchedule = [Never, Never];
        Florin.Options.ConfirmAgainWithin = TimeSpan.Zero;
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await Florin.FaultAsync(acquirer, "confirm", "reset", "before");
        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);

        await SettleAsync((await HistoryAsync(waiting)).Attempts[0]);

        Assert.Equal(PaymentIntentStatus.RequiresAction, (await AgreementAsync(waiting)).Intent.Status);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await ReturnAsync(waiting)).Value.Status);
        await AgreementAsync(waiting);
    }

    [Fact]
    public async Task A_confirmation_that_was_lost_is_not_sent_once_more_after_its_checkout_session_has_ended()
    {
        Florin.Options.QuerySchedule = [Never, Never];
        var session = await NewSessionAsync(acquirer: AcquirerNames.Aurora);
        var waiting = (await Florin.Sessions.PayAsync(session.Id, session.UrlToken, new CheckoutPayment(Cards.Entry(Cards.Challenge), "kim@example.com"), Ct)).Value.Payment!;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await Florin.FaultAsync(AcquirerNames.Aurora, "confirm", "reset", "before");
        Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);
        var now = TimeProvider.System.GetUtcNow();
        await Florin.Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE checkout_sessions SET expires_at_ms = {now} WHERE shard = {session.Id.Shard()} AND id = {session.Id}"), Ct);

        await SettleAsync((await HistoryAsync(waiting)).Attempts[0]);

        // The buyer is wanted, or the session has lapsed by now and with it the payment: nothing is taken either way.
        var left = await HistoryAsync(waiting);
        Assert.Contains(left.Intent.Status, (IEnumerable<PaymentIntentStatus>)[PaymentIntentStatus.RequiresAction, PaymentIntentStatus.Canceled]);
        Assert.Empty(left.Charges);
        Assert.Equal(AttemptState.Challenge, left.Attempts[0].State);
    }

    [Theory, MemberData(nameof(Losses))]
    public Task A_lost_answer_to_an_authorization_ends_as_the_book_says(string acquirer, string when) => EachLossAsync(
        acquirer,
        "authorize",
        when,
        prepare: () => Task.FromResult<PaymentIntent>(null!),
        lose: async _ => (await PayAsync(Cards.Approved, acquirer)).Value,
        settle: async unknown =>
        {
            Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);
            await AgreementAsync(await EventuallyAsync(
                unknown, when == "after" ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.RequiresPaymentMethod));
        });

    [Theory, MemberData(nameof(Losses))]
    public async Task A_lost_answer_to_a_confirmation_ends_as_the_book_says(string acquirer, string when)
    {
        // One after the other: where the gateway still waits for the confirmation it is sent once more, and must not meet the next fault.
        foreach (var kind in new[] { "http500", "malformed", "reset" })
        {
            var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
            await TypeAsync(waiting, TestCards.OneTimePassword);
            await Florin.FaultAsync(acquirer, "confirm", kind, when);

            Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);

            var paid = await AgreementAsync(await EventuallyAsync(waiting, PaymentIntentStatus.Succeeded));
            Assert.Single(paid.Attempts);
        }
    }

    [Theory, MemberData(nameof(Losses))]
    public Task A_lost_answer_to_a_capture_ends_as_the_book_says(string acquirer, string when) => EachLossAsync(
        acquirer,
        "capture",
        when,
        prepare: () => HeldAsync(acquirer),
        lose: async held => (await CaptureAsync(held, 6_000)).Value,
        settle: async unknown =>
        {
            Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);
            if (when == "before")
            {
                await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.RequiresCapture));
                Assert.Equal(PaymentIntentStatus.Succeeded, (await CaptureAsync(unknown, 6_000)).Value.Status);
            }

            var paid = await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded);
            Assert.Equal(6_000, paid.AmountReceived.Minor);
            await AgreementAsync(paid);

            // What a lost capture is called at the gateway was learned by asking, well enough to refund it.
            Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid, 6_000)).Value.State);
        });

    [Theory, MemberData(nameof(Losses))]
    public Task A_lost_answer_to_a_void_ends_as_the_book_says(string acquirer, string when) => EachLossAsync(
        acquirer,
        "void",
        when,
        prepare: () => HeldAsync(acquirer),
        lose: async held => (await CancelAsync(held)).Value,
        settle: async unknown =>
        {
            Assert.Equal(PaymentIntentStatus.Processing, unknown.Status);
            if (when == "before")
            {
                await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.RequiresCapture));
                Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(unknown)).Value.Status);
            }

            var canceled = await EventuallyAsync(unknown, PaymentIntentStatus.Canceled);
            Assert.Equal(CancellationReason.RequestedByCustomer, canceled.CancellationReason);
            await AgreementAsync(canceled);
        });

    [Theory, MemberData(nameof(Losses))]
    public Task A_lost_answer_to_a_refund_keeps_its_money_aside_and_ends_as_the_book_says(string acquirer, string when) => EachLossAsync(
        acquirer,
        "refund",
        when,
        prepare: () => PaidAsync(acquirer),
        lose: async paid =>
        {
            Assert.Equal(OperationState.Unknown, (await RefundAsync(paid, 6_000)).Value.State);
            return paid;
        },
        settle: async paid =>
        {
            var ended = await EventuallyAsync(paid, history => history.Refunds[0].State != OperationState.Unknown);
            Assert.Equal(when == "after" ? OperationState.Succeeded : OperationState.NotSent, ended.Refunds[0].State);
            Assert.Equal(when == "after" ? 6_000 : 0, ended.Charges[0].Refunded.Minor);
            await AgreementAsync(paid);
            Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid)).Value.State);
            await AgreementAsync(paid);
        });

    [Fact]
    public async Task While_a_refund_is_unknown_its_money_cannot_be_returned_again()
    {
        Florin.Options.QuerySchedule = [Never];
        var paid = await PaidAsync(AcquirerNames.Aurora);
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "after");
        Assert.Equal(OperationState.Unknown, (await RefundAsync(paid, 6_000)).Value.State);

        Assert.Equal("amount_too_large", (await RefundAsync(paid, 6_000)).Refusal!.Code);
    }

    [Fact]
    public async Task While_an_outcome_is_unknown_nothing_else_is_tried()
    {
        Florin.Options.QuerySchedule = [Never];
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", "reset", "after");
        var unknown = (await PayAsync(Cards.Approved)).Value;

        var confirm = await Payments.ConfirmAsync(
            Florin.Request(), unknown.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct);

        Assert.Equal("payment_intent_unexpected_state", confirm.Refusal!.Code);
        Assert.Equal("payment_intent_unexpected_state", (await CancelAsync(unknown)).Refusal!.Code);
        Assert.Equal("payment_intent_unexpected_state", (await CaptureAsync(unknown)).Refusal!.Code);
        Assert.Single((await HistoryAsync(unknown)).Attempts);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_webhook_settles_what_the_schedule_would_leave_for_later(string acquirer)
    {
        Florin.Options.QuerySchedule = [Never];
        Florin.WebhooksArrive = true;
        Hurry();

        var unknown = (await PayAsync(Cards.SilentAfterApproving, acquirer)).Value;

        // The gateway announced its approval at once, when the attempt was not unknown yet; now it does so again.
        await Florin.RepeatWebhookAsync((await HistoryAsync(unknown)).Attempts[0]);
        await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded));
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_forged_webhook_is_refused_and_nothing_is_asked(string acquirer)
    {
        Florin.Options.QuerySchedule = [Never];
        await Florin.FaultAsync(acquirer, "authorize", "reset", "after");
        var unknown = (await PayAsync(Cards.Approved, acquirer)).Value;
        var attempt = (await HistoryAsync(unknown)).Attempts[0];
        var forged = new GatewayWebhook(
            new Dictionary<string, string> { ["Aurora-Signature"] = "t=1,v1=00", ["X-Castellan-Signature"] = "00" },
            Encoding.UTF8.GetBytes($$$"""{"data":{"key":"{{{attempt.GatewayKey}}}"}}"""));

        var refused = await Payments.ReceiveWebhookAsync(attempt.ConnectorAccount, forged, Ct);

        Assert.False(refused.IsSuccess);
        Assert.Equal(0, (await HistoryAsync(unknown)).Attempts[0].Queries);
    }

    [Fact]
    public async Task Where_the_schedule_ends_a_person_must_look_and_nothing_is_guessed()
    {
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.Zero];
        await Florin.FaultAsync(AcquirerNames.Aurora, "query", "http500", "before", count: 2);
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", "reset", "after");
        var unknown = (await PayAsync(Cards.Approved, AcquirerNames.Aurora)).Value;

        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(unknown)).Count == 1);

        var history = await HistoryAsync(unknown);
        Assert.Equal((PaymentIntentStatus.Processing, AttemptState.Unknown, 2), (history.Intent.Status, history.Attempts[0].State, history.Attempts[0].Queries));

        // A late call of the gateway revives the question.
        await Florin.RepeatWebhookAsync(history.Attempts[0]);
        await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded));
        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(unknown)).Count == 0);
    }

    // The gateway is asked now, whenever the schedule has it.
    private Task<JobOutcome> SettleAsync(PaymentAttempt attempt) => Florin.Get<SettleOutcomes>().RunAsync(
        new Job(attempt.Id.Shard(), SettleOutcomes.JobKind, attempt.GatewayKey, Payload: "", Attempt: 1), Ct);

    // When the job that asks about an attempt runs next; null while it runs.
    private Task<DateTimeOffset?> RestingUntilAsync(PaymentAttempt attempt) => Florin.Database.ReadAsync(
        async reader => await reader.FirstAsync(
            $"""
             SELECT run_at_ms FROM jobs
              WHERE shard = {attempt.Id.Shard()} AND kind = {SettleOutcomes.JobKind} AND key = {attempt.GatewayKey} AND state = 'queued' AND lease_until_ms = 0
             """,
            row => (DateTimeOffset?)row.Instant(0)),
        Ct);

    /// <summary>One payment for each way to lose an answer, settled side by side.</summary>
    private async Task EachLossAsync(
        string acquirer,
        string operation,
        string when,
        Func<Task<PaymentIntent>> prepare,
        Func<PaymentIntent, Task<PaymentIntent>> lose,
        Func<PaymentIntent, Task> settle)
    {
        // Asked only once all are lost, so that no fault meant for one payment meets another's question.
        var settling = new List<Task>();
        var lost = new List<PaymentIntent>();
        foreach (var kind in new[] { "http500", "malformed", "reset" })
        {
            var intent = await prepare();
            await Florin.FaultAsync(acquirer, operation, kind, when);
            lost.Add(await lose(intent));
        }

        Hurry();
        foreach (var unknown in lost) settling.Add(settle(unknown));
        await Task.WhenAll(settling);
    }
}

public sealed class UnknownOutcomesOnSqlite(SqlitePayments fixture) : UnknownOutcomeTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class UnknownOutcomesOnPostgres(PostgresPayments fixture) : UnknownOutcomeTests(fixture), IClassFixture<PostgresPayments>;
