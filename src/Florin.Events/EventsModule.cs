using Florin.Events.Retention;
using Florin.Events.Webhooks;
using Florin.Storage;
using Florin.Storage.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Events;

public static class EventsModule
{
    /// <summary>The event log and its webhooks. Wants storage, and the <see cref="Kernel.KeyRing"/> that seals signing secrets.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services, WebhookOptions? options = null)
    {
        services.AddMetrics();
        services.AddSingleton(options ?? new WebhookOptions());
        services.AddSingleton(new MigrationSource("events", 1, typeof(EventsModule).Assembly));
        services.AddSingleton<IEvents, EventStore>();
        services.AddSingleton<IWebhookEndpoints, WebhookEndpoints>();
        services.AddSingleton<IWebhookDeliveries, WebhookDeliveries>();
        services.AddSingleton<EventMetrics>();
        services.AddSingleton<AddressRules>();
        services.AddSingleton<EndpointRules>();
        services.AddSingleton<SigningSecrets>();
        services.AddSingleton<WebhookConnections>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<DeliveryWakeUp>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<INodeHoldings>(provider => provider.GetRequiredService<DeliveryStore>());
        services.AddHostedService<DeliveryWorker>();
        services.AddJobHandler<EventExpiry>();
        return services;
    }
}
