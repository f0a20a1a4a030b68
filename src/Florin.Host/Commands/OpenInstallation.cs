using Florin.Api;
using Florin.Host.Start;
using Florin.Payments;
using Florin.Storage;
using Florin.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Host.Commands;

/// <summary>An installation opened by a command that looks at it or changes it, without serving.</summary>
internal sealed class OpenInstallation : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly IDisposable? held;

    private OpenInstallation(ServiceProvider services, IDisposable? held)
    {
        this.services = services;
        this.held = held;
    }

    /// <summary>Opens one that is there, to look at it. It may be running.</summary>
    public static Task<OpenInstallation> ToReadAsync(Installation place, CancellationToken ct)
    {
        place.RequirePresent();
        return OpenAsync(place, held: null, ct);
    }

    /// <summary>Opens one that is there, to change it.</summary>
    /// <exception cref="CannotRunException">It is running on SQLite, whose file has one writer; or it is not there.</exception>
    public static Task<OpenInstallation> ToChangeAsync(Installation place, CancellationToken ct)
    {
        place.RequirePresent();
        return OpenAsync(place, HoldFor(place), ct);
    }

    /// <summary>As <see cref="ToChangeAsync"/>, and makes the installation where there is none yet.</summary>
    public static Task<OpenInstallation> ToBeginAsync(Installation place, CancellationToken ct)
    {
        place.Data.Prepare();
        return OpenAsync(place, HoldFor(place), ct);
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        held?.Dispose();
    }

    // A database server has room for many writers, so a Florin that runs on one is no hindrance.
    private static IDisposable? HoldFor(Installation place) => place.DatabaseFile is null ? null : place.Data.Lock();

    private static async Task<OpenInstallation> OpenAsync(Installation place, IDisposable? held, CancellationToken ct)
    {
        ServiceProvider? provider = null;
        try
        {
            var services = new ServiceCollection().AddLogging();
            Composition.AddModules(services, place, new Opening(new PaymentsOptions(), new ApiOptions(), Demo: true, IsLocal: true));
            provider = services.BuildServiceProvider();

            // Also refuses a database of a newer version, and then a key file that is another database's.
            await provider.MigrateAsync(ct);
            await provider.CheckVaultKeysAsync(ct);
            return new OpenInstallation(provider, held);
        }
        catch
        {
            if (provider is not null) await provider.DisposeAsync();
            held?.Dispose();
            throw;
        }
    }
}
