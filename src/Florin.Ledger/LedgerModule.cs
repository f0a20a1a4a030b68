using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger;

public static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton(new MigrationSource("ledger", 1, typeof(LedgerModule).Assembly));
        services.AddSingleton<LedgerProver>();
        services.AddSingleton<ILedger, LedgerBook>();
        return services;
    }
}
