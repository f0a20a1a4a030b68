namespace Florin.Ledger;

/// <summary>How kinds and sides are written in the tables.</summary>
internal static class LedgerWords
{
    public static string Word(this AccountKind kind) => kind switch
    {
        AccountKind.Asset => "asset",
        AccountKind.Liability => "liability",
        AccountKind.Income => "income",
        AccountKind.Expense => "expense",
        AccountKind.Equity => "equity",
    };

    public static AccountKind Kind(string word) => word switch
    {
        "asset" => AccountKind.Asset,
        "liability" => AccountKind.Liability,
        "income" => AccountKind.Income,
        "expense" => AccountKind.Expense,
        "equity" => AccountKind.Equity,
        _ => throw new InvalidOperationException($"'{word}' is not a kind of account."),
    };

    /// <summary>1 for a debit, -1 for a credit.</summary>
    public static long Sign(this PostingSide side) => side switch
    {
        PostingSide.Debit => 1,
        PostingSide.Credit => -1,
    };

    /// <summary>1 where debits make a balance grow, -1 where credits do.</summary>
    public static long NaturalSign(this AccountKind kind) => kind switch
    {
        AccountKind.Asset or AccountKind.Expense => 1,
        AccountKind.Liability or AccountKind.Income or AccountKind.Equity => -1,
    };
}
