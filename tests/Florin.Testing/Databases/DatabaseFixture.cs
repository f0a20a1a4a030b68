using Florin.Kernel;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Florin.Testing.Databases;

/// <summary>A database of its own for one test class, removed afterwards.</summary>
public abstract class DatabaseFixture : IAsyncLifetime
{
    /// <summary>A number nobody else in this run has, for shards, merchants and references of one test.</summary>
    private static int lastShard;

    public abstract SqlEngine Engine { get; }

    public abstract DatabaseUrl Url { get; }

    /// <summary>A shard that no other test of this run uses, so that tests of one database do not meet.</summary>
    public static ShardId FreshShard() => new((short)(Interlocked.Increment(ref lastShard) % ShardId.Count));

    /// <summary>One more empty database, for a test that must not meet its neighbours; removed with the fixture.</summary>
    public abstract Task<DatabaseUrl> NewDatabaseAsync();

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>The storage module on this database, with whatever modules a test adds, its tables up to date.</summary>
    /// <param name="time">The clock, where a test moves it.</param>
    /// <param name="add">Adds modules and replaces services.</param>
    public async Task<ServiceProvider> StartAsync(TimeProvider? time = null, Action<IServiceCollection>? add = null)
    {
        var services = Compose(time, add);
        await services.MigrateAsync(CancellationToken.None);
        return services;
    }

    /// <summary>The same without touching the tables.</summary>
    public ServiceProvider Compose(TimeProvider? time = null, Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddStorage(Url);
        add?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
