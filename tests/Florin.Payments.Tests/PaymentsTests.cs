using System.Text.Json;
using Florin.Events;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Payments.Attempts;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Payments.Tests;

/// <summary>What the tests of every kind of payment share: making payments, waiting for them, and the one assertion that
/// our view, the acquirer's book, the ledger and the events agree.</summary>
public abstract class PaymentsTests(PaymentsFixture fixture) : IAsyncLifetime
{
    protected static readonly CancellationToken Ct = CancellationToken.None;

    private readonly PaymentsOptions atStart = new()
    {
        GatewayDeadline = fixture.Florin.Options.GatewayDeadline,
        QuerySchedule = fixture.Florin.Options.QuerySchedule,
        ChallengePatience = fixture.Florin.Options.ChallengePatience,
        SweepEvery = fixture.Florin.Options.SweepEvery,
        FailoverWithin = fixture.Florin.Options.FailoverWithin,
        BusyGatewayPause = fixture.Florin.Options.BusyGatewayPause,
        ConfirmAgainWithin = fixture.Florin.Options.ConfirmAgainWithin,
    };

    public static TheoryData<string> Acquirers => [.. AcquirerNames.All];

    protected PaymentsFixture Fixture => fixture;

    protected RunningFlorin Florin => fixture.Florin;

    protected IPayments Payments => Florin.Payments;

    public virtual Task InitializeAsync()
    {
        Florin.WebhooksArrive = false;
        return Florin.ResetFaultsAsync();
    }

    public virtual async Task DisposeAsync()
    {
        var options = Florin.Options;
        (options.GatewayDeadline, options.QuerySchedule) = (atStart.GatewayDeadline, atStart.QuerySchedule);
        (options.ChallengePatience, options.SweepEvery) = (atStart.ChallengePatience, atStart.SweepEvery);
        (options.FailoverWithin, options.BusyGatewayPause) = (atStart.FailoverWithin, atStart.BusyGatewayPause);
        options.ConfirmAgainWithin = atStart.ConfirmAgainWithin;
        await Florin.ResetFaultsAsync();
    }

    /// <summary>From now on an answer that does not come soon is lost.</summary>
    protected void Hurry() => Florin.Options.GatewayDeadline = TimeSpan.FromMilliseconds(1_200);

    protected static NewPaymentIntent NewIntent(
        string? card, string? acquirer = null, long amount = 10_000, string currency = "USD", CaptureMethod capture = CaptureMethod.Automatic, bool confirm = true) => new(
        new Money(amount, Currency.Get(currency)),
        capture,
        Confirm: confirm,
        PaymentMethod: null,
        card is null ? null : NewMethod(card),
        ReturnUrl: new Uri("https://shop.example/return"),
        Description: "An order",
        StatementDescriptor: null,
        ReceiptEmail: null,
        acquirer,
        Documents.NoMetadata);

    protected static NewPaymentMethod NewMethod(string card) =>
        new(Cards.Entry(card), Token: null, BillingDetails.None, Documents.NoMetadata);

    protected Task<Result<PaymentIntent>> PayAsync(
        string card, string? acquirer = null, long amount = 10_000, string currency = "USD", CaptureMethod capture = CaptureMethod.Automatic, MerchantScope? scope = null) =>
        Payments.CreateAsync(Florin.Request(scope), NewIntent(card, acquirer, amount, currency, capture), answer: null, Ct);

    /// <summary>A payment that went through: captured, or held where <paramref name="capture"/> is manual.</summary>
    protected async Task<PaymentIntent> PaidAsync(
        string? acquirer = null, long amount = 10_000, string currency = "USD", CaptureMethod capture = CaptureMethod.Automatic, MerchantScope? scope = null)
    {
        var paid = (await PayAsync(Cards.Approved, acquirer, amount, currency, capture, scope)).Value;
        Assert.Equal(capture == CaptureMethod.Automatic ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.RequiresCapture, paid.Status);
        return paid;
    }

    protected Task<PaymentIntent> HeldAsync(string? acquirer = null, long amount = 10_000) =>
        PaidAsync(acquirer, amount, capture: CaptureMethod.Manual);

    protected Task<Result<PaymentIntent>> CaptureAsync(PaymentIntent intent, long? amount = null) =>
        Payments.CaptureAsync(Florin.Request(intent.Scope), intent.Id, amount, answer: null, Ct);

