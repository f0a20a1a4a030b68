using Florin.Kernel;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;
using Florin.Storage.Nodes;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Storage.Tests;

/// <summary>What a process held is free soon after it was killed, and stays its own while it lives.</summary>
public abstract class NodeTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly Guid Subject = Guid.Parse("01984f00-0000-7000-8000-000000000005");

    private readonly ManualTime time = new();
    private readonly string kind = $"test.{RandomSource.System.HexToken(4)}";
    private readonly IdempotencyKey key = new(new ShardId(5), "acct_1:test", RandomSource.System.HexToken(8), new byte[32], "req_1");

    private ServiceProvider first = null!;
    private ServiceProvider second = null!;

    public async Task InitializeAsync()
    {
        first = await fixture.StartAsync(time);
        second = fixture.Compose(time);
        await BeatAsync(first);
        await BeatAsync(second);
    }

    public async Task DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_request_whose_node_went_silent_is_cut_off_after_fifteen_seconds()
    {
        await ClaimKeyAsync(first);
        time.Advance(NodeWatch.AliveFor - TimeSpan.FromMilliseconds(1));
        Assert.IsType<IdempotencyState.InFlight>(await FindKeyAsync());

        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(new IdempotencyState.CutOff(Subject), await FindKeyAsync());
    }

    [Fact]
    public async Task A_request_whose_node_lives_is_in_flight_until_its_lease_ends()
    {
        await ClaimKeyAsync(first);
        for (var seconds = 5; seconds < 90; seconds += 5)
        {
            time.Advance(Beat);
            await BeatAsync(first);
            Assert.IsType<IdempotencyState.InFlight>(await FindKeyAsync());
        }

        time.Advance(Beat);
        Assert.Equal(new IdempotencyState.CutOff(Subject), await FindKeyAsync());
    }

    [Fact]
    public async Task A_request_that_failed_on_a_node_which_lives_is_cut_off_at_once()
    {
        var other = key with { Key = key.Key + "other" };
        await ClaimKeyAsync(first, other);

        // Neither another request with that key, nor another node, gives up what this one claimed.
        foreach (var (node, stranger) in new[] { (first, other with { RequestId = "req_2" }), (second, other) })
        {
            var own = key with { Key = key.Key + node.GetRequiredService<Node>().Id };
            await ClaimKeyAsync(node, own);
            await node.GetRequiredService<GivenUpKeys>().StartAsync(Ct);
            node.GetRequiredService<IIdempotency>().GiveUp(stranger);
            node.GetRequiredService<IIdempotency>().GiveUp(own);
            while (await FindAsync(own) is IdempotencyState.InFlight) await Task.Yield();
            await node.GetRequiredService<GivenUpKeys>().StopAsync(Ct);
            Assert.Equal(new IdempotencyState.CutOff(Subject), await FindAsync(own));
        }

        Assert.IsType<IdempotencyState.InFlight>(await FindAsync(other));
    }

    [Fact]
    public async Task A_job_of_a_node_that_went_silent_runs_again_long_before_its_lease_ends()
    {
        var lost = await EnqueueAndClaimAsync();
        time.Advance(NodeWatch.AliveFor - TimeSpan.FromMilliseconds(1));
        await BeatAsync(second);
        Assert.Empty(await ClaimJobsAsync(second));

        time.Advance(TimeSpan.FromMilliseconds(1));
        await BeatAsync(second);

        var again = Assert.Single(await ClaimJobsAsync(second));
        Assert.Equal(2, again.Job.Attempt);

        // It was paused and not dead: what it says no longer counts.
        await BeatAsync(first);
        await first.GetRequiredService<JobStore>().SettleAsync(lost, JobOutcome.Done, Ct);
        await second.GetRequiredService<JobStore>().SettleAsync(again, new JobOutcome.RunAgain(time.GetUtcNow()), Ct);
        Assert.Single(await ClaimJobsAsync(second));
    }

    [Fact]
    public async Task A_node_that_comes_back_holds_what_it_claims_from_then_on()
    {
        time.Advance(NodeWatch.AliveFor);
        await BeatAsync(second);
        await BeatAsync(first);
        await EnqueueAndClaimAsync();
        time.Advance(Beat);
        await BeatAsync(first);
        await BeatAsync(second);

        Assert.Empty(await ClaimJobsAsync(second));

        time.Advance(NodeWatch.AliveFor);
        await BeatAsync(second);
        Assert.Single(await ClaimJobsAsync(second));
    }

    [Fact]
    public async Task A_node_that_stops_is_not_waited_for()
    {
        await using var third = fixture.Compose(time);
        var watch = third.GetServices<IHostedService>().OfType<NodeWatch>().Single();
        await watch.StartAsync(Ct);
        await ClaimKeyAsync(third);
        Assert.IsType<IdempotencyState.InFlight>(await FindKeyAsync());

        await watch.StopAsync(Ct);

        Assert.Equal(new IdempotencyState.CutOff(Subject), await FindKeyAsync());
    }

    private static Task BeatAsync(ServiceProvider node) => node.GetServices<IHostedService>().OfType<NodeWatch>().Single().BeatAsync(Ct);

    private Task<IdempotencyState> ClaimKeyAsync(ServiceProvider node, IdempotencyKey? claimed = null) =>
        node.GetRequiredService<IDatabase>().WriteAsync(tx => node.GetRequiredService<IIdempotency>().ClaimAsync(tx, claimed ?? key, Subject), Ct);

    private Task<IdempotencyState> FindKeyAsync() => FindAsync(key);

    private Task<IdempotencyState> FindAsync(IdempotencyKey wanted) => second.GetRequiredService<IIdempotency>().FindAsync(wanted, Ct);

    private Task<List<JobStore.Claim>> ClaimJobsAsync(ServiceProvider node) => node.GetRequiredService<JobStore>().ClaimAsync(kind, 10, Lease, Ct);

    private async Task<JobStore.Claim> EnqueueAndClaimAsync()
    {
        await first.GetRequiredService<IDatabase>().WriteAsync(
            async tx => await first.GetRequiredService<IJobs>().EnqueueAsync(tx, new NewJob(new ShardId(3), kind, "a", time.GetUtcNow())), Ct);
        return Assert.Single(await ClaimJobsAsync(first));
    }
}

public sealed class NodesOnSqlite(SqliteFixture fixture) : NodeTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class NodesOnPostgres(PostgresFixture fixture) : NodeTests(fixture), IClassFixture<PostgresFixture>;
