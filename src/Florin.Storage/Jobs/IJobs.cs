using Florin.Kernel;

namespace Florin.Storage.Jobs;

/// <summary>Work to be done once the transaction that asks for it is on disk, at least once, also after a crash.</summary>
public interface IJobs
{
    /// <summary>Adds a job, or brings the one of the same kind and key forward, with the newer payload; while that one
    /// runs, it runs again; one that gave up begins anew.</summary>
    ValueTask EnqueueAsync(ITransaction tx, NewJob job);

    /// <summary>Jobs that gave up, newest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DeadJob>> DeadAsync(int limit, CancellationToken ct);

    /// <inheritdoc cref="DeadAsync(int, CancellationToken)"/>
    Task<IReadOnlyList<DeadJob>> DeadAsync(string kind, int limit, CancellationToken ct);

    /// <summary>How many jobs of each kind wait or have given up, and how late the oldest due one is.</summary>
    Task<IReadOnlyList<JobBacklog>> BacklogAsync(CancellationToken ct);
}

/// <param name="Kind">Names the handler.</param>
/// <param name="Key">Names the work within its kind, as in the id of what it is about.</param>
public sealed record NewJob(ShardId Shard, string Kind, string Key, DateTimeOffset RunAt, string Payload = "");

/// <param name="Attempt">1 at the first run, then one more for each failure in a row.</param>
public sealed record Job(ShardId Shard, string Kind, string Key, string Payload, int Attempt);

public sealed record DeadJob(string Kind, string Key, int Attempts, string LastError, DateTimeOffset CreatedAt);

public sealed record JobBacklog(string Kind, long Queued, long Dead, TimeSpan OldestDue);

/// <summary>Does the jobs of one kind. A run may be a repetition, also at the same time on another node.</summary>
public interface IJobHandler
{
    string Kind { get; }

    /// <summary>How many run at once in this process.</summary>
    int Concurrency { get; }

    /// <summary>How often the job is run without anybody asking; null for work that is enqueued.</summary>
    TimeSpan? Every => null;

    /// <summary>How long a run may take; after that another worker may begin it again.</summary>
    TimeSpan Lease { get; }

    Task<JobOutcome> RunAsync(Job job, CancellationToken ct);
}

/// <summary>How a run ended. An exception counts as <see cref="Failed"/>, with back-off.</summary>
public abstract record JobOutcome
{
    public static readonly JobOutcome Done = new Finished();

    private JobOutcome()
    {
    }

    public sealed record Finished : JobOutcome;

    /// <summary>All went well, and there is more to do later.</summary>
    public sealed record RunAgain(DateTimeOffset At) : JobOutcome;

    public sealed record Failed(DateTimeOffset RetryAt, string Why) : JobOutcome;

    /// <summary>A person must look; the job stays visible.</summary>
    public sealed record GiveUp(string Why) : JobOutcome;
}
