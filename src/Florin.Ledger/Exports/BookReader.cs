using System.Runtime.CompilerServices;
using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger.Exports;

/// <summary>Reads all transactions that concern one merchant, piece by piece in the order of recording.</summary>
/// <remarks>These are the merchant's own, and those of others that post to its accounts: only both together give the
/// balances that its accounts have.</remarks>
internal sealed class BookReader(IDatabase database)
{
    // At most 500,000 postings in memory, where each has as many as it may.
    private const long TransactionsAtOnce = 500;

    // How many transactions of all merchants one question walks through to find those of one.
    private const long MaxWalked = 100_000;

    /// <summary>Up to where no transaction can appear any more.</summary>
    public Task<long> CertainAsync(CancellationToken ct) => database.Engine switch
    {
        // The order of numbers is that of commits.
        SqlEngine.Sqlite => database.ReadAsync(
            async reader => await reader.CountAsync($"SELECT COALESCE(MAX(seq), 0) FROM ledger_transactions"), ct),
        SqlEngine.Postgres => database.WriteAsync(Blocks.CertainAsync, ct),
    };

    /// <summary>What was posted after one number and up to another, account by account; meets each of them.</summary>
    /// <returns>The last effective date; null where there was nothing.</returns>
    public async Task<DateTimeOffset?> SumAsync(ExportAccounts accounts, MerchantScope scope, long afterSeq, long untilSeq, CancellationToken ct)
    {
        if (untilSeq <= afterSeq) return null;
        var rows = await database.ReadAsync(
            async reader => await reader.QueryAsync(
                $"""
                 SELECT a.id, a.code, a.kind, a.currency, CAST(SUM(p.side * p.amount_minor) AS bigint), MAX(t.effective_at_ms)
                   FROM ledger_transactions t
                   JOIN ledger_postings p ON p.shard = t.shard AND p.transaction_id = t.id
                   JOIN ledger_accounts a ON a.shard = p.shard AND a.id = p.account_id
                  WHERE t.seq > {afterSeq} AND t.seq <= {untilSeq} AND {Concerns(scope)}
                  GROUP BY a.id, a.code, a.kind, a.currency
                 """,
                row => (
                    Id: row.Id<LedgerAccountId>(0),
                    Code: row.Text(1),
                    Kind: LedgerWords.Kind(row.Text(2)),
                    Currency: row.Currency(3),
                    Sum: row.Int64(4),
                    Last: row.Instant(5))),
            ct);
        foreach (var row in rows) accounts.Meet(row.Id, row.Code, row.Kind, row.Currency).Sum += row.Sum;
        return rows.Count == 0 ? null : rows.Max(row => row.Last);
    }

    /// <returns>Piece after piece, each with the number up to which the book has then been read.</returns>
    public async IAsyncEnumerable<(IReadOnlyList<TransactionDetail> Found, long Last)> ReadAsync(
        MerchantScope scope, long afterSeq, long untilSeq, [EnumeratorCancellation] CancellationToken ct)
    {
        while (afterSeq < untilSeq)
        {
            var (found, last) = await database.ReadAsync(reader => PieceAsync(reader, scope, afterSeq, untilSeq), ct);
            afterSeq = last;
            if (found.Count > 0) yield return (found, last);
        }
    }

    private static async Task<(IReadOnlyList<TransactionDetail> Found, long Last)> PieceAsync(
        ISqlReader reader, MerchantScope scope, long afterSeq, long untilSeq)
    {
        var walked = Math.Min(untilSeq, afterSeq + MaxWalked);
        var numbers = await reader.QueryAsync(
            $"""
             SELECT t.seq FROM ledger_transactions t
              WHERE t.seq > {afterSeq} AND t.seq <= {walked} AND {Concerns(scope)} ORDER BY t.seq LIMIT {TransactionsAtOnce}
             """,
            row => row.Int64(0));
        if (numbers.Count == 0) return ([], walked);
        var found = await Transactions.ReadAsync(reader, $"t.seq >= {numbers[0]} AND t.seq <= {numbers[^1]} AND {Concerns(scope)}");
        return (found, numbers.Count == TransactionsAtOnce ? numbers[^1] : walked);
    }

    // The plus keeps SQLite from walking all of the shard by another index.
    private static Sql Concerns(MerchantScope scope) =>
        $"""
         +t.shard = {scope.Shard} AND t.is_live = {scope.IsLive}
         AND (t.merchant = {scope.Merchant}
              OR EXISTS (SELECT 1 FROM ledger_postings own JOIN ledger_accounts mine ON mine.shard = own.shard AND mine.id = own.account_id
                          WHERE own.shard = t.shard AND own.transaction_id = t.id AND mine.merchant = {scope.Merchant}))
         """;
}
