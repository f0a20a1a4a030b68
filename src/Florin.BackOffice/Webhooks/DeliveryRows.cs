using Florin.BackOffice.Pages;
using Florin.Events;

namespace Florin.BackOffice.Webhooks;

/// <summary>Deliveries as the pages show them.</summary>
internal static class DeliveryRows
{
    public static IReadOnlyList<Pages.WebhookDelivery> Of(
        IReadOnlyList<StoredEvent> events, IReadOnlyList<Events.WebhookDelivery> deliveries, Func<StoredEvent, string?>? paymentUrl)
    {
        var byEvent = deliveries.ToLookup(delivery => delivery.Event);
        return [.. events.SelectMany(
            recorded => byEvent[recorded.Id],
            (recorded, delivery) => new Pages.WebhookDelivery(
                recorded.Id.ToString(),
                recorded.Type,
                delivery.Url,
                StateOf(delivery),
                [.. delivery.Attempts.Select(attempt => new Pages.DeliveryAttempt(attempt.At, attempt.Status, attempt.DurationMs, attempt.Answer))],
                paymentUrl?.Invoke(recorded)))];
    }

    private static Pages.DeliveryState StateOf(Events.WebhookDelivery delivery) => delivery.State switch
    {
        Events.DeliveryState.Pending => delivery.Attempts.Count == 0 ? Pages.DeliveryState.Waiting : Pages.DeliveryState.Retrying,
        Events.DeliveryState.Delivered => Pages.DeliveryState.Delivered,
        Events.DeliveryState.Failed => Pages.DeliveryState.Failed,
    };
}
