using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Attempts;
using Florin.Payments.Routing;
using Florin.Sandbox;

namespace Florin.Payments.Tests;

/// <summary>A payment that one gateway has clearly turned down goes to the next; one whose outcome is not known never does.</summary>
public abstract class FailoverTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private static readonly MerchantFees NoFees = new(0, new Dictionary<string, long>());

    private IRouting Routing => Florin.Get<IRouting>();

    [Fact]
    public async Task A_gateways_own_trouble_sends_the_payment_to_the_next()
    {
        var paid = (await PayAsync(Cards.DeclinedAtAurora, scope: await ShopAsync())).Value;

        var history = await AgreementAsync(paid);
        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
        var (first, second) = (history.Attempts[0], history.Attempts[1]);
        Assert.Equal((AcquirerNames.Aurora, AttemptState.Declined), (first.Connector, first.State));
        Assert.Equal((AcquirerNames.Castellan, AttemptState.Captured), (second.Connector, second.State));
        Assert.Equal((null, first.Id), (first.Follows, second.Follows));
        Assert.Equal(first.SettledAt, second.SentAt);
        Assert.Equal((second.Id, null), (paid.LatestAttempt, paid.LastError));
        var (why, then) = (history.Decisions[0], history.Decisions[1]);
        Assert.Equal((null, first.Id), (why.Follows, then.Follows));
        Assert.Equal(RoutingStanding.Tried, then.Candidates.Single(each => each.Connector == AcquirerNames.Aurora).Standing);
        Assert.Equal(RoutingStanding.Chosen, then.Candidates[0].Standing);
    }

    [Theory]
    [InlineData("4000000000009995")]
    [InlineData("4000000000009987")]
    [InlineData("4000000000100018")]
    [InlineData("4100000000000019")]
    public async Task An_issuers_no_is_a_no_everywhere(string card)
    {
        var refused = SubjectOf(await PayAsync(card, scope: await ShopAsync()));

        Assert.Single((await AgreementAsync(refused)).Attempts);
    }

    [Fact]
    public async Task What_never_left_goes_to_the_next()
    {
        var scope = await ShopAsync();
        await DisconnectAsync(scope, AcquirerNames.Aurora);

        var paid = (await PayAsync(Cards.Approved, scope: scope)).Value;

        var history = await AgreementAsync(paid);
        Assert.Equal([AttemptState.NotSent, AttemptState.Captured], history.Attempts.Select(attempt => attempt.State));
        Assert.Single(history.Charges);
    }

    [Fact]
    public async Task A_payment_that_nobody_takes_has_failed_once()
    {
        var refused = SubjectOf(await PayAsync(Cards.DeclinedEverywhere, scope: await ShopAsync(maxAttempts: 3)));

        var history = await AgreementAsync(refused);
        Assert.Equal([AcquirerNames.Aurora, AcquirerNames.Castellan, AcquirerNames.Hangang], history.Attempts.Select(attempt => attempt.Connector));
        Assert.Equal(3, history.Charges.Count);
        Assert.Equal((PaymentIntentStatus.RequiresPaymentMethod, history.Charges[^1].Id), (refused.Status, refused.LatestCharge));

        // The buyer's method is free again, and the same payment may be tried with another.
        var paid = (await Payments.ConfirmAsync(
            Florin.Request(refused.Scope), refused.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct)).Value;
        Assert.Null((await AgreementAsync(paid)).Attempts[^1].Follows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_more_gateways_are_tried_than_the_rules_allow(int most)
    {
        var refused = SubjectOf(await PayAsync(Cards.DeclinedEverywhere, scope: await ShopAsync(maxAttempts: most)));

        Assert.Equal(most, (await AgreementAsync(refused)).Attempts.Count);
    }

    [Fact]
    public async Task The_buyer_is_not_kept_waiting_for_ever()
    {
        var scope = await ShopAsync(maxAttempts: 3);
        Florin.Options.FailoverWithin = TimeSpan.FromTicks(-1);

        var refused = SubjectOf(await PayAsync(Cards.DeclinedAtAurora, scope: scope));

        Assert.Single((await AgreementAsync(refused)).Attempts);
    }

    [Fact]
    public async Task A_gateway_that_the_merchant_named_is_the_only_one()
    {
        var refused = SubjectOf(await PayAsync(Cards.DeclinedAtAurora, AcquirerNames.Aurora, scope: await ShopAsync()));

        Assert.Single((await AgreementAsync(refused)).Attempts);
    }

    [Theory]
    [InlineData("reset", "after")]
    [InlineData("malformed", "before")]
    [InlineData("http500", "before")]
    public async Task What_is_not_known_goes_nowhere_else_and_its_late_no_neither(string fault, string when)
    {
        var scope = await ShopAsync(maxAttempts: 3);
        await Florin.FaultAsync(AcquirerNames.Aurora, "authorize", fault, when);

        var unknown = (await PayAsync(Cards.DeclinedAtAurora, scope: scope)).Value;
        Assert.Equal((PaymentIntentStatus.Processing, AttemptState.Unknown), (unknown.Status, Assert.Single((await HistoryAsync(unknown)).Attempts).State));

        Hurry();
        var failed = await EventuallyAsync(unknown, PaymentIntentStatus.RequiresPaymentMethod);
        Assert.Single((await AgreementAsync(failed)).Attempts);
    }

    [Fact]
    public async Task A_silent_gateway_that_did_charge_is_the_only_one_that_does()
    {
        var scope = await ShopAsync(maxAttempts: 3);
        Hurry();

        var unknown = (await PayAsync(Cards.SilentAfterApproving, scope: scope)).Value;

        Assert.Single((await AgreementAsync(await EventuallyAsync(unknown, PaymentIntentStatus.Succeeded))).Attempts);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task A_crash_while_the_second_gateway_is_asked_leaves_its_attempt_to_the_sweep(string when)
    {
        var scope = await ShopAsync();
        Hurry();
        await Florin.HoldAsync(AcquirerNames.Castellan, "authorize", when);
        var lost = PayAsync(Cards.DeclinedAtAurora, scope: scope);
        await Florin.HeldAsync(1);

        // One transaction closed the first attempt and made the second.
        var between = Assert.Single((await Payments.ListAsync(scope, new PaymentIntentFilter(), new(10), Ct)).Items);
        var history = await HistoryAsync(between);
        Assert.Equal([AttemptState.Declined, AttemptState.Sent], history.Attempts.Select(attempt => attempt.State));
        Assert.Equal((PaymentIntentStatus.Processing, history.Attempts[1].Id), (between.Status, between.LatestAttempt));

        await Florin.CrashAndRestartAsync();
        await Florin.ReleaseAsync("drop");
        await Assert.ThrowsAnyAsync<Exception>(() => lost);

        var ended = await EventuallyAsync(between, when == "after" ? PaymentIntentStatus.Succeeded : PaymentIntentStatus.RequiresPaymentMethod);
        Assert.Equal(2, (await AgreementAsync(ended)).Attempts.Count);
    }

    [Fact]
    public async Task Calls_about_the_first_attempt_change_nothing_while_the_second_is_under_way()
    {
        var scope = await ShopAsync();
        await Florin.HoldAsync(AcquirerNames.Castellan, "authorize", "after");
        var paying = PayAsync(Cards.DeclinedAtAurora, scope: scope);
        await Florin.HeldAsync(1);
        var intent = Assert.Single((await Payments.ListAsync(scope, new PaymentIntentFilter(), new(10), Ct)).Items);
        var first = (await HistoryAsync(intent)).Attempts[0];

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Florin.RepeatWebhookAsync(first)));
        await Florin.ReleaseAsync("answer");
        var paid = (await paying).Value;

        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
        Assert.Equal(2, (await AgreementAsync(paid)).Attempts.Count);
    }

    [Fact]
    public async Task A_buyer_who_passed_a_challenge_is_not_asked_again_by_the_next_gateway()
    {
        var waiting = (await PayAsync(Cards.ChallengeThenDeclineAtAurora, scope: await ShopAsync())).Value;
        Assert.Equal(PaymentIntentStatus.RequiresAction, waiting.Status);

        var paid = (await AnswerChallengeAsync(waiting, TestCards.OneTimePassword)).Value;

        var history = await AgreementAsync(paid);
        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Status);
        Assert.Equal([AttemptState.Declined, AttemptState.Captured], history.Attempts.Select(attempt => attempt.State));
        Assert.True(history.Attempts[1] is { ChallengePassed: true, ChallengeUrl: null, Connector: AcquirerNames.Castellan });
        Assert.Equal(RoutingStanding.AuthenticationNotTaken, history.Decisions[1].Candidates.Single(each => each.Connector == AcquirerNames.Hangang).Standing);
    }

    [Fact]
    public async Task A_decline_after_a_challenge_stands_where_nobody_takes_the_proof_of_it()
    {
        var scope = await ShopAsync(document: """{"rules": [{"name": "two", "then": {"prefer": ["aurora", "hangang"], "exclude": ["castellan"]}}]}""");
        var waiting = (await PayAsync(Cards.ChallengeThenDeclineAtAurora, scope: scope)).Value;

        var refused = SubjectOf(await AnswerChallengeAsync(waiting, TestCards.OneTimePassword));

        Assert.Single((await AgreementAsync(refused)).Attempts);
    }

    [Fact]
    public async Task A_second_challenge_is_a_decline()
    {
        // The proof that Aurora gave is good for what was asked there; for another attempt the issuer wants the buyer again.
        var waiting = (await PayAsync(Cards.ChallengeThenDeclineAtAurora, scope: await ShopAsync())).Value;
        var attempt = (await HistoryAsync(waiting)).Attempts[0];
        var standing = await StandingAsync(waiting, attempt with { ChallengePassed = true });
        var again = new GatewayAnswer.Challenge("again", new Uri("https://issuer.example/"));

        var settled = await Florin.Database.WriteAsync(tx => Florin.Get<AttemptSettlement>().ApplyAsync(tx, standing, again, origin: null), Ct);

        Assert.Equal("authentication_required", settled!.Value.Refusal!.Code);
        Assert.Equal(PaymentIntentStatus.RequiresPaymentMethod, (await FindAsync(waiting)).Status);
    }

    [Fact]
    public async Task Of_two_answers_to_one_attempt_only_the_first_sends_it_elsewhere()
    {
        var waiting = (await PayAsync(Cards.Challenge, scope: await ShopAsync())).Value;
        var standing = await StandingAsync(waiting, (await HistoryAsync(waiting)).Attempts[0]);
        var said = new GatewayAnswer.Declined(DeclineCode.ProcessingError, "PROCESSING", "Trouble.");
        var account = (await Florin.Get<ConnectorAccounts>().OfAsync(waiting.Scope, Ct))[1].Account;

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var chain = new AttemptChain(
                Florin.Get<IdSource>().New<PaymentAttemptId>(waiting.Scope.Shard), standing.Attempt.Id, standing.Attempt.Id,
                new HashSet<ConnectorAccountId> { standing.Attempt.ConnectorAccount }, IsAuthenticated: false);
            var route = (await Florin.Get<Router>().ElsewhereAsync(standing.Intent, standing.Method, chain, Ct))!;
            var next = Florin.Get<AttemptMaker>().New(standing.Intent, standing.Method.Id, route) with { Follows = standing.Attempt.Id };
            return await Florin.Database.WriteAsync(
                tx => Florin.Get<AttemptSettlement>().ApplyAsync(tx, standing, said, origin: null, new Continuation(next, account, route.Decision, null)), Ct);
        }));

        Assert.Single(results, result => result is not null);
        Assert.Equal(2, (await HistoryAsync(waiting)).Attempts.Count);
    }

    [Fact]
    public async Task Only_what_the_buyer_asked_for_counts_towards_the_most_tries_of_a_payment()
    {
        var intent = SubjectOf(await PayAsync(Cards.DeclinedEverywhere, scope: await ShopAsync(maxAttempts: 3)));
        for (var time = 2; time <= 4; time++)
        {
            await Payments.ConfirmAsync(
                Florin.Request(intent.Scope), intent.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.DeclinedEverywhere), ReturnUrl: null), answer: null, Ct);
        }

        Assert.Equal(12, (await HistoryAsync(intent)).Attempts.Count);
        var paid = await Payments.ConfirmAsync(
            Florin.Request(intent.Scope), intent.Id, new Confirmation(PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null), answer: null, Ct);
        Assert.Equal(PaymentIntentStatus.Succeeded, paid.Value.Status);
    }

    private async Task<AttemptStanding> StandingAsync(PaymentIntent intent, PaymentAttempt attempt)
    {
        var method = (await Florin.Methods.FindAsync(intent.Scope, attempt.PaymentMethod, Ct))!;
        return new AttemptStanding(intent, attempt, method, (await Florin.Get<IMerchants>().FindAsync(intent.Scope.Merchant, Ct))!);
    }

    private async Task<MerchantScope> ShopAsync(int maxAttempts = 2, string? document = null)
    {
        var scope = await Florin.NewMerchantAsync(NoFees);
        var written = document ?? $$"""{"default": ["aurora", "castellan", "hangang"], "max_attempts": {{maxAttempts}}}""";
        var draft = (await Routing.CreateAsync(Florin.Request(scope), new NewRoutingVersion(written, Note: null), new AuditActor(AuditActorKind.Command, "test"), answer: null, Ct)).Value;
        await Routing.ActivateAsync(Florin.Request(scope), draft.Id, new AuditActor(AuditActorKind.Command, "test"), answer: null, Ct);
        return scope;
    }

    // Port 1 of this machine is nobody's.
    private async Task DisconnectAsync(MerchantScope scope, string acquirer)
    {
        var credentials = SandboxCredentials.ByAcquirer[acquirer].ToDictionary(pair => pair.Key, pair => Secret.Of(pair.Value));
        _ = (await Florin.Get<IConnectorAccounts>().EnsureAsync(
            scope, new NewConnectorAccount(acquirer, new Uri("http://127.0.0.1:1/"), credentials, Currencies: [], Priority: 0), Ct)).Value;
    }
}

public sealed class FailoverOnSqlite(SqlitePayments fixture) : FailoverTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class FailoverOnPostgres(PostgresPayments fixture) : FailoverTests(fixture), IClassFixture<PostgresPayments>;
