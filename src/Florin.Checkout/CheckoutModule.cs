using Florin.Checkout.Forms;
using Florin.Checkout.Sessions;
using Florin.Kernel;
using Florin.Pages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Checkout;

/// <summary>The hosted payment page.</summary>
public static class CheckoutModule
{
    public static IServiceCollection AddCheckout(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PayForms(
            new FormTokens(provider.GetRequiredService<KeyRing>().Derive("checkout forms"), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SessionPages>();
        return services;
    }

    public static void MapCheckout(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAssets(CheckoutAssets.Files);
        SessionEndpoints.Map(endpoints);
        ReturnEndpoints.Map(endpoints);
    }
}
