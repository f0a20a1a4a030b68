using Florin.Kernel;

namespace Florin.Ledger.Exports;

/// <summary>A journal for hledger, which ledger reads too (https://hledger.org/1.25/hledger.html#journal-format).</summary>
internal sealed class HledgerWriter(TextWriter output, TimeZoneInfo zone, IEnumerable<ExportAccount> declaredBefore) : BookWriter(output, zone)
{
    private readonly HashSet<string> declared =
        [.. declaredBefore.SelectMany(account => new[] { HledgerText.Account(account), account.Currency.Code })];

    public override void Begin(LedgerExport export) => Output.Write($"; {HledgerText.Escape(Title(export))}\n\n");

    public override void Write(TransactionDetail transaction, IReadOnlyList<ExportAccount> accounts)
    {
        foreach (var account in accounts) Declare(account);
        Output.Write($"{Date(DateOf(transaction.EffectiveAt))} * {HledgerText.Description(transaction.Kind)}\n");
        foreach (var (name, value) in FactsOf(transaction)) Output.Write($"    ; {name}: {HledgerText.Escape(value)}\n");
        for (var i = 0; i < accounts.Count; i++)
        {
            var posting = transaction.Postings[i];
            Output.Write($"    {HledgerText.Account(accounts[i])}  {Amount(posting)} {posting.Amount.Currency}\n");
        }

        Output.Write("\n");
    }

    public override void End(IReadOnlyList<ExportAccount>? checks, DateTimeOffset lastDate)
    {
        if (checks is null || checks.Count == 0) return;
        Output.Write($"{Date(DateOf(lastDate))} * {HledgerText.Checks}\n");
        foreach (var account in checks)
        {
            var currency = account.Currency;
            Output.Write($"    {HledgerText.Account(account)}  0 {currency} = {Amounts.ToDecimal(account.Sum, currency)} {currency}\n");
        }
    }

    private void Declare(ExportAccount account)
    {
        if (declared.Add(account.Currency.Code)) Output.Write($"commodity {Sample(account.Currency)}\n\n");
        if (declared.Add(HledgerText.Account(account))) Output.Write($"account {HledgerText.Account(account)}\n\n");
    }

    // Shows how many digits there are; the decimal point stands also where none follow.
    private static string Sample(Currency currency) => $"1000.{new string('0', currency.Digits)} {currency}";
}
