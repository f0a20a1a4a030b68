using System.Globalization;
using Florin.Kernel;
using Florin.Ledger;

namespace Florin.Host.Demo;

/// <summary>What Petal &amp; Coin, a small stationery shop, writes into books of its own: markets and workshops, paper and prints
/// bought on account, rent, wages and a loan, in won.</summary>
internal static class DemoEntries
{
    public const string OpeningReference = "opening";
    public const string ReversalReference = "electricity-taken-back";

    private const string Bank = "own:bank:current";
    private const string Savings = "own:bank:savings";
    private const string CashBox = "own:cash_box";
    private const string Notebooks = "own:stock:notebooks";
    private const string Stationery = "own:stock:stationery";
    private const string LeaseDeposit = "own:lease_deposit";
    private const string HanjiMill = "own:suppliers:hanji_mill";
    private const string PrintHouse = "own:suppliers:print_house";
    private const string GiftCards = "own:gift_cards";
    private const string WithholdingTax = "own:withholding_tax";
    private const string Loan = "own:loan";
    private const string Capital = "own:capital";
    private const string MarketSales = "own:sales:market";
    private const string Workshops = "own:sales:workshops";
    private const string GoodsSold = "own:costs:goods_sold";
    private const string Rent = "own:costs:rent";
    private const string Wages = "own:costs:wages";
    private const string Electricity = "own:costs:electricity";
    private const string Interest = "own:costs:interest";

    // Of the price that market goods are sold for, in percent.
    private const long NotebooksShare = 27;
    private const long StationeryShare = 15;

    private const long GrossWages = 3_000_000;

    // Income tax of 3 % and the local tenth of it, as is withheld from freelancers in Korea.
    private const long WithheldPerMille = 33;

    // What the four markets of a month brought.
    private static readonly long[][] Markets =
    [
        [1_840_000, 2_150_000, 1_690_000, 2_310_000],
        [1_970_000, 2_240_000, 2_060_000, 2_520_000],
        [2_130_000, 1_780_000, 2_390_000, 2_640_000],
        [2_280_000, 2_460_000, 2_190_000, 2_870_000],
    ];

    private static readonly long[] MarketDays = [4, 11, 18, 25];
    private static readonly long[] WorkshopFees = [640_000, 880_000, 720_000, 960_000];
    private static readonly long[] ElectricityBills = [187_400, 164_900, 142_300, 151_800];
    private static readonly long[] LoanInterest = [38_500, 37_200, 35_900, 34_600];

    /// <summary>The accounts that the entries are posted to.</summary>
    public static IReadOnlyList<NewOwnAccount> Chart { get; } =
    [
        Account(Bank, AccountKind.Asset, min: 0, ("bank", "Namsan Bank"), ("holder", "Petal & Coin")),
        Account(Savings, AccountKind.Asset, min: 0, ("bank", "Namsan Bank"), ("for", "a second market stall")),
        Account(CashBox, AccountKind.Asset, min: 0, ("kept_by", "Minji")),
        Account(Notebooks, AccountKind.Asset, min: 0),
        Account(Stationery, AccountKind.Asset, min: 0),
        Account(LeaseDeposit, AccountKind.Asset, min: 0, ("landlord", "Seochon Buildings")),
        Account(HanjiMill, AccountKind.Liability, min: null, ("pays_within", "7 days")),
        Account(PrintHouse, AccountKind.Liability, min: null, ("pays_within", "14 days")),
        Account(GiftCards, AccountKind.Liability, min: 0),
        Account(WithholdingTax, AccountKind.Liability, min: 0),
        Account(Loan, AccountKind.Liability, min: 0, ("bank", "Namsan Bank")),
        Account(Capital, AccountKind.Equity, min: null),
        Account(MarketSales, AccountKind.Income, min: null),
        Account(Workshops, AccountKind.Income, min: null),
        Account(GoodsSold, AccountKind.Expense, min: null),
        Account(Rent, AccountKind.Expense, min: null),
        Account(Wages, AccountKind.Expense, min: null),
        Account(Electricity, AccountKind.Expense, min: null),
        Account(Interest, AccountKind.Expense, min: null),
    ];

