using Florin.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Storage.Tests;

public abstract class MigrationTests(Func<DatabaseFixture> makeFixture) : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly DatabaseFixture fixture = makeFixture();

    public Task InitializeAsync() => fixture.InitializeAsync();

    public Task DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task A_second_start_finds_everything_done()
    {
        await using var first = await fixture.StartAsync();
        var before = await AppliedAsync(first);
        await using var second = await fixture.StartAsync();

        Assert.Equal(["storage 1 jobs", "storage 2 idempotency_keys", "storage 3 nodes"], before);
        Assert.Equal(before, await AppliedAsync(second));
    }

    [Fact]
    public async Task Starts_at_once_migrate_once()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => fixture.StartAsync())));

        Assert.Equal(3, (await AppliedAsync(started[0])).Count);
        foreach (var node in started) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var services = await fixture.StartAsync();
        await ExecuteAsync(services, $"INSERT INTO schema_migrations VALUES ('storage', 99, 'from_the_future', 'x', 0)");

        var refusal = await Assert.ThrowsAsync<NewerDatabaseException>(() => services.MigrateAsync(Ct));
        Assert.Contains("from_the_future", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_whose_text_changed_since_is_refused()
    {
        await using var services = await fixture.StartAsync();
        await ExecuteAsync(services, $"UPDATE schema_migrations SET checksum = 'x' WHERE number = 2");

        await Assert.ThrowsAsync<NewerDatabaseException>(() => services.MigrateAsync(Ct));
    }

    private static Task ExecuteAsync(ServiceProvider services, Sql statement) =>
        services.GetRequiredService<IDatabase>().WriteAsync(async tx => Assert.Equal(1, await tx.ExecuteAsync(statement)), Ct);

    private static Task<List<string>> AppliedAsync(ServiceProvider services) => services.GetRequiredService<IDatabase>().ReadAsync(
        async reader => await reader.QueryAsync(
            $"SELECT module, number, name FROM schema_migrations ORDER BY module, number",
            row => $"{row.Text(0)} {row.Int64(1)} {row.Text(2)}"),
        Ct);
}

public sealed class MigrationsOnSqlite() : MigrationTests(() => new SqliteFixture());

[Trait("Engine", "postgres")]
public sealed class MigrationsOnPostgres() : MigrationTests(() => new PostgresFixture());
