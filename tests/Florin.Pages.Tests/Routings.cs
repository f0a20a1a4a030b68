using Florin.BackOffice.Pages;
using Florin.BackOffice.PaymentRouting;
using Florin.Kernel;
using Florin.Payments;

namespace Florin.Pages.Tests;

/// <summary>The pages of the routing rules in every state that they have.</summary>
internal static class Routings
{
    private const string Document = """
        {"rules":[{"name":"Euros <b>home</b>","when":{"currencies":["EUR"],"amount":{"currency":"EUR","min":100}},
          "then":{"prefer":["ca_01a1fd1259b67000b069395eb71ff001"]}}],"max_attempts":2}
        """;

    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 3, 4, 31, TimeSpan.Zero);
    private static readonly MerchantScope Shop = new(Ids.Parse<MerchantId>("acct_01980000000070008000000000000001"), IsLive: false);

    public static IEnumerable<(string, PageModel)> In(Language language)
    {
        var active = Version(2, RoutingVersionState.Active);
        var draft = Version(3, RoutingVersionState.Draft);
        var list = new RoutingListModel
        {
            Language = language,
            Here = "/office/routing",
            Frame = Samples.Frame,
            Versions = [draft, active, Version(1, RoutingVersionState.Superseded)],
            Active = active,
            HasMore = true,
            FormToken = "1795000000.dG9rZW4",
        };
        yield return ("routing", list);
        yield return ("routing-none", list with { Versions = [], Active = null, HasMore = false, FormExpired = true });

        var version = new RoutingVersionModel
        {
            Language = language,
            Here = "/office/routing/rv_1",
            Frame = Samples.Frame,
            Version = draft,
            Rules = RoutingRuleText.Read(Document, new RoutingTexts(language)),
            Typed = Document,
            Note = "\"><script>alert(1)</script>",
            Compared = new RoutingComparison(active, draft, [.. Enum.GetValues<RoutingDifferenceKind>().Select(kind => new RoutingDifference(kind, "Euros <b>home</b>", "1", "2"))]),
            Simulation = null,
            SimulatedDays = null,
            FormToken = "1795000000.dG9rZW4",
            CopyToken = "1795000000.Y29weQ",
            JustSaved = true,
            JustActivated = false,
        };
        yield return ("routing-draft", version);
        yield return ("routing-active", version with { Version = active, Compared = null, JustSaved = false, JustActivated = true });
        yield return ("routing-superseded", version with { Version = Version(1, RoutingVersionState.Superseded) });
        yield return ("routing-simulated", version with
        {
            SimulatedDays = 7,
            Simulation = new RoutingSimulation(
                draft,
                new RoutingPeriod(Noon.AddDays(-7), Noon),
                Confirmations: 12,
                Changed: 2,
                Unroutable: 1,
                [Change("castellan"), Change(null)],
                [new RoutingShare("aurora", 12, 10), new RoutingShare("castellan", 0, 1)],
                Next: null),
        });
        foreach (var problem in Enum.GetValues<RoutingProblemKind>())
        {
            yield return ($"routing-problem-{problem}", version with
            {
                Problem = problem,
                Problems = [new RoutingProblem("rules[0].when.amount.min", "Wanted is a whole number; found <b>.")],
            });
        }
    }

    private static RoutingVersion Version(int number, RoutingVersionState state) => new(
        RoutingVersionId.From(new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)), Shop, number, state, "Home <currencies>", Document, Noon, Noon,
        state == RoutingVersionState.Draft ? null : Noon);

    private static RoutingChange Change(string? to) => new(
        Ids.Parse<PaymentIntentId>("pi_01a1fd1259b67000b069395eb71ff000"), Ids.Parse<PaymentAttemptId>("pa_01a1fd1259b67000b069395eb71ff001"),
        new Money(1_999, Currency.Usd), "aurora", to, to is null ? null : "Euros <b>home</b>");
}