    /// <summary>An entry of the second month that was written down twice.</summary>
    public static string ReversedReference => "electricity-2-again";

    /// <summary>A purchase of the second month that was invoiced too high.</summary>
    public static string AdjustedReference => "goods-2-notebooks";

    /// <summary>All that happened from the first month until now, the earliest first.</summary>
    public static IReadOnlyList<OwnTransaction> Of(DateTimeOffset first, DateTimeOffset now) =>
    [
        Opening(first),
        .. Enumerable.Range(0, Markets.Length).SelectMany(month => Month(first.AddMonths(month), month))
            .Where(entry => entry.EffectiveAt <= now)
            .OrderBy(entry => entry.EffectiveAt),
    ];

    public static DateTimeOffset ReversedAt(DateTimeOffset first) => At(first.AddMonths(1), 23);

    /// <summary>Takes off what the mill had invoiced too much.</summary>
    public static OwnTransaction CreditNote(DateTimeOffset first, LedgerTransactionId purchase)
    {
        (string, string)[] notes = [("invoice", "HM-0912"), ("why", "40 sheets were torn")];
        var note = Entry(At(first.AddMonths(1), 8), "credit_note", "goods-2-notebooks-credit", [Debit(HanjiMill, 180_000), Credit(Notebooks, 180_000)], notes);
        return note with { Adjusts = purchase };
    }

    /// <summary>An order for the winter that is promised and not delivered.</summary>
    public static OwnTransaction OpenOrder(DateTimeOffset first) => Entry(
        At(first.AddMonths(2), 20), "order", "order-winter-cards", [Debit(Stationery, 1_900_000), Credit(Bank, 1_900_000)], ("supplier", "print house"), ("order", "PH-W1"));

    /// <summary>Between one and two months after the shop was first started.</summary>
    public static DateTimeOffset OrderLapsesAt(DateTimeOffset first) => first.AddMonths(Markets.Length + 1);

    private static OwnTransaction Opening(DateTimeOffset first) => Entry(
        first,
        "opening_balance",
        OpeningReference,
        [
            Debit(Bank, 18_400_000),
            Debit(Savings, 3_500_000),
            Debit(CashBox, 250_000),
            Debit(Notebooks, 4_200_000),
            Debit(Stationery, 2_600_000),
            Debit(LeaseDeposit, 10_000_000),
            Credit(PrintHouse, 1_150_000),
            Credit(GiftCards, 320_000),
            Credit(WithholdingTax, 99_000),
            Credit(Loan, 9_600_000),
            Credit(Capital, 27_781_000),
        ],
        ("from", "the books before Florin"));

