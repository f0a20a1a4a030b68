using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>How PostgreSQL is to look for what the ledger asks of it.</summary>
internal static class Plans
{
    /// <summary>Has the rest of a read, or of a transaction, look transactions and their postings up by index.</summary>
    /// <remarks>For some tens of thousands of transactions in the order of recording the server reckons that reading all postings
    /// that there are is no dearer. It is, the more so the larger the book.</remarks>
    public static async ValueTask AskRowByRowAsync(ISqlReader reader)
    {
        if (reader.Engine == SqlEngine.Sqlite) return;
        await reader.FirstAsync(
            $"""
             SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
                    set_config('enable_bitmapscan', 'off', true)
             """,
            row => row.IsNull(0));
    }
}
