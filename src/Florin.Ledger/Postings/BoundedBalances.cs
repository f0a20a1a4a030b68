using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>The balance row of a bounded account while it is locked; amounts in the account's natural direction.</summary>
internal sealed class BoundedBalance(KnownAccount account, long posted, long heldOut, long heldIn)
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

internal record struct BalanceMove(Int128 Posted, Int128 HeldOut, Int128 HeldIn);

/// <summary>The bounded accounts that one database transaction touches in one shard, locked in the order of their ids.</summary>
internal sealed class BoundedBalances
{
    private readonly Dictionary<LedgerAccountId, BoundedBalance> balances = [];
    private readonly ShardId shard;

    private BoundedBalances(ShardId shard) => this.shard = shard;

    /// <summary>Locks the rows of those among the accounts that are bounded. Only these take a lock at all.</summary>
    public static async ValueTask<BoundedBalances> LockAsync(ITransaction tx, ShardId shard, IEnumerable<KnownAccount> accounts)
    {
        var locked = new BoundedBalances(shard);
        var bounded = new SortedDictionary<Guid, KnownAccount>();
        foreach (var account in accounts)
        {
            if (account.IsBounded) bounded[account.Id.Value] = account;
        }

        var forUpdate = new SqlFragment(tx.Engine == SqlEngine.Postgres ? "FOR UPDATE" : "");
        foreach (var chunk in bounded.Keys.Chunk(SetBased.MembersOf(tx.Engine)))
        {
            var rows = await tx.QueryAsync(
                $"""
                 SELECT account_id, posted_minor, held_out_minor, held_in_minor FROM ledger_balances
                  WHERE shard = {shard} AND {SetBased.IsAmong(tx.Engine, new SqlFragment("account_id"), chunk)} ORDER BY account_id {forUpdate}
                 """,
                row => new BoundedBalance(bounded[row.Uuid(0)], row.Int64(1), row.Int64(2), row.Int64(3)));
            foreach (var row in rows) locked.balances.Add(row.Account.Id, row);
        }

        return locked;
    }

    /// <summary>Makes all moves, or none and says which bound stands in the way.</summary>
    public Refusal? TryMove(IReadOnlyDictionary<LedgerAccountId, BalanceMove> moves)
    {
        foreach (var (id, move) in moves)
        {
            if (balances[id].Refuse(move) is { } refusal) return refusal;
        }

        foreach (var (id, move) in moves) balances[id].Apply(move);
        return null;
    }

    public ValueTask SaveAsync(ITransaction tx) =>
        SetBased.UpdateBalancesAsync(tx, shard, [.. balances.Values.Where(balance => balance.IsChanged)]);

    /// <summary>What postings do to the bounded accounts among theirs.</summary>
    public static void AddPosted(
        Dictionary<LedgerAccountId, BalanceMove> moves, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            if (!accounts[i].IsBounded) continue;
            var move = moves.GetValueOrDefault(accounts[i].Id);
            moves[accounts[i].Id] = move with { Posted = move.Posted + Natural(postings[i], accounts[i]) };
        }
    }

    /// <summary>What holding the postings does (sign 1), or letting go of them (sign -1).</summary>
    public static void AddHeld(
        Dictionary<LedgerAccountId, BalanceMove> moves, IReadOnlyList<NewPosting> postings, IReadOnlyList<KnownAccount> accounts, int sign)
    {
        for (var i = 0; i < accounts.Count; i++)
        {
            if (!accounts[i].IsBounded) continue;
            var (natural, move) = (Natural(postings[i], accounts[i]), moves.GetValueOrDefault(accounts[i].Id));
            moves[accounts[i].Id] = natural > 0
                ? move with { HeldIn = move.HeldIn + (sign * natural) }
                : move with { HeldOut = move.HeldOut - (sign * natural) };
        }
    }

    private static Int128 Natural(NewPosting posting, KnownAccount account) =>
        (Int128)posting.Amount.Minor * posting.Side.Sign() * account.Name.Kind.NaturalSign();
}
