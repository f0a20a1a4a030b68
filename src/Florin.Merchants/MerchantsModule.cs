using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Merchants;

public static class MerchantsModule
{
    /// <remarks>Wants the installation's <see cref="Kernel.KeyRing"/> among the services.</remarks>
    public static IServiceCollection AddMerchants(this IServiceCollection services)
    {
        services.AddSingleton(new MigrationSource("merchants", 1, typeof(MerchantsModule).Assembly));
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<Users>();
        services.AddSingleton<IMerchants, MerchantRegister>();
        return services;
    }
}
