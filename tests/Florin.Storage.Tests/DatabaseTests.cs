using System.Runtime.InteropServices;
using Florin.Kernel;
using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Storage.Tests;

/// <summary>What the seam promises on either engine.</summary>
public abstract class DatabaseTests(DatabaseFixture fixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private ServiceProvider services = null!;

    protected IDatabase Database => services.GetRequiredService<IDatabase>();

    public async Task InitializeAsync()
    {
        services = await fixture.StartAsync();
        await WriteAsync($"DROP TABLE IF EXISTS things");
        await WriteAsync($"CREATE TABLE things (id bigint PRIMARY KEY, amount bigint, name text, data bytea, marked boolean, key uuid, shard smallint)");
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_value_comes_back_as_it_was_written()
    {
        var key = Guid.Parse("01984f00-1234-7abc-8def-00112233fabc");
        await WriteAsync($"INSERT INTO things VALUES (1, {long.MinValue}, {"é花\U0001F4B3"}, {new byte[] { 0, 255, 1 }}, {true}, {key}, {new ShardId(4095)})");
        await WriteAsync($"INSERT INTO things VALUES (2, {(long?)null}, {""}, {Array.Empty<byte>()}, {false}, {(Guid?)null}, {new ShardId(0)})");
        await WriteAsync($"INSERT INTO things VALUES (3, {long.MaxValue}, {(string?)null}, {(byte[]?)null}, {(bool?)null}, {key}, {new ShardId(1)})");

        var rows = await QueryAsync(
            $"SELECT amount, name, data, marked, key, shard FROM things ORDER BY id",
            row => (row.Int64OrNull(0), row.TextOrNull(1), row.BytesOrNull(2), Marked: row.IsNull(3) ? (bool?)null : row.Bool(3), Key: row.IsNull(4) ? (Guid?)null : row.Uuid(4), row.Int64(5)));

        Assert.Equal((long.MinValue, "é花\U0001F4B3", true, key, 4095), (rows[0].Item1, rows[0].Item2, rows[0].Marked, rows[0].Key, rows[0].Item6));
        Assert.Equal([0, 255, 1], rows[0].Item3!);
        Assert.Equal((null, "", false, null), (rows[1].Item1, rows[1].Item2, rows[1].Marked, rows[1].Key));
        Assert.Empty(rows[1].Item3!);
        Assert.Equal((long.MaxValue, null, null, null), (rows[2].Item1, rows[2].Item2, rows[2].Item3, rows[2].Marked));
    }

    [Fact]
    public async Task Ids_sort_in_the_database_as_they_sort_here()
    {
        var ids = services.GetRequiredService<IdSource>();
        var made = Enumerable.Range(0, 50).Select(_ => ids.NewValue(new ShardId(7))).ToList();
        for (var i = 0; i < made.Count; i++) await WriteAsync($"INSERT INTO things (id, key) VALUES ({(long)i}, {made[i]})");

        Assert.Equal(made, await QueryAsync($"SELECT key FROM things ORDER BY key", row => row.Uuid(0)));
        Assert.Equal(made, made.Order());
    }

    [Fact]
    public async Task One_failing_write_among_many_leaves_no_trace_and_harms_no_neighbour()
    {
        var writes = Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                await Database.WriteAsync(
                    async tx =>
                    {
                        await tx.ExecuteAsync($"INSERT INTO things (id, amount) VALUES ({(long)i}, 1)");
                        await tx.EnqueueAsync($"INSERT INTO things (id, amount) VALUES ({(long)i + 1_000}, 1)");
                        if (i % 10 == 0) throw new InvalidTimeZoneException();
                        if (i % 10 == 1) await tx.ExecuteAsync($"INSERT INTO things (id, amount) VALUES ({(long)i}, 2)");
                        if (i % 10 == 2) await tx.ExecuteAsync($"INSERT INTO no_such_table VALUES (1)");
                    },
                    Ct);
                return "";
            }
            catch (Exception failure)
            {
                return failure.GetType().Name;
            }
        }).ToList();
        var outcomes = await Task.WhenAll(writes);

        for (var i = 0; i < outcomes.Length; i++)
        {
            var expected = (i % 10) switch { 0 => nameof(InvalidTimeZoneException), 1 => nameof(UniqueViolationException), 2 => nameof(DatabaseException), _ => "" };
            Assert.Equal(expected, outcomes[i]);
        }

        Assert.Equal(
            Enumerable.Range(0, 200).Where(i => i % 10 > 2).Select(i => (long)i),
            await QueryAsync($"SELECT id FROM things WHERE id < 1000 ORDER BY id", row => row.Int64(0)));
        Assert.Equal(140, Assert.Single(await QueryAsync($"SELECT COUNT(*) FROM things WHERE id >= 1000", row => row.Int64(0))));
    }

    [Fact]
    public async Task An_abandoned_write_answers_and_leaves_nothing()
    {
        var told = false;
        var answer = await Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)");
                tx.OnCommitted(() => told = true);
                tx.Abandon();
                return await tx.CountAsync($"SELECT COUNT(*) FROM things");
            },
            Ct);

        Assert.Equal(1, answer);
        Assert.False(told);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task An_enqueued_statement_that_changes_another_number_of_rows_fails_the_write()
    {
        await WriteAsync($"INSERT INTO things (id, amount) VALUES (1, 5)");

        foreach (var last in (bool[])[true, false])
        {
            await Assert.ThrowsAsync<DatabaseException>(() => Database.WriteAsync(
                async tx =>
                {
                    await tx.EnqueueAsync($"INSERT INTO things (id) VALUES (2)", expectedRows: 1);
                    await tx.EnqueueAsync($"UPDATE things SET amount = 6 WHERE id = 1 AND amount > 5", expectedRows: 1);
                    if (!last) await tx.QueryAsync($"SELECT id FROM things", row => row.Int64(0));
                },
                Ct));
        }

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task An_enqueued_statement_is_seen_by_the_next_question()
    {
        var seen = await Database.WriteAsync(
            async tx =>
            {
                await tx.EnqueueAsync($"INSERT INTO things (id, amount) VALUES (1, 5)");
                await tx.EnqueueAsync($"UPDATE things SET amount = amount + 1 WHERE id = 1", expectedRows: 1);
                return await tx.FirstAsync($"SELECT amount FROM things WHERE id = 1", row => row.Int64(0));
            },
            Ct);

        Assert.Equal(6, seen);
    }

    [Fact]
    public async Task A_failure_that_somebody_caught_still_fails_the_write()
    {
        await Assert.ThrowsAsync<UniqueViolationException>(() => Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)");
                try
                {
                    await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)");
                }
                catch (UniqueViolationException)
                {
                }
            },
            Ct));

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task What_is_to_be_done_after_the_commit_sees_the_commit_and_may_throw_without_harm()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)");
                tx.OnCommitted(() => throw new InvalidTimeZoneException());
            },
            Ct));

        Assert.Equal(1, await CountAsync());
        await WriteAsync($"INSERT INTO things (id) VALUES (2)");
    }

    [Fact]
    public async Task Counters_raised_by_many_at_once_lose_no_update()
    {
        await WriteAsync($"INSERT INTO things (id, amount) VALUES (1, 0)");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => WriteAsync($"UPDATE things SET amount = amount + 1 WHERE id = 1")));

        Assert.Equal([200L], await QueryAsync($"SELECT amount FROM things", row => row.Int64(0)));
    }

    [Fact]
    public async Task A_read_sees_one_snapshot_while_others_write()
    {
        await WriteAsync($"INSERT INTO things (id) VALUES (1)");
        var (before, after) = await Database.ReadAsync(
            async reader =>
            {
                var first = await reader.CountAsync($"SELECT COUNT(*) FROM things");
                await WriteAsync($"INSERT INTO things (id) VALUES (2)");
                return (first, await reader.CountAsync($"SELECT COUNT(*) FROM things"));
            },
            Ct);

        Assert.Equal((1, 1), (before, after));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_single_question_is_answered_with_what_is_committed_by_then()
    {
        for (var expected = 1; expected <= 3; expected++)
        {
            await WriteAsync($"INSERT INTO things (id) VALUES ({expected})");
            Assert.Equal(expected, await Database.AskAsync(async reader => await reader.CountAsync($"SELECT COUNT(*) FROM things"), Ct));
        }
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_stored_as_the_replacement_character()
    {
        await WriteAsync($"INSERT INTO things (id, name) VALUES (1, {"cut \ud83d"})");

        Assert.Equal("cut \ufffd", Assert.Single(await QueryAsync($"SELECT name FROM things", row => row.Text(0))));
    }

    [Fact]
    public async Task A_second_question_without_a_snapshot_is_refused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.AskAsync(
            async reader => await reader.CountAsync($"SELECT COUNT(*) FROM things") + await reader.CountAsync($"SELECT COUNT(*) FROM things"), Ct));

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_cancelled_write_is_not_begun()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Database.WriteAsync(
            async tx => await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)"), new CancellationToken(canceled: true)));

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task What_was_written_is_there_after_closing_and_opening_again()
    {
        await WriteAsync($"INSERT INTO things (id, name) VALUES (1, 'kept')");
        await services.DisposeAsync();
        services = await fixture.StartAsync();

        Assert.Equal("kept", Assert.Single(await QueryAsync($"SELECT name FROM things", row => row.Text(0))));
    }

    [Fact]
    public async Task A_sum_beyond_64_bits_is_an_error_and_not_a_float()
    {
        await WriteAsync($"INSERT INTO things (id, amount) VALUES (1, {long.MaxValue})");

        await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync($"SELECT amount + 1 FROM things", row => row.Int64(0)));
        await Assert.ThrowsAnyAsync<Exception>(() => QueryAsync($"SELECT 1.5", row => row.Int64(0)));
    }

    protected Task<int> WriteAsync(Sql sql) => Database.WriteAsync(async tx => await tx.ExecuteAsync(sql), Ct);

    protected Task<List<T>> QueryAsync<T>(Sql sql, Func<ISqlRow, T> map) =>
        Database.ReadAsync(async reader => await reader.QueryAsync(sql, map), Ct);

    protected Task<long> CountAsync() => Database.ReadAsync(async reader => await reader.CountAsync($"SELECT COUNT(*) FROM things"), Ct);
}

