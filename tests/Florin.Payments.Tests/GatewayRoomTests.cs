using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Events;
using Florin.Kernel;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>What is asked for while a gateway has no room is not begun: it leaves nothing behind, and may be asked for again.</summary>
public abstract class GatewayRoomTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const string Inquiry = "4000000000001976";
    private static readonly string SlowRefund = TestCards.All.Single(card => card.Behavior == TestCardBehavior.SlowRefund).Number;

    private IDisputes Disputes => Florin.Get<IDisputes>();

    [Fact]
    public async Task A_capture_a_void_and_an_increment_without_room_leave_the_hold_as_it_was()
    {
        var scope = await MerchantAsync();
        var held = await PaidAsync(AcquirerNames.Aurora, capture: CaptureMethod.Manual, scope: scope);
        var before = await AgreementAsync(held);

        await using (await FilledAsync(held))
        {
            AssertFull(await CaptureAsync(held));
            AssertFull(await CancelAsync(held));
            var refused = await Payments.IncrementAsync(Florin.Request(scope), held.Id, 15_000, answer: null, Ct);
            AssertFull(refused);
            Assert.Equal(PaymentIntentStatus.RequiresCapture, SubjectOf(refused).Status);
            var now = await AgreementAsync(held);
            Assert.Equal((before.Intent.Status, before.Intent.Amount, before.Intent.LatestCharge), (now.Intent.Status, now.Intent.Amount, now.Intent.LatestCharge));
            Assert.Empty(now.Operations);
        }

        Assert.Equal(PaymentIntentStatus.Succeeded, (await CaptureAsync(held)).Value.Status);
        await AgreementAsync(held);
    }

    [Fact]
    public async Task A_void_without_room_is_told_of_to_nobody_and_may_be_asked_for_again()
    {
        var scope = await MerchantAsync();
        var held = await PaidAsync(AcquirerNames.Castellan, capture: CaptureMethod.Manual, scope: scope);
        var events = await EventsAsync(held);

        await using (await FilledAsync(held))
        {
            var refused = await CancelAsync(held);
            AssertFull(refused);
            Assert.Equal((PaymentIntentStatus.RequiresCapture, null), (SubjectOf(refused).Status, SubjectOf(refused).CanceledAt));
            var now = await AgreementAsync(held);
            Assert.Empty(now.Operations);
            Assert.Equal(ChargeStatus.Authorized, Assert.Single(now.Charges).Status);
            Assert.Equal(events, await EventsAsync(held));
        }

        Assert.Equal(PaymentIntentStatus.Canceled, (await CancelAsync(held)).Value.Status);
        await AgreementAsync(held);
    }

    [Fact]
    public async Task A_refund_without_room_sets_nothing_aside_and_makes_no_refund()
    {
        var scope = await MerchantAsync();
        var paid = await PaidAsync(AcquirerNames.Hangang, scope: scope);

        await using (await FilledAsync(paid))
        {
            AssertFull(await RefundAsync(paid, 6_000));
            var now = await AgreementAsync(paid);
            Assert.Empty(now.Refunds);
            Assert.True(Assert.Single(now.Charges).Refunded.IsZero);
        }

        Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid, 10_000)).Value.State);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task A_refund_is_not_called_back_without_room_and_is_told_so()
    {
        var scope = await MerchantAsync();
        var paid = (await PayAsync(SlowRefund, AcquirerNames.Aurora, scope: scope)).Value;
        var pending = (await RefundAsync(paid, 4_000)).Value;

        await using (await FilledAsync(paid))
        {
            AssertFull(await Payments.CancelRefundAsync(Florin.Request(scope), pending.Id, answer: null, Ct));
        }

        Assert.Equal(OperationState.Canceled, (await Payments.CancelRefundAsync(Florin.Request(scope), pending.Id, answer: null, Ct)).Value.State);
        await AgreementAsync(paid);
    }

    [Fact]
    public async Task Nothing_is_said_to_a_dispute_without_room_and_it_may_be_said_later()
    {
        Florin.WebhooksArrive = true;
        var scope = await MerchantAsync();
        var paid = (await PayAsync(Inquiry, AcquirerNames.Aurora, scope: scope)).Value;
        var dispute = Assert.Single((await EventuallyAsync(paid, now => now.Disputes.Count > 0)).Disputes);
        var evidence = new DisputeChange(new Dictionary<string, string> { ["uncategorized_text"] = "It was delivered." }, Submit: true, Metadata: null);

        await using (await FilledAsync(paid))
        {
            AssertFull(await Disputes.UpdateAsync(Florin.Request(scope), dispute.Id, evidence, answer: null, Ct));
            AssertFull(await Disputes.CloseAsync(Florin.Request(scope), dispute.Id, answer: null, Ct));
            var now = (await Disputes.FindAsync(scope, dispute.Id, Ct))!;
            Assert.Equal((null, 0), (now.Response, now.Evidence.Count));
        }

        var said = (await Disputes.UpdateAsync(Florin.Request(scope), dispute.Id, evidence, answer: null, Ct)).Value;
        Assert.Equal(OperationState.Succeeded, said.Response);
    }

    private async Task<IReadOnlyList<EventId>> EventsAsync(PaymentIntent payment) =>
        [.. (await Florin.Events.ForSubjectsAsync(payment.Scope, [payment.Id.Value, payment.LatestCharge!.Value.Value], Ct)).Select(each => each.Id)];

    private static void AssertFull<T>(Result<T> refused) => Assert.Equal((RefusalKind.Unavailable, "gateway_full"), (refused.Refusal?.Kind, refused.Refusal?.Code));

    private Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));

    /// <summary>Takes all the room that there is for what moves money at the gateway of a payment.</summary>
    private async Task<IAsyncDisposable> FilledAsync(PaymentIntent payment)
    {
        var attempt = (await HistoryAsync(payment)).Attempts[^1];
        var account = (await Florin.Get<ConnectorAccounts>().FindAsync(attempt.ConnectorAccount, Ct))!.Value.Account;
        return await Filled.TakeAsync(Florin.Get<IGatewayHealth>(), account);
    }

    private sealed class Filled(IReadOnlyList<GatewayPlace> places) : IAsyncDisposable
    {
        public static async Task<Filled> TakeAsync(IGatewayHealth health, ConnectorAccount account)
        {
            var places = new List<GatewayPlace>();
            while (health.IsAvailable(account.Id, GatewayMethods.Card) && places.Count < new GatewayHealthOptions().Payments.Calls)
            {
                places.Add((await health.PlaceToSendAsync(account, GatewayMethods.Card))!);
            }

            return new Filled(places);
        }

        public ValueTask DisposeAsync()
        {
            foreach (var place in places) place.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class GatewayRoomOnSqlite(SqlitePayments fixture) : GatewayRoomTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class GatewayRoomOnPostgres(PostgresPayments fixture) : GatewayRoomTests(fixture), IClassFixture<PostgresPayments>;