    protected Task<Result<PaymentIntent>> CancelAsync(PaymentIntent intent) => Payments.CancelAsync(
        Florin.Request(intent.Scope), intent.Id, CancellationReason.RequestedByCustomer, answer: null, Ct);

    protected Task<Result<Refund>> RefundAsync(PaymentIntent intent, long? amount = null) => Payments.RefundAsync(
        Florin.Request(intent.Scope), new NewRefund(intent.Id, Charge: null, amount, RefundReason.RequestedByCustomer, Documents.NoMetadata), answer: null, Ct);

    /// <summary>A checkout of two packets of tea for 100 dollars.</summary>
    protected async Task<CheckoutSession> NewSessionAsync(MerchantScope? scope = null, string? acquirer = null) => (await Florin.Sessions.CreateAsync(
        Florin.Request(scope),
        new NewCheckoutSession(
            [new WantedLine(null, new InlinePrice(null, NewProduct.Named("Tea"), new Money(5_000, Currency.Usd), TaxBehavior.Unspecified), 2)],
            CaptureMethod.Automatic,
            new Uri("https://shop.example/ok"),
            CancelUrl: null,
            ClientReferenceId: null,
            CustomerEmail: null,
            Locale: null,
            acquirer,
            Description: null,
            Documents.NoMetadata,
            ExpiresAt: null),
        answer: null,
        Ct)).Value;

    protected async Task<PaymentHistory> HistoryAsync(PaymentIntent intent) => (await Payments.HistoryAsync(intent.Scope, intent.Id, Ct))!;

    protected async Task<PaymentIntent> FindAsync(PaymentIntent intent) => (await Payments.FindAsync(intent.Scope, intent.Id, Ct))!;

    /// <summary>A refusal carries the payment that it is about.</summary>
    protected static PaymentIntent SubjectOf(Result<PaymentIntent> result) => Assert.IsType<PaymentIntent>(result.Refusal!.Subject);

    protected async Task<PaymentIntent> EventuallyAsync(PaymentIntent intent, PaymentIntentStatus status)
    {
        var now = intent;
        await RunningFlorin.EventuallyAsync(
            async () => (now = await FindAsync(intent)).Status == status, () => $"It is {now.Status}, not {status}.");
        return now;
    }

    protected async Task<PaymentHistory> EventuallyAsync(PaymentIntent intent, Func<PaymentHistory, bool> isSo)
    {
        var now = await HistoryAsync(intent);
        await RunningFlorin.EventuallyAsync(async () => isSo(now = await HistoryAsync(intent)), () => $"It stays {now}.");
        return now;
    }

    /// <summary>What the buyer does at the issuer's page, and then the return to us.</summary>
    /// <param name="passwords">Typed one after another; null presses the cancel button.</param>
    protected async Task<Result<PaymentIntent>> AnswerChallengeAsync(PaymentIntent intent, params string?[] passwords)
    {
        foreach (var password in passwords) await TypeAsync(intent, password);
        return await ReturnAsync(intent);
    }

    protected async Task TypeAsync(PaymentIntent intent, string? password)
    {
        var form = new FormUrlEncodedContent([password is null ? new("cancel", "1") : new("otp", password)]);
        using var answer = await Florin.Browser.PostAsync(intent.NextAction, form);
        Assert.True((int)answer.StatusCode is 200 or 303, $"The issuer's page answered {answer.StatusCode}.");
    }

    protected async Task<Result<PaymentIntent>> ReturnAsync(PaymentIntent intent)
    {
        var attempt = (await HistoryAsync(intent)).Attempts[^1];
        return await Payments.ResumeAfterChallengeAsync(attempt.Id, attempt.ReturnToken, Ct);
    }

    /// <summary>Our view, the acquirer's book, the ledger and the events tell one and the same story.</summary>
    protected async Task<PaymentHistory> AgreementAsync(PaymentIntent of)
    {
        var history = await HistoryAsync(of);
        await AgreesWithBookAsync(history);
        await AgreesWithLedgerAsync(history);
        await AgreesWithBalanceAsync(history.Intent.Scope);
        await AgreesWithEventsAsync(history);
        AgreesWithItself(history);
        return history;
    }

