using Florin.Kernel;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>What never reached its gateway is not told as the gateway's no, and may be sent again.</summary>
public abstract class NotReachedTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    // Nobody listens at the first port.
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/");

    [Fact]
    public async Task A_capture_an_increment_and_a_void_leave_the_hold_as_it_was()
    {
        var scope = await MerchantAsync();
        var held = await PaidAsync(AcquirerNames.Aurora, capture: CaptureMethod.Manual, scope: scope);

        await using (await CutOffAsync(scope))
        {
            AssertNotReached(await CaptureAsync(held));
            AssertNotReached(await Payments.IncrementAsync(Florin.Request(scope), held.Id, 15_000, answer: null, Ct));
            AssertNotReached(await CancelAsync(held));
            var now = await AgreementAsync(held);
            Assert.Equal((10_000, 10_000), (now.Intent.Amount.Minor, now.Intent.AmountCapturable.Minor));
            Assert.All(now.Operations, operation => Assert.Equal(OperationState.NotSent, operation.State));
        }

        Assert.Equal(PaymentIntentStatus.Succeeded, (await CaptureAsync(held)).Value.Status);
        await AgreementAsync(held);
    }

    [Fact]
    public async Task Increments_that_never_left_are_not_counted_against_those_that_a_payment_may_have()
    {
        var scope = await MerchantAsync();
        var held = await PaidAsync(AcquirerNames.Aurora, capture: CaptureMethod.Manual, scope: scope);
        Task<Result<PaymentIntent>> RaiseAsync() => Payments.IncrementAsync(Florin.Request(scope), held.Id, 15_000, answer: null, Ct);

        await using (await CutOffAsync(scope))
        {
            for (var i = 0; i < 11; i++) AssertNotReached(await RaiseAsync());
        }

        var raised = (await RaiseAsync()).Value;
        var attempt = (await HistoryAsync(raised)).Attempts.Single();
        Assert.Equal(15_000, raised.Amount.Minor);
        Assert.Equal(15_000, (await Florin.BookedPaymentAsync(AcquirerNames.Aurora, attempt.GatewayKey))!.Authorized);
    }

    [Fact]
    public async Task A_refund_has_failed_and_what_it_took_may_be_refunded_again()
    {
        var scope = await MerchantAsync();
        var paid = await PaidAsync(AcquirerNames.Aurora, scope: scope);

        await using (await CutOffAsync(scope))
        {
            Assert.Equal(OperationState.NotSent, (await RefundAsync(paid)).Value.State);
            Assert.True(Assert.Single((await AgreementAsync(paid)).Charges).Refunded.IsZero);
        }

        Assert.Equal(OperationState.Succeeded, (await RefundAsync(paid)).Value.State);
        await AgreementAsync(paid);
    }

    private static void AssertNotReached(Result<PaymentIntent> refused)
    {
        Assert.Equal((RefusalKind.Unavailable, "gateway_not_reached"), (refused.Refusal?.Kind, refused.Refusal?.Code));
        Assert.Equal(PaymentIntentStatus.RequiresCapture, SubjectOf(refused).Status);
    }

    private Task<MerchantScope> MerchantAsync() => Florin.NewMerchantAsync(new(290, new Dictionary<string, long>()));

    /// <summary>A merchant's account at Aurora leads nowhere until this is disposed of.</summary>
    private async Task<IAsyncDisposable> CutOffAsync(MerchantScope scope)
    {
        var account = (await Florin.Get<ConnectorAccounts>().OfAsync(scope, Ct)).Single(row => row.Account.Connector == AcquirerNames.Aurora).Account;
        await LeadToAsync(Nowhere);
        return new Cut(() => LeadToAsync(account.BaseUrl));

        Task LeadToAsync(Uri url) => Florin.Get<IConnectorAccounts>().EnsureAsync(
            scope, new NewConnectorAccount(account.Connector, url, account.Credentials, Currencies: [], Priority: 0), Ct);
    }

    private sealed class Cut(Func<Task> mend) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(mend());
    }
}

public sealed class NotReachedOnSqlite(SqlitePayments fixture) : NotReachedTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class NotReachedOnPostgres(PostgresPayments fixture) : NotReachedTests(fixture), IClassFixture<PostgresPayments>;
