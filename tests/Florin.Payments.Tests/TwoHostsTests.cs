using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Disputes;
using Florin.Sandbox;
using Florin.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Payments.Tests;

/// <summary>Two hosts that share nothing but the database are asked for two things at once that exclude each other: one happens.</summary>
/// <remarks>Nobody runs two hosts on one SQLite file, where the second is refused; the bounds hold there all the same.</remarks>
public abstract class TwoHostsTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const int AtOnce = 8;

    // Disputed as fraudulent, within a second of the capture, for what is not refunded by then.
    private const string Fraudulent = "4000000000000259";

    private MerchantScope scope;

    protected virtual int Rounds => 200;

    private IServiceProvider Here => Florin.Services;

    private IServiceProvider There { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        There = await Florin.NeighbourAsync();
        scope = await Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));
    }

    [Fact]
    public async Task Of_two_confirmations_one_makes_an_attempt()
    {
        var confirmed = await RoundsAsync(async round =>
        {
            var made = NewIntent(Cards.Approved, Acquirer(round), confirm: false);
            var intent = (await Payments.CreateAsync(Florin.Request(scope), made, answer: null, Ct)).Value;
            var confirmation = new Confirmation(PaymentMethod: null, Card: null, ReturnUrl: null);

            var (here, there) = await BothAsync(host => Of(host).ConfirmAsync(Florin.Request(scope), intent.Id, confirmation, answer: null, Ct));

            Assert.Equal(PaymentIntentStatus.Succeeded, OneOf(here, there, "payment_intent_unexpected_state").Status);
            return intent;
        });

        Assert.All(await BooksAsync(confirmed, taken: 10_000), history => Assert.Single(history.Attempts));
    }

    [Fact]
    public async Task Of_a_capture_and_a_void_one_is_done()
    {
        var ended = await RoundsAsync(async round =>
        {
            var held = await PaidAsync(Acquirer(round), capture: CaptureMethod.Manual, scope: scope);

            var (captured, voided) = await BothAsync(
                here => Of(here).CaptureAsync(Florin.Request(scope), held.Id, amountMinor: null, answer: null, Ct),
                there => Of(there).CancelAsync(Florin.Request(scope), held.Id, reason: null, answer: null, Ct),
                isSwapped: round % 2 == 1);

            OneOf(captured, voided, "payment_intent_unexpected_state");
            return held;
        });

        var histories = await BooksAsync(ended, taken: null);
        Assert.All(histories, history => Assert.Contains(history.Intent.Status, new[] { PaymentIntentStatus.Succeeded, PaymentIntentStatus.Canceled }));
        Assert.All(histories, history => Assert.Single(history.Operations));
    }

    [Fact]
    public async Task Of_two_captures_one_takes_money()
    {
        var captured = await RoundsAsync(async round =>
        {
            var held = await PaidAsync(Acquirer(round), capture: CaptureMethod.Manual, scope: scope);

            var (here, there) = await BothAsync(host => Of(host).CaptureAsync(Florin.Request(scope), held.Id, amountMinor: null, answer: null, Ct));

            Assert.Equal(10_000, OneOf(here, there, "payment_intent_unexpected_state").AmountReceived.Minor);
            return held;
        });

        Assert.All(await BooksAsync(captured, taken: 10_000), history => Assert.Single(history.Operations));
    }

    [Fact]
    public async Task Of_two_refunds_that_are_too_much_together_one_is_given()
    {
        var refunded = await RoundsAsync(async round =>
        {
            var paid = await PaidAsync(Acquirer(round), scope: scope);
            var wanted = new NewRefund(paid.Id, Charge: null, 6_000, RefundReason.RequestedByCustomer, Documents.NoMetadata);

            var (here, there) = await BothAsync(host => Of(host).RefundAsync(Florin.Request(scope), wanted, answer: null, Ct));

            // Hangang takes one refund at a time.
            Assert.Equal(OperationState.Succeeded, OneOf(here, there, "amount_too_large", "lock_timeout").State);
            return paid;
        });

        Assert.All(await BooksAsync(refunded, taken: 4_000), history => Assert.Equal(6_000, Assert.Single(history.Charges).Refunded.Minor));
    }

    [Fact]
    public async Task A_refund_and_a_dispute_take_no_more_than_was_captured()
    {
        var disputed = await RoundsAsync(AtOnce * 4, async round =>
        {
            var paid = (await PayAsync(Fraudulent, Acquirer(round), scope: scope)).Value;
            var attempt = (await HistoryAsync(paid)).Attempts[0];
            var wanted = new NewRefund(paid.Id, Charge: null, 6_000, RefundReason.RequestedByCustomer, Documents.NoMetadata);

            // In every other round the issuer has claimed the money before anybody here knows of it.
            if (round % 2 == 0) await ClaimAsync(attempt);
            await BothAsync(
                async here => (await Of(here).RefundAsync(Florin.Request(scope), wanted, answer: null, Ct)).IsSuccess,
                async there => await LearnAsync(there, attempt, await ClaimAsync(attempt)),
                isSwapped: false);

            // Where the dispute was heard of too early, the gateway is asked again.
            await RunningFlorin.EventuallyAsync(async () => await LearnAsync(Here, attempt, await ClaimAsync(attempt)) && (await HistoryAsync(paid)).Disputes.Count == 1);
            return paid;
        });

        var histories = await BooksAsync(disputed, taken: null);
        Assert.All(histories, history =>
        {
            var charge = Assert.Single(history.Charges);
            Assert.True(charge.Refunded + charge.Disputed <= charge.Captured);
            Assert.True(Assert.Single(history.Disputes).Withdrawn);
        });
        Assert.Contains(histories, history => history.Charges[0].Refunded.IsZero);
    }

    [Fact]
    public async Task A_checkout_session_is_paid_or_lapses()
    {
        var ended = await RoundsAsync(async round =>
        {
            var session = await NewSessionAsync(scope);
            if (round % 4 == 0) await PayAsync(Here, session, Cards.Declined);

            await BothAsync(
                async here => (await PayAsync(here, session, Cards.Approved)).IsSuccess,
                async there => (await there.GetRequiredService<ICheckoutSessions>().ExpireAsync(Florin.Request(scope), session.Id, answer: null, Ct)).IsSuccess,
                isSwapped: round % 2 == 1);

            var visit = (await Florin.Sessions.VisitAsync(session.Id, session.UrlToken, Ct))!;
            var isPaid = visit.Payment?.Status == PaymentIntentStatus.Succeeded;
            Assert.Equal(isPaid ? CheckoutStatus.Complete : CheckoutStatus.Expired, visit.Session.Status);
            Assert.True(isPaid || visit.Payment is null or { Status: PaymentIntentStatus.Canceled });
            Assert.Equal(
                isPaid ? 1 : 0,
                (await Florin.Events.ForSubjectsAsync(scope, [session.Id.Value], Ct)).Count(each => each.Type == EventTypes.CheckoutSessionCompleted));
            return visit.Payment;
        });

        await BooksAsync([.. ended.OfType<PaymentIntent>()], taken: null);
    }

    private static string Acquirer(int round) => AcquirerNames.All[round % AcquirerNames.All.Count];

    private static IPayments Of(IServiceProvider host) => host.GetRequiredService<IPayments>();

    /// <returns>What the one that succeeded came to; the other was refused with one of these codes.</returns>
    private static T OneOf<T>(Result<T> here, Result<T> there, params string[] codes)
    {
        Assert.True(here.IsSuccess != there.IsSuccess, $"{here.Refusal?.Code ?? "succeeded"} and {there.Refusal?.Code ?? "succeeded"}");
        var (won, lost) = here.IsSuccess ? (here, there) : (there, here);
        Assert.Contains(lost.Refusal!.Code, codes);
        return won.Value;
    }

    private async Task<T[]> RoundsAsync<T>(int atOnce, Func<int, Task<T>> round)
    {
        var ended = new T[Rounds];
        await Parallel.ForAsync(0, Rounds, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => ended[i] = await round(i));
        return ended;
    }

    private Task<T[]> RoundsAsync<T>(Func<int, Task<T>> round) => RoundsAsync(AtOnce, round);

    private Task<(T Here, T There)> BothAsync<T>(Func<IServiceProvider, Task<T>> call) => BothAsync(call, call, isSwapped: false);

    /// <summary>Starts both at the same moment, on different hosts.</summary>
    /// <param name="isSwapped">Which of them is on which host.</param>
    private async Task<(T First, T Second)> BothAsync<T>(Func<IServiceProvider, Task<T>> first, Func<IServiceProvider, Task<T>> second, bool isSwapped)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (one, other) = isSwapped ? (There, Here) : (Here, There);
        var running = (First: StartAsync(first, one), Second: StartAsync(second, other));
        go.SetResult();
        return (await running.First, await running.Second);

        Task<T> StartAsync(Func<IServiceProvider, Task<T>> call, IServiceProvider host) => Task.Run(async () =>
        {
            await go.Task;
            return await call(host);
        });
    }

    /// <summary>Every payment of the merchant agrees with its gateway's book, the ledger and its events, and the books add up.</summary>
    /// <param name="taken">What is left of each payment in the end; null where that differs.</param>
    private async Task<IReadOnlyList<PaymentHistory>> BooksAsync(PaymentIntent[] payments, long? taken)
    {
        var histories = new PaymentHistory[payments.Length];
        await Parallel.ForAsync(0, payments.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => histories[i] = await AgreementAsync(payments[i]));
        Assert.Empty((await Florin.Ledger.VerifyAsync(progress: null, Ct)).Faults);
        var left = histories.SelectMany(history => history.Charges).Sum(charge => charge.Captured.Minor - charge.Refunded.Minor);
        var receivable = (await Florin.Ledger.BalancesAsync(scope, Ct)).Where(each => each.AccountCode.StartsWith("gateway_receivable", StringComparison.Ordinal));
        Assert.Equal(left, receivable.Sum(each => each.Amount.Minor));
        if (taken is { } each) Assert.Equal(each * payments.Length, left);
        return histories;
    }

    /// <summary>Waits until the issuer has claimed the money.</summary>
    private async Task<BookedDispute> ClaimAsync(PaymentAttempt attempt)
    {
        BookedDispute? claim = null;
        await RunningFlorin.EventuallyAsync(async () => (claim = await Florin.BookedDisputeAsync(attempt.Connector, attempt.GatewayKey)) is not null);
        return claim!;
    }

    private static async Task<bool> LearnAsync(IServiceProvider host, PaymentAttempt attempt, BookedDispute claim) =>
        await host.GetRequiredService<FollowDispute>().RunAsync(
            new Job(attempt.Id.Shard(), FollowDispute.JobKind, $"{attempt.ConnectorAccount}/{claim.Reference}", Payload: "", Attempt: 1), Ct) is not JobOutcome.GiveUp;

    private static Task<Result<CheckoutVisit>> PayAsync(IServiceProvider host, CheckoutSession session, string card) =>
        host.GetRequiredService<ICheckoutSessions>().PayAsync(session.Id, session.UrlToken, new CheckoutPayment(Cards.Entry(card), "kim@example.com"), Ct);
}

public sealed class TwoHostsOnSqlite(SqlitePayments fixture) : TwoHostsTests(fixture), IClassFixture<SqlitePayments>
{
    // Two writers of one file wait for each other's locks by looking again and again.
    protected override int Rounds => 24;
}

[Trait("Engine", "postgres")]
public sealed class TwoHostsOnPostgres(PostgresPayments fixture) : TwoHostsTests(fixture), IClassFixture<PostgresPayments>;
