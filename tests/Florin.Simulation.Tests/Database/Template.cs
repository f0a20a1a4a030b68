using System.Runtime.CompilerServices;
using Florin.Connectors;
using Florin.Events;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Payments;
using Florin.Simulation.Tests.Gateways;
using Florin.Simulation.Tests.Scheduling;
using Florin.Storage;
using Florin.Storage.Sqlite;
using Florin.Vault;
using Microsoft.Extensions.DependencyInjection;
using SQLitePCL;

namespace Florin.Simulation.Tests.Database;

/// <summary>The database that every seed begins with: the tables of all modules, one merchant with three gateways, and an
/// endpoint that is told everything.</summary>
/// <remarks>Made once in a process, by the real migrations, from fixed dice; a seed gets a copy of its pages.</remarks>
internal sealed class Template : IDisposable
{
    private const ulong Seed = 0x464C_4F52_494E;

    // Every change of a state leaves a row behind, whoever made it: the history shows them, and the checks look for moves
    // that are not legal.
    private static readonly (string Table, string Column)[] States =
    [
        ("payment_intents", "status"), ("payment_attempts", "state"), ("charges", "status"), ("charge_operations", "state"), ("refunds", "state"),
        ("disputes", "status"), ("dispute_responses", "state"), ("checkout_sessions", "status"),
    ];

    private static readonly Lazy<Template> Made = new(static () => Task.Run(MakeAsync).GetAwaiter().GetResult());

    // A connection serves one thread.
    private readonly ThreadLocal<SqliteConnection> sources;
    private readonly DirectoryInfo directory;

    private Template(DirectoryInfo directory, MerchantScope scope, IReadOnlyList<ConnectorAccountId> accounts)
    {
        (this.directory, Scope, Accounts) = (directory, scope, accounts);
        sources = new ThreadLocal<SqliteConnection>(() => new SqliteConnection(PathIn(directory), readOnly: true));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public static Template Instance => Made.Value;

    public static KeyFile Keys { get; } = KeyFile.InMemory(new SeededBytes(new Dice(Seed)));

    public MerchantScope Scope { get; }

    public IReadOnlyList<ConnectorAccountId> Accounts { get; }

    /// <summary>Memory-backed where the system has such a place: the disk is not what is simulated.</summary>
    public static DirectoryInfo Scratch()
    {
        var place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(place, $"florin-simulation-{Guid.NewGuid():N}"));
    }

    public void CopyTo(SqliteConnection target)
    {
        using var backup = raw.sqlite3_backup_init(Handle(target), "main", Handle(sources.Value!), "main");
        var code = raw.sqlite3_backup_step(backup, -1);
        if (code != raw.SQLITE_DONE) throw new InvalidOperationException($"The database could not be copied: SQLite says {code}.");
    }

    public void CopyTo(string path) => File.Copy(PathIn(directory), path);

    public void Dispose()
    {
        if (directory.Exists) directory.Delete(recursive: true);
    }

    private static string PathIn(DirectoryInfo directory) => Path.Combine(directory.FullName, "template.db");

    private static async Task<Template> MakeAsync()
    {
        var directory = Scratch();
        var path = PathIn(directory);
        var dice = new Dice(Seed);
        var history = new History();
        var outside = new Actor("template", new Scheduler(dice, history));
        MerchantScope scope;
        List<ConnectorAccountId> accounts;
        await using (var services = Node.Compose(new SimulatedTime(new Scheduler(dice, history), outside), new SeededBytes(dice), SimulatedLog.Deaf, static _ => { }, path))
        {
            await services.MigrateAsync(CancellationToken.None);
            (scope, accounts) = await SeedAsync(services);
        }

        // Left in rollback mode and without a log beside it, so that the one file is all of it.
        using (var connection = new SqliteConnection(path, readOnly: false))
        {
            connection.ExecuteScript("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
            connection.ExecuteScript("CREATE TABLE simulation_moves (number INTEGER PRIMARY KEY, kind text, id blob, was text, became text);");
            foreach (var (table, column) in States) connection.ExecuteScript(Triggers(table, column));
        }

        return new Template(directory, scope, accounts);
    }

    private static async Task<(MerchantScope Scope, List<ConnectorAccountId> Accounts)> SeedAsync(IServiceProvider services)
    {
        var fees = new MerchantFees(290, new Dictionary<string, long> { ["EUR"] = 25 });
        var merchant = await services.GetRequiredService<IMerchants>().CreateAsync(
            new NewMerchant(new ShardId(7), "The simulated shop", "KR", fees), CancellationToken.None);
        var scope = new MerchantScope(merchant.Id, IsLive: false);
        var accounts = new List<ConnectorAccountId>();
        foreach (var name in SimulatedConnector.Names)
        {
            var account = new NewConnectorAccount(
                name, new Uri($"https://{name}.example/"), new Dictionary<string, Secret<string>>(), Currencies: [], Priority: accounts.Count)
            {
                DisputeFees = new Dictionary<string, long> { ["EUR"] = SimulatedConnector.DisputeFeeMinor },
            };
            accounts.Add((await services.GetRequiredService<IConnectorAccounts>().EnsureAsync(scope, account, CancellationToken.None)).Value);
        }

        var endpoint = new WebhookEndpointSettings("http://127.0.0.1:21300/told", ["*"], null, null, new Dictionary<string, string>());
        var told = await services.GetRequiredService<IWebhookEndpoints>().CreateAsync(scope, endpoint, answer: null, CancellationToken.None);
        return told.IsSuccess ? (scope, accounts) : throw new InvalidOperationException(told.Refusal.Message);
    }

    private static string Triggers(string table, string column) =>
        $"""
         CREATE TRIGGER simulation_{table}_begin AFTER INSERT ON {table}
             BEGIN INSERT INTO simulation_moves (kind, id, was, became) VALUES ('{table}', NEW.id, '', NEW.{column}); END;
         CREATE TRIGGER simulation_{table}_move AFTER UPDATE OF {column} ON {table} WHEN OLD.{column} <> NEW.{column}
             BEGIN INSERT INTO simulation_moves (kind, id, was, became) VALUES ('{table}', NEW.id, OLD.{column}, NEW.{column}); END;
         """;

    // The library's online backup wants the handles themselves, which the program has no other use for.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "handle")]
    private static extern ref sqlite3 Handle(SqliteConnection connection);
}
