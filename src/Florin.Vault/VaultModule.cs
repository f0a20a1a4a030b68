using Florin.Storage;
using Florin.Vault.Issuers;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Vault;

public static class VaultModule
{
    /// <param name="services">Where the vault is added.</param>
    /// <param name="keys">The keys of this installation; <see cref="KeyFile.Ring"/> serves the other modules.</param>
    public static IServiceCollection AddVault(this IServiceCollection services, KeyFile keys)
    {
        services.AddSingleton(keys);
        services.AddSingleton(new MigrationSource("vault", 1, typeof(VaultModule).Assembly));
        services.AddSingleton<CardCipher>();
        services.AddSingleton<CvcMemory>();
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<IVault, CardVault>();
        services.AddSingleton<IssuerDirectory>();
        services.AddSingleton<IIssuers>(provider => provider.GetRequiredService<IssuerDirectory>());
        services.AddHostedService<IssuerWatch>();
        services.AddJobHandler<RewrapJob>();
        return services;
    }

    /// <summary>Makes sure, once the tables are up to date, that these keys open what the database holds.</summary>
    /// <exception cref="KeyFileException">They do not; the message says which and what to do.</exception>
    public static Task CheckVaultKeysAsync(this IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<KeyCheck>().RunAsync(ct);
}
