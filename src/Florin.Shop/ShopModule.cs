using Florin.Kernel;
using Florin.Pages;
using Florin.Shop.Catalogue;
using Florin.Shop.Orders;
using Florin.Shop.Storefront;
using Florin.Shop.Webhooks;
using Florin.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Shop;

/// <summary>The demo shop: a merchant that sells a dozen things through Florin.</summary>
public static class ShopModule
{
    public static IServiceCollection AddShop(this IServiceCollection services, ShopOwner owner)
    {
        services.AddSingleton(owner);
        services.AddSingleton(new MigrationSource("shop", 4, typeof(ShopModule).Assembly));
        services.AddSingleton<ShopPrices>();
        services.AddSingleton<OrderDesk>();
        services.AddSingleton<ShopWebhooks>();
        services.AddSingleton(provider => new Shelves(
            new FormTokens(provider.GetRequiredService<KeyRing>().Derive("shop forms"), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<OrderDesk>()));
        services.AddJobHandler<LapsedOrders>();
        return services;
    }

    public static void MapShop(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapAssets(ShopAssets.Files);
        StorefrontEndpoints.Map(endpoints);
        OrderEndpoints.Map(endpoints);
        endpoints.ServiceProvider.GetRequiredService<ShopWebhooks>().Map(endpoints);
    }

    /// <summary>Fills the shelves and registers the shop's webhook; changes nothing that is there already.</summary>
    public static async Task SeedShopAsync(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<ShopPrices>().SeedAsync(ct);
        await services.GetRequiredService<OrderDesk>().SeedAsync(ct);
        await services.GetRequiredService<ShopWebhooks>().RegisterAsync(ct);
    }
}
