using Florin.Kernel;
using Florin.Ledger.Proof;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Opens accounts, with bounds or without, and freezes, thaws and closes accounts.</summary>
internal sealed class AccountDesk(KnownAccounts accounts, TimeProvider time)
{
    public async ValueTask<Result<LedgerAccountId>> OpenAsync(ITransaction tx, NewLedgerAccount account)
    {
        if (!TransactionRules.IsCode(account.Name.Code)) return LedgerRefusals.BadCode;
        if (account.Metadata is { } metadata && !TransactionRules.IsMetadata(metadata)) return LedgerRefusals.BadMetadata;
        if (account.MinMinor > 0 || account.MaxMinor < 0) return LedgerRefusals.BadBounds;
        var isBounded = account is not { MinMinor: null, MaxMinor: null };
        var (name, id) = (account.Name, AccountIds.Of(account.Name));
        if (await tx.ExecuteAsync(accounts.Insert(id, account)) == 1)
        {
            if (!isBounded) return id;
            await tx.EnqueueAsync(
                $"""
                 INSERT INTO ledger_balances (shard, account_id, posted_minor, held_out_minor, held_in_minor)
                 VALUES ({name.Scope.Shard}, {id}, 0, 0, 0)
                 """);
            return id;
        }

        var there = await tx.QueryAsync(
            $"SELECT kind, min_minor, max_minor, metadata FROM ledger_accounts WHERE shard = {name.Scope.Shard} AND id = {id}",
            row => (LedgerWords.Kind(row.Text(0)), row.Int64OrNull(1), row.Int64OrNull(2), row.TextOrNull(3)));
        return there[0] == (name.Kind, account.MinMinor, account.MaxMinor, account.Metadata) ? id : LedgerRefusals.AccountExists(name);
    }

    public async ValueTask<Result<AccountState>> SetStateAsync(ITransaction tx, AccountName name, AccountState state)
    {
        await PostingsUnderWay.WaitAsync(tx);
        if (await KnownAccounts.FindAsync(tx, name) is not { } account || account.Name.Kind != name.Kind) return LedgerRefusals.NoAccount(name);
        var (shard, id) = (name.Scope.Shard, account.Id);
        var now = LedgerWords.State(await tx.FirstAsync(
            $"SELECT state FROM ledger_account_states WHERE shard = {shard} AND account_id = {id}", row => row.Text(0)));
        if (now == state) return state;
        if (now == AccountState.Closed) return LedgerRefusals.ClosedForGood(name);
        if (state == AccountState.Open)
        {
            await tx.ExecuteAsync($"DELETE FROM ledger_account_states WHERE shard = {shard} AND account_id = {id}");
            return state;
        }

        if (state == AccountState.Closed && !await IsEmptyAsync(tx, shard, id)) return LedgerRefusals.NotEmpty(name);
        var changedAt = time.GetUtcNow();
        var digest = Digests.OfAccountState(shard.Value, id.Value, state.Word(), changedAt.ToUnixTimeMilliseconds());
        await tx.ExecuteAsync(
            $"""
             INSERT INTO ledger_account_states (shard, account_id, state, changed_at_ms, digest)
             VALUES ({shard}, {id}, {state.Word()}, {changedAt}, {digest})
             ON CONFLICT (shard, account_id) DO UPDATE
                SET state = excluded.state, changed_at_ms = excluded.changed_at_ms, digest = excluded.digest
             """);
        return state;
    }

    private static async ValueTask<bool> IsEmptyAsync(ITransaction tx, ShardId shard, LedgerAccountId id)
    {
        if (await Blocks.SumOfAsync(tx, shard, id) != 0) return false;
        return await tx.CountAsync(
            $"""
             SELECT COUNT(*) FROM ledger_hold_lines l
              WHERE l.shard = {shard} AND l.account_id = {id}
                AND NOT EXISTS (SELECT 1 FROM ledger_hold_ends e WHERE e.shard = l.shard AND e.hold_id = l.hold_id)
             """) == 0;
    }
}

/// <summary>Lets a change that postings must obey begin only when none is under way.</summary>
internal static class PostingsUnderWay
{
    // Postings look at states and periods without a lock, so one that looked before a change could be committed after it.
    // This lock waits for those that are under way; later ones wait for it, and look at what it left. It is held for the
    // rest of a short transaction that happens a few times a month.
    private static readonly SqlFragment WaitForAll = new("LOCK TABLE ledger_transactions, ledger_holds IN SHARE ROW EXCLUSIVE MODE");

    // What an INSERT takes too; taken before the look, so that a change cannot come between the two.
    private static readonly SqlFragment BeOne = new("LOCK TABLE ledger_transactions, ledger_holds IN ROW EXCLUSIVE MODE");

    /// <summary>Called before a posting looks at states and periods; costs no round trip.</summary>
    public static async ValueTask BeginAsync(ITransaction tx)
    {
        if (tx.Engine == SqlEngine.Postgres) await tx.EnqueueAsync(Sql.Of(BeOne));
    }

    public static async ValueTask WaitAsync(ITransaction tx)
    {
        if (tx.Engine == SqlEngine.Postgres) await tx.ExecuteAsync(Sql.Of(WaitForAll));
    }
}
