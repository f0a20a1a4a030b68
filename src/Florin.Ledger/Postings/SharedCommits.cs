using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger;

/// <summary>Posts batches in transactions of their own, and gathers what single callers post at the same time into such.</summary>
internal sealed class SharedCommits
{
    public const int MaxBatch = 10_000;

    // Up to here a batch locks the few balances that it touches, so that others on other balances are committed beside it;
    // what presumes is alone in its shard while it is committed.
    private const int FewTransactions = 32;

    // Each lost race for a reference is with another one that won, so a repetition finds it; this only bounds bugs.
    private const int MaxTries = 10;

    private readonly IDatabase database;
    private readonly PostingEngine engine;
    private readonly Gathering<NewLedgerTransaction, Result<PostedTransaction>> singles;

    public SharedCommits(IDatabase database, PostingEngine engine)
    {
        (this.database, this.engine) = (database, engine);
        singles = new(transactions => PostBatchAsync(transactions, allOrNone: false, CancellationToken.None));
    }

    public async Task<IReadOnlyList<Result<PostedTransaction>>> PostBatchAsync(
        IReadOnlyList<NewLedgerTransaction> transactions, bool allOrNone, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transactions.Count, MaxBatch);
        return await WriteAsync(
            transactions.Count,
            async (tx, presumes) => await engine.PostAsync(tx, transactions, allOrNone, releasing: null, presumes),
            ct);
    }

    public Task<Result<PostedTransaction>> PostAsync(NewLedgerTransaction transaction, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return singles.AddAsync(transaction.Scope.Shard, transaction, transaction.Postings.Count);
    }

    /// <summary>Runs one database transaction that posts some transactions, and again where others were faster.</summary>
    /// <param name="transactions">How many it posts.</param>
    /// <param name="write">Is told whether it may presume (see <see cref="PostingEngine.PostAsync"/>).</param>
    public async Task<T> WriteAsync<T>(int transactions, Func<ITransaction, bool, Task<T>> write, CancellationToken ct)
    {
        // On SQLite nobody else writes meanwhile, so nothing is won by not looking.
        var presumes = database.Engine == SqlEngine.Postgres && transactions > FewTransactions;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await database.WriteAsync(tx => write(tx, presumes), ct);
            }
            catch (PresumedInVainException)
            {
                presumes = false;
            }
            catch (UniqueViolationException) when (tries < MaxTries)
            {
                // One of the references was posted (or the same transaction reversed) before, or by somebody else since we looked.
                presumes = false;
            }
        }
    }
}
