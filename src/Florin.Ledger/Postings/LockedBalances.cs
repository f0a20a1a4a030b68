using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>The balance row of a bounded account while it is locked; amounts in the account's natural direction.</summary>
internal sealed class LockedBalance(KnownAccount account, long posted, long heldOut, long heldIn)
{
    public KnownAccount Account { get; } = account;

    public long Posted { get; private set; } = posted;

    public long HeldOut { get; private set; } = heldOut;

    public long HeldIn { get; private set; } = heldIn;

    public bool IsChanged { get; private set; }

    public Refusal? Refuse(in BalanceMove move)
    {
        var least = (Int128)Posted + move.Posted - HeldOut - move.HeldOut;
        var most = (Int128)Posted + move.Posted + HeldIn + move.HeldIn;
        if (least < (Account.MinMinor ?? long.MinValue)) return LedgerRefusals.BelowMin(Account.Name, Account.MinMinor ?? long.MinValue, least);
        return most > (Account.MaxMinor ?? long.MaxValue) ? LedgerRefusals.AboveMax(Account.Name, Account.MaxMinor ?? long.MaxValue, most) : null;
    }

    public void Apply(in BalanceMove move)
    {
        // Within 64 bits: what was checked before is the sum of these, and none of them has a part of the other sign.
        Posted = (long)(Posted + move.Posted);
        HeldOut = (long)(HeldOut + move.HeldOut);
        HeldIn = (long)(HeldIn + move.HeldIn);
        IsChanged = true;
    }
}

/// <summary>Balances that are locked, in the order of their ids, before anything is judged by them.</summary>
internal sealed class LockedBalances : BoundedBalances
{
    private readonly Dictionary<LedgerAccountId, LockedBalance> balances = [];
    private readonly ShardId shard;

    private LockedBalances(ShardId shard) => this.shard = shard;

    /// <summary>Locks the rows of those among the accounts that are bounded. Only these take a lock at all.</summary>
    public static async ValueTask<LockedBalances> LockAsync(ITransaction tx, ShardId shard, IEnumerable<KnownAccount> accounts)
    {
        var locked = new LockedBalances(shard);
        var bounded = new SortedDictionary<Guid, KnownAccount>();
        foreach (var account in accounts)
        {
            if (account.IsBounded) bounded[account.Id.Value] = account;
        }

        foreach (var chunk in bounded.Keys.Chunk(SetBased.MembersOf(tx.Engine)))
        {
            Sql balances = $"ledger_balances b";
            if (tx.Engine == SqlEngine.Postgres) balances = $"{BalanceLocks.BesideOthers(shard)} CROSS JOIN ledger_balances b";
            await tx.EachAsync(
                $"""
                 SELECT b.account_id, b.posted_minor, b.held_out_minor, b.held_in_minor FROM {balances}
                  WHERE b.shard = {shard} AND {SetBased.IsAmong(tx.Engine, new SqlFragment("b.account_id"), chunk)}
                  ORDER BY b.account_id {new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE OF b" : "")}
                 """,
                row => locked.balances.Add(row.Id<LedgerAccountId>(0), new LockedBalance(bounded[row.Uuid(0)], row.Int64(1), row.Int64(2), row.Int64(3))));
        }

        return locked;
    }

    public override Refusal? TryMove(IReadOnlyDictionary<LedgerAccountId, BalanceMove> moves)
    {
        foreach (var (id, move) in moves)
        {
            if (balances[id].Refuse(move) is { } refusal) return refusal;
        }

        foreach (var (id, move) in moves) balances[id].Apply(move);
        return null;
    }

    public override ValueTask SaveAsync(ITransaction tx) =>
        SetBased.ReplaceBalancesAsync(tx, shard, [.. balances.Values.Where(balance => balance.IsChanged)]);
}
