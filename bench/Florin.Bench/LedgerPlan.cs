namespace Florin.Bench;

/// <summary>One way of posting that is measured.</summary>
/// <param name="Batch">Transactions in one call; 1 stands for single posts by many callers at once.</param>
/// <param name="IsHot">Whether every transaction credits the same account, or any of ten thousand.</param>
/// <param name="IsBounded">Whether all accounts have bounds, and so balance rows that are locked.</param>
internal sealed record LedgerCase(int Batch, bool IsHot, bool IsBounded)
{
    /// <summary>As many as keep the database busy while others prepare what comes next.</summary>
    public int Callers => Batch switch
    {
        1 => 512,
        < 1_000 => 16,
        _ => 3,
    };

    public override string ToString() => $"batches of {Batch}, {(IsHot ? "one hot account" : "spread")}, {(IsBounded ? "bounded" : "no bounds")}";
}

/// <param name="FlorinCpuMicroseconds">Of one transaction, of this process: what posts, the worker, and SQLite where it is within.</param>
/// <param name="DatabaseCpuMicroseconds">Of one transaction, of PostgreSQL's processes.</param>
internal sealed record LedgerRate(double PerSecond, double FlorinCpuMicroseconds, double DatabaseCpuMicroseconds);

/// <param name="Stored">How many transactions are there before anything is measured.</param>
/// <param name="Batches">The sizes of batch that are measured.</param>
internal sealed record LedgerPlan(long Stored, IReadOnlyList<int> Batches, TimeSpan WarmUp, TimeSpan Measured);
