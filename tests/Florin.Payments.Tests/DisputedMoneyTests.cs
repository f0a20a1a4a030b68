using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Disputes;
using Florin.Payments.UnknownOutcomes;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Payments.Tests;

/// <summary>What issuers take, what is refunded and what came too late are booked once and bounded together, in whatever order they are told.</summary>
public abstract class DisputedMoneyTests(PaymentsFixture fixture) : DisputedTests(fixture)
{
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
}

public sealed class DisputedMoneyOnSqlite(SqlitePayments fixture) : DisputedMoneyTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class DisputedMoneyOnPostgres(PostgresPayments fixture) : DisputedMoneyTests(fixture), IClassFixture<PostgresPayments>;
