using System.Globalization;
using System.Text;

namespace Florin.Ledger.Exports;

/// <summary>A file for Beancount 2 (https://beancount.github.io/docs/beancount_language_syntax.html).</summary>
internal sealed class BeancountWriter(TextWriter output, TimeZoneInfo zone, IEnumerable<ExportAccount> declaredBefore) : BookWriter(output, zone)
{
    // Accounts are opened before all that a later export could date back. Beancount knows the years of 1700 to 2199.
    private static readonly DateOnly First = new(1900, 1, 1);
    private static readonly DateOnly Last = new(2099, 12, 31);

    private readonly HashSet<string> declared =
        [.. declaredBefore.SelectMany(account => new[] { BeancountText.Account(account), account.Currency.Code })];

    public override void Begin(LedgerExport export) => Output.Write($"; {BeancountText.Escape(Title(export))}\n\n");

    public override void Write(TransactionDetail transaction, IReadOnlyList<ExportAccount> accounts)
    {
        foreach (var account in accounts) Declare(account);
        Output.Write($"{Date(Within(DateOf(transaction.EffectiveAt)))} * \"{BeancountText.Escape(transaction.Kind)}\"\n");
        foreach (var (name, value) in FactsOf(transaction)) Output.Write($"  {name}: \"{BeancountText.Escape(value)}\"\n");
        for (var i = 0; i < accounts.Count; i++)
        {
            var posting = transaction.Postings[i];
            Output.Write($"  {BeancountText.Account(accounts[i])}  {Amount(posting)} {posting.Amount.Currency}\n");
        }

        Output.Write("\n");
    }

    public override void End(IReadOnlyList<ExportAccount>? checks, DateTimeOffset lastDate)
    {
        if (checks is null) return;

        // Beancount compares at the beginning of a day, and within two of the last digit unless it is told otherwise.
        var date = Date(Within(DateOf(lastDate)).AddDays(1));
        foreach (var (name, currency, sum) in WithLevelsBeneath(checks))
        {
            Output.Write($"{date} balance {name}  {Amounts.ToDecimal(sum, Kernel.Currency.Get(currency))} ~ 0 {currency}\n");
        }
    }

    // It also counts what stands on the levels beneath an account.
    private static IEnumerable<(string Name, string Currency, Int128 Sum)> WithLevelsBeneath(IReadOnlyList<ExportAccount> checks)
    {
        var sums = checks.ToDictionary(account => (BeancountText.Account(account), account.Currency.Code), account => account.Sum);
        foreach (var account in checks)
        {
            var name = BeancountText.Account(account);
            for (var end = name.LastIndexOf(':'); end > 0; end = name.LastIndexOf(':', end - 1))
            {
                var above = (name[..end], account.Currency.Code);
                if (sums.TryGetValue(above, out var sum)) sums[above] = sum + account.Sum;
            }
        }

        return checks.Select(account => (BeancountText.Account(account), account.Currency.Code))
            .Select(key => (key.Item1, key.Code, sums[key]));
    }

    private void Declare(ExportAccount account)
    {
        var (opened, currency) = (Date(First), account.Currency);
        if (declared.Add(currency.Code))
        {
            Output.Write($"{opened} commodity {currency}\n  name: \"{BeancountText.Escape(currency.Name)}\"\n\n");
        }

        var name = BeancountText.Account(account);
        if (declared.Add(name)) Output.Write($"{opened} open {name}\n  code: \"{BeancountText.Escape(account.Code)}\"\n\n");
    }

    private static DateOnly Within(DateOnly date) => date < First ? First : date > Last ? Last : date;
}

/// <summary>How our texts are written so that Beancount reads them as they are meant.</summary>
internal static class BeancountText
{
    // Two hyphens in a row come from no code of the merchant's own but after an X.
    private const string OtherMerchants = "Equity:Other--Merchants:";

    public static string Root(AccountKind kind) => kind switch
    {
        AccountKind.Asset => "Assets",
        AccountKind.Liability => "Liabilities",
        AccountKind.Income => "Income",
        AccountKind.Expense => "Expenses",
        AccountKind.Equity => "Equity",
    };

    public static string Account(ExportAccount account) => account.IsOwn
        ? $"{Root(account.Kind)}:{string.Join(':', account.Code.Split(':').Select(Level))}"
        : OtherMerchants + Level(account.Id.ToString());

    /// <summary>Inside of quotes. Control characters other than those with a letter of their own become a space.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var sign in text)
        {
            _ = sign switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\t' => escaped.Append("\\t"),
                _ when char.IsControl(sign) => escaped.Append(' '),
                _ => escaped.Append(sign),
            };
        }

        return escaped.ToString();
    }

    /// <summary><c>merchant_pending</c> becomes <c>Merchant-Pending</c>. Whatever has another form (capitals, other signs) keeps its
    /// letters and digits after <c>X--</c>, with a hyphen and two hex digits for each byte of the rest. So no two codes read alike.</summary>
    private static string Level(string level)
    {
        var words = level.Split('_');
        if (Array.TrueForAll(words, word => word.Length > 0 && word.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign))))
        {
            return string.Join('-', words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        }

        var named = new StringBuilder("X--");
        foreach (var one in Encoding.UTF8.GetBytes(level))
        {
            if (char.IsAsciiLetterOrDigit((char)one)) named.Append((char)one);
            else named.Append(CultureInfo.InvariantCulture, $"-{one:x2}");
        }

        return named.ToString();
    }
}
