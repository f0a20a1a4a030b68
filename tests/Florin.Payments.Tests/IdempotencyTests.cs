using System.Text;
using Florin.Kernel;
using Florin.Sandbox;
using Florin.Storage.Idempotency;

namespace Florin.Payments.Tests;

public abstract class IdempotencyTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private IIdempotency Store => Florin.Get<IIdempotency>();

    [Fact]
    public async Task The_answer_to_a_payment_is_stored_with_it()
    {
        var key = NewKey();
        var paid = (await Payments.CreateAsync(Florin.Request(), NewIntent(Cards.Approved), Answer<PaymentIntent>(key), Ct)).Value;

        Assert.Equal("200 " + paid.Id, await StoredAsync(key));
        await TakenAsync<IdempotencyState.Finished>(() => Payments.CreateAsync(
            Florin.Request(), NewIntent(Cards.Approved), Answer<PaymentIntent>(key), Ct));
    }

    [Fact]
    public async Task A_decline_is_stored_too()
    {
        var key = NewKey();
        await Payments.CreateAsync(Florin.Request(), NewIntent(Cards.Declined), Answer<PaymentIntent>(key), Ct);

        Assert.Equal("402 card_declined", await StoredAsync(key));
    }

    [Fact]
    public async Task What_is_refused_before_anything_was_done_leaves_the_key_free()
    {
        var key = NewKey();
        var held = await HeldAsync();

        Assert.False((await Payments.CaptureAsync(Florin.Request(), held.Id, 10_001, Answer<PaymentIntent>(key), Ct)).IsSuccess);
        Assert.IsType<IdempotencyState.Unused>(await Store.FindAsync(key, Ct));

        await Payments.CaptureAsync(Florin.Request(), held.Id, 10_000, Answer<PaymentIntent>(key), Ct);
        Assert.Equal("200 " + held.Id, await StoredAsync(key));
    }

    [Fact]
    public async Task A_refund_repeated_while_the_first_runs_returns_nothing_again()
    {
        var paid = await PaidAsync(AcquirerNames.Aurora);
        var key = NewKey();
        await Florin.HoldAsync(AcquirerNames.Aurora, "refund", "after");
        var first = RefundAsync(paid, Answer<Refund>(key));
        await Florin.HeldAsync(1);

        await TakenAsync<IdempotencyState.InFlight>(() => RefundAsync(paid, Answer<Refund>(key)));

        await Florin.ReleaseAsync("answer");
        Assert.Equal("200 " + (await first).Value.Id, await StoredAsync(key));
        Assert.Single((await AgreementAsync(paid)).Refunds);
    }

    [Fact]
    public async Task A_payment_repeated_while_the_first_runs_makes_no_second_attempt()
    {
        var scope = await Florin.NewMerchantAsync(new(0, new Dictionary<string, long>()));
        var key = NewKey();
        await Florin.HoldAsync(AcquirerNames.Aurora, "authorize", "after");
        var first = Payments.CreateAsync(Florin.Request(scope), NewIntent(Cards.Approved, AcquirerNames.Aurora), Answer<PaymentIntent>(key), Ct);
        await Florin.HeldAsync(1);

        await TakenAsync<IdempotencyState.InFlight>(() => Payments.CreateAsync(
            Florin.Request(scope), NewIntent(Cards.Approved, AcquirerNames.Aurora), Answer<PaymentIntent>(key), Ct));
        await Florin.ReleaseAsync("answer");

        await AgreementAsync((await first).Value);
        Assert.Single((await Payments.ListAsync(scope, new PaymentIntentFilter(), new(10), Ct)).Items);
    }

    [Fact]
    public async Task A_request_that_was_cut_off_leaves_its_key_started_with_what_it_made()
    {
        var scope = await Florin.NewMerchantAsync(new(0, new Dictionary<string, long>()));
        var key = NewKey();
        Hurry();
        await Florin.HoldAsync(AcquirerNames.Aurora, "authorize", "after");
        var lost = Payments.CreateAsync(Florin.Request(scope), NewIntent(Cards.Approved, AcquirerNames.Aurora), Answer<PaymentIntent>(key), Ct);
        await Florin.HeldAsync(1);
        await Florin.CrashAndRestartAsync();
        await Florin.ReleaseAsync("drop");
        await Assert.ThrowsAnyAsync<Exception>(() => lost);

        var intent = Assert.Single((await Payments.ListAsync(scope, new PaymentIntentFilter(), new(10), Ct)).Items);
        Assert.IsType<IdempotencyState.InFlight>(await Store.FindAsync(key, Ct));
        await AgreementAsync(await EventuallyAsync(intent, PaymentIntentStatus.Succeeded));

        // The lease of the key runs out a while after its process died; until then its repetition is asked to wait.
        await Florin.Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE idempotency_keys SET lease_until_ms = 1 WHERE shard = {key.Shard} AND key = {key.Key}"), Ct);
        Assert.Equal(intent.Id.Value, Assert.IsType<IdempotencyState.CutOff>(await Store.FindAsync(key, Ct)).Subject);
    }

    private Task<Result<Refund>> RefundAsync(PaymentIntent paid, IdempotentWrite<Refund> answer) => Payments.RefundAsync(
        Florin.Request(), new NewRefund(paid.Id, Charge: null, AmountMinor: 10_000, Reason: null, Documents.NoMetadata), answer, Ct);

    private static async Task TakenAsync<TState>(Func<Task> ask) where TState : IdempotencyState
    {
        var taken = await Assert.ThrowsAsync<IdempotencyKeyTakenException>(ask);
        Assert.IsType<TState>(taken.State);
    }

    private async Task<string> StoredAsync(IdempotencyKey key)
    {
        var response = Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key, Ct)).Response;
        return $"{response.Status} {Encoding.UTF8.GetString(response.Body)}";
    }

    private IdempotencyKey NewKey() => new(
        Florin.Scope.Shard, Florin.Scope.ToString(), Guid.NewGuid().ToString(), new byte[32], "req_1");

    private IdempotentWrite<T> Answer<T>(IdempotencyKey key) => new(Store, key, outcome => outcome.Match(
        done => new StoredResponse(200, "text/plain", Encoding.UTF8.GetBytes(done is PaymentIntent intent ? intent.Id.ToString() : ((Refund)(object)done!).Id.ToString())),
        refused => new StoredResponse(402, "text/plain", Encoding.UTF8.GetBytes(refused.Code))));
}

public sealed class IdempotencyOnSqlite(SqlitePayments fixture) : IdempotencyTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class IdempotencyOnPostgres(PostgresPayments fixture) : IdempotencyTests(fixture), IClassFixture<PostgresPayments>;
