using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Whether the tables of the book and their indexes hold the same, which no question shows: it reads one or the other.</summary>
internal sealed class FileCheck(IDatabase database)
{
    private static readonly string[] Tables =
    [
        "ledger_accounts", "ledger_transactions", "ledger_postings", "ledger_balances", "ledger_account_states", "ledger_account_notes", "ledger_holds",
        "ledger_hold_lines", "ledger_hold_ends", "ledger_closed_periods", "ledger_period_events", "ledger_blocks", "ledger_folds",
    ];

    /// <summary>SQLite's own check of each table (https://www.sqlite.org/pragma.html#pragma_integrity_check); PostgreSQL keeps
    /// checksums of its pages and has <c>amcheck</c> for its operators.</summary>
    public Task ProveAsync(FaultsOfCheck faults, CancellationToken ct) => database.Engine == SqlEngine.Postgres ? Task.CompletedTask : database.ReadAsync(
        async reader =>
        {
            foreach (var table in Tables)
            {
                ct.ThrowIfCancellationRequested();
                foreach (var found in await reader.QueryAsync(Sql.Of(new SqlFragment($"PRAGMA integrity_check({table})")), row => row.Text(0)))
                {
                    if (found != "ok") faults.Add($"{table}: {found}.");
                }
            }

            return true;
        },
        ct);
}
