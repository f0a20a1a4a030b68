using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Intents;
using Florin.Payments.PaymentMethods;
using Florin.Sandbox;
using Florin.Storage;

namespace Florin.Payments.Tests;

/// <summary>What keeps rare mishaps from costing money: each of these was once possible.</summary>
public abstract class GuardTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const int MostAttempts = 10;

    [Fact]
    public async Task A_gateway_accounts_credentials_do_not_change_while_an_outcome_is_open()
    {
        var scope = await Florin.NewMerchantAsync(new MerchantFees(0, new Dictionary<string, long>()));
        var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora, scope: scope)).Value;

        Assert.Equal("connector_account_in_use", (await EnsureAsync(scope, "another")).Refusal!.Code);
        Assert.True((await EnsureAsync(scope, SandboxCredentials.ByAcquirer[AcquirerNames.Aurora]["api_key"])).IsSuccess);
        await AnswerChallengeAsync(waiting, Sandbox.TestCards.OneTimePassword);

        Assert.True((await EnsureAsync(scope, "another")).IsSuccess);
    }

    [Fact]
    public async Task A_payment_is_tried_ten_times_and_no_more()
    {
        var intent = SubjectOf(await PayAsync(Cards.Declined, AcquirerNames.Aurora));
        for (var attempt = 2; attempt <= MostAttempts; attempt++) Assert.Equal("card_declined", (await AgainAsync(intent, Cards.Declined)).Refusal!.Code);

        Assert.Equal("payment_intent_too_many_attempts", (await AgainAsync(intent, Cards.Approved)).Refusal!.Code);
        Assert.Equal(MostAttempts, (await HistoryAsync(intent)).Attempts.Count);
    }

    [Fact]
    public async Task A_confirmation_that_has_not_seen_the_latest_attempt_moves_nothing()
    {
        var seen = SubjectOf(await PayAsync(Cards.Declined, AcquirerNames.Aurora));
        await AgainAsync(seen, Cards.Declined);
        var current = await FindAsync(seen);
        Assert.Equal(seen.Status, current.Status);

        Assert.False(await TryMoveAsync(seen));
        Assert.True(await TryMoveAsync(current));
    }

    [Fact]
    public async Task A_challenge_at_an_address_that_browsers_would_run_is_no_answer()
    {
        var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora)).Value;
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var method = (await Florin.Database.ReadAsync(async reader => await PaymentMethodStore.FindAsync(reader, waiting.Scope, attempt.PaymentMethod), Ct))!;
        var merchant = (await Florin.Get<IMerchants>().FindAsync(waiting.Scope.Merchant, Ct))!;
        var hostile = new GatewayAnswer.Challenge(attempt.GatewayReference!, new Uri("javascript:alert(1)"));

        await Florin.Database.WriteAsync(
            async tx => await Florin.Get<AttemptSettlement>().ApplyAsync(tx, new AttemptStanding(waiting, attempt, method, merchant), hostile, origin: null), Ct);

        Assert.Equal(waiting.NextAction, (await FindAsync(waiting)).NextAction);
        Assert.Contains(waiting.NextAction!.Scheme, (string[])["http", "https"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_swept_does_not_keep_the_others_from_it()
    {
        var waiting = (await PayAsync(Cards.Challenge, AcquirerNames.Aurora)).Value;
        var attempt = (await HistoryAsync(waiting)).Attempts[0].Id;
        var (broken, nobody) = (Florin.Get<IdSource>().New<PaymentAttemptId>(attempt.Shard()), Florin.Get<IdSource>().New<PaymentIntentId>(attempt.Shard()));
        await Florin.Database.WriteAsync(
            async tx =>
            {
                // An attempt whose payment is gone stands first in the sweep, one that was cut off behind it.
                await tx.EnqueueAsync(
                    $"""
                     INSERT INTO payment_attempts (shard, id, payment_intent_id, charge_id, connector_account_id, connector, payment_method_id, amount_minor,
                                                   currency, capture, state, return_token, queries, sent_at_ms, deadline_at_ms)
                     SELECT shard, {broken}, {nobody}, charge_id, connector_account_id, connector, payment_method_id, amount_minor,
                            currency, capture, 'sent', return_token, 0, sent_at_ms, 1
                       FROM payment_attempts WHERE shard = {attempt.Shard()} AND id = {attempt}
                     """,
                    expectedRows: 1);
                await tx.EnqueueAsync(
                    $"UPDATE payment_attempts SET state = 'sent', deadline_at_ms = 2 WHERE shard = {attempt.Shard()} AND id = {attempt}", expectedRows: 1);
            },
            Ct);
        try
        {
            await EventuallyAsync(waiting, history => history.Attempts[0].State != AttemptState.Sent);
        }
        finally
        {
            await Florin.Database.WriteAsync(
                async tx => await tx.EnqueueAsync($"DELETE FROM payment_attempts WHERE shard = {broken.Shard()} AND id = {broken}"), Ct);
        }
    }

    private Task<Result<PaymentIntent>> AgainAsync(PaymentIntent intent, string card) => Payments.ConfirmAsync(
        Florin.Request(intent.Scope), intent.Id, new Confirmation(PaymentMethod: null, NewMethod(card), ReturnUrl: null), answer: null, Ct);

    // Undone at once: only whether the statement would have moved the payment is asked.
    private Task<bool> TryMoveAsync(PaymentIntent seen) => Florin.Database.WriteAsync(
        async tx =>
        {
            var isMoved = await IntentStore.TryMoveAsync(tx, seen, seen with { Status = PaymentIntentStatus.Processing });
            tx.Abandon();
            return isMoved;
        },
        Ct);

    private async Task<Result<ConnectorAccountId>> EnsureAsync(MerchantScope scope, string apiKey)
    {
        var present = (await Florin.Get<Routing.ConnectorAccounts>().OfAsync(scope, Ct)).Single(row => row.Account.Connector == AcquirerNames.Aurora).Account;
        var credentials = new Dictionary<string, Secret<string>>(present.Credentials) { ["api_key"] = Secret.Of(apiKey) };
        return await Florin.Get<IConnectorAccounts>().EnsureAsync(
            scope, new NewConnectorAccount(AcquirerNames.Aurora, present.BaseUrl, credentials, Currencies: [], Priority: 0), Ct);
    }
}

public sealed class GuardsOnSqlite(SqlitePayments fixture) : GuardTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class GuardsOnPostgres(PostgresPayments fixture) : GuardTests(fixture), IClassFixture<PostgresPayments>;