    private static void AgreesWithItself(PaymentHistory history)
    {
        var intent = history.Intent;
        var captured = history.Charges.Where(charge => charge.Status == ChargeStatus.Captured).ToList();
        var held = history.Charges.Where(charge => charge.Status == ChargeStatus.Authorized).ToList();
        Assert.True(captured.Count <= 1, "A buyer was charged twice.");
        Assert.True(history.Attempts.Count(attempt => AttemptStates.IsOpen(attempt.State)) <= 1, "Two attempts are under way at once.");
        if (intent.Status != PaymentIntentStatus.Canceled)
        {
            Assert.Equal(captured.Sum(charge => charge.Captured.Minor), intent.AmountReceived.Minor);
            Assert.Equal(held.Sum(charge => charge.Amount.Minor), intent.AmountCapturable.Minor);
        }

        Assert.Equal(intent.Status == PaymentIntentStatus.RequiresAction, intent.NextAction is not null);
        foreach (var charge in history.Charges)
        {
            var refunds = history.Refunds.Where(refund => refund.Charge == charge.Id
                && refund.State is OperationState.Sent or OperationState.Unknown or OperationState.Succeeded);
            Assert.Equal(refunds.Sum(refund => refund.Amount.Minor), charge.Refunded.Minor);
            var takenBack = history.Disputes.Where(dispute => dispute.Charge == charge.Id && dispute is { Withdrawn: true, Status: not DisputeStatus.Won });
            Assert.Equal(takenBack.Sum(dispute => dispute.Amount.Minor), charge.Disputed.Minor);
            Assert.Equal(history.Disputes.LastOrDefault(dispute => dispute.Charge == charge.Id)?.Id, charge.Dispute);
            Assert.True(charge.Refunded + charge.Disputed <= charge.Captured && charge.Captured <= charge.Amount);
        }

        foreach (var attempt in history.Attempts)
        {
            Assert.Equal(AttemptStates.IsOpen(attempt.State), attempt.SettledAt is null);
            Assert.Equal(intent.Amount, attempt.Amount);
            var charge = history.Charges.SingleOrDefault(each => each.Attempt == attempt.Id);
            ChargeStatus? expected = attempt.State switch
            {
                AttemptState.Authorized => ChargeStatus.Authorized,
                AttemptState.Captured => ChargeStatus.Captured,

                // Reversed before anybody learned of a hold, it has no charge.
                AttemptState.Voided => charge is null ? null : ChargeStatus.Voided,
                AttemptState.Declined => ChargeStatus.Failed,
                AttemptState.Sent or AttemptState.Challenge or AttemptState.NotSent or AttemptState.Unknown => null,
            };
            Assert.Equal(expected, charge?.Status);
        }
    }

    private async Task AgreesWithBookAsync(PaymentHistory history)
    {
        foreach (var attempt in history.Attempts)
        {
            var charge = history.Charges.SingleOrDefault(each => each.Attempt == attempt.Id);
            var booked = await Florin.BookedPaymentAsync(attempt.Connector, attempt.GatewayKey);
            if (attempt.State is AttemptState.Unknown or AttemptState.Sent) continue;
            if (booked is null)
            {
                Assert.Equal(AttemptState.NotSent, attempt.State);
                continue;
            }

            if (booked.State == "reversed")
            {
                Assert.Equal((AttemptState.Voided, 0, 0), (attempt.State, booked.Authorized, booked.Captured));
                continue;
            }

            var isHeldOrTaken = attempt.State is AttemptState.Authorized or AttemptState.Captured or AttemptState.Voided;
            Assert.Equal(isHeldOrTaken, booked.State == "approved");
            Assert.Equal(isHeldOrTaken ? attempt.Amount.Minor : 0, booked.Authorized);
            Assert.Equal(attempt.State == AttemptState.Voided, booked.Voided);
            Assert.Equal(charge?.Captured.Minor ?? 0, booked.Captured);
            Assert.Equal(
                history.Refunds.Where(refund => refund.Charge == charge?.Id && refund.State == OperationState.Succeeded).Sum(refund => refund.Amount.Minor),
                booked.Refunded);
            await AgreesWithDisputeAsync(history, attempt, charge, booked);

            // Each operation in the book is one of ours, with the same end.
            var ours = history.Operations.Where(operation => operation.Charge == charge?.Id)
                .Select(operation => (operation.GatewayKey, Succeeded: operation.State == OperationState.Succeeded, operation.Amount.Minor))
                .Concat(history.Refunds.Where(refund => refund.Charge == charge?.Id)
                    .Select(refund => (refund.GatewayKey, Succeeded: refund.State == OperationState.Succeeded, refund.Amount.Minor)))
                .ToList();
            foreach (var operation in (await Florin.BookedOperationsAsync(attempt.Connector, attempt.GatewayKey)).Where(each => each.Operation != "authorize"))
            {
                Assert.Contains((operation.Key, operation.State == "approved", operation.Amount), ours);
            }
        }
    }

