using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Charges;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Payments.Tests;

/// <summary>What people do about outcomes that nobody knows.</summary>
public abstract class UnknownQueueTests(PaymentsFixture fixture) : ClerkTests(fixture)
{
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

    private Task<Page<AuditRecord>> AuditAsync(MerchantScope scope, UnknownOutcomeId id) =>
        Florin.Get<IAudit>().ListAsync(scope, new AuditFilter(Subject: id.ToString()), new(10), Ct);
}

public sealed class UnknownQueueOnSqlite(SqlitePayments fixture) : UnknownQueueTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class UnknownQueueOnPostgres(PostgresPayments fixture) : UnknownQueueTests(fixture), IClassFixture<PostgresPayments>;
