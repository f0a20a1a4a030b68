using System.Text;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Disputes;
using Florin.Payments.Files;
using Florin.Payments.Routing;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;
using Florin.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Florin.Payments.Tests;

public abstract class DisputeTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const string Fraudulent = "4000000000000259";
    private const string NotReceived = "4000000000002685";
    private const string Inquiry = "4000000000001976";

    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 a receipt");

    private IDisputes Disputes => Florin.Get<IDisputes>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Florin.WebhooksArrive = true;
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_dispute_takes_the_money_and_the_fee_and_evidence_wins_the_money_back(string acquirer)
    {
        var scope = await MerchantAsync();
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, scope);
        Assert.Equal((DisputeStatus.NeedsResponse, DisputeReason.Fraudulent, "10.4"), (dispute.Status, dispute.Reason, dispute.NetworkReasonCode));
        Assert.Equal((10_000, 1_500), (dispute.Amount.Minor, dispute.Fee.Minor));
        Assert.False(dispute.IsChargeRefundable);
        await AgreementAsync(paid);

        var answered = (await EvidenceAsync(dispute, "winning_evidence")).Value;
        Assert.Equal((DisputeStatus.UnderReview, 1, OperationState.Succeeded), (answered.Status, answered.Submissions, answered.Response));

        var won = await EventuallyAsync(dispute, DisputeStatus.Won);
        Assert.Equal([-10_000, 10_000], won.BalanceTransactions.Select(entry => entry.Amount.Minor));
        Assert.True(won.IsChargeRefundable);
        await AgreementAsync(paid);

        // It is the merchant's money again, so it may be returned as any.
        Assert.True((await RefundAsync(paid)).IsSuccess);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_that_does_not_convince_loses_the_money(string acquirer)
    {
        var scope = await MerchantAsync();
        var (paid, dispute) = await DisputedAsync(NotReceived, acquirer, scope);
        Assert.Equal(DisputeReason.ProductNotReceived, dispute.Reason);

        await EvidenceAsync(dispute, "losing_evidence");

        await EventuallyAsync(dispute, DisputeStatus.Lost);
        await AgreementAsync(paid);
        Assert.Equal("charge_disputed", (await RefundAsync(paid)).Refusal?.Code);

        // The gateway owes nothing for it; the merchant owes both fees.
        var balances = (await Florin.Ledger.BalancesAsync(scope, Ct)).ToDictionary(each => each.AccountCode, each => each.Amount.Minor);
        Assert.Equal((0, 0, 1_500), (balances[$"gateway_receivable:{acquirer}"], balances["disputed_funds"], balances["dispute_fee_income"]));
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_deadline_that_passes_in_silence_loses(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());

        Florin.SandboxTime.Skip(TimeSpan.FromDays(10.1));

        await EventuallyAsync(dispute, DisputeStatus.Lost);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task An_inquiry_takes_nothing_and_is_closed_by_a_good_answer(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, acquirer, await MerchantAsync());
        Assert.Equal((DisputeStatus.WarningNeedsResponse, true), (dispute.Status, dispute.IsChargeRefundable));
        Assert.Empty(dispute.BalanceTransactions);

        await EvidenceAsync(dispute, "winning_evidence");

        await EventuallyAsync(dispute, DisputeStatus.WarningClosed);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task An_inquiry_that_escalates_takes_what_was_not_refunded_meanwhile(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, acquirer, await MerchantAsync());
        Assert.True((await RefundAsync(paid, 2_500)).IsSuccess);

        await EvidenceAsync(dispute, "escalate_inquiry_evidence");

        var escalated = await EventuallyAsync(dispute, DisputeStatus.NeedsResponse);
        Assert.Equal((7_500, null), (escalated.Amount.Minor, escalated.Response));
        Assert.True(escalated.DueBy > dispute.DueBy - TimeSpan.FromMinutes(1));
        await EvidenceAsync(escalated, "winning_evidence");
        await EventuallyAsync(dispute, DisputeStatus.Won);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task An_inquiry_is_closed_when_all_is_refunded()
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, AcquirerNames.Aurora, await MerchantAsync());

        Assert.True((await RefundAsync(paid)).IsSuccess);

        await EventuallyAsync(dispute, DisputeStatus.WarningClosed);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Giving_up_loses_at_once(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());

        var closed = (await Disputes.CloseAsync(Florin.Request(dispute.Scope), dispute.Id, answer: null, Ct)).Value;

        Assert.Equal(DisputeStatus.Lost, closed.Status);
        await AgreementAsync(paid);
        Assert.Equal("dispute_unexpected_state", (await Disputes.CloseAsync(Florin.Request(dispute.Scope), dispute.Id, null, Ct)).Refusal?.Code);
        Assert.Equal("dispute_unexpected_state", (await EvidenceAsync(dispute, "winning_evidence")).Refusal?.Code);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_arrives_with_its_documents_and_nothing_of_it_is_lost(string acquirer)
    {
        var (_, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        var receipt = (await Florin.Get<IFiles>().CreateAsync(
            Florin.Request(dispute.Scope), new NewFile(FilePurpose.DisputeEvidence, "../../영수증.pdf", Pdf), answer: null, Ct)).Value;
        Assert.Equal(("영수증.pdf", FileType.Pdf), (receipt.Name, receipt.Type));

        // First collected, then sent with one word more.
        await UpdateAsync(dispute, submit: false, ("receipt", receipt.Id.ToString()), ("product_description", "A lamp & <shade> 램프"));
        Assert.Empty((await BookedAsync(dispute)).Responses);
        await UpdateAsync(dispute, submit: true, ("uncategorized_text", "It was delivered."));

        var response = Assert.Single((await BookedAsync(dispute)).Responses);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Pdf));
        Assert.Equal(["product_description", "uncategorized_text"], response.Fields);
        Assert.Equal([$"receipt: application/pdf, {Pdf.Length} bytes, sha256 {hash}"], response.Documents);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_whose_answer_is_lost_is_asked_about_and_found_to_have_arrived(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        Florin.WebhooksArrive = false;
        await Florin.FaultAsync(acquirer, "evidence", "reset", "after");

        var unknown = (await EvidenceAsync(dispute, "no magic in it")).Value;
        Assert.Equal((OperationState.Unknown, 0), (unknown.Response, unknown.Submissions));

        var settled = await EventuallyAsync(dispute, each => each.Response == OperationState.Succeeded);
        Assert.Equal((DisputeStatus.UnderReview, 1), (settled.Status, settled.Submissions));
        Assert.Single((await BookedAsync(dispute)).Responses);
        await AgreementAsync(paid);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_that_never_arrived_may_be_sent_again_but_not_before_that_is_known(string acquirer)
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, acquirer, await MerchantAsync());
        Hurry();
        await Florin.FaultAsync(acquirer, "evidence", "http500", "before");
        await Florin.FaultAsync(acquirer, "dispute_query", "http500", "before", count: 3);

        Assert.Equal(OperationState.Unknown, (await EvidenceAsync(dispute, "winning_evidence")).Value.Response);
        Assert.Equal("lock_timeout", (await EvidenceAsync(dispute, "winning_evidence")).Refusal?.Code);

        await EventuallyAsync(dispute, each => each.Response == OperationState.NotSent);
        Assert.Empty((await BookedAsync(dispute)).Responses);
        Assert.True((await EvidenceAsync(dispute, "winning_evidence")).IsSuccess);
        await EventuallyAsync(dispute, DisputeStatus.Won);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task Evidence_that_a_gateway_never_heard_of_stays_unknown_until_it_can_no_longer_be_on_its_way()
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Aurora, await MerchantAsync());
        Florin.WebhooksArrive = false;
        Florin.Options.QuerySchedule = [TimeSpan.FromHours(1)];
        await Florin.FaultAsync(AcquirerNames.Aurora, "evidence", "http500", "before");
        Assert.Equal(OperationState.Unknown, (await EvidenceAsync(dispute, "It was delivered.")).Value.Response);
        var accounts = Florin.Get<ConnectorAccounts>();
        var account = (await accounts.FindAsync(dispute.ConnectorAccount, Ct))!.Value.Account;
        var sent = (await Florin.Database.ReadAsync(async reader => await DisputeResponseStore.OpenAsync(reader, dispute.Id), Ct))!;
        var isFinalAt = sent.SentAt + Florin.Options.GatewayDeadline + accounts.ConnectorOf(account).Capabilities.NotFoundIsFinalAfter;

        await LookAsync(isFinalAt - TimeSpan.FromMilliseconds(1));
        Assert.Equal(OperationState.Unknown, (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!.Response);

        await LookAsync(isFinalAt);
        Assert.Equal(OperationState.NotSent, (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!.Response);
        await AgreementAsync(paid);

        Task<JobOutcome> LookAsync(DateTimeOffset now) => new FollowDispute(
                Florin.Database, accounts, Florin.Get<GatewayCalls>(), Florin.Get<DisputeSettlement>(), Florin.Options, new ManualTime(now), NullLogger<FollowDispute>.Instance)
            .RunAsync(new Job(dispute.Scope.Shard, FollowDispute.JobKind, $"{account.Id}/{dispute.GatewayReference}", Payload: "", Attempt: 1), Ct);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_dispute_whose_call_was_lost_is_found_by_asking(string acquirer)
    {
        Florin.WebhooksArrive = false;
        var paid = (await PayAsync(Fraudulent, acquirer, scope: await MerchantAsync())).Value;
        var attempt = (await HistoryAsync(paid)).Attempts[^1];
        await RunningFlorin.EventuallyAsync(async () => await Florin.BookedDisputeAsync(acquirer, attempt.GatewayKey) is { State: "needs_response" });
        Assert.Empty((await HistoryAsync(paid)).Disputes);

        var look = Florin.Services.GetServices<IJobHandler>().OfType<LookForDisputes>().Single();

        // A round that a gateway did not answer in time finds nothing; the next one does.
        await RunningFlorin.EventuallyAsync(async () =>
        {
            Assert.Same(JobOutcome.Done, await look.RunAsync(new Job(paid.Scope.Shard, look.Kind, "", "", 1), Ct));
            return (await HistoryAsync(paid)).Disputes.Count == 1;
        });
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task A_dispute_that_is_told_many_times_at_once_is_written_down_once()
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Castellan, await MerchantAsync());
        var settlement = Florin.Get<DisputeSettlement>();
        var told = Told(dispute, (await HistoryAsync(paid)).Attempts[^1], GatewayDisputeState.Lost);
        var account = (await Florin.Get<Routing.ConnectorAccounts>().FindAsync(dispute.ConnectorAccount, Ct))!.Value.Account;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Florin.Database.WriteAsync(tx => settlement.ApplyAsync(tx, account, dispute.Scope, told, null), Ct)));

        // An answer that was overtaken on its way changes nothing.
        await Florin.Database.WriteAsync(tx => settlement.ApplyAsync(tx, account, dispute.Scope, told with { State = GatewayDisputeState.UnderReview }, null), Ct);
        var history = await HistoryAsync(paid);
        Assert.Equal(DisputeStatus.Lost, Assert.Single(history.Disputes).Status);
        await AgreesWithLedgerAsync(history);
        await AgreesWithEventsAsync(history);
    }

    [Fact]
    public async Task A_dispute_and_a_refund_never_take_more_than_was_captured()
    {
        var (paid, dispute) = await DisputedAsync(Inquiry, AcquirerNames.Aurora, await MerchantAsync());
        var settlement = Florin.Get<DisputeSettlement>();
        var told = Told(dispute, (await HistoryAsync(paid)).Attempts[^1], GatewayDisputeState.NeedsResponse);
        var account = (await Florin.Get<Routing.ConnectorAccounts>().FindAsync(dispute.ConnectorAccount, Ct))!.Value.Account;

        // The gateway takes all while refunds of parts are asked for: whoever is first, the others find less.
        var taking = Task.Run(async () =>
        {
            try
            {
                var (sighting, _) = await Florin.Database.WriteAsync(tx => settlement.ApplyAsync(tx, account, dispute.Scope, told, null), Ct);
                return sighting;
            }
            catch (InvalidOperationException)
            {
                return DisputeSighting.TooEarly;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RefundAsync(paid, 2_500)).Append(taking.ContinueWith(_ => default(Result<Refund>), TaskScheduler.Default)));

        var charge = (await HistoryAsync(paid)).Charges.Single();
        Assert.True(charge.Refunded + charge.Disputed <= charge.Captured, $"{charge.Refunded} and {charge.Disputed} of {charge.Captured}");
        await Assert.ThrowsAnyAsync<DatabaseException>(() => Florin.Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE charges SET disputed_minor = captured_minor, refunded_minor = 1 WHERE shard = {charge.Id.Shard()} AND id = {charge.Id}"), Ct));
    }

    [Fact]
    public async Task A_chargeback_of_more_than_is_left_is_shown_and_ends_refunds_although_its_money_cannot_be_booked()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        Assert.True((await RefundAsync(paid, 3_000)).IsSuccess);
        var attempt = (await HistoryAsync(paid)).Attempts[^1];
        var account = (await Florin.Get<Routing.ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var settlement = Florin.Get<DisputeSettlement>();
        var told = new GatewayDispute(
            "claims-all", attempt.GatewayKey, GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, paid.Amount, DisputeReason.Fraudulent, null,
            TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(7), []);

        for (var look = 0; look < 2; look++)
        {
            var (sighting, _) = await Florin.Database.WriteAsync(tx => settlement.ApplyAsync(tx, account, paid.Scope, told, null), Ct);
            Assert.Equal(DisputeSighting.TooEarly, sighting);
        }

        var shown = Assert.Single((await HistoryAsync(paid)).Disputes);
        Assert.Equal((DisputeStatus.NeedsResponse, false), (shown.Status, shown.Withdrawn));
        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal!.Code);
        await AgreesWithLedgerAsync(await HistoryAsync(paid));
    }

    [Fact]
    public async Task What_an_issuer_takes_and_is_not_booked_yet_is_not_refunded_when_another_dispute_comes_after_it()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        Assert.True((await RefundAsync(paid, 3_000)).IsSuccess);

        Assert.Equal(DisputeSighting.TooEarly, await TellAsync(paid, "claims-all", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse));
        Assert.Equal(DisputeSighting.Seen, await TellAsync(paid, "only-asks", GatewayDisputeStage.Inquiry, GatewayDisputeState.NeedsResponse));

        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal?.Code);
    }

    [Fact]
    public async Task An_inquiry_that_becomes_a_chargeback_while_a_refund_is_unknown_ends_refunds_at_once_and_is_booked_later()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "escalates", GatewayDisputeStage.Inquiry, GatewayDisputeState.NeedsResponse);
        Florin.Options.QuerySchedule = [TimeSpan.FromDays(1)];
        await Florin.FaultAsync(AcquirerNames.Aurora, "refund", "reset", "after");
        var unknown = (await RefundAsync(paid, 3_000)).Value;
        Assert.Equal(OperationState.Unknown, unknown.State);

        Assert.Equal(DisputeSighting.TooEarly, await TellAsync(paid, "escalates", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 7_000));

        var shown = Assert.Single((await HistoryAsync(paid)).Disputes);
        Assert.Equal((DisputeStatus.NeedsResponse, false), (shown.Status, shown.Withdrawn));
        Assert.Equal("charge_disputed", (await RefundAsync(paid, 7_000)).Refusal?.Code);

        // Once the refund has its outcome the money is booked, whatever became of the chargeback meanwhile.
        await Florin.Get<SettleOutcomes>().RunAsync(new Job(unknown.Id.Shard(), SettleOutcomes.JobKind, unknown.GatewayKey, Payload: "", Attempt: 1), Ct);
        Assert.Equal(DisputeSighting.Seen, await TellAsync(paid, "escalates", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 7_000));
        var history = await HistoryAsync(paid);
        var booked = Assert.Single(history.Disputes);
        Assert.Equal((DisputeStatus.NeedsResponse, true, 7_000), (booked.Status, booked.Withdrawn, booked.Amount.Minor));
        Assert.Equal((3_000, 7_000), (history.Charges.Single().Refunded.Minor, history.Charges.Single().Disputed.Minor));
        await AgreesWithLedgerAsync(history);
        await AgreesWithEventsAsync(history);
    }

    [Fact]
    public async Task A_chargeback_that_claims_more_than_was_captured_ends_refunds_also_where_it_began_as_an_inquiry()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "claims-more", GatewayDisputeStage.Inquiry, GatewayDisputeState.Closed);

        Assert.Equal(DisputeSighting.Contradicted, await TellAsync(paid, "claims-more", GatewayDisputeStage.Chargeback, GatewayDisputeState.UnderReview, amount: 10_001));

        Assert.Equal(DisputeStatus.NeedsResponse, Assert.Single((await HistoryAsync(paid)).Disputes).Status);
        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal?.Code);
    }

    [Fact]
    public async Task A_chargeback_that_was_won_before_it_was_booked_is_booked_also_where_its_money_was_claimed_anew()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "the-second", GatewayDisputeStage.Chargeback, GatewayDisputeState.Lost);

        Assert.Equal(DisputeSighting.Seen, await TellAsync(paid, "the-first", GatewayDisputeStage.Chargeback, GatewayDisputeState.Won));

        var history = await HistoryAsync(paid);
        var won = history.Disputes.Single(dispute => dispute.GatewayReference == "the-first");
        Assert.Equal((DisputeStatus.Won, true, false), (won.Status, won.Withdrawn, won.IsChargeRefundable));
        Assert.Equal([-10_000, 10_000], won.BalanceTransactions.Select(entry => entry.Amount.Minor));
        Assert.Equal(10_000, history.Charges.Single().Disputed.Minor);
        await AgreesWithLedgerAsync(history);
        await AgreesWithEventsAsync(history);
    }

    [Fact]
    public async Task What_an_inquiry_was_about_is_no_contradiction_when_it_is_heard_after_the_chargeback_of_less()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        Assert.True((await RefundAsync(paid, 3_000)).IsSuccess);
        await TellAsync(paid, "escalated", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 7_000);

        Assert.Equal(DisputeSighting.Seen, await TellAsync(paid, "escalated", GatewayDisputeStage.Inquiry, GatewayDisputeState.UnderReview));

        Assert.Empty((await Florin.Get<IUnknownOutcomes>().ListAsync(paid.Scope, new UnknownOutcomeFilter(), new(10), Ct)).Items);
    }

    [Fact]
    public async Task Money_that_came_too_late_and_is_charged_back_waits_until_all_its_disputes_are_decided()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "undecided", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse);
        await TellAsync(paid, "closed-since", GatewayDisputeStage.Inquiry, GatewayDisputeState.Closed);

        var returning = Florin.Services.GetServices<IJobHandler>().OfType<LateSuccess>().Single();
        var outcome = await returning.RunAsync(new Job(paid.Scope.Shard, returning.Kind, $"{paid.LatestCharge}", "", 1), Ct);

        // The chargeback may still be won, and then the money is to be returned.
        Assert.IsType<JobOutcome.RunAgain>(outcome);
    }

    [Fact]
    public async Task Money_that_came_too_late_is_looked_at_daily_while_a_chargeback_of_it_cannot_be_booked()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "claims-more", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 10_001);

        var returning = Florin.Services.GetServices<IJobHandler>().OfType<LateSuccess>().Single();
        var outcome = await returning.RunAsync(new Job(paid.Scope.Shard, returning.Kind, $"{paid.LatestCharge}", "", 1), Ct);

        Assert.True(Assert.IsType<JobOutcome.RunAgain>(outcome).At > TimeProvider.System.GetUtcNow().AddHours(23));
    }

    [Fact]
    public async Task A_chargeback_that_can_never_be_booked_stands_in_the_way_of_refunds_until_a_person_has_cleared_it_up()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "claims-more", GatewayDisputeStage.Inquiry, GatewayDisputeState.NeedsResponse);
        await TellAsync(paid, "claims-more", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 10_001);
        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal?.Code);

        await ResolveAsync(paid);
        Assert.Equal(DisputeSighting.Contradicted, await TellAsync(paid, "claims-more", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 10_001));
        Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid, 100)).Value.State);
        Assert.False(await Florin.Database.ReadAsync(async reader => await DisputeStore.IsAnyOpenAsync(reader, paid.LatestCharge!.Value), Ct));

        // What is wrong in another way was not cleared up.
        await TellAsync(paid, "claims-more", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, amount: 10_002);
        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal?.Code);
    }

    [Fact]
    public async Task What_a_person_cleared_up_of_an_inquiry_does_not_let_refunds_through_beside_the_chargeback_that_it_became()
    {
        var paid = (await PayAsync("4242424242424242", AcquirerNames.Aurora, scope: await MerchantAsync())).Value;
        await TellAsync(paid, "in-euro", GatewayDisputeStage.Inquiry, GatewayDisputeState.NeedsResponse, currency: "EUR");
        await ResolveAsync(paid);

        await TellAsync(paid, "in-euro", GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse, currency: "EUR");

        Assert.Equal("charge_disputed", (await RefundAsync(paid, 100)).Refusal?.Code);
    }

    [Fact]
    public async Task A_dispute_that_was_lost_and_is_said_to_be_won_waits_for_a_person()
    {
        var (paid, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Castellan, await MerchantAsync());
        var settlement = Florin.Get<DisputeSettlement>();
        var told = Told(dispute, (await HistoryAsync(paid)).Attempts[^1], GatewayDisputeState.Lost);
        var account = (await Florin.Get<Routing.ConnectorAccounts>().FindAsync(dispute.ConnectorAccount, Ct))!.Value.Account;
        await Florin.Database.WriteAsync(tx => settlement.ApplyAsync(tx, account, dispute.Scope, told, null), Ct);

        var (sighting, _) = await Florin.Database.WriteAsync(
            tx => settlement.ApplyAsync(tx, account, dispute.Scope, told with { State = GatewayDisputeState.Won }, null), Ct);

        Assert.Equal(DisputeSighting.Contradicted, sighting);
        Assert.Equal(DisputeStatus.Lost, Assert.Single((await HistoryAsync(paid)).Disputes).Status);
        var waiting = Assert.Single((await Florin.Get<IUnknownOutcomes>().ListAsync(paid.Scope, new UnknownOutcomeFilter(), new(10), Ct)).Items);
        Assert.Equal((UnknownOutcomeReason.DisputeContradicted, dispute.Id), (waiting.Reason, waiting.Dispute));
        Assert.Contains("says won now, and said lost before", waiting.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_merchants_dispute_and_files_are_nowhere_to_be_found()
    {
        var (_, dispute) = await DisputedAsync(Fraudulent, AcquirerNames.Aurora, await MerchantAsync());
        var stranger = await MerchantAsync();
        var file = (await Florin.Get<IFiles>().CreateAsync(Florin.Request(stranger), new NewFile(FilePurpose.DisputeEvidence, null, Pdf), null, Ct)).Value;

        Assert.Null(await Disputes.FindAsync(stranger, dispute.Id, Ct));
        Assert.Equal("resource_missing", (await Disputes.CloseAsync(Florin.Request(stranger), dispute.Id, null, Ct)).Refusal?.Code);
        Assert.Equal("resource_missing", (await UpdateAsync(dispute, submit: false, ("receipt", file.Id.ToString()))).Refusal?.Code);
        Assert.Null(await Florin.Get<IFiles>().ReadAsync(dispute.Scope, file.Id, Ct));
    }

    [Theory]
    [InlineData("MZ\u0090 a program", "file_type_unsupported")]
    [InlineData("<html>%PDF-", "file_type_unsupported")]
    [InlineData("", "file_too_large")]
    public async Task What_is_no_document_is_not_taken_whatever_it_is_called(string content, string code) => Assert.Equal(
        code,
        (await Florin.Get<IFiles>().CreateAsync(
            Florin.Request(), new NewFile(FilePurpose.DisputeEvidence, "invoice.pdf", Encoding.Latin1.GetBytes(content)), null, Ct)).Refusal?.Code);

    [Fact]
    public void The_first_bytes_tell_what_a_file_is()
    {
        Assert.Equal(FileType.Png, FileTypes.Recognize([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]));
        Assert.Equal(FileType.Jpg, FileTypes.Recognize([0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.Null(FileTypes.Recognize([0x89, 0x50]));
    }

    [Fact]
    public async Task The_balance_is_what_the_ledger_says_and_becomes_available_after_the_delay()
    {
        var scope = await MerchantAsync();
        await DisputedAsync(Fraudulent, AcquirerNames.Aurora, scope);
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);
        await RefundAsync(paid, 4_000);

        var balance = Assert.Single(await Florin.Get<IBalances>().BalanceAsync(scope, Ct));

        var ledger = (await Florin.Ledger.BalancesAsync(scope, Ct)).Single(each => each.AccountCode == "merchant_pending");
        Assert.Equal(ledger.Amount, balance.Available + balance.Pending);
        Assert.Equal((0, 10_000 + 10_000 - 10_000 - 1_500 - 4_000 - (2 * 320)), (balance.Available.Minor, balance.Pending.Minor));
        var now = DateTimeOffset.UtcNow;
        var later = await Florin.Database.ReadAsync(async reader => await Balances.BalanceStore.SumsAsync(reader, scope, now + TimeSpan.FromDays(3)), Ct);
        Assert.Equal(ledger.Amount, Assert.Single(later).Available);
    }

    [Fact]
    public void Disputes_only_go_forward_and_end()
    {
        Assert.Equal(Enum.GetValues<DisputeStatus>().Order(), DisputeMoves.Table.Keys.Order());
        foreach (var (from, to) in DisputeMoves.Table)
        {
            Assert.DoesNotContain(from, (IReadOnlySet<DisputeStatus>)to);
            Assert.All(to, next => Assert.False(DisputeMoves.IsForward(next, from)));
            Assert.Equal(from is DisputeStatus.Won or DisputeStatus.Lost, to.Count == 0);
        }
    }

    private static GatewayDispute Told(Dispute dispute, PaymentAttempt attempt, GatewayDisputeState state) => new(
        dispute.GatewayReference, attempt.GatewayKey, GatewayDisputeStage.Chargeback, state, dispute.Amount, dispute.Reason,
        dispute.NetworkReasonCode, dispute.CreatedAt, dispute.DueBy, []);

    // A dispute as its gateway may tell it, of all of a payment where no amount is given.
    private async Task<DisputeSighting> TellAsync(PaymentIntent paid, string reference, GatewayDisputeStage stage, GatewayDisputeState state, long? amount = null, string currency = "USD")
    {
        var attempt = (await HistoryAsync(paid)).Attempts[^1];
        var account = (await Florin.Get<Routing.ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        var now = TimeProvider.System.GetUtcNow();
        var told = new GatewayDispute(
            reference, attempt.GatewayKey, stage, state, new Money(amount ?? paid.Amount.Minor, Currency.Get(currency)), DisputeReason.Fraudulent, NetworkCode: null, now, now.AddDays(7), Responses: []);
        return (await Florin.Database.WriteAsync(tx => Florin.Get<DisputeSettlement>().ApplyAsync(tx, account, paid.Scope, told, origin: null), Ct)).Sighting;
    }

    private async Task ResolveAsync(PaymentIntent paid)
    {
        var queue = Florin.Get<IUnknownOutcomes>();
        var item = Assert.Single((await queue.ListAsync(paid.Scope, new UnknownOutcomeFilter(), new(10), Ct)).Items);
        var evidence = new OutcomeEvidence(AcceptedOutcome.Resolved, GatewayReference: null, "Their letter of today.", File: null);
        var clerk = new AuditActor(AuditActorKind.User, "clerk@example.com");
        Assert.True((await queue.AcceptAsync(new OutcomeRequest(Florin.Request(paid.Scope), clerk), item.Id, evidence, answer: null, Ct)).IsSuccess);
    }

    private Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long> { ["USD"] = 30 }));

    private async Task<(PaymentIntent Paid, Dispute Dispute)> DisputedAsync(string card, string acquirer, MerchantScope scope)
    {
        var paid = (await PayAsync(card, acquirer, scope: scope)).Value;
        var history = await EventuallyAsync(paid, now => now.Disputes.Count > 0);
        return (paid, Assert.Single(history.Disputes));
    }

    private Task<Result<Dispute>> EvidenceAsync(Dispute dispute, string text) => UpdateAsync(dispute, submit: null, ("uncategorized_text", text));

    private Task<Result<Dispute>> UpdateAsync(Dispute dispute, bool? submit, params (string Field, string Value)[] evidence) => Disputes.UpdateAsync(
        Florin.Request(dispute.Scope),
        dispute.Id,
        new DisputeChange(evidence.ToDictionary(field => field.Field, field => field.Value), submit, Metadata: null),
        answer: null,
        Ct);

    private Task<Dispute> EventuallyAsync(Dispute dispute, DisputeStatus status) => EventuallyAsync(dispute, now => now.Status == status);

    private async Task<Dispute> EventuallyAsync(Dispute dispute, Func<Dispute, bool> isSo)
    {
        var now = dispute;
        await RunningFlorin.EventuallyAsync(
            async () => isSo(now = (await Disputes.FindAsync(dispute.Scope, dispute.Id, Ct))!), () => $"It stays {now.Status}, {now.Response}.");
        return now;
    }

    private async Task<BookedDispute> BookedAsync(Dispute dispute)
    {
        var history = (await Payments.HistoryAsync(dispute.Scope, dispute.PaymentIntent, Ct))!;
        return (await Florin.BookedDisputeAsync(dispute.Connector, history.Attempts[^1].GatewayKey))!;
    }
}

public sealed class DisputesOnSqlite(SqlitePayments fixture) : DisputeTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class DisputesOnPostgres(PostgresPayments fixture) : DisputeTests(fixture), IClassFixture<PostgresPayments>;
