using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Charges;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Payments.Tests;

/// <summary>What people do about outcomes that nobody knows, and what becomes of money that comes too late.</summary>
public abstract class UnknownQueueTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);
    private static readonly AuditActor Clerk = new(AuditActorKind.User, "clerk@example.com");

    // The acquirers that take a reversal by our key.
    public static TheoryData<string> Reversible => [AcquirerNames.Castellan, AcquirerNames.Hangang];

    private IUnknownOutcomes Queue => Florin.Get<IUnknownOutcomes>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Florin.Options.QuerySchedule = [Never];
    }

    [Fact]
    public async Task The_queue_holds_what_nobody_knows_and_can_be_filtered_counted_and_paged()
    {
        var scope = await MerchantAsync();
        var payment = await LostAsync(scope, AcquirerNames.Aurora, amount: 1_000);
        var other = await LostAsync(scope, AcquirerNames.Castellan, amount: 2_000, currency: "EUR");
        var held = await PaidAsync(AcquirerNames.Aurora, amount: 3_000, capture: CaptureMethod.Manual, scope: scope);
        await Florin.FaultAsync(AcquirerNames.Aurora, "capture", "reset", "after");
        await CaptureAsync(held);
        var paid = await PaidAsync(AcquirerNames.Aurora, amount: 4_000, scope: scope);
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "after");
        await RefundAsync(paid, 500);

        var all = await ListAsync(scope);

        Assert.Equal(
            [UnknownOutcomeKind.Refund, UnknownOutcomeKind.Capture, UnknownOutcomeKind.Payment, UnknownOutcomeKind.Payment], all.Select(item => item.Kind));
        Assert.Equal([500, 3_000, 2_000, 1_000], all.Select(item => item.Amount.Minor));
        Assert.All(all, item => Assert.Equal(UnknownOutcomeReason.NoAnswer, item.Reason));
        Assert.Equal(other.Id, Assert.Single(await ListAsync(scope, new UnknownOutcomeFilter(Currency: Currency.Eur))).PaymentIntent);
        Assert.Equal(paid.Id, Assert.Single(await ListAsync(scope, new UnknownOutcomeFilter(Kind: UnknownOutcomeKind.Refund))).PaymentIntent);
        Assert.Equal(2, (await ListAsync(scope, new UnknownOutcomeFilter(LeastMinor: 1_500, MostMinor: 3_000))).Count);
        var account = (await HistoryAsync(other)).Attempts[0].ConnectorAccount;
        Assert.Equal(other.Id, Assert.Single(await ListAsync(scope, new UnknownOutcomeFilter(ConnectorAccount: account))).PaymentIntent);
        Assert.Empty(await ListAsync(scope, new UnknownOutcomeFilter(SentBefore: TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1))));
        Assert.Empty(await ListAsync(scope, new UnknownOutcomeFilter(WaitsForPerson: true)));

        var count = await Queue.CountAsync(scope, new UnknownOutcomeFilter(), Ct);
        Assert.Equal((4, 0, 2), (count.Total, count.WaitsForPerson, count.ByKind[UnknownOutcomeKind.Payment]));
        var first = await Queue.ListAsync(scope, new UnknownOutcomeFilter(), new(3), Ct);
        Assert.True(first.HasMore);
        Assert.Equal(payment.Id, Assert.Single((await Queue.ListAsync(scope, new UnknownOutcomeFilter(), new(3, first.Items[^1].Id), Ct)).Items).PaymentIntent);

        // Another merchant sees none of it, nor the other mode.
        var stranger = await MerchantAsync();
        Assert.Empty(await ListAsync(stranger));
        Assert.Null(await Queue.FindAsync(stranger, all[0].Id, Ct));
        Assert.Null(await Queue.FindAsync(new MerchantScope(scope.Merchant, IsLive: true), all[0].Id, Ct));
    }

    [Fact]
    public async Task Asked_now_the_gateway_tells_and_the_item_leaves_the_queue_with_its_history()
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, AcquirerNames.Aurora);
        var item = Assert.Single(await ListAsync(scope));

        var settled = (await Queue.QueryAsync(By(scope), item.Id, answer: null, Ct)).Value;

        Assert.Equal(UnknownOutcomeReason.Settled, settled.Reason);
        Assert.Equal((OutcomeActKind.Query, "captured"), (settled.Acts[^1].Kind, settled.Acts[^1].Said));
        Assert.Empty(await ListAsync(scope));
        await AgreementAsync(await EventuallyAsync(lost, PaymentIntentStatus.Succeeded));
        Assert.Equal(OutcomeRefusals.SettledCode, (await Queue.QueryAsync(By(scope), item.Id, answer: null, Ct)).Refusal!.Code);
        Assert.Equal("unknown_outcome.queried", Assert.Single((await AuditAsync(scope, item.Id)).Items).Entry.Action);
    }

    [Fact]
    public async Task A_gateway_of_which_too_much_is_asked_already_is_not_asked_and_that_is_said()
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, AcquirerNames.Aurora);
        var item = Assert.Single(await ListAsync(scope));
        var places = await AllPlacesToAskAsync(item);

        var refused = await Queue.QueryAsync(By(scope), item.Id, answer: null, Ct);
        var bulk = (await Queue.StartBulkAsync(
            By(scope), new NewOutcomeBulk(OutcomeBulkAct.Query, [item.Id], Filter: null, Outcome: null, Evidence: null), answer: null, Ct)).Value;
        await RunningFlorin.EventuallyAsync(async () => (await Queue.FindBulkAsync(scope, bulk.Id, Ct))!.IsComplete);

        Assert.Equal((RefusalKind.Unavailable, "gateway_full"), (refused.Refusal?.Kind, refused.Refusal?.Code));
        var inBulk = Assert.Single((await Queue.ListBulkItemsAsync(bulk.Id, new(100), Ct)).Items);
        Assert.Equal((OutcomeBulkItemState.Failed, "gateway_full"), (inBulk.State, inBulk.Code));
        Assert.Empty((await Queue.FindAsync(scope, item.Id, Ct))!.Acts);
        Assert.Empty((await AuditAsync(scope, item.Id)).Items);

        // Whoever has the last place asks with it.
        places[^1].Dispose();
        Assert.Equal(UnknownOutcomeReason.Settled, (await Queue.QueryAsync(By(scope), item.Id, answer: null, Ct)).Value.Reason);
        await AgreementAsync(await EventuallyAsync(lost, PaymentIntentStatus.Succeeded));
        foreach (var place in places) place.Dispose();
    }

    [Fact]
    public async Task What_is_asked_about_no_more_waits_for_a_person()
    {
        var scope = await MerchantAsync();
        Florin.Options.QuerySchedule = [TimeSpan.Zero, TimeSpan.Zero];
        await Florin.FaultAsync(AcquirerNames.Aurora, "query", "http500", "before", count: 2);
        var lost = await LostAsync(scope, AcquirerNames.Aurora);
        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(lost)).Count == 1);

        var item = Assert.Single(await ListAsync(scope, new UnknownOutcomeFilter(WaitsForPerson: true)));

        Assert.Equal((UnknownOutcomeReason.ScheduleExhausted, 2), (item.Reason, item.Queries));
        Assert.Equal(1, (await Queue.CountAsync(scope, new UnknownOutcomeFilter(), Ct)).WaitsForPerson);
        Assert.Equal(["no_answer", "no_answer"], (await Queue.FindAsync(scope, item.Id, Ct))!.Acts.Select(act => act.Said));

        // Once somebody has stated the outcome, nothing dead is left of it.
        Assert.True((await AcceptAsync(item, AcceptedOutcome.Captured, "au_by_telephone")).IsSuccess);
        await EventuallyAsync(lost, PaymentIntentStatus.Succeeded);
        await RunningFlorin.EventuallyAsync(async () => (await Florin.DeadJobsAsync(lost)).Count == 0);
    }

    [Fact]
    public async Task An_accepted_outcome_is_one_charge_one_posting_one_event_and_says_who_and_why()
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, AcquirerNames.Aurora);
        var item = Assert.Single(await ListAsync(scope));
        var reference = (await Florin.BookedOperationsAsync(AcquirerNames.Aurora, item.Operation))[0].Key;

        var settled = (await AcceptAsync(item, AcceptedOutcome.Captured, reference)).Value;

        var history = await AgreementAsync(await EventuallyAsync(lost, PaymentIntentStatus.Succeeded));
        Assert.Single(history.Charges);
        var act = settled.Acts[^1];
        Assert.Equal((OutcomeActKind.Acceptance, "captured", "Their statement of today, line 7.", Clerk.Name), (act.Kind, act.Said, act.Explanation, act.Actor));
        var record = Assert.Single((await AuditAsync(scope, item.Id)).Items);
        Assert.Equal(("unknown_outcome.accepted", Clerk.Name), (record.Entry.Action, record.Entry.Actor.Name));
        Assert.Contains("line 7", record.Entry.Details, StringComparison.Ordinal);

        // Said twice it is refused, and nothing is posted twice.
        Assert.Equal(OutcomeRefusals.SettledCode, (await AcceptAsync(item, AcceptedOutcome.Captured, reference)).Refusal!.Code);
        await AgreementAsync(lost);
    }

    [Fact]
    public async Task A_document_that_shows_the_outcome_is_kept_with_the_item_the_payment_and_the_audit_log()
    {
        var scope = await MerchantAsync();
        var (lost, other) = (await LostAsync(scope, AcquirerNames.Aurora), await LostAsync(scope, AcquirerNames.Aurora));
        var item = (await ListAsync(scope)).Single(each => each.PaymentIntent == lost.Id);
        var document = new NewFile(FilePurpose.OutcomeEvidence, "statement.pdf", "%PDF-1.7 line 7"u8.ToArray());
        var file = (await Florin.Get<IFiles>().CreateAsync(Florin.Request(scope), document, answer: null, Ct)).Value;
        var strangers = (await Florin.Get<IFiles>().CreateAsync(Florin.Request(await MerchantAsync()), document, answer: null, Ct)).Value;
        var stated = new OutcomeEvidence(AcceptedOutcome.Captured, "au_by_telephone", "See the statement.", strangers.Id);
        Assert.Equal("resource_missing", (await Queue.AcceptAsync(By(scope), item.Id, stated, answer: null, Ct)).Refusal!.Code);

        var settled = (await Queue.AcceptAsync(By(scope), item.Id, stated with { File = file.Id }, answer: null, Ct)).Value;

        Assert.Equal(file.Id, settled.Acts[^1].File);
        var shown = Assert.Single((await HistoryAsync(lost)).Statements);
        Assert.Equal((item.Id, OutcomeActKind.Acceptance, "captured", file.Id, Clerk.Name), (shown.Item, shown.Act.Kind, shown.Act.Said, shown.Act.File, shown.Act.Actor));
        Assert.Contains(file.Id.ToString(), Assert.Single((await AuditAsync(scope, item.Id)).Items).Entry.Details, StringComparison.Ordinal);
        Assert.Empty((await HistoryAsync(other)).Statements);
    }

    [Theory]
    [InlineData(AcceptedOutcome.Declined)]
    [InlineData(AcceptedOutcome.NeverSent)]
    public async Task A_payment_that_a_person_says_came_to_nothing_may_be_tried_again(AcceptedOutcome outcome)
    {
        var scope = await MerchantAsync();
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", "reset", "before");
        var lost = (await PayAsync(Cards.Approved, AcquirerNames.Aurora, scope: scope)).Value;
        var item = Assert.Single(await ListAsync(scope));

        Assert.True((await AcceptAsync(item, outcome)).IsSuccess);

        // Closed, and open to the gateway's own word.
        var history = await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.NotSent);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, history.Intent.Status);
        var again = new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null);
        Assert.Equal(PaymentIntentStatus.Succeeded, (await Payments.ConfirmAsync(Florin.Request(scope), lost.Id, again, answer: null, Ct)).Value.Status);
    }

    [Theory]
    [InlineData(AcceptedOutcome.Declined)]
    [InlineData(AcceptedOutcome.NeverSent)]
    public async Task Where_a_person_was_wrong_the_gateway_has_the_last_word_and_the_money_goes_back(AcceptedOutcome outcome)
    {
        var scope = await MerchantAsync();
        var lost = await LostAsync(scope, AcquirerNames.Aurora);
        var item = Assert.Single(await ListAsync(scope));

        Assert.True((await AcceptAsync(item, outcome)).IsSuccess);

        var history = await EventuallyAsync(lost, now => now.Refunds.Any(refund => refund.State == OperationState.Succeeded));
        Assert.Equal(AttemptState.Captured, Assert.Single(history.Attempts).State);
        Assert.Equal(Assert.Single(history.Charges).Captured, Assert.Single(history.Refunds).Amount);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, history.Intent.Status);
    }

    [Theory]
    [InlineData(LateSuccessPolicy.Ask)]
    [InlineData(LateSuccessPolicy.Accept)]
    public async Task What_a_person_has_undone_at_the_gateway_is_undone_whatever_the_policy(LateSuccessPolicy policy)
    {
        var scope = await MerchantAsync();
        await PolicyAsync(scope, policy);
        await Florin.FaultAsync(AcquirerNames.Castellan, "authorize", "reset", "before");
        var lost = (await PayAsync(Cards.Approved, AcquirerNames.Castellan, scope: scope)).Value;
        var item = Assert.Single(await ListAsync(scope));

        Assert.True((await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).IsSuccess);

        var history = await EventuallyAsync(lost, now => now.Attempts[0].State == AttemptState.Voided);
        Assert.Equal(PaymentIntentStatus.Canceled, history.Intent.Status);
        Assert.Empty(history.Charges);
    }

    [Fact]
    public async Task A_good_payment_whose_operations_contradict_each_other_is_not_returned_by_cancelling()
    {
        var scope = await MerchantAsync();
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        var charge = Assert.Single((await HistoryAsync(paid)).Charges);
        await Florin.Get<IDatabase>().WriteAsync(async tx => await ChargeStore.SetAttentionAsync(tx, charge.Id, "It contradicts itself."), Ct);
        var item = Assert.Single(await ListAsync(scope));

        Assert.False((await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).IsSuccess);

        Assert.Empty((await HistoryAsync(paid)).Refunds);
        Assert.Equal(item.Id, Assert.Single(await ListAsync(scope)).Id);
    }

    [Fact]
    public async Task What_cannot_be_is_not_accepted()
    {
        var scope = await MerchantAsync();
        await LostAsync(scope, AcquirerNames.Aurora);
        var item = Assert.Single(await ListAsync(scope));

        Assert.Equal("unknown_outcome_does_not_fit", (await AcceptAsync(item, AcceptedOutcome.Authorized, "ref")).Refusal!.Code);
        Assert.Equal("unknown_outcome_does_not_fit", (await AcceptAsync(item, AcceptedOutcome.Refunded, "ref")).Refusal!.Code);
        Assert.Equal("gateway_reference", (await AcceptAsync(item, AcceptedOutcome.Captured)).Refusal!.Param);
        var silent = new OutcomeEvidence(AcceptedOutcome.Declined, GatewayReference: null, " ", File: null);
        Assert.Equal("evidence", (await Queue.AcceptAsync(By(scope), item.Id, silent, answer: null, Ct)).Refusal!.Param);
        var strange = new OutcomeEvidence(AcceptedOutcome.Declined, null, "See the file.", Florin.Get<IdSource>().New<FileId>(scope.Shard));
        Assert.Equal("file", (await Queue.AcceptAsync(By(scope), item.Id, strange, answer: null, Ct)).Refusal!.Param);
        Assert.Equal("resource_missing", (await Queue.QueryAsync(By(await MerchantAsync()), item.Id, answer: null, Ct)).Refusal!.Code);

        Assert.Empty((await AuditAsync(scope, item.Id)).Items);
        Assert.Single(await ListAsync(scope));
    }

    [Theory]
    [InlineData("capture", AcceptedOutcome.Captured, PaymentIntentStatus.Succeeded)]
    [InlineData("capture", AcceptedOutcome.NeverSent, PaymentIntentStatus.RequiresCapture)]
    [InlineData("void", AcceptedOutcome.Voided, PaymentIntentStatus.Canceled)]
    [InlineData("void", AcceptedOutcome.Declined, PaymentIntentStatus.RequiresCapture)]
    public async Task A_capture_or_void_is_settled_by_what_a_person_states(string operation, AcceptedOutcome outcome, PaymentIntentStatus status)
    {
        var scope = await MerchantAsync();
        var held = await PaidAsync(AcquirerNames.Aurora, capture: CaptureMethod.Manual, scope: scope);
        var happens = outcome is AcceptedOutcome.Captured or AcceptedOutcome.Voided;
        await Florin.FaultAsync(AcquirerNames.Aurora, operation, "reset", happens ? "after" : "before");
        await (operation == "capture" ? CaptureAsync(held) : CancelAsync(held));

        Assert.True((await AcceptAsync(Assert.Single(await ListAsync(scope)), outcome, happens ? "au_ref" : null)).IsSuccess);

        await AgreementAsync(await EventuallyAsync(held, status));
        Assert.Empty(await ListAsync(scope));
    }

    [Fact]
    public async Task A_refund_is_settled_by_what_a_person_states()
    {
        var scope = await MerchantAsync();
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "after");
        await RefundAsync(paid, 4_000);

        Assert.True((await AcceptAsync(Assert.Single(await ListAsync(scope)), AcceptedOutcome.Refunded, "au_ref")).IsSuccess);

        var history = await AgreementAsync(paid);
        Assert.Equal((OperationState.Succeeded, 4_000), (history.Refunds[0].State, history.Charges[0].Refunded.Minor));
    }

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

    [Fact]
    public async Task By_the_policy_to_accept_a_lapsed_payment_succeeds_after_all()
    {
        var scope = await MerchantAsync();
        await PolicyAsync(scope, LateSuccessPolicy.Accept);
        var session = await NewSessionAsync(scope, AcquirerNames.Castellan);
        await Florin.FaultAsync(AcquirerNames.Castellan, "authorize", "reset", "after");
        var lost = (await Florin.Sessions.PayAsync(session.Id, session.UrlToken, new CheckoutPayment(Cards.Entry(Cards.Approved), "kim@example.com"), Ct)).Value.Payment!;
        Assert.True((await Florin.Sessions.ExpireAsync(Florin.Request(scope), session.Id, answer: null, Ct)).IsSuccess);

        var paid = await EventuallyAsync(lost, PaymentIntentStatus.Succeeded);

        Assert.Equal((null, null), (paid.CanceledAt, paid.CancellationReason));
        var history = await AgreementAsync(paid);
        Assert.Equal(LateSuccessPolicy.Accept, history.Charges[0].LateSuccess);
        Assert.Equal(320, history.Charges[0].Fee.Minor);
        var visit = (await Florin.Sessions.FindAsync(scope, session.Id, Ct))!;
        Assert.Equal((CheckoutStatus.Complete, CheckoutPaymentStatus.Paid), (visit.Status, visit.PaymentStatus));
        Assert.Single(await Florin.Events.ForSubjectsAsync(scope, [session.Id.Value], Ct), each => each.Type == EventTypes.CheckoutSessionCompleted);
    }

    [Theory]
    [InlineData(CancellationReason.RequestedByCustomer)]
    [InlineData(CancellationReason.Fraudulent)]
    [InlineData(CancellationReason.Duplicate)]
    [InlineData(null)]
    public async Task By_the_policy_to_accept_what_somebody_canceled_stays_canceled(CancellationReason? reason)
    {
        var scope = await MerchantAsync();
        await PolicyAsync(scope, LateSuccessPolicy.Accept);
        var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora, scope: scope)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        Assert.True((await Payments.CancelAsync(Florin.Request(scope), waiting.Id, reason, answer: null, Ct)).IsSuccess);

        await ConfirmBehindOurBackAsync(waiting);

        var history = await EventuallyAsync(waiting, now => now.Refunds is [{ State: OperationState.Succeeded }]);
        Assert.Equal((PaymentIntentStatus.Canceled, LateSuccessPolicy.Refund), (history.Intent.Status, history.Charges[0].LateSuccess));
        await AgreementAsync(waiting);
    }

    [Theory]
    [InlineData(LateSuccessPolicy.Accept)]
    [InlineData(LateSuccessPolicy.Refund)]
    public async Task What_waits_for_a_person_is_kept_or_returned_as_the_person_says(LateSuccessPolicy decision)
    {
        var scope = await MerchantAsync();
        await PolicyAsync(scope, LateSuccessPolicy.Ask);
        var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora, scope: scope)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        await CancelAsync(waiting);
        await ConfirmBehindOurBackAsync(waiting);
        await EventuallyAsync(waiting, now => now.Charges is [{ LateSuccess: LateSuccessPolicy.Ask }]);
        Assert.Empty((await HistoryAsync(waiting)).Refunds);
        var item = Assert.Single(await ListAsync(scope, new UnknownOutcomeFilter(WaitsForPerson: true)));
        Assert.Equal((UnknownOutcomeKind.LateSuccess, UnknownOutcomeReason.LateSuccess), (item.Kind, item.Reason));

        if (decision == LateSuccessPolicy.Accept)
        {
            Assert.True((await AcceptAsync(item, AcceptedOutcome.Kept)).IsSuccess);
            Assert.Equal(PaymentIntentStatus.Succeeded, (await FindAsync(waiting)).Status);
        }
        else
        {
            Assert.True((await Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)).IsSuccess);
            await EventuallyAsync(waiting, now => now.Refunds is [{ State: OperationState.Succeeded }]);
        }

        await AgreementAsync(waiting);
        Assert.Empty(await ListAsync(scope));
    }

    [Fact]
    public async Task Of_two_people_who_decide_differently_at_once_one_decides()
    {
        var scope = await MerchantAsync();
        await PolicyAsync(scope, LateSuccessPolicy.Ask);
        for (var round = 0; round < 10; round++)
        {
            var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora, scope: scope)).Value;
            await TypeAsync(waiting, TestCards.OneTimePassword);
            await CancelAsync(waiting);
            await ConfirmBehindOurBackAsync(waiting);
            await EventuallyAsync(waiting, now => now.Charges is [{ LateSuccess: LateSuccessPolicy.Ask }]);
            var item = Assert.Single(await ListAsync(scope));

            await Task.WhenAll(
                Task.Run(() => AcceptAsync(item, AcceptedOutcome.Kept)),
                Task.Run(() => Queue.CancelAsync(By(scope), item.Id, answer: null, Ct)));

            var history = await EventuallyAsync(
                waiting, now => now.Intent.Status == PaymentIntentStatus.Succeeded || now.Refunds is [{ State: OperationState.Succeeded }]);
            Assert.NotEqual(history.Intent.Status == PaymentIntentStatus.Succeeded, history.Refunds.Count > 0);
            await AgreementAsync(waiting);
        }
    }

    [Fact]
    public async Task A_bulk_action_works_off_all_that_match_and_says_what_became_of_each()
    {
        var scope = await MerchantAsync();
        var lost = new List<PaymentIntent>();
        for (var i = 0; i < 15; i++) lost.Add(await LostAsync(scope, AcquirerNames.All[i % 3], amount: 1_000 + i));
        var wanted = new NewOutcomeBulk(OutcomeBulkAct.Query, Ids: null, new UnknownOutcomeFilter(LeastMinor: 1_005), Outcome: null, Evidence: null);

        var bulk = (await Queue.StartBulkAsync(By(scope), wanted, answer: null, Ct)).Value;

        Assert.Equal(10, bulk.Total);
        await RunningFlorin.EventuallyAsync(async () => (await Queue.FindBulkAsync(scope, bulk.Id, Ct))!.IsComplete);
        var ended = (await Queue.FindBulkAsync(scope, bulk.Id, Ct))!;
        Assert.Equal((10, 0), (ended.Done, ended.Failed));
        Assert.Equal(5, (await ListAsync(scope)).Count);
        Assert.All((await Queue.ListBulkItemsAsync(bulk.Id, new(100), Ct)).Items, item => Assert.Equal((OutcomeBulkItemState.Done, "settled"), (item.State, item.Message)));
        Assert.Null(await Queue.FindBulkAsync(await MerchantAsync(), bulk.Id, Ct));

        // Of what was told to it, the settled ones fail by name, and the others are done.
        var ids = (await ListAsync(scope)).Select(item => item.Id).Append(new UnknownOutcomeId((await HistoryAsync(lost[^1])).Attempts[0].Id.Value)).ToList();
        var accept = new NewOutcomeBulk(OutcomeBulkAct.Accept, ids, Filter: null, AcceptedOutcome.NeverSent, "The gateway's list of the day has none of them.");
        var second = (await Queue.StartBulkAsync(By(scope), accept, answer: null, Ct)).Value;
        await RunningFlorin.EventuallyAsync(async () => (await Queue.FindBulkAsync(scope, second.Id, Ct))!.IsComplete);
        Assert.Equal((5, 1), ((await Queue.FindBulkAsync(scope, second.Id, Ct))!.Done, (await Queue.FindBulkAsync(scope, second.Id, Ct))!.Failed));
        Assert.Equal(OutcomeRefusals.SettledCode, Assert.Single((await Queue.ListBulkItemsAsync(second.Id, new(100), Ct)).Items, item => item.State == OutcomeBulkItemState.Failed).Code);
        Assert.Empty(await ListAsync(scope));
    }

    [Fact]
    public async Task A_bulk_action_that_makes_no_sense_is_not_begun()
    {
        var scope = await MerchantAsync();
        var none = new NewOutcomeBulk(OutcomeBulkAct.Query, Ids: null, Filter: null, Outcome: null, Evidence: null);
        var tooMany = none with { Ids = [.. Enumerable.Repeat(Florin.Get<IdSource>().New<UnknownOutcomeId>(scope.Shard), NewOutcomeBulk.MostItems + 1)] };
        var blind = none with { Act = OutcomeBulkAct.Accept, Filter = new UnknownOutcomeFilter(), Outcome = AcceptedOutcome.Captured, Evidence = "All of them." };

        Assert.Equal("parameter_missing", (await Queue.StartBulkAsync(By(scope), none, answer: null, Ct)).Refusal!.Code);
        Assert.Equal("bulk_too_large", (await Queue.StartBulkAsync(By(scope), tooMany, answer: null, Ct)).Refusal!.Code);
        Assert.Equal("unknown_outcome_does_not_fit", (await Queue.StartBulkAsync(By(scope), blind, answer: null, Ct)).Refusal!.Code);
        Assert.Empty((await Queue.ListBulksAsync(scope, new(10), Ct)).Items);
    }

    [Fact]
    public async Task A_policy_is_the_merchants_and_the_modes_and_changing_it_is_audited()
    {
        var scope = await MerchantAsync();
        var policies = Florin.Get<IPaymentPolicies>();
        Assert.Equal(LateSuccessPolicy.Refund, (await policies.FindAsync(scope, Ct)).LateSuccess);

        await PolicyAsync(scope, LateSuccessPolicy.Ask);
        await PolicyAsync(scope, LateSuccessPolicy.Ask);

        Assert.Equal(LateSuccessPolicy.Ask, (await policies.FindAsync(scope, Ct)).LateSuccess);
        Assert.Equal(LateSuccessPolicy.Refund, (await policies.FindAsync(new MerchantScope(scope.Merchant, IsLive: true), Ct)).LateSuccess);
        var changes = await Florin.Get<IAudit>().ListAsync(scope, new AuditFilter(Action: "payment_policies.changed"), new(10), Ct);
        Assert.Contains("\"late_success\":\"ask\"", Assert.Single(changes.Items).Entry.Details!.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    // The gateway carries the payment out without us: a request of ours that was late on its way.
    private async Task ConfirmBehindOurBackAsync(PaymentIntent waiting)
    {
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        await Florin.Get<IConnectors>().Get(attempt.Connector).ConfirmAsync(
            new ConfirmOrder(attempt.GatewayKey, attempt.GatewayReference!, attempt.Amount, attempt.Capture), account, Ct);
        await Florin.RepeatWebhookAsync(attempt);
    }

    private Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long> { ["USD"] = 30 }));

    private async Task<PaymentIntent> LostAsync(
        MerchantScope scope, string acquirer, long amount = 10_000, string currency = "USD", CaptureMethod capture = CaptureMethod.Automatic)
    {
        await Florin.FaultAsync(acquirer, "authorize", "reset", "after");
        var lost = (await PayAsync(Cards.Approved, acquirer, amount, currency, capture, scope)).Value;
        Assert.Equal(PaymentIntentStatus.Processing, lost.Status);
        return lost;
    }

    private async Task<IReadOnlyList<UnknownOutcome>> ListAsync(MerchantScope scope, UnknownOutcomeFilter? filter = null) =>
        (await Queue.ListAsync(scope, filter ?? new UnknownOutcomeFilter(), new(100), Ct)).Items;

    private async Task<IReadOnlyList<GatewayPlace>> AllPlacesToAskAsync(UnknownOutcome item)
    {
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(item.ConnectorAccount, Ct))!.Value.Account;
        var places = new List<GatewayPlace>();
        for (var call = 0; call < new GatewayHealthOptions().Questions.Calls; call++)
        {
            places.Add((await Florin.Get<IGatewayHealth>().PlaceToAskAsync(account, GatewayMethods.Card))!);
        }

        return places;
    }

    private OutcomeRequest By(MerchantScope scope) => new(Florin.Request(scope), Clerk);

    private Task<Result<UnknownOutcome>> AcceptAsync(UnknownOutcome item, AcceptedOutcome outcome, string? reference = null) => Queue.AcceptAsync(
        By(item.Scope), item.Id, new OutcomeEvidence(outcome, reference, "Their statement of today, line 7.", File: null), answer: null, Ct);

    private Task<Page<AuditRecord>> AuditAsync(MerchantScope scope, UnknownOutcomeId id) =>
        Florin.Get<IAudit>().ListAsync(scope, new AuditFilter(Subject: id.ToString()), new(10), Ct);

    private Task<PaymentPolicies> PolicyAsync(MerchantScope scope, LateSuccessPolicy policy) =>
        Florin.Get<IPaymentPolicies>().SetAsync(scope, Clerk, new PaymentPolicies(scope, policy), answer: null, Ct);
}

public sealed class UnknownQueueOnSqlite(SqlitePayments fixture) : UnknownQueueTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class UnknownQueueOnPostgres(PostgresPayments fixture) : UnknownQueueTests(fixture), IClassFixture<PostgresPayments>;
