using Florin.Testing.Databases;
using Florin.Testing.Processes;

namespace Florin.Scenarios.Tests;

/// <summary>One Florin on a database of its own for all tests of a class.</summary>
public abstract class FlorinFixture(DatabaseFixture database) : IAsyncLifetime
{
    /// <summary>Longer than the sandbox's slow card takes, so that only lost answers are lost.</summary>
    public const int GatewayTimeoutSeconds = 12;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("florin-scenario-");

    public FlorinServer Florin { get; private set; } = null!;

    public DatabaseFixture Database => database;

    public string DataDirectory => directory.FullName;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Florin = await StartAsync(GatewayTimeoutSeconds);
    }

    /// <summary>Another start on the same data.</summary>
    public async Task RestartAsync(int gatewayTimeoutSeconds)
    {
        var port = Florin.Port;
        await Florin.DisposeAsync();
        Florin = await StartAsync(gatewayTimeoutSeconds, port);
    }

    /// <summary>Proves the ledger with the program's own command, beside the running server.</summary>
    public async Task ProveLedgerAsync()
    {
        var (exitCode, output) = await FlorinServer.RunAsync("ledger", "verify", "--data", DataDirectory, "--database", database.Url.Value);
        Assert.True(exitCode == 0, output);
    }

    public async Task DisposeAsync()
    {
        await Florin.DisposeAsync();
        await database.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private Task<FlorinServer> StartAsync(int gatewayTimeoutSeconds, int port = 0) => FlorinServer.StartAsync(
        directory.FullName, port, "--database", database.Url.Value, "--gateway-timeout", $"{gatewayTimeoutSeconds}");
}

public sealed class FlorinOnSqlite() : FlorinFixture(new SqliteFixture());

public sealed class FlorinOnPostgres() : FlorinFixture(new PostgresFixture());
