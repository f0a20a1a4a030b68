using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Numbers under which postings are filed in the index by account: one for some sixteen thousand transactions.</summary>
/// <remarks>An index in the order of accounts alone is written all over: with ten million postings in it, each new one dirties
/// another page. Filed by epoch first, the part that is written stays small, and all postings of an account are a look into each
/// epoch. Any number will do for any posting, so processes need not agree, and each counts what it posts itself.</remarks>
internal sealed class Epochs(int transactionsEach)
{
    public const int TransactionsEach = 16_384;

    private long current = -1;
    private long posted;

    /// <summary>The number for transactions that are about to be posted.</summary>
    public async ValueTask<long> NextAsync(ISqlReader reader, int transactions)
    {
        if (Volatile.Read(ref current) < 0)
        {
            // At least as many as there must be, so that a process that is often started anew goes on too.
            var greatest = await reader.CountAsync($"SELECT COALESCE(MAX(seq), 0) FROM ledger_transactions");
            var stored = Math.Max(await LastAsync(reader), greatest / transactionsEach);
            Interlocked.CompareExchange(ref current, stored, -1);
        }

        if (Interlocked.Add(ref posted, transactions) <= transactionsEach) return Volatile.Read(ref current);
        Interlocked.Exchange(ref posted, 0);
        return Interlocked.Increment(ref current);
    }

    public static ValueTask<long> LastAsync(ISqlReader reader) => reader.CountAsync($"SELECT COALESCE(MAX(epoch), 0) FROM ledger_postings");

    /// <summary>All numbers, as <c>e (epoch)</c> in a FROM clause.</summary>
    public static async ValueTask<Sql> AllAsync(ISqlReader reader)
    {
        var last = await LastAsync(reader);
        return
            $"""
             (WITH RECURSIVE numbers (epoch) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT epoch + 1 FROM numbers WHERE epoch < {last})
              SELECT epoch FROM numbers) AS e
             """;
    }
}
