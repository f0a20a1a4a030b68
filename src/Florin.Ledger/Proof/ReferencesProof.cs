using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Proves that no reference was used twice.</summary>
internal sealed class ReferencesProof(ISqlReader reader, FaultsOfCheck faults)
{
    public async Task ProveAsync()
    {
        var doubles = await reader.QueryAsync(
            $"""
             SELECT shard, reference, COUNT(*) FROM ledger_transactions
              GROUP BY shard, reference HAVING COUNT(*) > 1 ORDER BY shard, reference LIMIT {(long)Faults.MaxPerCheck}
             """,
            row => (Reference: row.Text(1), Count: row.Int64(2)));
        foreach (var (reference, count) in doubles) faults.Add($"Reference {reference} is used by {count} transactions.");
    }
}
