using Florin.BackOffice.Ledger;
using Florin.BackOffice.Pages;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Pages.Tests;

/// <summary>The pages of the books in every state that they have.</summary>
internal static class Ledgers
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 3, 4, 31, TimeSpan.Zero);
    private static readonly MerchantScope Shop = new(Ids.Parse<MerchantId>("acct_01980000000070008000000000000001"), IsLive: false);

    public static IEnumerable<(string, PageModel)> In(Language language) =>
        [.. Accounts(language), .. Statements(language), .. Transactions(language), .. Reports(language), .. Periods(language), .. Holds(language), .. Exports(language)];

    public static AccountStanding Account(int number, string code, AccountKind kind, long minor, Currency? currency = null, AccountState state = AccountState.Open)
    {
        var money = new Money(minor, currency ?? Currency.Krw);
        return new AccountStanding(
            AccountIdOf(number), new AccountName(Shop, code, kind, money.Currency), state, MinMinor: 0, MaxMinor: null, Metadata: null, Noon, money, money with { Minor = 0 }, money with { Minor = 0 });
    }

    public static PostingDetail Posting(int account, string code, AccountKind kind, PostingSide side, long minor) =>
        new(account, AccountIdOf(account), code, kind, side, new Money(minor, Currency.Krw));

    private static LedgerAccountId AccountIdOf(int number) => LedgerAccountId.From(new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    private static LedgerTransactionId TransactionIdOf(int number) => LedgerTransactionId.From(new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    private static IEnumerable<(string, PageModel)> Accounts(Language language)
    {
        var accounts = new LedgerAccountsModel
        {
            Language = language,
            Here = "/office/ledger",
            Frame = Samples.Frame,
            Prefix = "",
            Rows = AccountTree.Of(
                [
                    Account(1, "fee_income", AccountKind.Income, 4_321),
                    Account(2, "gateway_receivable:aurora", AccountKind.Asset, 149_000),
                    Account(3, "gateway_receivable:castellan", AccountKind.Asset, 1_999, Currency.Usd),
                    Account(4, "merchant_pending", AccountKind.Liability, 144_679),
                    Account(5, "own:wallet:<b>1</b>", AccountKind.Liability, 10_000, state: AccountState.Frozen),
                    Account(6, "own:wallet:2", AccountKind.Liability, 25_000),
                ],
                prefix: "",
                isWhole: true),
        };
        yield return ("ledger-accounts", accounts);
        yield return ("ledger-accounts-paged", accounts with { Prefix = "own:", NewerUrl = "/office/ledger?before=lac_1", OlderUrl = "/office/ledger?after=lac_2" });
        yield return ("ledger-accounts-empty", accounts with { Rows = [] });
    }

    private static IEnumerable<(string, PageModel)> Statements(Language language)
    {
        var statement = new LedgerStatementModel
        {
            Language = language,
            Here = "/office/ledger/accounts/lac_1",
            Frame = Samples.Frame,
            Filter = new LedgerSpanFilter(null, null, LedgerDate.Effective),
            Account = Account(4, "merchant_pending", AccountKind.Liability, 144_679),
            Opening = new Money(0, Currency.Krw),
            Closing = new Money(144_679, Currency.Krw),
            Rows =
            [
                new("/office/ledger/transactions/ltx_2", "refund:re_1", "refund", Noon, Noon, new Money(5_000, Currency.Krw), null, new Money(144_679, Currency.Krw)),
                new("/office/ledger/transactions/ltx_1", "capture:<script>", "capture", Noon, Noon, null, new Money(149_679, Currency.Krw), new Money(149_679, Currency.Krw)),
            ],
            FileUrl = "/office/ledger/accounts/lac_1/statement.csv",
            OtherOrderUrl = "/office/ledger/accounts/lac_1?order=oldest_first",
        };
        yield return ("ledger-statement", statement);
        yield return ("ledger-statement-paged", statement with { IsOldestFirst = true, FirstUrl = "/office/ledger/accounts/lac_1", NextUrl = "/office/ledger/accounts/lac_1?page=1" });
        yield return ("ledger-statement-filtered", statement with { Rows = [], Filter = new LedgerSpanFilter("2026-13-01", "x", LedgerDate.Recorded) { FromDayUnreadable = true, ToDayUnreadable = true } });
    }

    private static IEnumerable<(string, PageModel)> Transactions(Language language)
    {
        PostingDetail[] postings =
        [
            Posting(2, "gateway_receivable:aurora", AccountKind.Asset, PostingSide.Debit, 149_000),
            Posting(4, "merchant_pending", AccountKind.Liability, PostingSide.Credit, 144_679),
            Posting(1, "fee_income", AccountKind.Income, PostingSide.Credit, 4_321),
        ];
        var transaction = new LedgerTransactionModel
        {
            Language = language,
            Here = "/office/ledger/transactions/ltx_1",
            Frame = Samples.Frame,
            Transaction = new TransactionDetail(
                TransactionIdOf(1), 1, Shop, "capture:ch_00000001000070008000000000000001", "capture", Guid.Empty, Noon, Noon, null, null, null, null, postings, []),
            Flow = FlowPicture.Of(postings),
            Cause = "ch_00000001000070008000000000000001",
            CauseUrl = "/office/payments/pi_1",
            CorrectedBy = [],
            Notes = [],
        };
        yield return ("ledger-transaction", transaction);
        yield return ("ledger-transaction-corrected", transaction with
        {
            Transaction = transaction.Transaction with { Correction = Correction.Adjustment, Corrects = TransactionIdOf(3) },
            Cause = null,
            CorrectsUrl = "/office/ledger/transactions/ltx_3",
            CorrectedBy = [new("/office/ledger/transactions/ltx_2", "ltx_2", Correction.Reversal)],
            Notes = [new("order", "<script>alert(1)</script>")],
            Flow = FlowPicture.Of([.. Enumerable.Range(1, 12).Select(i => Posting(i, $"own:wallet:{i}", AccountKind.Liability, PostingSide.Debit, i)), Posting(20, "own:cash", AccountKind.Asset, PostingSide.Credit, 78)]),
        });
    }

    private static IEnumerable<(string, PageModel)> Reports(Language language)
    {
        var (none, total) = (new Money(0, Currency.Krw), new Money(4_321, Currency.Krw));
        var (empty, span) = (new ReportSection([], none), new LedgerSpan(LedgerDate.Effective, null, null));
        var report = new LedgerReportModel
        {
            Language = language,
            Here = "/office/ledger/reports/trial_balance",
            Frame = Samples.Frame,
            Kind = LedgerReportKind.TrialBalance,
            Filter = new LedgerSpanFilter("2026-11-01", null, LedgerDate.Effective),
            Trial =
            [
                new(AccountIdOf(1), "fee_income", AccountKind.Income, none, none, total, total),
                new(AccountIdOf(2), "gateway_receivable:aurora", AccountKind.Asset, none, total, none, total),
            ],
            Income = [],
            Sheets = [],
        };
        var earned = new ReportSection([new ReportLine(AccountIdOf(1), "fee_income", total)], total);
        yield return ("ledger-trial-balance", report);
        yield return ("ledger-trial-balance-empty", report with { Trial = [] });
        yield return ("ledger-income", report with
        {
            Kind = LedgerReportKind.IncomeStatement,
            Trial = [],
            Income = [new IncomeStatement(Currency.Krw, span, earned, empty, total)],
        });
        yield return ("ledger-sheet", report with
        {
            Kind = LedgerReportKind.BalanceSheet,
            Trial = [],
            Sheets = [new BalanceSheet(Currency.Krw, span, new ReportSection([new ReportLine(AccountIdOf(2), "gateway_receivable:aurora", total)], total), empty, empty, none, total)],
        });
    }

    private static IEnumerable<(string, PageModel)> Periods(Language language)
    {
        var october = new ClosedPeriod(Shop, new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        var odd = new ClosedPeriod(Shop, october.Ends.AddHours(1), october.Ends.AddHours(2));
        var periods = new LedgerPeriodsModel
        {
            Language = language,
            Here = "/office/ledger/periods",
            Frame = Samples.Frame,
            Closed = [new(october, "1795000000.dG9rZW4"), new(odd, "1795000000.dG9rZW5")],
            Events = [new(IsClosing: false, odd, "mina@example.com", "forgot one", Noon), new(IsClosing: true, october, "API key key_1", "<b>month end</b>", Noon)],
            CloseToken = "1795000000.dG9rZW4",
        };
        yield return ("ledger-periods", periods);
        yield return ("ledger-periods-changed", periods with { JustChanged = true });
        yield return ("ledger-periods-empty", periods with { Closed = [], Events = [] });
        foreach (var problem in Enum.GetValues<LedgerPeriodProblem>())
            yield return ($"ledger-periods-{problem}", periods with { Problem = problem, FromDay = "2026-11-01", ToDay = "2026-11-30", Reason = "month end" });
    }

    private static IEnumerable<(string, PageModel)> Holds(Language language)
    {
        var ids = 1;
        HoldDetail Hold(HoldState state, DateTimeOffset? lapses, int postings = 2) => new(
            LedgerHoldId.From(new Guid(ids++, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1)), state, "order:<b>1</b>", "order", Guid.Empty, Noon, Noon, lapses,
            state == HoldState.Open ? null : Noon, state == HoldState.Posted ? TransactionIdOf(1) : null, Metadata: null,
            [.. Enumerable.Range(1, postings).Select(i => Posting(i, $"own:wallet:{i}", AccountKind.Liability, i % 2 == 0 ? PostingSide.Debit : PostingSide.Credit, 500))]);
        var holds = new LedgerHoldsModel
        {
            Language = language,
            Here = "/office/ledger/holds",
            Frame = Samples.Frame,
            IsOpenOnly = false,
            Holds = [Hold(HoldState.Open, Noon.AddDays(3)), Hold(HoldState.Open, lapses: null, postings: 12), Hold(HoldState.Posted, null), Hold(HoldState.Voided, Noon), Hold(HoldState.Lapsed, Noon)],
            OlderUrl = "/office/ledger/holds?older_than=lhd_1&state=all",
        };
        yield return ("ledger-holds", holds);
        yield return ("ledger-holds-empty", holds with { IsOpenOnly = true, Holds = [], OlderUrl = null });
    }

    private static IEnumerable<(string, PageModel)> Exports(Language language)
    {
        var exports = new LedgerExportsModel { Language = language, Here = "/office/ledger/exports", Frame = Samples.Frame, FormToken = "1795000000.dG9rZW4" };
        yield return ("ledger-exports", exports);
        foreach (var problem in Enum.GetValues<LedgerExportProblem>()) yield return ($"ledger-exports-{problem}", exports with { Problem = problem, Journals = JournalSpan.Month });
        yield return ("ledger-exports-faults", exports with
        {
            Problem = LedgerExportProblem.Faulty,
            Mapping = "pattern,account\n</textarea><script>,1\n",
            Faults = [.. Enum.GetValues<MappingFaultKind>().Select((kind, i) => new MappingFault(i % 3, i % 2 == 0 ? "" : "accounts[2]", kind, "<b>7</b>"))],
        });
        var (used, unused) = (new MappingRule("gateway_receivable:*", null, Currency.Krw, "1080", "<i>Card</i> receivables"), new MappingRule("<bnak>", AccountKind.Asset, null, "1000", ""));
        MappedAccount[] accounts =
        [
            new(AccountIdOf(2), "gateway_receivable:aurora", AccountKind.Asset, Currency.Krw, used),
            .. Enumerable.Range(10, 230).Select(i => new MappedAccount(i == 10 ? null : AccountIdOf(i), $"own:wallet:<b>{i}</b>", AccountKind.Liability, Currency.Krw, null)),
        ];
        yield return ("ledger-exports-uncovered", exports with { Coverage = new MappingCoverage(accounts, [unused]) });
        yield return ("ledger-exports-covered", exports with { Coverage = new MappingCoverage([accounts[0]], []) });
        yield return ("ledger-exports-nothing", exports with { Coverage = new MappingCoverage([], [unused]) });
    }
}
