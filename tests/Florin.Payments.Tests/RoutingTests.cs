using System.Text;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments.Routing;
using Florin.Sandbox;
using Florin.Storage;
using Florin.Vault;

namespace Florin.Payments.Tests;

/// <summary>Versions of rules, the payments they send, and why.</summary>
public abstract class RoutingTests(PaymentsFixture fixture) : PaymentsTests(fixture)
{
    private const string ToHangang = """{"rules": [{"name": "Won at Hangang", "when": {"currencies": ["krw"]}, "then": {"prefer": ["hangang"]}}]}""";
    private const string ToCastellan = """{"rules": [{"name": "All at Castellan", "then": {"prefer": ["castellan"]}}]}""";

    private const string BritishToCastellan = """{"rules": [{"name": "British cards", "when": {"card_countries": ["GB"]}, "then": {"prefer": ["castellan"]}}]}""";
    private const string BritishCard = "4000058260000005";

    // No test card, so that only a table of issuers can know it; the sandbox declines it.
    private const string UnknownCard = "4539578763621486";

    private static readonly AuditActor Actor = new(AuditActorKind.User, "ops@shop.example");

    private IRouting Routing => Florin.Get<IRouting>();

    [Fact]
    public async Task A_draft_sends_nothing_until_it_is_active_and_an_older_version_can_be_gone_back_to()
    {
        var scope = await ShopAsync();
        var first = await DraftAsync(scope, ToCastellan);
        Assert.Equal((RoutingVersionState.Draft, 1), (first.State, first.Number));
        Assert.Equal(AcquirerNames.Aurora, await PaidAtAsync(scope));

        await ActivateAsync(first);
        Assert.Equal(AcquirerNames.Castellan, await PaidAtAsync(scope));
        var second = await DraftAsync(scope, """{"default": ["hangang"]}""");
        await ActivateAsync(second);
        Assert.Equal(AcquirerNames.Hangang, await PaidAtAsync(scope));
        Assert.Equal(RoutingVersionState.Superseded, (await Routing.FindAsync(scope, first.Id, Ct))!.State);

        var back = await ActivateAsync(first);
        Assert.Equal((RoutingVersionState.Active, first.Id), (back.State, (await Routing.FindActiveAsync(scope, Ct))!.Id));
        Assert.Equal(AcquirerNames.Castellan, await PaidAtAsync(scope));
        var audited = (await Florin.Get<IAudit>().ListAsync(scope, new AuditFilter("routing.activated"), new PageRequest<AuditRecordId>(10), Ct)).Items;
        Assert.Equal([first.Id.ToString(), second.Id.ToString(), first.Id.ToString()], audited.Select(record => record.Entry.Subject));
        Assert.Equal(Actor, audited[0].Entry.Actor);
    }

    [Fact]
    public async Task What_was_active_stays_as_it_was()
    {
        var scope = await ShopAsync();
        var version = await ActivateAsync(await DraftAsync(scope, ToCastellan));

        var change = await Routing.UpdateAsync(Florin.Request(scope), version.Id, new RoutingVersionChange(ToHangang, Note: null), Actor, answer: null, Ct);

        Assert.Equal("routing_version_not_draft", change.Refusal!.Code);
        Assert.Equal(ToCastellan, (await Routing.FindAsync(scope, version.Id, Ct))!.Document);
    }

    [Fact]
    public async Task A_draft_is_changed_and_must_stay_right()
    {
        var draft = await DraftAsync(await ShopAsync(), ToCastellan);

        var changed = (await Routing.UpdateAsync(Florin.Request(draft.Scope), draft.Id, new RoutingVersionChange(ToHangang, "for won"), Actor, answer: null, Ct)).Value;
        var wrong = await Routing.UpdateAsync(
            Florin.Request(draft.Scope), draft.Id, new RoutingVersionChange("""{"max_attempts": 9}""", Note: null), Actor, answer: null, Ct);

        Assert.Equal((ToHangang, "for won"), (changed.Document, changed.Note));
        Assert.Equal(("routing_document_invalid", "max_attempts"), (wrong.Refusal!.Code, wrong.Refusal.Param));
        var stored = (await Routing.FindAsync(draft.Scope, draft.Id, Ct))!;
        Assert.Equal((changed.Document, changed.Note, RoutingVersionState.Draft), (stored.Document, stored.Note, stored.State));
    }

