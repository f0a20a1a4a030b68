using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Sums of postings that may need more than 64 bits: unbounded accounts are posted to without looking at what they
/// hold, so nothing keeps such a sum from coming about.</summary>
internal static class WideSum
{
    /// <summary>Two columns that add up <c>ledger_postings p</c>, debits positive, upper and lower half of the amounts apart:
    /// neither overflows, whereas SQLite fails at an overflowing sum and makes a float of other overflows.</summary>
    public static readonly SqlFragment OfPostings = new(
        "CAST(SUM(p.side * (p.amount_minor >> 32)) AS bigint), CAST(SUM(p.side * (p.amount_minor & 4294967295)) AS bigint)");

    /// <summary>The same two columns for only those of the rows that a condition chooses.</summary>
    public static Sql OfPostingsWhere(Sql condition) =>
        $"""
         CAST(SUM(CASE WHEN {condition} THEN p.side * (p.amount_minor >> 32) END) AS bigint),
         CAST(SUM(CASE WHEN {condition} THEN p.side * (p.amount_minor & 4294967295) END) AS bigint)
         """;

    private static readonly Int128 OneCarry = Int128.One << 62;

    /// <summary>What <see cref="OfPostings"/> says from this column on; null (no rows) is zero.</summary>
    public static Int128 Read(ISqlRow row, int column) =>
        ((Int128)(row.Int64OrNull(column) ?? 0) << 32) + (row.Int64OrNull(column + 1) ?? 0);

    /// <summary>A sum as <c>ledger_folds</c> keeps it: what a balance can show has no carries.</summary>
    public static (long Minor, long Carries) Split(Int128 sum) => ((long)(sum % OneCarry), (long)(sum / OneCarry));

    public static Int128 Join(long rest, long carries) => rest + (carries * OneCarry);

    /// <summary>A balance that can be shown.</summary>
    /// <exception cref="LedgerRefusedException">It has more than 64 bits.</exception>
    public static long Shown(Int128 sum, string accountCode) => sum >= long.MinValue && sum <= long.MaxValue
        ? (long)sum
        : throw new LedgerRefusedException(LedgerRefusals.BalanceTooGreat(accountCode, sum));
}
