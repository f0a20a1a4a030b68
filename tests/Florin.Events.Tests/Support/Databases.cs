using System.Globalization;
using Npgsql;

namespace Florin.Events.Tests.Support;

/// <summary>Makes an empty database of one engine for each test.</summary>
public abstract class DatabaseFixture
{
    /// <returns>Its URL, as the configuration names it.</returns>
    public abstract Task<string> NewDatabaseAsync();
}

public sealed class SqliteFixture : DatabaseFixture, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("florin-events-");
    private int made;

    public override Task<string> NewDatabaseAsync() =>
        Task.FromResult("sqlite:" + Path.Combine(folder.FullName, $"{Interlocked.Increment(ref made)}.db"));

    public void Dispose() => folder.Delete(recursive: true);
}

/// <summary>Uses the server that <c>FLORIN_TEST_POSTGRES</c> names: <c>postgres://user@host:port/postgres</c>.</summary>
public sealed class PostgresFixture : DatabaseFixture, IAsyncLifetime
{
    private readonly List<string> made = [];

    private static Uri Server => new(Environment.GetEnvironmentVariable("FLORIN_TEST_POSTGRES")
        ?? throw new InvalidOperationException("FLORIN_TEST_POSTGRES names no server; leave these tests out with --filter Engine!=postgres."));

    public override async Task<string> NewDatabaseAsync()
    {
        var name = "florin_events_" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        await ExecuteAsync($"CREATE DATABASE {name}");
        made.Add(name);
        return new UriBuilder(Server) { Path = name }.Uri.ToString();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var name in made) await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(string statement)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Server.Host,
            Port = Server.Port,
            Database = Server.AbsolutePath.Trim('/'),
            Username = Server.UserInfo.Split(':')[0],
            Pooling = false,
        };
        if (Server.UserInfo.Contains(':')) settings.Password = Uri.UnescapeDataString(Server.UserInfo.Split(':')[1]);
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
