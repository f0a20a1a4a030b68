using Florin.Merchants.Audit;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Merchants;

/// <summary>Whom an installation lets in no more, whatever its database holds.</summary>
public sealed record MerchantsOptions
{
    /// <summary>Keys that are printed in the documentation.</summary>
    public IReadOnlyCollection<string> RefusedKeys { get; init; } = [];

    /// <summary>E-mail addresses of users whose password is printed in the documentation.</summary>
    public IReadOnlyCollection<string> RefusedUsers { get; init; } = [];
}

public static class MerchantsModule
{
    /// <remarks>Wants the installation's <see cref="Kernel.KeyRing"/> among the services.</remarks>
    public static IServiceCollection AddMerchants(this IServiceCollection services, MerchantsOptions? options = null)
    {
        services.AddSingleton(options ?? new MerchantsOptions());
        services.AddSingleton(new MigrationSource("merchants", 1, typeof(MerchantsModule).Assembly));
        services.AddMetrics();
        services.AddSingleton<KeyUses>();
        services.AddHostedService<KeyUseWriter>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<Users>();
        services.AddSingleton<IMerchants, MerchantRegister>();
        services.AddSingleton<IAudit, AuditLog>();
        services.AddSingleton<RequestLogMetrics>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<IRequestLog>(provider => provider.GetRequiredService<RequestLog>());
        services.AddHostedService<RequestLogWriter>();
        services.AddJobHandler<RequestLogExpiry>();
        return services;
    }
}