    [Fact]
    public async Task Nobody_sees_or_activates_anothers_rules()
    {
        var draft = await DraftAsync(await ShopAsync(), ToCastellan);
        var other = await ShopAsync();

        Assert.Null(await Routing.FindAsync(other, draft.Id, Ct));
        Assert.Null(await Routing.FindAsync(draft.Scope with { IsLive = true }, draft.Id, Ct));
        Assert.Equal("resource_missing", (await Routing.ActivateAsync(Florin.Request(other), draft.Id, Actor, answer: null, Ct)).Refusal!.Code);
        Assert.Equal("resource_missing", (await Routing.SimulateAsync(other, draft.Id, LastHour(), Ct)).Refusal!.Code);
        Assert.Null(await Routing.DecisionsAsync(other, (await PaidAsync(scope: draft.Scope)).Id, Ct));
    }

    [Fact]
    public async Task Of_many_activations_at_once_one_version_is_active_in_the_end()
    {
        var scope = await ShopAsync();
        var drafts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DraftAsync(scope, ToCastellan)));
        Assert.Equal(Enumerable.Range(1, 8).Select(number => (long)number), drafts.Select(draft => draft.Number).Order());

        await Task.WhenAll(drafts.Concat(drafts).Select(ActivateAsync));

        var versions = (await Routing.ListAsync(scope, new PageRequest<RoutingVersionId>(100), Ct)).Items;
        Assert.Single(versions, version => version.State == RoutingVersionState.Active);
        Assert.DoesNotContain(versions, version => version.State == RoutingVersionState.Draft);
    }

    [Fact]
    public async Task A_draft_that_was_changed_after_it_was_checked_is_not_made_active()
    {
        var scope = await ShopAsync();
        var active = await ActivateAsync(await DraftAsync(scope, """{"max_attempts": 1}"""));
        var checkedDraft = await DraftAsync(scope, ToCastellan);
        await Routing.UpdateAsync(Florin.Request(scope), checkedDraft.Id, new RoutingVersionChange(ToHangang, Note: null), Actor, answer: null, Ct);

        var isActive = await Florin.Database.WriteAsync(
            async tx =>
            {
                // The service compares nothing before: only this statement sees what commits until it runs.
                var done = await RoutingVersionStore.TryActivateAsync(tx, checkedDraft with { ActivatedAt = TimeProvider.System.GetUtcNow() });
                if (!done) tx.Abandon();
                return done;
            },
            Ct);

        Assert.False(isActive);
        Assert.Equal(active.Id, (await Routing.FindActiveAsync(scope, Ct))!.Id);
        Assert.Equal(RoutingVersionState.Draft, (await Routing.FindAsync(scope, checkedDraft.Id, Ct))!.State);
    }

    [Fact]
    public async Task Of_two_who_change_a_draft_and_its_note_at_once_neither_undoes_the_other()
    {
        var scope = await ShopAsync();
        await Parallel.ForAsync(0, 40, async (_, _) =>
        {
            var draft = await DraftAsync(scope, ToCastellan);
            await Task.WhenAll(
                Routing.UpdateAsync(Florin.Request(scope), draft.Id, new RoutingVersionChange(ToHangang, Note: null), Actor, answer: null, Ct),
                Routing.UpdateAsync(Florin.Request(scope), draft.Id, new RoutingVersionChange(Document: null, "for won"), Actor, answer: null, Ct));

            var stored = (await Routing.FindAsync(scope, draft.Id, Ct))!;
            Assert.Equal((ToHangang, "for won"), (stored.Document, stored.Note));
        });
    }

    [Fact]
    public async Task Who_wrote_a_draft_and_who_changed_it_is_in_the_audit_log()
    {
        var draft = await DraftAsync(await ShopAsync(), ToCastellan);
        await Routing.UpdateAsync(Florin.Request(draft.Scope), draft.Id, new RoutingVersionChange(ToHangang, "for won"), Actor, answer: null, Ct);
        await ActivateAsync(draft);
        await Routing.UpdateAsync(Florin.Request(draft.Scope), draft.Id, new RoutingVersionChange(ToCastellan, Note: null), Actor, answer: null, Ct);

        var audited = (await Florin.Get<IAudit>().ListAsync(
            draft.Scope, new AuditFilter(Subject: draft.Id.ToString()), new PageRequest<AuditRecordId>(10), Ct)).Items;

        Assert.Equal(["routing.activated", "routing.changed", "routing.drafted"], audited.Select(record => record.Entry.Action));
        Assert.All(audited, record => Assert.Equal(Actor, record.Entry.Actor));
        Assert.Contains("for won", audited[1].Entry.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_tells_the_version_the_rule_and_what_kept_each_account_out()
    {
        var scope = await ShopAsync();
        var version = await ActivateAsync(await DraftAsync(
            scope,
            """{"rules": [{"name": "not there", "then": {"exclude": ["aurora"]}}, {"name": "gold", "when": {"metadata": {"tier": "gold"}}, "then": {"prefer": ["hangang"]}}], "default": ["castellan"]}"""));
        var wanted = NewIntent(Cards.Approved) with { Metadata = new Dictionary<string, string> { ["tier"] = "gold", ["note"] = "private" } };

        var paid = (await Payments.CreateAsync(Florin.Request(scope), wanted, answer: null, Ct)).Value;

        var decision = Assert.Single((await Routing.DecisionsAsync(scope, paid.Id, Ct))!);
        Assert.Equal((version.Id, 1, "gold", null), (decision.Version, decision.VersionNumber, decision.Rule, decision.Draw));
        Assert.Equal(
            [("hangang", RoutingStanding.Chosen), ("castellan", RoutingStanding.Able), ("aurora", RoutingStanding.Excluded)],
            decision.Candidates.Select(each => (each.Connector, each.Standing)));
        Assert.Equal(["tier"], decision.Facts.Metadata.Keys);
        Assert.Equivalent(decision, Assert.Single((await HistoryAsync(paid)).Decisions));
    }

    [Fact]
    public async Task A_stored_decision_is_decided_the_same_once_more()
    {
        var scope = await ShopAsync();
        var version = await ActivateAsync(await DraftAsync(scope, """{"rules": [{"name": "both", "then": {"split": {"aurora": 1, "castellan": 1, "hangang": 2}}}]}"""));
        var rows = await Florin.Get<ConnectorAccounts>().OfAsync(scope, Ct);
        var (router, rules) = (Florin.Get<Router>(), Router.Ready(version));
        var connectors = new HashSet<string>();
        for (var time = 0; time < 12; time++)
        {
            var paid = await PaidAsync(scope: scope);
            var stored = Assert.Single((await Routing.DecisionsAsync(scope, paid.Id, Ct))!);
            var chain = new AttemptChain(stored.Attempt, stored.Draw!.By, stored.Follows, new HashSet<ConnectorAccountId>(), IsAuthenticated: false);

            var again = router.Choose(rules, rows, stored.Facts, paid.Id, chain)!.Decision;

            Assert.Equivalent(stored, again, strict: true);
            connectors.Add(stored.Candidates[0].Connector);
        }

        Assert.True(connectors.Count > 1);
    }

    [Fact]
    public async Task A_gateway_that_the_merchant_names_is_taken_whatever_the_rules_are()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, """{"rules": [{"name": "a", "then": {"prefer": ["castellan"], "exclude": ["hangang"]}}]}"""));

        var paid = await PaidAsync(AcquirerNames.Hangang, scope: scope);

        var decision = Assert.Single((await HistoryAsync(paid)).Decisions);
        Assert.Equal((null, AcquirerNames.Hangang), (decision.Rule, decision.Candidates[0].Connector));
        Assert.Equal(RoutingStanding.NotAskedFor, decision.Candidates[1].Standing);
    }

    [Fact]
    public async Task Where_every_account_is_excluded_there_is_no_payment()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, """{"rules": [{"name": "none", "then": {"exclude": ["aurora", "castellan", "hangang"]}}]}"""));

        Assert.Equal("payment_method_unavailable", (await PayAsync(Cards.Approved, scope: scope)).Refusal!.Code);
    }

    [Fact]
    public async Task A_gateway_that_is_not_well_is_taken_last_and_never_after_a_decline()
    {
        var scope = await ShopAsync();
        var health = new SickGateways("aurora", "castellan");
        var router = new Router(Florin.Database, Florin.Get<ConnectorAccounts>(), health, TimeProvider.System);
        health.Know(await Florin.Get<ConnectorAccounts>().OfAsync(scope, Ct));
        var paid = await PaidAsync(scope: scope);
        var method = (await Florin.Methods.FindAsync(scope, paid.PaymentMethod!.Value, Ct))!;
        var attempt = Florin.Get<IdSource>().New<PaymentAttemptId>(scope.Shard);

        var route = (await router.ChooseAsync(paid, method, attempt, Ct)).Value;
        Assert.Equal("hangang", route.Account.Connector);
        Assert.Equal(RoutingStanding.Unavailable, route.Decision.Candidates[1].Standing);

        health.Ill.Add("hangang");
        Assert.Equal("aurora", (await router.ChooseAsync(paid, method, attempt, Ct)).Value.Account.Connector);
        var chain = new AttemptChain(attempt, attempt, attempt, new HashSet<ConnectorAccountId> { route.Account.Id }, IsAuthenticated: false);
        Assert.Null(await router.ElsewhereAsync(paid, method, chain, Ct));
    }

    [Fact]
    public async Task An_accounts_own_currencies_hold_unless_a_rule_names_it()
    {
        var scope = await ShopAsync();
        await LimitAsync(scope, AcquirerNames.Hangang, "KRW");
        await ActivateAsync(await DraftAsync(scope, """{"default": ["hangang", "castellan"]}"""));
        Assert.Equal(AcquirerNames.Castellan, await PaidAtAsync(scope));

        await ActivateAsync(await DraftAsync(scope, """{"rules": [{"name": "a", "then": {"prefer": ["hangang"]}}]}"""));
        Assert.Equal(AcquirerNames.Hangang, await PaidAtAsync(scope));
    }

    [Fact]
    public async Task Rules_send_the_verification_of_saved_cards_too()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, ToCastellan));
        var setups = Florin.Get<ISetupIntents>();

        var saved = (await setups.CreateAsync(
            Florin.Request(scope), new NewSetupIntent(
                Confirm: true, FutureUsage.OffSession, Customer: null, PaymentMethod: null, NewMethod(Cards.Approved), ReturnUrl: null, Description: null,
                Currency.Usd, Connector: null, Documents.NoMetadata),
            answer: null,
            Ct)).Value;

        Assert.Equal(AcquirerNames.Castellan, Assert.Single((await setups.ListAttemptsAsync(scope, saved.Id, new PageRequest<SetupAttemptId>(10), Ct))!.Items).Connector);
    }

    [Fact]
    public async Task A_payment_goes_where_the_country_of_its_card_sends_it()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, BritishToCastellan));

        Assert.Equal(AcquirerNames.Castellan, await SentToAsync(scope, BritishCard));
        Assert.Equal(AcquirerNames.Aurora, await SentToAsync(scope, Cards.Approved));
    }

    [Fact]
    public async Task A_card_of_an_unknown_country_goes_by_the_other_rules_and_the_decision_says_so()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, BritishToCastellan));

        var refused = SubjectOf(await PayAsync(UnknownCard, scope: scope));

        var decision = Assert.Single((await HistoryAsync(refused)).Decisions);
        Assert.Equal((AcquirerNames.Aurora, null, null), (decision.Candidates[0].Connector, decision.Rule, decision.Facts.Country));
        Assert.Equal(["British cards"], decision.PassedOver);
        var british = Assert.Single((await HistoryAsync((await PayAsync(BritishCard, scope: scope)).Value)).Decisions);
        Assert.Equal(("GB", "British cards", 0), (british.Facts.Country, british.Rule, british.PassedOver.Count));

        // Whoever names the gateway passes all rules over.
        var named = SubjectOf(await PayAsync(UnknownCard, AcquirerNames.Hangang, scope: scope));
        Assert.Empty(Assert.Single((await HistoryAsync(named)).Decisions).PassedOver);
    }

    [Fact]
    public async Task The_verification_of_a_saved_card_goes_by_its_country_and_shows_it()
    {
        var scope = await ShopAsync();
        await ActivateAsync(await DraftAsync(scope, BritishToCastellan));
        var setups = Florin.Get<ISetupIntents>();

        var saved = (await setups.CreateAsync(
            Florin.Request(scope), new NewSetupIntent(
                Confirm: true, FutureUsage.OffSession, Customer: null, PaymentMethod: null, NewMethod(BritishCard), ReturnUrl: null, Description: null,
                Currency.Usd, Connector: null, Documents.NoMetadata),
            answer: null,
            Ct)).Value;

        var attempt = Assert.Single((await setups.ListAttemptsAsync(scope, saved.Id, new PageRequest<SetupAttemptId>(10), Ct))!.Items);
        Assert.Equal((AcquirerNames.Castellan, new CardFace(CardBrand.Visa, "GB", CardFunding.Debit, "0005")), (attempt.Connector, attempt.Card));
    }

    [Fact]
    public async Task What_was_known_of_a_card_stays_when_the_table_of_issuers_changes_and_a_simulation_goes_by_that()
    {
        var scope = await ShopAsync();
        await ImportIssuersAsync("453957,453957,GB,visa,debit,\n");
        var before = SubjectOf(await PayAsync(UnknownCard, scope: scope));
        await ImportIssuersAsync("453957,453957,KR,visa,credit,\n");
        var after = SubjectOf(await PayAsync(UnknownCard, scope: scope));
        await ImportIssuersAsync("670000,670000,US,,,\n");
        var last = SubjectOf(await PayAsync(UnknownCard, scope: scope));

        Assert.Equal([("GB", CardFunding.Debit), ("KR", CardFunding.Credit), (null, CardFunding.Unknown)], await KnownOfCardsAsync(before, after, last));
        var simulation = (await Routing.SimulateAsync(scope, (await DraftAsync(scope, BritishToCastellan)).Id, LastHour(), Ct)).Value;
        Assert.Equal((3, 1), (simulation.Confirmations, simulation.Changed));
        Assert.Equal((before.Id, "British cards"), (simulation.Sample[0].PaymentIntent, simulation.Sample[0].Rule));
    }

    [Fact]
    public async Task A_simulation_tells_what_would_have_gone_elsewhere_and_why()
    {
        var scope = await ShopAsync();
        var won = await PaidAsync(currency: "KRW", scope: scope);
        var dollars = await PaidAsync(scope: scope);
        var named = await PaidAsync(AcquirerNames.Aurora, currency: "KRW", scope: scope);
        var draft = await DraftAsync(scope, ToHangang);

        var simulation = (await Routing.SimulateAsync(scope, draft.Id, LastHour(), Ct)).Value;

        Assert.Equal((3, 1, 0, null), (simulation.Confirmations, simulation.Changed, simulation.Unroutable, simulation.Next));
        var change = Assert.Single(simulation.Sample);
        Assert.Equal((won.Id, "aurora", "hangang", "Won at Hangang"), (change.PaymentIntent, change.From, change.To, change.Rule));
        Assert.Equal([new RoutingShare("aurora", 3, 2), new RoutingShare("hangang", 0, 1)], simulation.ByConnector);
        Assert.Null(await Routing.FindActiveAsync(scope, Ct));
        Assert.Equal(3, new[] { won, dollars, named }.Select(each => each.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_simulation_is_of_its_period_and_its_merchant_alone()
    {
        var scope = await ShopAsync();
        await PaidAsync(scope: scope);
        var draft = await DraftAsync(scope, ToCastellan);
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(0, (await Routing.SimulateAsync(scope, draft.Id, new RoutingPeriod(now - TimeSpan.FromDays(2), now - TimeSpan.FromDays(1)), Ct)).Value.Confirmations);
        Assert.Equal("routing_period_invalid", (await Routing.SimulateAsync(scope, draft.Id, new RoutingPeriod(now, now), Ct)).Refusal!.Code);
        Assert.Equal(
            "routing_period_invalid", (await Routing.SimulateAsync(scope, draft.Id, new RoutingPeriod(now - TimeSpan.FromDays(93), now), Ct)).Refusal!.Code);
        var other = await ShopAsync();
        Assert.Equal(0, (await Routing.SimulateAsync(other, (await DraftAsync(other, ToCastellan)).Id, LastHour(), Ct)).Value.Confirmations);
    }

    [Fact]
    public async Task Two_versions_are_compared_rule_by_rule()
    {
        var scope = await ShopAsync();
        var from = await DraftAsync(
            scope,
            """{"rules": [{"name": "a", "then": {"prefer": ["aurora"]}}, {"name": "b", "then": {"prefer": ["aurora"]}}, {"name": "c", "then": {"prefer": ["aurora"]}}], "max_attempts": 2}""");
        var to = await DraftAsync(
            scope,
            """{"rules": [{"name": "new", "then": {"prefer": ["aurora"]}}, {"name": "c", "then": {"prefer":["aurora"]}}, {"name": "a", "then": {"prefer": ["hangang"]}}], "max_attempts": 3}""");

        var differences = (await Routing.CompareAsync(scope, from.Id, to.Id, Ct)).Value.Differences;

        Assert.Equal(
            [
                (RoutingDifferenceKind.RuleRemoved, "b"), (RoutingDifferenceKind.RuleAdded, "new"), (RoutingDifferenceKind.RuleMoved, "c"),
                (RoutingDifferenceKind.RuleChanged, "a"), (RoutingDifferenceKind.RuleMoved, "a"), (RoutingDifferenceKind.MaxAttemptsChanged, null),
            ],
            differences.Select(each => (each.Kind, each.Rule)));
        Assert.Empty((await Routing.CompareAsync(scope, from.Id, from.Id, Ct)).Value.Differences);
    }

    private static RoutingPeriod LastHour()
    {
        var now = TimeProvider.System.GetUtcNow();
        return new RoutingPeriod(now - TimeSpan.FromHours(1), now + TimeSpan.FromMinutes(1));
    }

    private Task<MerchantScope> ShopAsync() => Florin.NewMerchantAsync(new MerchantFees(0, new Dictionary<string, long>()));

    private async Task<RoutingVersion> DraftAsync(MerchantScope scope, string document) =>
        (await Routing.CreateAsync(Florin.Request(scope), new NewRoutingVersion(document, Note: null), Actor, answer: null, Ct)).Value;

    private async Task<RoutingVersion> ActivateAsync(RoutingVersion version) =>
        (await Routing.ActivateAsync(Florin.Request(version.Scope), version.Id, Actor, answer: null, Ct)).Value;

    private async Task<string> PaidAtAsync(MerchantScope scope) => (await HistoryAsync(await PaidAsync(scope: scope))).Attempts[^1].Connector;

    private async Task<string> SentToAsync(MerchantScope scope, string card) =>
        (await HistoryAsync((await PayAsync(card, scope: scope)).Value)).Attempts[^1].Connector;

    private async Task ImportIssuersAsync(string lines)
    {
        using var csv = new MemoryStream(Encoding.UTF8.GetBytes("first,last,country,brand,funding,issuer\n" + lines));
        Assert.True((await Florin.Get<IIssuers>().ImportAsync(csv, isDryRun: false, fault => Assert.Fail(fault.Message), Ct)).IsKept);
    }

    private async Task<IEnumerable<(string?, CardFunding)>> KnownOfCardsAsync(params IEnumerable<PaymentIntent> intents)
    {
        var known = new List<(string?, CardFunding)>();
        foreach (var intent in intents)
        {
            var card = (await HistoryAsync(intent)).Charges.Single().PaymentMethod.Card;
            known.Add((card.Country, card.Funding));
        }

        return known;
    }

    private async Task LimitAsync(MerchantScope scope, string acquirer, string currency)
    {
        var account = (await Florin.Get<ConnectorAccounts>().OfAsync(scope, Ct)).First(row => row.Account.Connector == acquirer).Account;
        _ = (await Florin.Get<IConnectorAccounts>().EnsureAsync(
            scope, new NewConnectorAccount(acquirer, account.BaseUrl, account.Credentials, [currency], Priority: 0), Ct)).Value;
    }

    private sealed class SickGateways(params string[] ill) : IGatewayHealth
    {
        private readonly Dictionary<ConnectorAccountId, string> names = [];

        public HashSet<string> Ill { get; } = [.. ill];

        public void Know(IEnumerable<AccountRow> rows)
        {
            foreach (var row in rows) names[row.Account.Id] = row.Account.Connector;
        }

        public bool IsAvailable(ConnectorAccountId account, string method) => !Ill.Contains(names[account]);

        public GatewayStanding? Find(ConnectorAccountId account, string method) => null;

        public IReadOnlyList<GatewayStanding> Snapshot() => [];
    }
}

public sealed class RoutingOnSqlite(SqlitePayments fixture) : RoutingTests(fixture), IClassFixture<SqlitePayments>;

[Trait("Engine", "postgres")]
public sealed class RoutingOnPostgres(PostgresPayments fixture) : RoutingTests(fixture), IClassFixture<PostgresPayments>;
