using Florin.Kernel;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;
using Florin.Testing;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Storage.Tests;

public abstract class IdempotencyTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly StoredResponse Response = new(402, "application/problem+json", [0, 1, 255, (byte)'{']);

    private readonly ManualTime time = new();
    private readonly IdempotencyKey key = new(
        new ShardId(5), "acct_1:test", RandomSource.System.HexToken(8), Fingerprint: new byte[32], "req_1");

    private ServiceProvider services = null!;

    private IIdempotency Store => services.GetRequiredService<IIdempotency>();

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync() => services = await fixture.StartAsync(time);

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Of_many_requests_with_one_key_one_may_act()
    {
        Assert.IsType<IdempotencyState.Unused>(await Store.FindAsync(key, Ct));

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ClaimAsync(key)));

        Assert.Single(claims.OfType<IdempotencyState.Unused>());
        Assert.Equal(19, claims.OfType<IdempotencyState.InFlight>().Count());
    }

    [Fact]
    public async Task A_finished_request_is_answered_byte_for_byte_with_the_first_ones_id()
    {
        await ClaimAsync(key);
        await FinishAsync(key, Response);
        await FinishAsync(key, Response with { Status = 200 });

        var finished = Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key with { RequestId = "req_2" }, Ct));

        Assert.Equal((402, "application/problem+json", "req_1"), (finished.Response.Status, finished.Response.ContentType, finished.FirstRequestId));
        Assert.Equal(Response.Body, finished.Response.Body);
    }

    [Fact]
    public async Task An_answer_without_a_claim_claims_the_key_too()
    {
        await FinishAsync(key, Response with { Body = [] });

        Assert.Empty(Assert.IsType<IdempotencyState.Finished>(await ClaimAsync(key)).Response.Body);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_a_mismatch_at_every_stage()
    {
        var other = key with { Fingerprint = [.. new byte[31], 1], RequestId = "req_2" };
        await ClaimAsync(key);
        var began = time.GetUtcNow();
        Assert.Equal(new IdempotencyState.Mismatch("req_1", began), await ClaimAsync(other));
        await FinishAsync(key, Response);
        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new IdempotencyState.Mismatch("req_1", began), await Store.FindAsync(other, Ct));
    }

    [Fact]
    public async Task Many_keys_are_looked_up_and_answered_together_as_one_by_one()
    {
        await ClaimAsync(key with { Key = key.Key + "started" });
        var answers = Enumerable.Range(0, 40).Select(n => (Key: key with { Key = $"{key.Key}{n}" }, Response: Response with { Body = [(byte)n] })).ToArray();
        await Database.WriteAsync(async tx => await Store.FinishUnusedAsync(tx, answers), Ct);

        var asked = answers.Select(answer => answer.Key).Append(key).Append(key with { Key = key.Key + "started" })
            .Append(answers[3].Key with { Fingerprint = [.. new byte[31], 1] }).Append(answers[3].Key with { Scope = "acct_1:live" }).ToArray();
        var states = await Database.ReadAsync(async reader => await Store.FindAsync(reader, asked), Ct);

        Assert.Equal(asked.Length, states.Count);
        for (var n = 0; n < 40; n++) Assert.Equal([(byte)n], Assert.IsType<IdempotencyState.Finished>(states[n]).Response.Body);
        Assert.Equal(
            [typeof(IdempotencyState.Unused), typeof(IdempotencyState.InFlight), typeof(IdempotencyState.Mismatch), typeof(IdempotencyState.Unused)],
            states.Skip(40).Select(state => state.GetType()));
    }

    [Fact]
    public async Task An_answer_under_a_key_that_is_used_already_is_stored_by_nobody_and_undoes_its_neighbours()
    {
        await FinishAsync(key, Response);
        var fresh = key with { Key = key.Key + "fresh" };

        await Assert.ThrowsAsync<UniqueViolationException>(() => Database.WriteAsync(
            async tx => await Store.FinishUnusedAsync(tx, [(fresh, Response), (key, Response with { Status = 200 })]), Ct));

        Assert.Equal(402, Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key, Ct)).Response.Status);
        Assert.IsType<IdempotencyState.Unused>(await Store.FindAsync(fresh, Ct));
    }

    [Fact]
    public async Task Merchants_and_modes_have_keys_of_their_own()
    {
        await ClaimAsync(key);

        Assert.IsType<IdempotencyState.Unused>(await ClaimAsync(key with { Scope = "acct_1:live" }));
        Assert.IsType<IdempotencyState.Unused>(await ClaimAsync(key with { Scope = "acct_2:test" }));
    }

    [Fact]
    public async Task A_request_that_was_cut_off_tells_what_it_was_about()
    {
        var subject = Guid.Parse("01984f00-0000-7000-8000-000000000005");
        await ClaimAsync(key, subject);
        time.Advance(TimeSpan.FromSeconds(89));
        Assert.IsType<IdempotencyState.InFlight>(await Store.FindAsync(key, Ct));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new IdempotencyState.CutOff(subject), await ClaimAsync(key));
    }

    [Fact]
    public async Task A_key_that_is_given_back_may_be_used_again_by_whoever_comes_first()
    {
        await ClaimAsync(key);
        await ForgetAsync(key with { RequestId = "req_2" });
        Assert.IsType<IdempotencyState.InFlight>(await Store.FindAsync(key, Ct));

        await ForgetAsync(key);
        Assert.IsType<IdempotencyState.Unused>(await ClaimAsync(key with { RequestId = "req_2" }));
    }

    [Fact]
    public async Task An_answer_that_is_stored_stays_though_its_key_is_given_back()
    {
        await ClaimAsync(key);
        await FinishAsync(key, Response);

        await ForgetAsync(key);

        Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key, Ct));
    }

    [Fact]
    public async Task Keys_are_forgotten_after_thirty_days_and_not_before()
    {
        for (var i = 0; i < 1_200; i += 100)
        {
            await Task.WhenAll(Enumerable.Range(i, 100).Select(n => FinishAsync(key with { Key = $"{key.Key} {n}" }, Response)));
        }

        time.Advance(TimeSpan.FromDays(29));
        await FinishAsync(key, Response);
        await ExpireAsync();
        Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key with { Key = $"{key.Key} 0" }, Ct));

        time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        await ExpireAsync();

        Assert.IsType<IdempotencyState.Unused>(await Store.FindAsync(key with { Key = $"{key.Key} 0" }, Ct));
        Assert.IsType<IdempotencyState.Unused>(await Store.FindAsync(key with { Key = $"{key.Key} 1199" }, Ct));
        Assert.IsType<IdempotencyState.Finished>(await Store.FindAsync(key, Ct));
    }

    private Task ForgetAsync(IdempotencyKey forgotten) => Database.WriteAsync(async tx => await Store.ForgetAsync(tx, forgotten), Ct);

    private Task<JobOutcome> ExpireAsync() => services.GetRequiredService<IdempotencyExpiry>().RunAsync(new Job(new ShardId(0), "", "", "", 1), Ct);

    private Task<IdempotencyState> ClaimAsync(IdempotencyKey claimed, Guid? subject = null) =>
        Database.WriteAsync(tx => Store.ClaimAsync(tx, claimed, subject), Ct);

    private Task FinishAsync(IdempotencyKey finished, StoredResponse response) =>
        Database.WriteAsync(async tx => await Store.FinishAsync(tx, finished, response), Ct);
}

public sealed class IdempotencyOnSqlite(SqliteFixture fixture) : IdempotencyTests(fixture), IClassFixture<SqliteFixture>;

[Trait("Engine", "postgres")]
public sealed class IdempotencyOnPostgres(PostgresFixture fixture) : IdempotencyTests(fixture), IClassFixture<PostgresFixture>;
