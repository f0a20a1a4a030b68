using System.Collections.Concurrent;
using Florin.Connectors;
using Florin.Connectors.Health;
using Florin.Kernel;
using Florin.Storage;

namespace Florin.Payments.Routing;

/// <summary>Where an attempt goes, and why.</summary>
internal sealed record Route(ConnectorAccount Account, RoutingDecision Decision);

/// <summary>Rules in force: the version they come from, and the document ready to use.</summary>
internal sealed record RoutingInForce(RoutingVersionId? Version, long? Number, RoutingDocument Document)
{
    public static readonly RoutingInForce Nothing = new(null, null, RoutingDocument.Unwritten);
}

/// <summary>Chooses the gateway for an attempt: what the merchant asked for, else by the merchant's rules, then by what each
/// account can do and how its gateway answers.</summary>
internal sealed class Router(IDatabase database, ConnectorAccounts accounts, IGatewayHealth health, TimeProvider time)
{
    private readonly ConcurrentDictionary<MerchantScope, (RoutingInForce Rules, DateTimeOffset Until)> remembered = [];

    /// <param name="attempt">The attempt that is about to be made.</param>
    public async Task<Result<Route>> ChooseAsync(PaymentIntent intent, PaymentMethod method, PaymentAttemptId attempt, CancellationToken ct)
    {
        var rules = await InForceAsync(intent.Scope, ct);
        var chain = new AttemptChain(attempt, First: attempt, Follows: null, Tried: new HashSet<ConnectorAccountId>(), IsAuthenticated: false);
        return Choose(rules, await accounts.OfAsync(intent.Scope, ct), FactsOf(intent, method, rules), intent.Id, chain) is { } route
            ? route
            : PaymentRefusals.NoConnector(intent.Connector, intent.Amount.Currency, intent.CaptureMethod);
    }

    /// <summary>Where a payment may go after it was turned down; null where nobody else can take it.</summary>
    /// <remarks>Never to a gateway that is not well: what would be gained by that is another refusal.</remarks>
    public async Task<Route?> ElsewhereAsync(PaymentIntent intent, PaymentMethod method, AttemptChain chain, CancellationToken ct)
    {
        var rules = await InForceAsync(intent.Scope, ct);
        if (chain.Tried.Count >= rules.Document.MaxAttempts) return null;
        var route = Choose(rules, await accounts.OfAsync(intent.Scope, ct), FactsOf(intent, method, rules), intent.Id, chain);
        return route is not null && health.IsAvailable(route.Account.Id, RoutingFacts.CardMethod) ? route : null;
    }

    /// <summary>The accounts that may verify a card, first choice first.</summary>
    public async Task<IReadOnlyList<AccountRow>> OrderAsync(SetupIntent intent, PaymentMethod method, Money? amount, Guid attempt, CancellationToken ct)
    {
        var rules = await InForceAsync(intent.Scope, ct);
        var facts = new RoutingFacts(
            amount, RoutingFacts.CardMethod, method.Card.Brand, method.Card.Bin, method.Card.Country, intent.Customer, intent.Metadata, CaptureMethod.Manual, intent.Connector, time.GetUtcNow());
        var plan = RoutePlanner.Plan(rules.Document, facts, new PaymentAttemptId(attempt), await accounts.OfAsync(intent.Scope, ct));
        return intent.Connector is { } asked
            ? [.. (await accounts.OfAsync(intent.Scope, ct)).Where(row => row.Account.Connector == asked)]
            : [.. plan.Ordered.Where(row => !plan.Excluded.Contains(row.Account.Id)).OrderBy(row => health.IsAvailable(row.Account.Id, facts.Method) ? 0 : 1)];
    }

    /// <summary>Decides by given rules; what is stored of a decision is enough to call this once more.</summary>
    /// <param name="countAllAsWell">Does not ask how gateways answer now, as for what happened long ago.</param>
    public Route? Choose(
        RoutingInForce rules, IReadOnlyList<AccountRow> rows, RoutingFacts facts, PaymentIntentId intent, AttemptChain chain, bool countAllAsWell = false)
    {
        var plan = RoutePlanner.Plan(rules.Document, facts, chain.First, rows);
        var judged = plan.Ordered.Concat(rows.Where(row => !plan.Ordered.Contains(row)))
            .Select(row => (Row: row, Standing: Judge(row, facts, plan, chain, countAllAsWell)))
            .ToList();
        var chosen = judged.Find(each => each.Standing == RoutingStanding.Able).Row
            ?? judged.Find(each => each.Standing == RoutingStanding.Unavailable).Row;
        if (chosen is null) return null;
        var candidates = judged
            .OrderBy(each => each.Row == chosen ? 0 : each.Standing == RoutingStanding.Able ? 1 : 2)
            .Select(each => new RoutingCandidate(each.Row.Account.Id, each.Row.Account.Connector, each.Row == chosen ? RoutingStanding.Chosen : each.Standing));
        var isAskedFor = facts.AskedFor is not null;
        var decision = new RoutingDecision(
            chain.Attempt,
            intent,
            rules.Version,
            rules.Number,
            isAskedFor ? null : plan.Rule?.Name,
            chain.Follows,
            isAskedFor ? null : plan.Draw,
            [.. candidates],
            facts,
            facts.At)
        {
            PassedOver = isAskedFor ? [] : plan.PassedOver,
        };
        return new Route(chosen.Account, decision);
    }

