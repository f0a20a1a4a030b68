using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>What one thing does to a bounded account, in the account's natural direction.</summary>
internal record struct BalanceMove(Int128 Posted, Int128 HeldOut, Int128 HeldIn);

/// <summary>The bounded accounts that one database transaction touches in one shard.</summary>
internal abstract class BoundedBalances
{
    /// <summary>Makes all moves, or none and says which bound stands in the way.</summary>
    public abstract Refusal? TryMove(IReadOnlyDictionary<LedgerAccountId, BalanceMove> moves);

    /// <summary>Writes the balances that were moved.</summary>
    /// <exception cref="PresumedInVainException">They were presumed, and one of them would leave its bounds.</exception>
    public abstract ValueTask SaveAsync(ITransaction tx);

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
