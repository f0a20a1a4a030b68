using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Charges;
using Florin.Payments.CheckoutSessions;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.Tests;

public abstract class RaceTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const int AtOnce = 16;

    [Fact]
    public async Task Of_two_refunds_of_60_on_a_payment_of_100_exactly_one_succeeds()
    {
        const int Payments = 200;
        var scope = await Florin.NewMerchantAsync(new(250, new Dictionary<string, long>()));
        var outcomes = new (Result<Refund> First, Result<Refund> Second)[Payments];

        await Parallel.ForAsync(0, Payments, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var paid = await PaidAsync(AcquirerNames.Aurora, amount: 100, scope: scope);
            var both = await TogetherAsync(() => RefundAsync(paid, 60), () => RefundAsync(paid, 60));
            outcomes[i] = (both[0], both[1]);
        });

        foreach (var (first, second) in outcomes)
        {
            var (won, lost) = first.IsSuccess ? (first, second) : (second, first);
            Assert.Equal(OperationState.Succeeded, won.Value.State);
            Assert.Equal("amount_too_large", lost.Refusal?.Code);
        }

        Assert.Empty((await Florin.Ledger.VerifyAsync(progress: null, Ct)).Faults);
        var balances = (await Florin.Ledger.BalancesAsync(scope, Ct)).ToDictionary(each => each.AccountCode, each => each.Amount.Minor);
        Assert.Equal(Payments * 40, balances["gateway_receivable:aurora"]);
        await AgreementAsync((await this.Payments.ListAsync(scope, new PaymentIntentFilter(), new(1), Ct)).Items[0]);
    }

    [Fact]
    public async Task The_statement_that_sets_a_refund_aside_is_bounded_by_itself()
    {
        var charge = (await PaidAsync(amount: 100)).LatestCharge!.Value;

        var accepted = await Florin.Database.WriteAsync(
            async tx =>
            {
                // The service looks before under a lock; this must hold also for whoever forgets to.
                var answers = new List<bool>();
                foreach (var minor in new[] { 101, 60, 41, long.MaxValue, 40, 1 })
                {
                    answers.Add(await ChargeStore.TryAddRefundedAsync(tx, charge, new Money(minor, Currency.Usd)));
                }

                answers.Add(await ChargeStore.TryAddRefundedAsync(tx, charge, new Money(0, Currency.Eur)));
                tx.Abandon();
                return answers;
            },
            Ct);

        Assert.Equal([false, true, false, false, true, false, false], accepted);
    }

    [Fact]
    public async Task Of_two_refunds_that_were_asked_for_on_the_same_remainder_one_is_given()
    {
        var paid = await PaidAsync(AcquirerNames.Aurora, amount: 100);
        var asked = new NewRefund(paid.Id, Charge: null, 40, RefundReason.RequestedByCustomer, Documents.NoMetadata) { ExpectedRemainingMinor = 100 };

        var both = await TogetherAsync([.. Enumerable.Repeat(() => Payments.RefundAsync(Florin.Request(), asked, answer: null, Ct), 2)]);

        Assert.Single(both, refund => refund.IsSuccess);
        Assert.Single(both, refund => refund.Refusal?.Code == "refundable_amount_changed");
        await AgreementAsync(paid);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Refunds_that_fit_together_may_run_together(string acquirer)
    {
        var paid = await PaidAsync(acquirer, amount: 100);

        var refunds = await TogetherAsync([.. Enumerable.Repeat(() => RefundAsync(paid, 25), 4)]);

        // A gateway that wants the remainder named takes one at a time; the others are told to come again.
        Assert.Contains(refunds, refund => refund.IsSuccess);
        Assert.All(refunds.Where(refund => refund.IsSuccess), refund => Assert.Equal(OperationState.Succeeded, refund.Value.State));
        Assert.All(refunds.Where(refund => !refund.IsSuccess), refund => Assert.Equal("lock_timeout", refund.Refusal!.Code));
        if (acquirer != AcquirerNames.Hangang) Assert.All(refunds, refund => Assert.True(refund.IsSuccess));
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task Of_many_payments_at_once_with_a_card_that_nobody_keeps_one_is_made()
    {
        var customer = (await SavedAsync(Cards.Approved)).Customer;
        var method = await MethodAsync(Cards.Approved);

        var paid = await TogetherAsync([.. Enumerable.Repeat(() => PayAsync(method, customer), AtOnce)]);

        Assert.Single(paid, payment => payment.IsSuccess);
        Assert.All(paid.Where(payment => !payment.IsSuccess), payment => Assert.Equal("payment_method_unexpected_state", payment.Refusal!.Code));
    }

    [Fact]
    public async Task A_card_that_was_taken_from_its_customer_pays_for_nobody()
    {
        var kept = await SavedAsync(Cards.Approved);
        Assert.All(await TogetherAsync([.. Enumerable.Repeat(() => PayAsync(kept), AtOnce)]), payment => Assert.True(payment.IsSuccess));

        Assert.True((await Florin.Methods.DetachAsync(Florin.Request(), kept.Id, answer: null, Ct)).IsSuccess);

        Assert.False((await PayAsync(kept)).IsSuccess);
    }

    [Fact]
    public async Task Of_two_confirmations_at_once_one_makes_an_attempt()
    {
        for (var round = 0; round < 20; round++)
        {
            var intent = (await Payments.CreateAsync(Florin.Request(), NewIntent(Cards.Approved, confirm: false), answer: null, Ct)).Value;

            var both = await TogetherAsync(() => ConfirmAsync(intent), () => ConfirmAsync(intent));

            Assert.Contains(both, each => each.IsSuccess);
            Assert.Contains(both, each => each.Refusal?.Code == "payment_intent_unexpected_state");
            Assert.Single((await AgreementAsync(intent)).Attempts);
        }
    }

    [Fact]
    public async Task Nobody_is_charged_what_the_payment_was_before_an_update()
    {
        for (var round = 0; round < 40; round++)
        {
            var intent = (await Payments.CreateAsync(Florin.Request(), NewIntent(Cards.Approved, confirm: false), answer: null, Ct)).Value;
            var change = new PaymentIntentChange(new Money(20_000, Currency.Usd), null, null, null, null, null);

            await TogetherAsync(() => ConfirmAsync(intent), () => Payments.UpdateAsync(Florin.Request(), intent.Id, change, answer: null, Ct));

            await AgreementAsync(intent);
        }
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task Of_a_capture_and_a_cancel_at_once_exactly_one_happens(string acquirer)
    {
        for (var round = 0; round < 10; round++)
        {
            var held = await HeldAsync(acquirer);

            var both = await TogetherAsync(() => CaptureAsync(held), () => CancelAsync(held));

            Assert.Single(both, each => each.IsSuccess);
            Assert.Single(both, each => each.Refusal?.Code == "payment_intent_unexpected_state");
            var history = await AgreementAsync(held);
            Assert.Equal(both[0].IsSuccess ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.Canceled, history.Intent.Status);
        }
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task An_unknown_attempt_that_everybody_settles_at_once_is_charged_once(string acquirer)
    {
        Florin.Options.QuerySchedule = [TimeSpan.FromDays(1)];
        for (var round = 0; round < 5; round++)
        {
            var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
            await TypeAsync(waiting, TestCards.OneTimePassword);
            await Florin.FaultAsync(acquirer, "confirm", "reset", "after");
            Assert.Equal(PaymentIntentStatus.Processing, (await ReturnAsync(waiting)).Value.Status);
            var attempt = (await HistoryAsync(waiting)).Attempts[0];
            var settle = Florin.Get<SettleOutcomes>();
            var sweep = Florin.Get<SweepCutOff>();
            var job = new Job(attempt.Id.Shard(), SettleOutcomes.JobKind, attempt.GatewayKey, "", Attempt: 1);

            await TogetherAsync<object?>(
                async () => await settle.RunAsync(job, Ct),
                async () => await settle.RunAsync(job, Ct),
                async () => await sweep.RunAsync(job with { Kind = "payments.sweep" }, Ct),
                async () => await ReturnAsync(waiting),
                async () =>
                {
                    await Florin.RepeatWebhookAsync(attempt);
                    return null;
                });

            var paid = await EventuallyAsync(waiting, PaymentIntentStatus.Succeeded);
            var history = await AgreementAsync(paid);
            Assert.Single(history.Charges);
            Assert.Single(await Florin.Ledger.ForSubjectsAsync(paid.Scope.Shard, [history.Charges[0].Id.Value], Ct));
        }
    }

    [Fact]
    public async Task Two_returns_from_the_issuer_at_once_confirm_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var waiting = (await PayAsync(Cards.Challenge)).Value;
            await TypeAsync(waiting, TestCards.OneTimePassword);

            var both = await TogetherAsync(() => ReturnAsync(waiting), () => ReturnAsync(waiting));

            Assert.Contains(both, each => each.Value.Status == PaymentIntentStatus.Succeeded);
            await AgreementAsync(waiting);
        }
    }

    [Fact]
    public async Task Of_two_submits_of_one_checkout_page_one_takes_money_and_both_are_shown_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var session = await NewSessionAsync();

            var both = await TogetherAsync(() => PayAsync(session, Cards.Approved), () => PayAsync(session, Cards.Approved));

            Assert.All(both, each => Assert.True(each.IsSuccess, each.Refusal?.Message));
            var visit = (await Florin.Sessions.VisitAsync(session.Id, session.UrlToken, Ct))!;
            Assert.Equal((CheckoutStatus.Complete, CheckoutPaymentStatus.Paid), (visit.Session.Status, visit.Session.PaymentStatus));
            Assert.Single((await AgreementAsync(visit.Payment!)).Attempts);
            Assert.Single(await Florin.Events.ForSubjectsAsync(session.Scope, [session.Id.Value], Ct), each => each.Type == EventTypes.CheckoutSessionCompleted);
        }
    }

    [Fact]
    public async Task A_declined_submit_leaves_the_page_open_for_another_card()
    {
        var session = await NewSessionAsync();

        Assert.Equal("insufficient_funds", (await PayAsync(session, Cards.Declined)).Refusal!.DeclineCode);
        var visit = (await PayAsync(session, Cards.Approved)).Value;

        Assert.Equal(CheckoutStatus.Complete, visit.Session.Status);
        Assert.Equal(2, (await AgreementAsync(visit.Payment!)).Attempts.Count);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await PayAsync(session, Cards.Approved)).Value.Payment!.Status);
        Assert.Equal(2, (await AgreementAsync(visit.Payment!)).Attempts.Count);
    }

    [Fact]
    public async Task A_session_either_expires_or_is_paid()
    {
        for (var round = 0; round < 30; round++)
        {
            var session = await NewSessionAsync();
            if (round % 2 == 1) await PayAsync(session, Cards.Declined);

            await TogetherAsync<object>(
                async () => await PayAsync(session, Cards.Approved),
                async () => await Florin.Sessions.ExpireAsync(Florin.Request(), session.Id, answer: null, Ct));

            await EitherOrAsync(session);
        }
    }

    [Fact]
    public async Task A_session_in_its_challenge_either_expires_or_is_paid()
    {
        for (var round = 0; round < 20; round++)
        {
            var session = await NewSessionAsync();
            var waiting = (await PayAsync(session, Cards.Challenge)).Value.Payment!;
            await TypeAsync(waiting, TestCards.OneTimePassword);

            await TogetherAsync<object>(
                async () => await ReturnAsync(waiting),
                async () => await Florin.Sessions.ExpireAsync(Florin.Request(), session.Id, answer: null, Ct));

            await EitherOrAsync(session);
        }
    }

    [Fact]
    public async Task A_session_whose_payment_is_unknown_does_not_lapse_before_that_is_known()
    {
        Florin.Options.QuerySchedule = [TimeSpan.FromDays(1)];
        var session = await NewSessionAsync();
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", "reset", "after");
        var unknown = (await PayAsync(session, Cards.Approved)).Value.Payment!;

        var outcome = await Florin.Get<ExpireSessions>().RunAsync(
            new Job(session.Id.Shard(), ExpireSessions.JobKind, session.Id.ToString(), "", Attempt: 1), Ct);

        Assert.IsType<JobOutcome.RunAgain>(outcome);
        Assert.Equal("checkout_session_unexpected_state", (await Florin.Sessions.ExpireAsync(Florin.Request(), session.Id, answer: null, Ct)).Refusal!.Code);
        await Florin.RepeatWebhookAsync((await HistoryAsync(unknown)).Attempts[0]);
        await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded));
        Assert.Equal(CheckoutStatus.Complete, (await Florin.Sessions.FindAsync(session.Scope, session.Id, Ct))!.Status);
    }

    private async Task EitherOrAsync(CheckoutSession session)
    {
        var visit = (await Florin.Sessions.VisitAsync(session.Id, session.UrlToken, Ct))!;
        var isPaid = visit.Payment?.Status == PaymentIntentStatus.Succeeded;
        Assert.Equal(isPaid ? CheckoutStatus.Complete : CheckoutStatus.Expired, visit.Session.Status);
        if (visit.Payment is not { } payment) return;
        if (!isPaid) Assert.Equal((PaymentIntentStatus.Canceled, CancellationReason.Expired), (payment.Status, payment.CancellationReason));
        var history = await AgreementAsync(payment);
        Assert.Equal(isPaid ? 10_000 : 0, history.Charges.Sum(charge => charge.Captured.Minor - charge.Refunded.Minor));
    }

    private Task<Result<PaymentIntent>> ConfirmAsync(PaymentIntent intent) => Payments.ConfirmAsync(
        Florin.Request(), intent.Id, new Confirmation(PaymentMethod: null, Card: null, ReturnUrl: null), answer: null, Ct);

    private Task<Result<CheckoutVisit>> PayAsync(CheckoutSession session, string card) =>
        Florin.Sessions.PayAsync(session.Id, session.UrlToken, new CheckoutPayment(Cards.Entry(card), "kim@example.com"), Ct);

    /// <summary>A card that a customer keeps.</summary>
    protected async Task<PaymentMethod> SavedAsync(string card)
    {
        var nobody = new NewCustomer(null, null, null, null, null, null, [], null, null, Documents.NoMetadata);
        var customer = (await Florin.Get<ICustomers>().CreateAsync(Florin.Request(), nobody, answer: null, Ct)).Value;
        var method = await MethodAsync(card);
        return (await Florin.Methods.AttachAsync(Florin.Request(), method.Id.ToString(), customer.Id, answer: null, Ct)).Value;
    }

    protected Task<Result<PaymentIntent>> PayAsync(PaymentMethod method, CustomerId? customer = null) => Payments.CreateAsync(
        Florin.Request(),
        NewIntent(card: null, AcquirerNames.Aurora) with { PaymentMethod = method.Id.ToString(), Customer = customer ?? method.Customer },
        answer: null,
        Ct);

    private async Task<PaymentMethod> MethodAsync(string card) =>
        (await Florin.Methods.CreateAsync(Florin.Request(), NewMethod(card), answer: null, Ct)).Value;

    /// <summary>Starts all of them at the same moment.</summary>
    private static async Task<T[]> TogetherAsync<T>(params Func<Task<T>>[] calls)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = calls.Select(call => Task.Run(async () =>
        {
            await go.Task;
            return await call();
        })).ToList();
        go.SetResult();
        return await Task.WhenAll(running);
    }
}

public sealed class RacesOnSqlite(SqlitePayments fixture) : RaceTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class RacesOnPostgres(PostgresPayments fixture) : RaceTests(fixture), IClassFixture<PostgresPayments>
{
    [Fact]
    public async Task Payments_with_a_card_that_a_customer_keeps_do_not_wait_for_each_other()
    {
        var (kept, refused) = (await SavedAsync(Cards.Approved), await SavedAsync(Cards.Declined));
        var untouched = await LinesAsync();

        var paid = await PayAsync(kept);
        var declined = await PayAsync(refused);

        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Value.Status);
        Assert.Equal("card_declined", declined.Refusal?.Code);

        // What is locked or written says so, and the next payment would wait until it is on the disk.
        Assert.Equal(untouched, await LinesAsync());

        Task<List<(string, string, string)>> LinesAsync() => Florin.Database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"SELECT CAST(xmin AS text), CAST(xmax AS text), CAST(ctid AS text) FROM payment_methods WHERE id IN ({new[] { kept.Id, refused.Id }}) ORDER BY id",
                row => (row.Text(0), row.Text(1), row.Text(2))),
            Ct);
    }
}
