using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Jobs;

namespace Florin.Payments.TestClocks;

/// <summary>Does everything that a step of a clock has brought due, and then says that the clock is ready.</summary>
internal sealed class FollowTestClock(IDatabase database, TestClocksService clocks, IEnumerable<ITestClockFollower> followers) : IJobHandler
{
    private const string JobKind = "test_clock.follow";

    public string Kind => JobKind;

    public int Concurrency => 1;

    public TimeSpan Lease => TimeSpan.FromMinutes(5);

    public static NewJob Job(TestClock clock, DateTimeOffset now) => new(clock.Id.Shard(), JobKind, clock.Id.ToString(), now);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        var id = Ids.Parse<TestClockId>(job.Key);
        var clock = await database.ReadAsync(async reader => await TestClockStore.FindAsync(reader, id), ct);
        if (clock is not { Status: TestClockStatus.Advancing }) return JobOutcome.Done;
        foreach (var follower in followers) await follower.FollowAsync(clock.Scope, clock.FrozenAt, ct);
        await clocks.SetReadyAsync(clock, ct);
        return JobOutcome.Done;
    }
}

/// <summary>Takes a clock away that its merchant has forgotten.</summary>
internal sealed class DeleteTestClock(IDatabase database, TestClocksService clocks) : IJobHandler
{
    private const string JobKind = "test_clock.delete";

    public string Kind => JobKind;

    public int Concurrency => 1;

    public TimeSpan Lease => TimeSpan.FromMinutes(1);

    public static NewJob Job(TestClock clock) => new(clock.Id.Shard(), JobKind, clock.Id.ToString(), clock.DeletesAfter);

    public async Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
    {
        await database.WriteAsync(
            async tx => await clocks.DeleteAsync(tx, scope: null, Ids.Parse<TestClockId>(job.Key), origin: null), ct);
        return JobOutcome.Done;
    }
}
