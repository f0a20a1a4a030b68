using Florin.Kernel;
using Florin.Storage.Jobs;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Storage.Tests;

public abstract class JobTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly ShardId Shard = new(3);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly ManualTime time = new();
    private readonly string kind = $"test.{RandomSource.System.HexToken(4)}";
    private ServiceProvider services = null!;

    private JobStore Store => services.GetRequiredService<JobStore>();

    public async Task InitializeAsync() => services = await fixture.StartAsync(time);

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Enqueueing_twice_is_one_job_with_the_earlier_time_and_the_newer_payload()
    {
        await EnqueueAsync("a", TimeSpan.FromHours(1), "first");
        await EnqueueAsync("a", TimeSpan.Zero, "second");
        await EnqueueAsync("a", TimeSpan.FromHours(2), "third");

        var claim = Assert.Single(await ClaimAsync());
        Assert.Equal(("a", "third", 1), (claim.Job.Key, claim.Job.Payload, claim.Job.Attempt));
    }

    [Fact]
    public async Task A_job_is_claimed_when_it_is_due_and_by_one_alone()
    {
        for (var i = 0; i < 20; i++) await EnqueueAsync($"job {i}", TimeSpan.FromSeconds(1));
        Assert.Empty(await ClaimAsync());
        time.Advance(TimeSpan.FromSeconds(1));

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.ClaimAsync(kind, 5, Lease, Ct)));

        Assert.All(claims, some => Assert.True(some.Count <= 5));
        var keys = claims.SelectMany(some => some).Select(claim => claim.Job.Key).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
        keys.AddRange((await Store.ClaimAsync(kind, 20, Lease, Ct)).Select(claim => claim.Job.Key));
        Assert.Equal(20, keys.Distinct().Count());
    }

    [Fact]
    public async Task A_job_whose_worker_vanished_runs_again_when_its_lease_ends()
    {
        await EnqueueAsync("a");
        var lost = Assert.Single(await ClaimAsync());
        time.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ClaimAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));

        var again = Assert.Single(await ClaimAsync());
        Assert.Equal(2, again.Job.Attempt);

        // The first worker comes back late: what it says no longer counts.
        await Store.SettleAsync(lost, JobOutcome.Done, Ct);
        await Store.SettleAsync(again, new JobOutcome.RunAgain(time.GetUtcNow()), Ct);
        Assert.Single(await ClaimAsync());
    }

    [Fact]
    public async Task A_finished_job_is_gone()
    {
        await EnqueueAsync("a");
        await Store.SettleAsync(Assert.Single(await ClaimAsync()), JobOutcome.Done, Ct);

        time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task A_job_enqueued_while_it_runs_runs_once_more_with_what_is_new()
    {
        await EnqueueAsync("a", payload: "old");
        var running = Assert.Single(await ClaimAsync());
        await EnqueueAsync("a", payload: "new");
        Assert.Empty(await ClaimAsync());

        await Store.SettleAsync(running, JobOutcome.Done, Ct);

        var again = Assert.Single(await ClaimAsync());
        Assert.Equal(("new", 1), (again.Job.Payload, again.Job.Attempt));
        await Store.SettleAsync(again, JobOutcome.Done, Ct);
        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task A_job_enqueued_for_later_while_it_runs_waits_until_then()
    {
        await EnqueueAsync("a");
        var running = Assert.Single(await ClaimAsync());
        await EnqueueAsync("a", TimeSpan.FromSeconds(10));

        await Store.SettleAsync(running, JobOutcome.Done, Ct);

        Assert.Empty(await ClaimAsync());
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(await ClaimAsync());
    }

    [Fact]
    public async Task A_job_enqueued_while_its_run_gives_up_runs_once_more()
    {
        await EnqueueAsync("a");
        var running = Assert.Single(await ClaimAsync());
        await EnqueueAsync("a");

        await Store.SettleAsync(running, new JobOutcome.GiveUp("no answer"), Ct);

        Assert.Single(await ClaimAsync());
    }

    [Fact]
    public async Task A_failed_job_waits_and_counts_and_one_that_gave_up_stays_visible_until_it_is_asked_for_again()
    {
        await EnqueueAsync("a");
        await Store.SettleAsync(Assert.Single(await ClaimAsync()), new JobOutcome.Failed(time.GetUtcNow().AddSeconds(5), "no answer"), Ct);
        Assert.Empty(await ClaimAsync());
        time.Advance(TimeSpan.FromSeconds(5));
        var second = Assert.Single(await ClaimAsync());
        Assert.Equal(2, second.Job.Attempt);

        await Store.SettleAsync(second, new JobOutcome.GiveUp("no such endpoint"), Ct);

        time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await ClaimAsync());
        Assert.Equal("no such endpoint", (await Store.DeadAsync(100, Ct)).Single(job => job.Kind == kind).LastError);
        Assert.Equal(1, (await Store.BacklogAsync(Ct)).Single(backlog => backlog.Kind == kind).Dead);
        await EnqueueAsync("a");
        Assert.Equal(1, Assert.Single(await ClaimAsync()).Job.Attempt);
    }

    [Fact]
    public async Task Those_of_one_kind_that_gave_up_are_found_behind_any_number_of_others()
    {
        await EnqueueAsync("a");
        await Store.SettleAsync(Assert.Single(await ClaimAsync()), new JobOutcome.GiveUp("no such endpoint"), Ct);
        time.Advance(TimeSpan.FromDays(1));
        var other = kind + ".other";
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx => await Store.EnqueueAsync(tx, new NewJob(Shard, other, "newer", time.GetUtcNow())), Ct);
        await Store.SettleAsync(Assert.Single(await Store.ClaimAsync(other, 1, Lease, Ct)), new JobOutcome.GiveUp("no such endpoint"), Ct);

        Assert.Equal((kind, "a"), Assert.Single((await Store.DeadAsync(kind, 1, Ct)).Select(job => (job.Kind, job.Key))));
    }

    [Fact]
    public async Task A_job_of_a_write_that_failed_does_not_exist()
    {
        await services.GetRequiredService<IDatabase>().WriteAsync(
            async tx =>
            {
                await Store.EnqueueAsync(tx, new NewJob(Shard, kind, "a", time.GetUtcNow()));
                tx.Abandon();
            },
            Ct);

        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task The_worker_runs_what_is_enqueued_backs_off_what_fails_and_repeats_what_is_regular()
    {
        var asked = new Recording(kind, every: null);
        var regular = new Recording($"{kind}.regular", every: TimeSpan.FromHours(1));
        await using var node = fixture.Compose(time, added => added.AddSingleton<IJobHandler>(asked).AddSingleton<IJobHandler>(regular));
        var workers = node.GetServices<IHostedService>().ToList();
        foreach (var worker in workers) await worker.StartAsync(Ct);

        // It runs at the start without being asked.
        Assert.Equal(1, (await regular.NextAsync()).Attempt);

        // Fails twice with growing pauses, then succeeds. The clock moves only while nothing runs.
        asked.Outcomes.Enqueue(() => throw new InvalidTimeZoneException());
        asked.Outcomes.Enqueue(() => throw new InvalidTimeZoneException());
        await node.GetRequiredService<IDatabase>().WriteAsync(
            async tx => await node.GetRequiredService<IJobs>().EnqueueAsync(tx, new NewJob(Shard, kind, "a", time.GetUtcNow())), Ct);
        var began = time.GetUtcNow();
        for (var attempt = 1; attempt <= 3; attempt++) Assert.Equal(attempt, (await asked.NextAsync(AdvanceAsync)).Attempt);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(2.7));

        // An hour later the regular one runs again.
        Assert.Equal(1, (await regular.NextAsync(AdvanceAsync)).Attempt);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromHours(0.99));
        foreach (var worker in workers) await worker.StopAsync(Ct);
    }

    private async Task AdvanceAsync()
    {
        time.Advance(TimeSpan.FromMilliseconds(500));
        await Task.Yield();
    }

    private Task EnqueueAsync(string key, TimeSpan fromNow = default, string payload = "") => services.GetRequiredService<IDatabase>().WriteAsync(
        async tx => await Store.EnqueueAsync(tx, new NewJob(Shard, kind, key, time.GetUtcNow() + fromNow, payload)), Ct);

    private Task<List<JobStore.Claim>> ClaimAsync() => Store.ClaimAsync(kind, 100, Lease, Ct);

    private sealed class Recording(string kind, TimeSpan? every) : IJobHandler
    {
        private readonly System.Threading.Channels.Channel<Job> runs = System.Threading.Channels.Channel.CreateUnbounded<Job>();

        public Queue<Func<JobOutcome>> Outcomes { get; } = [];

        public string Kind => kind;

        public int Concurrency => 2;

        public TimeSpan? Every => every;

        public TimeSpan Lease => TimeSpan.FromDays(1);

        public Task<JobOutcome> RunAsync(Job job, CancellationToken ct)
        {
            runs.Writer.TryWrite(job);
            return Task.FromResult(Outcomes.TryDequeue(out var outcome) ? outcome() : JobOutcome.Done);
        }

        /// <summary>Waits for the next run, moving the clock on while there is none.</summary>
        public async Task<Job> NextAsync(Func<Task>? advance = null)
        {
            Job? job;
            while (!runs.Reader.TryRead(out job))
            {
                if (advance is null) return await runs.Reader.ReadAsync(Ct);
                await advance();
            }

            return job;
        }
    }
}

public sealed class JobsOnSqlite(SqliteFixture fixture) : JobTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class JobsOnPostgres(PostgresFixture fixture) : JobTests(fixture), IClassFixture<PostgresFixture>;
