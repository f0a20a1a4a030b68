using Florin.Kernel;
using Florin.Storage.Idempotency;
using Florin.Storage.Jobs;
using Florin.Storage.Nodes;
using Florin.Storage.Postgres;
using Florin.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Florin.Storage;

/// <summary>Which database: <c>sqlite:PATH</c>, or <c>postgres://user:password@host:port/name</c>.</summary>
public sealed record DatabaseUrl(string Value)
{
    public override string ToString() => Value.StartsWith("sqlite:", StringComparison.Ordinal) ? Value : "postgres://[secret]";
}

public static class StorageModule
{
    public static IServiceCollection AddStorage(this IServiceCollection services, DatabaseUrl url)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RandomSource.System);
        services.TryAddSingleton<IdSource>();
        services.AddSingleton(provider => Open(url, provider));
        services.AddSingleton(new MigrationSource("storage", 0, typeof(StorageModule).Assembly));
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<JobWakeUp>();
        services.AddSingleton<IJobs, JobStore>();
        services.AddSingleton<JobStore>(provider => (JobStore)provider.GetRequiredService<IJobs>());
        services.AddSingleton<IIdempotency, IdempotencyStore>();
        services.AddSingleton<Node>();
        services.AddSingleton<INodeHoldings>(provider => provider.GetRequiredService<JobStore>());
        // Before the workers, and stopped after them.
        services.AddHostedService<NodeWatch>();
        services.AddSingleton<GivenUpKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<GivenUpKeys>());
        services.AddHostedService<JobWorker>();
        services.AddJobHandler<IdempotencyExpiry>();
        return services;
    }

    public static IServiceCollection AddJobHandler<T>(this IServiceCollection services) where T : class, IJobHandler
    {
        services.AddSingleton<T>();
        return services.AddSingleton<IJobHandler>(provider => provider.GetRequiredService<T>());
    }

    /// <summary>Brings the tables of all modules up to date.</summary>
    /// <exception cref="NewerDatabaseException">The database belongs to a newer version.</exception>
    /// <exception cref="DatabaseException">The database cannot be reached.</exception>
    public static Task MigrateAsync(this IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<MigrationRunner>().RunAsync(ct);

    /// <exception cref="FormatException">The URL is of neither form.</exception>
    private static IDatabase Open(DatabaseUrl url, IServiceProvider provider)
    {
        if (url.Value.StartsWith("sqlite:", StringComparison.Ordinal)) return new SqliteDatabase(url.Value["sqlite:".Length..]);
        return new PostgresDatabase(
            PostgresUrl.ToConnectionString(url.Value),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RandomSource>());
    }
}
