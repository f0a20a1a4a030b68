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

    public const string AllKinds = "asset, liability, income, expense and equity";

    /// <summary>As <see cref="Kind"/>, for words that others wrote.</summary>
    public static bool TryKind(string word, out AccountKind kind)
    {
        var isKnown = word is "asset" or "liability" or "income" or "expense" or "equity";
        kind = isKnown ? Kind(word) : default;
        return isKnown;
    }

    public static string Word(this Correction correction) => correction switch
    {
        Correction.Reversal => "reversal",
        Correction.Adjustment => "adjustment",
    };

    public static Correction CorrectionOf(string word) => word switch
    {
        "reversal" => Correction.Reversal,
        "adjustment" => Correction.Adjustment,
        _ => throw new InvalidOperationException($"'{word}' is not a kind of correction."),
    };

    public static string Word(this AccountState state) => state switch
    {
        AccountState.Open => "open",
        AccountState.Frozen => "frozen",
        AccountState.Closed => "closed",
    };

    public static AccountState State(string? word) => word switch
    {
        null => AccountState.Open,
        "frozen" => AccountState.Frozen,
        "closed" => AccountState.Closed,
        _ => throw new InvalidOperationException($"'{word}' is not a state of an account."),
    };

    public static string Word(this HoldState state) => state switch
    {
        HoldState.Open => "open",
        HoldState.Posted => "posted",
        HoldState.Voided => "voided",
        HoldState.Lapsed => "lapsed",
    };

    public static HoldState StateOfHold(string? word) => word switch
    {
        null => HoldState.Open,
        "posted" => HoldState.Posted,
        "voided" => HoldState.Voided,
        "lapsed" => HoldState.Lapsed,
        _ => throw new InvalidOperationException($"'{word}' is not a state of a hold."),
    };

    public static string Word(this PostingSide side) => side switch
    {
        PostingSide.Debit => "debit",
        PostingSide.Credit => "credit",
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