    private async Task AgreesWithDisputeAsync(PaymentHistory history, PaymentAttempt attempt, Charge? charge, BookedPayment booked)
    {
        var claim = await Florin.BookedDisputeAsync(attempt.Connector, attempt.GatewayKey);
        var dispute = history.Disputes.SingleOrDefault(each => each.Charge == charge?.Id);
        Assert.Equal(claim?.Reference, dispute?.GatewayReference);
        Assert.Equal(charge?.Disputed.Minor ?? 0, booked.ChargedBack);
        if (dispute is null) return;
        var status = dispute.Status switch
        {
            DisputeStatus.WarningNeedsResponse => ("inquiry", "needs_response"),
            DisputeStatus.WarningUnderReview => ("inquiry", "under_review"),
            DisputeStatus.WarningClosed => ("inquiry", "closed"),
            DisputeStatus.NeedsResponse => ("chargeback", "needs_response"),
            DisputeStatus.UnderReview => ("chargeback", "under_review"),
            DisputeStatus.Won => ("chargeback", "won"),
            DisputeStatus.Lost => ("chargeback", "lost"),
        };
        Assert.Equal(status, (claim!.Stage, claim.State));
        Assert.Equal(claim.Amount, dispute.Amount.Minor);
    }

    // Nobody else posts to what merchants are owed than what they see in their balance.
    private async Task AgreesWithBalanceAsync(MerchantScope scope)
    {
        // Other tests of the class may pay to the shared merchant at the same moment.
        if (scope == Florin.Scope) return;
        var owed = (await Florin.Ledger.BalancesAsync(scope, Ct)).Where(each => each.AccountCode == "merchant_pending").Select(each => each.Amount);

        // A fee as large as its capture leaves nothing to post, and so no account.
        var shown = (await Florin.Get<IBalances>().BalanceAsync(scope, Ct)).Select(each => each.Available + each.Pending);
        Assert.Equal(owed.Where(each => !each.IsZero).OrderBy(each => each.Currency.Code), shown.Where(each => !each.IsZero).OrderBy(each => each.Currency.Code));
    }

    protected async Task AgreesWithLedgerAsync(PaymentHistory history)
    {
        var scope = history.Intent.Scope;
        var subjects = history.Charges.Select(charge => charge.Id.Value).Concat(history.Refunds.Select(refund => refund.Id.Value))
            .Concat(history.Disputes.Select(dispute => dispute.Id.Value)).ToList();
        var posted = (await Florin.Ledger.ForSubjectsAsync(scope.Shard, subjects, Ct))
            .SelectMany(transaction => transaction.Postings.Select(posting =>
                (transaction.Subject, transaction.Kind, posting.AccountCode, posting.Side, posting.Amount)))
            .ToHashSet();
        var expected = new HashSet<(Guid, string, string, PostingSide, Money)>();
        foreach (var charge in history.Charges.Where(each => each.Status == ChargeStatus.Captured))
        {
            expected.Add((charge.Id.Value, "capture", $"gateway_receivable:{charge.Connector}", PostingSide.Debit, charge.Captured));
            if (charge.Fee.IsPositive) expected.Add((charge.Id.Value, "capture", "fee_income", PostingSide.Credit, charge.Fee));
            var net = charge.Captured - charge.Fee;
            if (net.IsPositive) expected.Add((charge.Id.Value, "capture", "merchant_pending", PostingSide.Credit, net));
            if ((-net).IsPositive) expected.Add((charge.Id.Value, "capture", "merchant_pending", PostingSide.Debit, -net));
        }

        foreach (var refund in history.Refunds.Where(each => each.State == OperationState.Succeeded))
        {
            var connector = history.Charges.Single(charge => charge.Id == refund.Charge).Connector;
            expected.Add((refund.Id.Value, "refund", "merchant_pending", PostingSide.Debit, refund.Amount));
            expected.Add((refund.Id.Value, "refund", $"gateway_receivable:{connector}", PostingSide.Credit, refund.Amount));
        }

        foreach (var dispute in history.Disputes.Where(each => each.Withdrawn))
        {
            Expect("dispute_opened", "merchant_pending", "disputed_funds", dispute.Amount);
            if (dispute.Fee.IsPositive) Expect("dispute_fee", "merchant_pending", "dispute_fee_income", dispute.Fee);
            if (dispute.Status == DisputeStatus.Won) Expect("dispute_won", "disputed_funds", "merchant_pending", dispute.Amount);
            if (dispute.Status == DisputeStatus.Lost) Expect("dispute_lost", "disputed_funds", $"gateway_receivable:{dispute.Connector}", dispute.Amount);

            void Expect(string kind, string debit, string credit, Money amount)
            {
                expected.Add((dispute.Id.Value, kind, debit, PostingSide.Debit, amount));
                expected.Add((dispute.Id.Value, kind, credit, PostingSide.Credit, amount));
            }
        }

        Assert.True(expected.SetEquals(posted), $"The ledger has {string.Join("; ", posted)}; expected was {string.Join("; ", expected)}.");
    }

