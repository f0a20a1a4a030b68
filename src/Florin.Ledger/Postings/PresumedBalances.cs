using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>What was presumed of a batch is not so, or might not be: it is undone, and posted again with locks and a look.</summary>
internal sealed class PresumedInVainException() : DatabaseException("What was presumed of a batch of transactions is not so.");

/// <summary>What a batch does to a bounded account that nobody looked at: the sum of its moves, and the lowest and the highest that
/// it comes to on the way.</summary>
internal sealed class PresumedBalance(KnownAccount account)
{
    /// <summary>Within this, no sum of three of them overflows.</summary>
    public const long Limit = 1L << 60;

    public KnownAccount Account { get; } = account;

    public long Sum { get; private set; }

    public long Lowest { get; private set; }

    public long Highest { get; private set; }

    /// <exception cref="PresumedInVainException">The sum is too great to be added without looking.</exception>
    public void Apply(Int128 posted)
    {
        var sum = Sum + posted;
        if (sum > Limit || sum < -Limit) throw new PresumedInVainException();
        Sum = (long)sum;
        Lowest = Math.Min(Lowest, Sum);
        Highest = Math.Max(Highest, Sum);
    }
}

/// <summary>Balances that are not looked at: every move is presumed to be within bounds, which the one statement that adds them up
/// at the end makes sure of (docs/decisions/0049).</summary>
/// <remarks>So batches on the same accounts wait for each other while that statement runs and is committed, not while all their
/// transactions are judged and written. If one would have been refused, nothing stands and the batch is done again with locks.</remarks>
internal sealed class PresumedBalances(ShardId shard, IEnumerable<KnownAccount> accounts) : BoundedBalances
{
    private readonly Dictionary<LedgerAccountId, PresumedBalance> balances = accounts
        .Where(account => account.IsBounded).ToDictionary(account => account.Id, account => new PresumedBalance(account));

    public override Refusal? TryMove(IReadOnlyDictionary<LedgerAccountId, BalanceMove> moves)
    {
        foreach (var (id, move) in moves) balances[id].Apply(move.Posted);
        return null;
    }

    public override async ValueTask SaveAsync(ITransaction tx)
    {
        var moved = balances.Values.Where(balance => balance is not { Lowest: 0, Highest: 0 }).ToList();
        if (moved.Count == 0) return;
        await BalanceLocks.AloneAsync(tx, shard);
        if (!await SetBased.TryAddToBalancesAsync(tx, shard, moved)) throw new PresumedInVainException();
    }
}

/// <summary>Keeps statements that write many balances, in whatever order the server finds them, apart from each other and from those
/// who lock balances one by one: else two of them could wait for each other.</summary>
internal static class BalanceLocks
{
    // Any number that nothing else on the server uses for an advisory lock of two numbers: "fbal" in ASCII.
    private const long Balances = 0x6662616c;

    public static async ValueTask AloneAsync(ITransaction tx, ShardId shard) =>
        await tx.FirstAsync($"SELECT pg_advisory_xact_lock(CAST({Balances} AS integer), CAST({shard} AS integer)) IS NULL", row => row.Bool(0));

    /// <summary>Something to select from beside the rows that are to be locked: it has one row, once nobody is alone.</summary>
    public static Sql BesideOthers(ShardId shard) =>
        $"(SELECT pg_advisory_xact_lock_shared(CAST({Balances} AS integer), CAST({shard} AS integer))) AS beside (others)";
}