    /// <summary>What the rules in force may ask about a payment.</summary>
    public RoutingFacts FactsOf(PaymentIntent intent, PaymentMethod method, RoutingInForce rules, DateTimeOffset? at = null) => new(
        intent.Amount,
        RoutingFacts.CardMethod,
        method.Card.Brand,
        method.Card.Bin,
        method.Card.Country,
        intent.Customer,
        intent.Metadata.Count == 0 ? intent.Metadata : intent.Metadata.Where(pair => rules.Document.AsksFor(pair.Key)).ToDictionary(),
        intent.CaptureMethod,
        intent.Connector,
        at ?? time.GetUtcNow());

    /// <summary>The rules of a merchant have just changed here; other nodes see it a moment later.</summary>
    public void Forget(MerchantScope scope) => remembered.TryRemove(scope, out _);

    private async Task<RoutingInForce> InForceAsync(MerchantScope scope, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (remembered.TryGetValue(scope, out var known) && known.Until > now) return known.Rules;
        var active = await database.AskAsync(async reader => await RoutingVersionStore.FindActiveAsync(reader, scope), ct);

        // What was once active never changes, so the same version is not read anew.
        var rules = active is null ? RoutingInForce.Nothing : active.Id == known.Rules?.Version ? known.Rules : Ready(active);
        remembered[scope] = (rules, now + ConnectorAccounts.RememberFor);
        return rules;
    }

    public static RoutingInForce Ready(RoutingVersion version)
    {
        var (document, problems) = RoutingDocumentReader.Read(version.Document, accounts: null);
        return document is not null
            ? new RoutingInForce(version.Id, version.Number, document)
            : throw new InvalidOperationException($"Routing version {version.Id} cannot be read: {problems[0].Path}: {problems[0].Message}");
    }

    private RoutingStanding Judge(AccountRow row, RoutingFacts facts, RoutePlan plan, AttemptChain chain, bool countAllAsWell)
    {
        var can = accounts.ConnectorOf(row.Account).Capabilities;
        var amount = facts.Amount!.Value;
        var currency = amount.Currency.Code;
        var isAskedFor = facts.AskedFor is not null;
        if (isAskedFor && row.Account.Connector != facts.AskedFor) return RoutingStanding.NotAskedFor;

        // Whoever names the gateway means it, whatever the rules are.
        if (!isAskedFor && plan.Excluded.Contains(row.Account.Id)) return RoutingStanding.Excluded;
        if (!isAskedFor && !plan.Ordered.Contains(row)) return RoutingStanding.NotListed;
        if (chain.Tried.Contains(row.Account.Id)) return RoutingStanding.Tried;
        if (!can.Methods.Contains(facts.Method)) return RoutingStanding.MethodUnsupported;
        if (can.Currencies.Count > 0 && !can.Currencies.Contains(currency)) return RoutingStanding.CurrencyUnsupported;
        if (facts.Capture == CaptureMethod.Manual && !can.ManualCapture) return RoutingStanding.ManualCaptureUnsupported;
        if (can.AmountBounds.TryGetValue(currency, out var bounds) && (amount.Minor < bounds.LeastMinor || amount.Minor > bounds.MostMinor))
        {
            return RoutingStanding.AmountOutOfBounds;
        }

        // An account's own list of currencies is a preference; whoever names the account, here or in a rule, means it.
        var isNamed = isAskedFor || plan.Named.Contains(row.Account.Id);
        if (!isNamed && row.Currencies.Count > 0 && !row.Currencies.Contains(currency)) return RoutingStanding.CurrencyNotWanted;
        if (chain.IsAuthenticated && !can.TakesAuthentication) return RoutingStanding.AuthenticationNotTaken;
        return countAllAsWell || health.IsAvailable(row.Account.Id, facts.Method) ? RoutingStanding.Able : RoutingStanding.Unavailable;
    }
}

/// <summary>An attempt among those that one confirmation made at one gateway after another.</summary>
/// <param name="Attempt">The one that is about to be made.</param>
/// <param name="First">The first of them.</param>
/// <param name="Follows">The one before.</param>
/// <param name="Tried">The accounts that have turned it down.</param>
/// <param name="IsAuthenticated">The buyer has passed a challenge on the way, and must not be asked again.</param>
internal sealed record AttemptChain(
    PaymentAttemptId Attempt, PaymentAttemptId First, PaymentAttemptId? Follows, IReadOnlySet<ConnectorAccountId> Tried, bool IsAuthenticated);