    protected async Task AgreesWithEventsAsync(PaymentHistory history)
    {
        var intent = history.Intent;
        var subjects = history.Charges.Select(charge => charge.Id.Value)
            .Concat(history.Refunds.Select(refund => refund.Id.Value))
            .Concat(history.Disputes.Select(dispute => dispute.Id.Value))
            .Append(intent.Id.Value)
            .ToList();
        var events = await Florin.Events.ForSubjectsAsync(intent.Scope, subjects, Ct);
        Assert.All(events, each => Assert.Contains(each.Type, EventTypes.Known));
        var isCanceled = intent.Status == PaymentIntentStatus.Canceled;
        Expect(EventTypes.PaymentIntentCreated, 1);
        Expect(EventTypes.PaymentIntentSucceeded, intent.Status == PaymentIntentStatus.Succeeded ? 1 : 0);
        var wasBroughtBack = history.Charges.Any(charge => charge.LateSuccess == LateSuccessPolicy.Accept);
        if (!wasBroughtBack) Expect(EventTypes.PaymentIntentCanceled, isCanceled ? 1 : 0);
        Expect(EventTypes.ChargeFailed, history.Charges.Count(charge => charge.Status == ChargeStatus.Failed));
        Expect(EventTypes.ChargeSucceeded, history.Charges.Count(charge => charge.Status != ChargeStatus.Failed));
        Expect(EventTypes.ChargeCaptured, history.Operations.Count(operation => operation is { Kind: ChargeOperationKind.Capture, State: OperationState.Succeeded }));
        Expect(EventTypes.RefundCreated, history.Refunds.Count);
        Expect(EventTypes.ChargeRefunded, history.Refunds.Count(refund => refund.State == OperationState.Succeeded));
        Expect(EventTypes.RefundFailed, history.Refunds.Count(refund => refund.State is OperationState.Declined or OperationState.NotSent));
        Expect(EventTypes.ChargeDisputeCreated, history.Disputes.Count);
        Expect(EventTypes.ChargeDisputeFundsWithdrawn, history.Disputes.Count(dispute => dispute.Withdrawn));
        Expect(EventTypes.ChargeDisputeFundsReinstated, history.Disputes.Count(dispute => dispute.Status == DisputeStatus.Won));
        Expect(EventTypes.ChargeDisputeClosed, history.Disputes.Count(dispute => dispute.IsOver));
        if (!isCanceled)
        {
            // One that was turned down and went on at another gateway has not failed.
            var wentOn = history.Attempts.Select(attempt => attempt.Follows).ToHashSet();
            Expect(EventTypes.PaymentIntentPaymentFailed, history.Attempts.Count(
                attempt => attempt.State is AttemptState.Declined or AttemptState.NotSent && !wentOn.Contains(attempt.Id)));
        }

        // The last event about the payment shows the state that it is in.
        if (events.LastOrDefault(each => each.Subject == intent.Id.Value) is { } last && history.Attempts.Count > 0)
        {
            using var json = JsonDocument.Parse(last.ObjectJson);
            Assert.Equal(Words<PaymentIntentStatus>.Of(intent.Status), json.RootElement.GetProperty("status").GetString());
        }

        void Expect(string type, int count) =>
            Assert.True(events.Count(each => each.Type == type) == count, $"{count} {type} expected among {string.Join(", ", events.Select(each => each.Type))}.");
    }
}

internal static class AttemptStates
{
    public static bool IsOpen(AttemptState state) => state is AttemptState.Sent or AttemptState.Challenge or AttemptState.Unknown;
}
