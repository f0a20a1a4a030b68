using Florin.BackOffice.Pages;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;

namespace Florin.Pages.Tests;

/// <summary>The pages of the work queue in every state that they have.</summary>
internal static class Outcomes
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 4, 31, TimeSpan.FromHours(9));
    private static readonly MerchantScope Shop = new(Ids.Parse<MerchantId>("acct_01980000000070008000000000000001"), IsLive: false);
    private static readonly ConnectorAccountId Account = ConnectorAccountId.From(IdOf(1));

    public static IEnumerable<(string, PageModel)> In(Language language) => [.. Lists(language), .. Items(language), .. Bulks(language), .. Policies(language)];

    private static IEnumerable<(string, PageModel)> Lists(Language language)
    {
        var list = new UnknownOutcomesModel
        {
            Language = language,
            Here = "/office/unknown-outcomes",
            Frame = Samples.Frame,
            Filter = new(),
            Currencies = ["EUR", "KRW", "USD"],
            Gateways = [new Gateway(Account, "aurora", [], Priority: 1, IsEnabled: true, Standing: null)],
            Items = [.. Enum.GetValues<UnknownOutcomeKind>().Select((kind, i) => Item(kind, (UnknownOutcomeReason)(i % 5), i))],
            Bulks = [Bulk(OutcomeBulkAct.Query, done: 2, failed: 1)],
            BulkAction = "/office/unknown-outcomes/bulk",
            FormToken = "1795000000.dG9rZW4",
        };
        yield return ("outcomes", list);
        yield return ("outcomes-paged", list with { OlderUrl = "/office/unknown-outcomes?older_than=uo_1", Frame = Samples.Frame with { UnknownOutcomes = 100 } });
        yield return ("outcomes-empty", list with { Items = [], Bulks = [], Frame = Samples.Frame with { UnknownOutcomes = 0 } });
        yield return ("outcomes-no-match", list with
        {
            Items = [],
            Filter = new(UnknownOutcomeKind.Refund, UnknownOutcomeReason.NoAnswer, WaitsForPerson: false, Account, Currency: null, "<b>1</b>", "ten", OutcomeAge.Day)
            {
                MinAmountError = OutcomeAmountError.CurrencyMissing,
                MaxAmountError = OutcomeAmountError.Unreadable,
            },
        });
        foreach (var problem in Enum.GetValues<OutcomeProblem>())
        {
            yield return ($"outcomes-{problem}", list with
            {
                Problem = problem,
                ProblemDetail = "<script>alert(1)</script>",
                Entry = new(IsAll: true, AcceptedOutcome.Declined, "</textarea><script>alert(1)</script>") { Ticked = new HashSet<UnknownOutcomeId> { list.Items[0].Id } },
            });
        }
    }

    private static IEnumerable<(string, PageModel)> Items(Language language)
    {
        foreach (var kind in Enum.GetValues<UnknownOutcomeKind>())
        {
            yield return ($"outcome-{kind}", Page(Item(kind, UnknownOutcomeReason.NoAnswer, 1)));
        }

        foreach (var reason in Enum.GetValues<UnknownOutcomeReason>())
        {
            yield return ($"outcome-because-{reason}", Page(Item(UnknownOutcomeKind.LateSuccess, reason, 1)));
        }

        foreach (var act in Enum.GetValues<OutcomeBulkAct>())
        {
            yield return ($"outcome-did-{act}", Page(Item(UnknownOutcomeKind.Payment, UnknownOutcomeReason.NoAnswer, 1)) with { JustDone = act });
            yield return ($"outcome-settled-by-{act}", Page(Item(UnknownOutcomeKind.Payment, UnknownOutcomeReason.Settled, 1)) with { JustDone = act });
        }

        yield return ("outcome-refused", Page(Item(UnknownOutcomeKind.Payment, UnknownOutcomeReason.NoAnswer, 1)) with
        {
            Problem = OutcomeProblem.Refused,
            ProblemDetail = "<script>alert(1)</script>",
            Entry = new(AcceptedOutcome.Captured, "</textarea><script>alert(1)</script>", "\"><b>") { File = FileId.From(IdOf(7)) },
        });

        UnknownOutcomeModel Page(UnknownOutcome item) => new()
        {
            Language = language,
            Here = "/office/unknown-outcomes/uo_1",
            Frame = Samples.Frame,
            Item = item,
            FormToken = "1795000000.dG9rZW4",
        };
    }

    private static IEnumerable<(string, PageModel)> Bulks(Language language)
    {
        var running = new OutcomeBulkModel
        {
            Language = language,
            Here = "/office/unknown-outcomes/bulk/uob_1",
            Frame = Samples.Frame,
            Bulk = Bulk(OutcomeBulkAct.Accept, done: 1, failed: 1),
            Items = [.. Enum.GetValues<OutcomeBulkItemState>().Select((state, i) => new OutcomeBulkItem(
                UnknownOutcomeId.From(IdOf(i)), state, state == OutcomeBulkItemState.Failed ? "unknown_outcome_settled" : null, state == OutcomeBulkItemState.Queued ? null : "<b>declined</b>"))],
            OlderUrl = "/office/unknown-outcomes/bulk/uob_1?older_than=uo_1",
        };
        yield return ("outcome-bulk-running", running);
        yield return ("outcome-bulk-failed", running with { Bulk = Bulk(OutcomeBulkAct.Cancel, done: 2, failed: 1) });
        yield return ("outcome-bulk-done", running with { Bulk = Bulk(OutcomeBulkAct.Query, done: 3, failed: 0), Items = [], OlderUrl = null });
    }

    private static IEnumerable<(string, PageModel)> Policies(Language language)
    {
        var policy = new PaymentPolicyModel
        {
            Language = language,
            Here = "/office/unknown-outcomes/policy",
            Frame = Samples.Frame,
            LateSuccess = LateSuccessPolicy.Refund,
            FormToken = "1795000000.dG9rZW4",
        };
        yield return ("policy", policy);
        yield return ("policy-saved", policy with { JustSaved = true, LateSuccess = LateSuccessPolicy.Ask });
        yield return ("policy-not-saved", policy with { NotSaved = true });
    }

    private static UnknownOutcome Item(UnknownOutcomeKind kind, UnknownOutcomeReason reason, int number) => new(
        UnknownOutcomeId.From(IdOf(number)),
        Shop,
        kind,
        reason,
        new Money(49_000 + number, Currency.Krw),
        "aurora",
        Account,
        $"pa_{IdOf(number):N}",
        "au_<b>1</b>",
        "<script>alert(1)</script>",
        Queries: 3,
        Noon)
    {
        PaymentIntent = PaymentIntentId.From(IdOf(number)),
        Dispute = kind == UnknownOutcomeKind.Dispute ? DisputeId.From(IdOf(number)) : null,
        CanQuery = reason != UnknownOutcomeReason.Settled && kind != UnknownOutcomeKind.LateSuccess,
        CanCancel = reason != UnknownOutcomeReason.Settled,
        Outcomes = reason == UnknownOutcomeReason.Settled ? [] : Enum.GetValues<AcceptedOutcome>(),
        Acts = [.. Enum.GetValues<OutcomeActKind>().Select((act, i) => new OutcomeAct(
            act, "unknown", "<b>no answer</b>", i == 2 ? "au_1" : null, i == 2 ? FileId.From(IdOf(number)) : null, i == 0 ? null : "mina@example.com", Noon))],
    };

    private static OutcomeBulk Bulk(OutcomeBulkAct act, int done, int failed) => new(
        OutcomeBulkId.From(IdOf(1)),
        Shop,
        act,
        act == OutcomeBulkAct.Accept ? AcceptedOutcome.NeverSent : null,
        act == OutcomeBulkAct.Accept ? "<script>alert(1)</script>" : null,
        new AuditActor(AuditActorKind.User, "mina@example.com"),
        Total: 3,
        done,
        failed,
        Noon);

    private static Guid IdOf(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);
}
