using Florin.Ledger;

namespace Florin.Api.Ledger;

/// <summary>The words of the ledger on the wire.</summary>
internal static class LedgerText
{
    public static string Of(AccountKind kind) => kind switch
    {
        AccountKind.Asset => "asset",
        AccountKind.Liability => "liability",
        AccountKind.Income => "income",
        AccountKind.Expense => "expense",
        AccountKind.Equity => "equity",
    };

    public static string Of(AccountState state) => state switch
    {
        AccountState.Open => "open",
        AccountState.Frozen => "frozen",
        AccountState.Closed => "closed",
    };

    public static string Of(PostingSide side) => side switch
    {
        PostingSide.Debit => "debit",
        PostingSide.Credit => "credit",
    };

    public static string Of(HoldState state) => state switch
    {
        HoldState.Open => "open",
        HoldState.Posted => "posted",
        HoldState.Voided => "voided",
        HoldState.Lapsed => "lapsed",
    };

    public static string Of(Correction correction) => correction switch
    {
        Correction.Reversal => "reversal",
        Correction.Adjustment => "adjustment",
    };

    public static string Of(LedgerDate date) => date switch
    {
        LedgerDate.Recorded => "recorded",
        LedgerDate.Effective => "effective",
    };

    public static string Of(LedgerExportFormat format) => format switch
    {
        LedgerExportFormat.Hledger => "hledger",
        LedgerExportFormat.Beancount => "beancount",
        LedgerExportFormat.Csv => "csv",
        LedgerExportFormat.GeneralLedger => "general_ledger",
    };

    public static string Of(LedgerImportFormat format) => format switch
    {
        LedgerImportFormat.Csv => "csv",
        LedgerImportFormat.OpeningCsv => "opening_csv",
        LedgerImportFormat.Hledger => "hledger",
    };

    /// <summary>Each member of an enum with its word, to choose from.</summary>
    public static (string Word, T Value)[] Words<T>(Func<T, string> word) where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => (word(value), value))];
}
