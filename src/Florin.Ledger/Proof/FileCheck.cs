using System.Globalization;
using Florin.Storage;

namespace Florin.Ledger.Proof;

/// <summary>Whether the pages of the tables are sound, and whether small tables and their indexes hold the same, which no question shows:
/// it reads one or the other. The large ones have <see cref="IndexesProof"/> for that.</summary>
internal sealed class FileCheck(ISqlReader reader, FaultsOfCheck faults, CancellationToken ct)
{
    private static readonly string[] Large = ["ledger_transactions", "ledger_postings"];

    private static readonly string[] Small =
    [
        "ledger_accounts", "ledger_first_accounts", "ledger_balances", "ledger_account_states", "ledger_account_notes", "ledger_holds", "ledger_hold_lines",
        "ledger_hold_ends", "ledger_closed_periods", "ledger_period_events", "ledger_blocks", "ledger_folds",
    ];

    /// <summary>SQLite's own check of each table (https://www.sqlite.org/pragma.html#pragma_integrity_check); PostgreSQL keeps
    /// checksums of its pages and has <c>amcheck</c> for its operators.</summary>
    public Task ProveAsync() => ProveAsync(
        [.. Large.Select(table => ("quick_check", table)), .. Small.Select(table => ("integrity_check", table))]);

    /// <summary>Looks each row of the large tables up in all of their indexes too, which names the rows that are not in them.</summary>
    public Task ProveThoroughlyAsync() => ProveAsync([.. Large.Select(table => ("integrity_check", table))]);

    /// <summary>Has SQLite read its file as memory instead of page by page, which saves a call for each page; 0 ends that.
    /// PostgreSQL has its own memory.</summary>
    /// <remarks>Only for a proof, which has a process of its own: a disk that cannot be read then ends the process.</remarks>
    public static async Task MapAsync(ISqlReader reader, long bytes)
    {
        if (reader.Engine == SqlEngine.Sqlite) await reader.QueryAsync(Sql.Of(new SqlFragment($"PRAGMA mmap_size({bytes.ToString(CultureInfo.InvariantCulture)})")), row => row.Int64(0));
    }

    private async Task ProveAsync(IEnumerable<(string Check, string Table)> checks)
    {
        foreach (var (check, table) in checks)
        {
            ct.ThrowIfCancellationRequested();
            foreach (var found in await FindAsync(reader, check, table)) faults.Add($"{table}: {found}.");
        }
    }

    public static async Task<IEnumerable<string>> FindAsync(ISqlReader reader, string check, string table)
    {
        var found = await reader.QueryAsync(Sql.Of(new SqlFragment($"PRAGMA {check}({table})")), row => row.Text(0));
        return found.Where(line => line != "ok");
    }
}
