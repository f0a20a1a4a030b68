using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Whether the tables of the book and their indexes hold the same, which no question shows: it reads one or the other.</summary>
internal sealed class FileCheck(IDatabase database)
{
    private static readonly string[] Tables =
    [
        "ledger_accounts", "ledger_transactions", "ledger_postings", "ledger_balances", "ledger_account_states", "ledger_holds",
        "ledger_hold_lines", "ledger_hold_ends", "ledger_closed_periods", "ledger_period_events", "ledger_blocks", "ledger_folds",
    ];

    /// <summary>SQLite's own check of each table (https://www.sqlite.org/pragma.html#pragma_integrity_check); PostgreSQL keeps
    /// checksums of its pages and has <c>amcheck</c> for its operators.</summary>
    /// <returns>A sentence for each row that is amiss.</returns>
    public async Task<IReadOnlyList<string>> FaultsAsync(CancellationToken ct) => database.Engine == SqlEngine.Postgres ? [] : await database.ReadAsync(
        async reader =>
        {
            var faults = new List<string>();
            foreach (var table in Tables)
            {
                ct.ThrowIfCancellationRequested();
                var found = await reader.QueryAsync(Sql.Of(new SqlFragment($"PRAGMA integrity_check({table})")), row => row.Text(0));
                faults.AddRange(found.Where(fault => fault != "ok").Select(fault => $"{table}: {fault}."));
            }

            return faults;
        },
        ct);
}