    private static IEnumerable<OwnTransaction> Month(DateTimeOffset month, int index)
    {
        var number = index + 1;
        yield return Entry(At(month, 2), "rent", $"rent-{number}", [Debit(Rent, 1_650_000), Credit(Bank, 1_650_000)], ("landlord", "Seochon Buildings"));
        yield return Entry(
            At(month, 3), "purchase", $"goods-{number}-notebooks", [Debit(Notebooks, 2_350_000), Credit(HanjiMill, 2_350_000)], ("supplier", "hanji mill"), ("invoice", $"HM-09{number}2"));
        yield return Entry(
            At(month, 5), "purchase", $"goods-{number}-stationery", [Debit(Stationery, 1_280_000), Credit(PrintHouse, 1_280_000)], ("supplier", "print house"), ("invoice", $"PH-33{number}"));
        yield return Entry(At(month, 9), "withholding", $"withholding-{number}", [Debit(WithholdingTax, Withheld), Credit(Bank, Withheld)], ("to", "tax office"));
        yield return Entry(
            At(month, 10), "payment", $"paid-{number}-hanji_mill", [Debit(HanjiMill, Invoiced(index)), Credit(Bank, Invoiced(index))], ("supplier", "hanji mill"));
        yield return Entry(At(month, 11), "gift_card", $"gift_cards-{number}", [Debit(CashBox, 150_000), Credit(GiftCards, 150_000)], ("cards", "3"));
        yield return Entry(At(month, 15), "workshop", $"workshop-{number}", [Debit(Bank, WorkshopFees[index]), Credit(Workshops, WorkshopFees[index])], ("course", "bookbinding"));
        yield return Entry(At(month, 18), "gift_card", $"gift_cards-{number}-spent", [Debit(GiftCards, 60_000), Credit(MarketSales, 60_000)]);
        yield return Entry(At(month, 19), "payment", $"paid-{number}-print_house", [Debit(PrintHouse, 1_280_000), Credit(Bank, 1_280_000)], ("supplier", "print house"));
        yield return Entry(
            At(month, 20), "electricity", $"electricity-{number}", [Debit(Electricity, ElectricityBills[index]), Credit(Bank, ElectricityBills[index])], ("meter", "shop"));
        if (index == 1)
        {
            yield return Entry(
                At(month, 21), "electricity", ReversedReference, [Debit(Electricity, ElectricityBills[index]), Credit(Bank, ElectricityBills[index])], ("meter", "shop"));
        }

        yield return Entry(
            At(month, 24), "wages", $"wages-{number}", [Debit(Wages, GrossWages), Credit(Bank, GrossWages - Withheld), Credit(WithholdingTax, Withheld)], ("paid_to", "Minji"));
        yield return Entry(
            At(month, 26),
            "loan",
            $"loan-{number}",
            [Debit(Loan, 400_000), Debit(Interest, LoanInterest[index]), Credit(Bank, 400_000 + LoanInterest[index])],
            ("instalment", Text(number)));
        yield return Entry(At(month, 27), "saving", $"saving-{number}", [Debit(Savings, 500_000), Credit(Bank, 500_000)]);
        for (var market = 0; market < MarketDays.Length; market++)
        {
            var (day, sold) = (MarketDays[market], Markets[index][market]);
            var (notebooks, stationery) = (sold / 100 * NotebooksShare, sold / 100 * StationeryShare);
            yield return Entry(
                At(month, day),
                "market",
                $"market-{number}-{market + 1}",
                [Debit(CashBox, sold), Credit(MarketSales, sold), Debit(GoodsSold, notebooks + stationery), Credit(Notebooks, notebooks), Credit(Stationery, stationery)],
                ("stall", "Seochon, row 4"));
            yield return Entry(At(month, day + 2), "deposit", $"deposit-{number}-{market + 1}", [Debit(Bank, sold), Credit(CashBox, sold)]);
        }
    }

    private static long Withheld => GrossWages * WithheldPerMille / 1_000;

    // What the mill was owed, its credit note taken off.
    private static long Invoiced(int index) => index == 1 ? 2_350_000 - 180_000 : 2_350_000;

    // Noon in Seoul, so that it is the same day there and in UTC.
    private static DateTimeOffset At(DateTimeOffset month, long day) => month.AddDays(day - 1).AddHours(3);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static OwnPosting Debit(string account, long won) => new(account, Currency.Krw, PostingSide.Debit, won);

    private static OwnPosting Credit(string account, long won) => new(account, Currency.Krw, PostingSide.Credit, won);

    private static NewOwnAccount Account(string code, AccountKind kind, long? min, params IReadOnlyList<(string Key, string Value)> notes) =>
        new(code, kind, Currency.Krw, min, MaxMinor: null, Notes(notes));

    private static OwnTransaction Entry(
        DateTimeOffset at, string kind, string reference, IReadOnlyList<OwnPosting> postings, params IReadOnlyList<(string Key, string Value)> notes) =>
        new(reference, kind, at, postings) { Metadata = Notes(notes) };

    private static Dictionary<string, string> Notes(IReadOnlyList<(string Key, string Value)> notes) => notes.ToDictionary(note => note.Key, note => note.Value);
}
