using System.Globalization;
using Florin.Kernel;
using Florin.Ledger.Csv;

namespace Florin.Ledger.Exports;

/// <summary>Lines of journals in the merchant's own account codes. Each journal balances in each currency.</summary>
/// <remarks>What is summed up is in memory until the end: as many sums as there are lines in the export.</remarks>
internal sealed class GeneralLedgerWriter(TextWriter output, TimeZoneInfo zone, GeneralLedgerMapping mapping) : BookWriter(output, zone)
{
    private static readonly string[] Columns =
    [
        "journal", "date", "period", "kind", "reference", "account", "account_name", "currency", "debit", "credit", "debit_minor", "credit_minor",
    ];

    private readonly CsvWriter csv = new(output);
    private readonly Dictionary<LedgerAccountId, MappingRule> rules = [];
    private readonly SortedDictionary<SumKey, (Int128 Debits, Int128 Credits, string Name)> sums = [];
    private long firstSeq;
    private long lastSeq;

    private readonly record struct SumKey(DateOnly Date, string Kind, string Currency, string Account) : IComparable<SumKey>
    {
        public int CompareTo(SumKey other) => Date != other.Date ? Date.CompareTo(other.Date)
            : Kind != other.Kind ? string.CompareOrdinal(Kind, other.Kind)
            : Currency != other.Currency ? string.CompareOrdinal(Currency, other.Currency)
            : string.CompareOrdinal(Account, other.Account);
    }

    public override void Begin(LedgerExport export)
    {
        foreach (var column in Columns) csv.Plain(column);
        csv.EndRow();
    }

    public override void Write(TransactionDetail transaction, IReadOnlyList<ExportAccount> accounts)
    {
        if (firstSeq == 0) firstSeq = transaction.Seq;
        lastSeq = transaction.Seq;
        var day = DateOf(transaction.EffectiveAt);
        for (var i = 0; i < accounts.Count; i++)
        {
            var (rule, posting) = (RuleOf(accounts[i]), transaction.Postings[i]);
            Int128 debit = posting.Side == PostingSide.Debit ? posting.Amount.Minor : 0;
            Int128 credit = posting.Side == PostingSide.Credit ? posting.Amount.Minor : 0;
            if (mapping.Journals == JournalSpan.Transaction)
            {
                Line(transaction.Id.ToString(), day, transaction.Kind, transaction.Reference, rule.Account, rule.Name, posting.Amount.Currency, debit, credit);
                continue;
            }

            var key = new SumKey(JournalDate(day), mapping.IsByKind ? transaction.Kind : "", posting.Amount.Currency.Code, rule.Account);
            var (debits, credits, name) = sums.GetValueOrDefault(key, (0, 0, rule.Name));
            sums[key] = (debits + debit, credits + credit, name);
        }
    }

    public override void End(IReadOnlyList<ExportAccount>? checks, DateTimeOffset lastDate)
    {
        foreach (var (key, (debits, credits, name)) in sums)
        {
            // A later part brings more of the same day: which transactions a journal gathers is in its name.
            var journal = string.Create(
                CultureInfo.InvariantCulture, $"{Date(key.Date)}{(key.Kind.Length > 0 ? "-" : "")}{key.Kind}-{firstSeq}-{lastSeq}");
            var currency = Currency.Get(key.Currency);
            if (debits > 0) Line(journal, key.Date, key.Kind, "", key.Account, name, currency, debits, 0);
            if (credits > 0) Line(journal, key.Date, key.Kind, "", key.Account, name, currency, 0, credits);
        }
    }

    // The last day of a month stands for the month.
    private DateOnly JournalDate(DateOnly day) => mapping.Journals == JournalSpan.Month
        ? new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month))
        : day;

    private MappingRule RuleOf(ExportAccount account)
    {
        if (rules.TryGetValue(account.Id, out var rule)) return rule;
        rule = mapping.Find(account.Code, account.Kind, account.Currency)
            ?? throw new InvalidOperationException($"Account {account.Code} is not mapped, which was to be found before the first line.");
        rules.Add(account.Id, rule);
        return rule;
    }

    private void Line(
        string journal, DateOnly date, string kind, string reference, string account, string name, Currency currency, Int128 debit, Int128 credit)
    {
        csv.Text(journal);
        csv.Plain(Date(date));
        csv.Plain(date.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        csv.Text(kind);
        csv.Text(reference);
        csv.Text(account);
        csv.Text(name);
        csv.Plain(currency.Code);
        csv.Plain(debit == 0 ? "" : Amounts.ToDecimal(debit, currency));
        csv.Plain(credit == 0 ? "" : Amounts.ToDecimal(credit, currency));
        csv.Plain(debit == 0 ? "" : Amounts.ToText(debit));
        csv.Plain(credit == 0 ? "" : Amounts.ToText(credit));
        csv.EndRow();
    }
}
