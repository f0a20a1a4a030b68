namespace Florin.Ledger;

/// <summary>Bounds of accounts that a merchant opens without any.</summary>
/// <remarks>A balance has 63 bits, and folds add up everybody's: one merchant with a script could fill an account until the sum
/// fails for all. Florin's own accounts are filled by payments, which are too slow for that.</remarks>
internal static class OwnBounds
{
    public const long Most = 4_000_000_000_000_000_000;
    public const long Least = -Most;

    /// <summary>As the merchant asked for it.</summary>
    public static AccountStanding Shown(AccountStanding account) => account with
    {
        MinMinor = account.MinMinor == Least ? null : account.MinMinor,
        MaxMinor = account.MaxMinor == Most ? null : account.MaxMinor,
    };
}
