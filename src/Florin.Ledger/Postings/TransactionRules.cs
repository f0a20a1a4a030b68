using Florin.Kernel;

namespace Florin.Ledger;

/// <summary>What can be told of a transaction by looking at it alone.</summary>
internal static class TransactionRules
{
    private const int MaxPostings = 1_000;

    // A balance has 63 bits: nine thousand postings of this amount fit, so nobody comes near by mistake.
    private const long MaxMinor = 1_000_000_000_000_000;

    private const int MaxReferenceLength = 255;
    private const int MaxCodeLength = 255;
    private const int MaxKindLength = 64;
    private const int MaxMetadataLength = 16 * 1024;

    public static Refusal? Refuse(NewLedgerTransaction transaction)
    {
        if (!IsText(transaction.Reference, MaxReferenceLength)) return LedgerRefusals.BadReference;
        if (!IsText(transaction.Kind, MaxKindLength)) return LedgerRefusals.BadKind;
        if (transaction.Metadata is { } metadata && !IsMetadata(metadata)) return LedgerRefusals.BadMetadata;
        if (transaction.Correction is null != transaction.Corrects is null) return LedgerRefusals.BadCorrection;
        return RefusePostings(transaction);
    }

    /// <summary>Two to a thousand positive amounts, each in its account's currency, that sum to zero in each currency.</summary>
    public static Refusal? RefusePostings(NewLedgerTransaction transaction)
    {
        var postings = transaction.Postings;
        if (postings.Count is < 2 or > MaxPostings)
        {
            return LedgerRefusals.Postings($"{transaction.Reference} has {postings.Count} postings; 2 to {MaxPostings} are wanted.");
        }

        foreach (var (account, _, amount) in postings)
        {
            if (!IsCode(account.Code)) return LedgerRefusals.BadCode;
            if (!amount.IsPositive || amount.Minor > MaxMinor)
            {
                return LedgerRefusals.Amount($"{transaction.Reference} posts {amount} to {account.Code}; 1 to {MaxMinor} minor units are wanted.");
            }

            if (account.Currency != amount.Currency)
            {
                return LedgerRefusals.WrongCurrency(
                    $"{transaction.Reference} posts {amount} to {account.Code}, which is kept in {account.Currency}.");
            }

            if (account.Scope.Shard != transaction.Scope.Shard || account.Scope.IsLive != transaction.Scope.IsLive)
            {
                return LedgerRefusals.WrongScope(
                    $"{transaction.Reference} posts to {account.Code} of {account.Scope}, in another shard or mode than its own.");
            }
        }

        return RefuseSums(transaction);
    }

    public static bool IsAmount(long minor) => minor is > 0 and <= MaxMinor;

    public static bool IsCode(string code) => IsText(code, MaxCodeLength);

    public static bool IsMetadata(string metadata) => IsText(metadata, MaxMetadataLength);

    private static bool IsText(string text, int maxLength) => text.Length > 0 && text.Length <= maxLength && !text.Contains('\0');

    private static Refusal? RefuseSums(NewLedgerTransaction transaction)
    {
        var postings = transaction.Postings;

        // Int128, so that a sum of amounts cannot overflow into a balance that looks right.
        Int128 first = 0;
        Dictionary<Currency, Int128>? others = null;
        foreach (var (_, side, amount) in postings)
        {
            var signed = side.Sign() * (Int128)amount.Minor;
            if (amount.Currency == postings[0].Amount.Currency) first += signed;
            else (others ??= [])[amount.Currency] = others.GetValueOrDefault(amount.Currency) + signed;
        }

        if (first != 0) return OutOfBalance(transaction, first, postings[0].Amount.Currency);
        foreach (var (currency, sum) in others ?? [])
        {
            if (sum != 0) return OutOfBalance(transaction, sum, currency);
        }

        return null;
    }

    private static Refusal OutOfBalance(NewLedgerTransaction transaction, Int128 sum, Currency currency) =>
        LedgerRefusals.Unbalanced($"{transaction.Reference} is out of balance by {sum} minor units of {currency}.");
}