public sealed class DatabaseOnSqlite(SqliteFixture fixture) : DatabaseTests(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task A_write_that_waits_for_something_else_is_refused_and_never_comes_back()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new TaskCompletionSource<Exception?>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (1)");
                await gate.Task;
                late.SetResult(await Record.ExceptionAsync(async () => await tx.ExecuteAsync($"INSERT INTO things (id) VALUES (2)")));
            },
            CancellationToken.None));
        gate.SetResult();

        Assert.IsType<InvalidOperationException>(await late.Task);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_full_disk_fails_cleanly_and_writing_goes_on_when_there_is_room_again()
    {
        await WriteAsync($"INSERT INTO things (id, name) VALUES (1, 'before')");
        var pages = Assert.Single(await Database.WriteAsync(async tx => await tx.QueryAsync($"PRAGMA page_count", row => row.Int64(0)), CancellationToken.None));
        await LimitPagesAsync(pages + 8);

        var big = new byte[100_000];
        var outcomes = await Task.WhenAll(Enumerable.Range(10, 40).Select(async i => await Record.ExceptionAsync(
            () => WriteAsync($"INSERT INTO things (id, data) VALUES ({(long)i}, {(i % 2 == 0 ? big : [])})"))));

        // The big ones found no room; the small ones between them in the same batches were kept.
        Assert.All(outcomes.Where((_, i) => i % 2 == 0), failure => Assert.IsType<DatabaseException>(failure));
        Assert.All(outcomes.Where((_, i) => i % 2 == 1), Assert.Null);
        Assert.Equal(21, await CountAsync());

        await LimitPagesAsync(1_000_000);
        await WriteAsync($"INSERT INTO things (id, data) VALUES (2, {big})");
        Assert.Equal(22, await CountAsync());
    }

    [Fact]
    public void Who_finds_the_file_locked_waits_no_whole_second()
    {
        // A read and a write that begin at once wait some microseconds for each other. A library that was built without a fine clock
        // to sleep by (HAVE_USLEEP, HAVE_NANOSLEEP) makes a second of each of them, and here it says what it makes of a millisecond.
        Assert.Equal(1, Sleep(1));
    }

    private Task<List<long>> LimitPagesAsync(long pages) => Database.WriteAsync(
        async tx => await tx.QueryAsync(Sql.Of(new SqlFragment($"PRAGMA max_page_count = {pages}")), row => row.Int64(0)), CancellationToken.None);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_sleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static extern int Sleep(int milliseconds);
}

[Trait("Engine", "postgres")]
public sealed class DatabaseOnPostgres(PostgresFixture fixture) : DatabaseTests(fixture), IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Of_two_writes_that_lock_each_other_out_the_loser_is_run_again()
    {
        await WriteAsync($"INSERT INTO things (id, amount) VALUES (1, 0)");
        await WriteAsync($"INSERT INTO things (id, amount) VALUES (2, 0)");
        var runs = 0;
        var bothHoldOne = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Task RaiseAsync(long first, long second) => Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync($"UPDATE things SET amount = amount + 1 WHERE id = {first}");

                // The first run of each waits until both hold a row; a run again has no one to wait for.
                if (Interlocked.Increment(ref runs) == 2) bothHoldOne.SetResult();
                await bothHoldOne.Task;
                await tx.ExecuteAsync($"UPDATE things SET amount = amount + 1 WHERE id = {second}");
            },
            CancellationToken.None);
        await Task.WhenAll(RaiseAsync(1, 2), RaiseAsync(2, 1));

        Assert.Equal(3, runs);
        Assert.Equal([2L, 2L], await QueryAsync($"SELECT amount FROM things ORDER BY id", row => row.Int64(0)));
    }
}
