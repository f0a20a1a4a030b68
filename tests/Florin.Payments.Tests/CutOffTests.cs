using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>The process dies between the two transactions of a payment; another one on the same database goes on.</summary>
public abstract class CutOffTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    public static TheoryData<string, string> Cuts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var acquirer in AcquirerNames.All)
            {
                data.Add(acquirer, "before");
                data.Add(acquirer, "after");
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task An_authorization_cut_off_ends_as_the_book_says_charged_at_most_once(string acquirer, string when)
    {
        var scope = await Florin.NewMerchantAsync(new(0, new Dictionary<string, long>()));
        Hurry();
        await Florin.HoldAsync(acquirer, "authorize", when);
        var lost = PayAsync(Cards.Approved, acquirer, scope: scope);
        await CrashWhileHeldAsync(lost);

        var intent = Assert.Single((await Payments.ListAsync(scope, new PaymentIntentFilter(), new(10), Ct)).Items);
        await AgreementAsync(await EventuallyAsync(
            intent, when == "after" ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.RequiresPaymentMethod));
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_capture_cut_off_ends_as_the_book_says(string acquirer, string when)
    {
        var held = await HeldAsync(acquirer);
        Hurry();
        await Florin.HoldAsync(acquirer, "capture", when);
        await CrashWhileHeldAsync(CaptureAsync(held, 7_000));

        await AgreementAsync(await EventuallyAsync(
            held, when == "after" ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.RequiresCapture));
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_void_cut_off_ends_as_the_book_says(string acquirer, string when)
    {
        var held = await HeldAsync(acquirer);
        Hurry();
        await Florin.HoldAsync(acquirer, "void", when);
        await CrashWhileHeldAsync(CancelAsync(held));

        await AgreementAsync(await EventuallyAsync(
            held, when == "after" ? PaymentIntentStatus.Canceled : PaymentIntentStatus.RequiresCapture));
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_refund_cut_off_ends_as_the_book_says(string acquirer, string when)
    {
        var paid = await PaidAsync(acquirer);
        Hurry();
        await Florin.HoldAsync(acquirer, "refund", when);
        await CrashWhileHeldAsync(RefundAsync(paid, 7_000));

        var wanted = when == "after" ? OperationState.Succeeded : OperationState.NotSent;
        await EventuallyAsync(paid, history => history.Refunds[0].State == wanted);
        await AgreementAsync(paid);
    }

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_return_from_the_issuer_cut_off_is_confirmed_once_and_the_buyer_need_not_come_again(string acquirer, string when)
    {
        var waiting = (await PayAsync(Cards.Challenge, acquirer)).Value;
        await TypeAsync(waiting, TestCards.OneTimePassword);
        Hurry();
        await Florin.HoldAsync(acquirer, "confirm", when);
        await CrashWhileHeldAsync(ReturnAsync(waiting));

        // Confirmed before the crash or after it, without the buyer.
        await AgreementAsync(await EventuallyAsync(waiting, PaymentIntentStatus.Succeeded));
    }

    private async Task CrashWhileHeldAsync(Task call)
    {
        await Florin.HeldAsync(1);
        await Florin.CrashAndRestartAsync();
        await Florin.ReleaseAsync("drop");

        // Its caller gets no answer: the connection to a dead process just breaks.
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }
}

public sealed class CutOffOnSqlite(SqlitePayments fixture) : CutOffTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class CutOffOnPostgres(PostgresPayments fixture) : CutOffTests(fixture), IClassFixture<PostgresPayments>;
