using Florin.Kernel;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Payments.Tests;

/// <summary>What cannot be done is refused with its code, and nothing is changed by asking.</summary>
public abstract class RefusalTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private static readonly string[] Tables =
    [
        "payment_intents", "payment_attempts", "charges", "charge_operations", "refunds", "payment_methods", "card_tokens",
        "checkout_sessions", "vault_cards", "events", "ledger_transactions", "idempotency_keys",
    ];

    [Theory]
    [InlineData(10_001, "amount_too_large")]
    [InlineData(long.MaxValue, "amount_too_large")]
    [InlineData(0, "amount_too_small")]
    [InlineData(-1, "amount_too_small")]
    public async Task A_capture_outside_of_what_is_held(long amount, string code)
    {
        var held = await HeldAsync();
        await RefusedAsync(held, code, () => CaptureAsync(held, amount));
        Assert.Equal(PaymentIntentStatus.Succeeded, (await CaptureAsync(held, 1)).Value.Status);
    }

    [Theory]
    [InlineData(10_001, "amount_too_large")]
    [InlineData(long.MaxValue, "amount_too_large")]
    [InlineData(0, "amount_too_small")]
    [InlineData(long.MinValue, "amount_too_small")]
    public async Task A_refund_outside_of_what_was_captured(long amount, string code)
    {
        var paid = await PaidAsync();
        await RefusedAsync(paid, code, () => RefundAsync(paid, amount));
    }

    [Fact]
    public async Task A_second_capture_and_a_cancel_after_capture()
    {
        var paid = (await CaptureAsync(await HeldAsync(), 5_000)).Value;
        await RefusedAsync(paid, "payment_intent_unexpected_state", () => CaptureAsync(paid, 5_000));
        await RefusedAsync(paid, "payment_intent_unexpected_state", () => CancelAsync(paid));
    }

    [Fact]
    public async Task A_capture_a_cancel_and_a_confirmation_after_a_void()
    {
        var canceled = (await CancelAsync(await HeldAsync())).Value;
        await RefusedAsync(canceled, "payment_intent_unexpected_state", () => CaptureAsync(canceled));
        await RefusedAsync(canceled, "payment_intent_unexpected_state", () => CancelAsync(canceled));
        await RefusedAsync(canceled, "payment_intent_unexpected_state", () => ConfirmAsync(canceled.Scope, canceled.Id, Cards.Approved));
        await RefusedAsync(canceled, "charge_not_captured", () => RefundAsync(canceled, 1));
    }

    [Fact]
    public async Task A_refund_of_what_was_not_captured_or_failed()
    {
        var held = await HeldAsync();
        await RefusedAsync(held, "charge_not_captured", () => RefundAsync(held, 1));
        var declined = SubjectOf(await PayAsync(Cards.Declined));
        await RefusedAsync(declined, "charge_not_captured", () => RefundAsync(declined, 1));
        var untried = (await Payments.CreateAsync(Florin.Request(), NewIntent(card: null, confirm: false), answer: null, Ct)).Value;
        await RefusedAsync(untried, "charge_not_captured", () => RefundAsync(untried, 1));
    }

    [Fact]
    public async Task A_refund_of_nothing_and_of_another_payments_charge()
    {
        var paid = await PaidAsync();
        var other = await PaidAsync();
        await RefusedAsync(paid, "parameter_missing", () => RefundAsync(Florin.Scope, intent: null, charge: null));
        await RefusedAsync(paid, "parameter_invalid", () => RefundAsync(Florin.Scope, paid.Id, other.LatestCharge));
    }

    [Theory]
    [InlineData(0, "USD", "amount_too_small")]
    [InlineData(-5, "USD", "amount_too_small")]
    [InlineData(1_000_000_000_000, "USD", "amount_too_large")]
    [InlineData(long.MaxValue, "KWD", "amount_too_large")]
    [InlineData(100, "XAU", "currency_not_supported")]
    public async Task A_payment_of_an_amount_that_nobody_can_pay(long amount, string currency, string code) =>
        await RefusedAsync(null, code, () => Payments.CreateAsync(
            Florin.Request(), NewIntent(Cards.Approved, amount: amount, currency: currency), answer: null, Ct));

    [Fact]
    public async Task A_payment_through_a_gateway_that_is_not_set_up()
    {
        await RefusedAsync(null, "payment_method_unavailable", () => PayAsync(Cards.Approved, "nowhere"));
        var live = Florin.Scope with { IsLive = true };
        await RefusedAsync(null, "payment_method_unavailable", () => PayAsync("5105105105105108", scope: live), mayBeDeclined: true);
    }

    [Fact]
    public async Task A_card_that_is_none()
    {
        await RefusedAsync(null, "incorrect_number", () => PayAsync("4242424242424241"));
        var expired = NewIntent(Cards.Approved) with { Card = NewMethod(Cards.Approved) with { Card = Cards.Entry(Cards.Approved) with { ExpiryYear = 2020 } } };
        await RefusedAsync(null, "expired_card", () => Payments.CreateAsync(Florin.Request(), expired, answer: null, Ct));
        await RefusedAsync(null, "parameter_missing", () => Payments.CreateAsync(Florin.Request(), NewIntent(card: null), answer: null, Ct));
    }

    [Fact]
    public async Task Another_merchants_and_another_modes_things_are_not_there()
    {
        var held = await HeldAsync();
        var paid = await PaidAsync();
        var refund = (await RefundAsync(paid, 100)).Value;
        var method = (await Florin.Methods.CreateAsync(Florin.Request(), NewMethod(Cards.Approved), answer: null, Ct)).Value;
        var token = (await NewTokenAsync()).Id;
        var stranger = await Florin.NewMerchantAsync(new(0, new Dictionary<string, long>()));
        foreach (var scope in new[] { stranger, Florin.Scope with { IsLive = true } })
        {
            await RefusedAsync(held, "resource_missing", () => Payments.CaptureAsync(Florin.Request(scope), held.Id, null, answer: null, Ct));
            await RefusedAsync(held, "resource_missing", () => Payments.CancelAsync(Florin.Request(scope), held.Id, null, answer: null, Ct));
            await RefusedAsync(held, "resource_missing", () => ConfirmAsync(scope, held.Id, Cards.Approved));
            await RefusedAsync(held, "resource_missing", () => Payments.UpdateAsync(
                Florin.Request(scope), held.Id, new PaymentIntentChange(null, null, "stolen", null, null, null), answer: null, Ct));
            await RefusedAsync(paid, "resource_missing", () => RefundAsync(scope, paid.Id, charge: null));
            await RefusedAsync(paid, "resource_missing", () => RefundAsync(scope, intent: null, paid.LatestCharge));
            await RefusedAsync(null, "resource_missing", () => Payments.CreateAsync(
                Florin.Request(scope), NewIntent(card: null) with { PaymentMethod = method.Id.ToString() }, answer: null, Ct));
            await RefusedAsync(null, "resource_missing", () => Payments.CreateAsync(Florin.Request(scope), WithToken(token), answer: null, Ct));
            Assert.Null(await Payments.FindAsync(scope, held.Id, Ct));
            Assert.Null(await Payments.FindChargeAsync(scope, paid.LatestCharge!.Value, Ct));
            Assert.Null(await Payments.FindRefundAsync(scope, refund.Id, Ct));
            Assert.Null(await Payments.HistoryAsync(scope, held.Id, Ct));
            Assert.Null(await Florin.Methods.FindAsync(scope, method.Id, Ct));
            Assert.Null(await Florin.Methods.FindTokenAsync(scope, token, Ct));
        }
    }

    [Fact]
    public async Task A_token_pays_once_also_when_used_twice_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var token = (await NewTokenAsync()).Id;

            var both = await Task.WhenAll(
                Payments.CreateAsync(Florin.Request(), WithToken(token), answer: null, Ct),
                Payments.CreateAsync(Florin.Request(), WithToken(token), answer: null, Ct));

            await AgreementAsync(Assert.Single(both, each => each.IsSuccess).Value);
            Assert.Single(both, each => each.Refusal?.Code == "token_already_used");
            await RefusedAsync(null, "token_already_used", () => Payments.CreateAsync(Florin.Request(), WithToken(token), answer: null, Ct));
        }
    }

    [Fact]
    public async Task A_token_that_ran_out()
    {
        var token = (await NewTokenAsync()).Id;
        await Florin.Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"UPDATE card_tokens SET expires_at_ms = 1 WHERE shard = {token.Shard()} AND id = {token}"), Ct);

        await RefusedAsync(null, "token_expired", () => Payments.CreateAsync(Florin.Request(), WithToken(token), answer: null, Ct));
    }

    private static NewPaymentIntent WithToken(TokenId token) => NewIntent(card: null) with
    {
        Card = new NewPaymentMethod(Card: null, token.ToString(), BillingDetails.None, Documents.NoMetadata),
    };

    private async Task<CardToken> NewTokenAsync() => (await Florin.Methods.CreateTokenAsync(
        Florin.Request(), new NewCard(Cards.Entry(Cards.Approved), BillingDetails.None), answer: null, Ct)).Value;

    private Task<Result<PaymentIntent>> ConfirmAsync(MerchantScope scope, PaymentIntentId id, string card) => Payments.ConfirmAsync(
        Florin.Request(scope), id, new Confirmation(PaymentMethod: null, NewMethod(card), ReturnUrl: null), answer: null, Ct);

    private Task<Result<Refund>> RefundAsync(MerchantScope scope, PaymentIntentId? intent, ChargeId? charge) => Payments.RefundAsync(
        Florin.Request(scope), new NewRefund(intent, charge, AmountMinor: null, Reason: null, Documents.NoMetadata), answer: null, Ct);

    private async Task RefusedAsync<T>(PaymentIntent? intent, string code, Func<Task<Result<T>>> ask, bool mayBeDeclined = false)
    {
        var rows = await RowsAsync();
        var before = intent is null ? null : await ShownAsync(intent);

        var refusal = (await ask()).Refusal;

        if (!mayBeDeclined || refusal?.Kind != RefusalKind.Declined) Assert.Equal(code, refusal?.Code);
        Assert.Equal(rows, await RowsAsync());
        if (intent is not null) Assert.Equal(before, await ShownAsync(intent));
    }

    private async Task<string> ShownAsync(PaymentIntent intent) =>
        System.Text.Encoding.UTF8.GetString(Wire.PaymentJson.Bytes(await FindAsync(intent)));

    private Task<string> RowsAsync() => Florin.Database.ReadAsync(
        async reader =>
        {
            var counts = new List<string>();
            foreach (var table in Tables)
            {
                counts.Add($"{table} {await reader.CountAsync(Sql.Of(new SqlFragment($"SELECT count(*) FROM {table}")))}");
            }

            return string.Join(", ", counts);
        },
        Ct);
}

public sealed class RefusalsOnSqlite(SqlitePayments fixture) : RefusalTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class RefusalsOnPostgres(PostgresPayments fixture) : RefusalTests(fixture), IClassFixture<PostgresPayments>;
