using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>Money that comes too late goes as the merchant's policy or a person says.</summary>
public abstract class LateDecisionTests(PaymentsFixture fixture) : ClerkTests(fixture)
{
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

    private Task<PaymentPolicies> PolicyAsync(MerchantScope scope, LateSuccessPolicy policy) =>
        Florin.Get<IPaymentPolicies>().SetAsync(scope, Clerk, new PaymentPolicies(scope, policy), answer: null, Ct);
}

public sealed class LateDecisionsOnSqlite(SqlitePayments fixture) : LateDecisionTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class LateDecisionsOnPostgres(PostgresPayments fixture) : LateDecisionTests(fixture), IClassFixture<PostgresPayments>;
