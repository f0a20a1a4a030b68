using System.Text.Json;
using Florin.BackOffice.Pages;
using Florin.BackOffice.SignIn;
using Florin.Events;
using Florin.Kernel;
using Florin.Pages;
using Florin.Payments;
using Florin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Webhooks;

/// <summary>The latest events and how each was delivered.</summary>
internal static class WebhookEndpoints
{
    private const int PageSize = 50;
    private const int MostEndpoints = 100;

    public static void Map(RouteGroupBuilder staff) => staff.MapGet("/webhooks", ListAsync);

    private static async Task<IResult> ListAsync(HttpContext http, IEvents events, IWebhookEndpoints endpoints, OfficeForms forms, CancellationToken ct)
    {
        var session = http.Session();
        var query = http.Request.Query;
        EventId? older = Ids.TryParse<EventId>(query["older_than"], out var olderId) ? olderId : null;
        EventId? newer = older is null && Ids.TryParse<EventId>(query["newer_than"], out var newerId) ? newerId : null;
        var page = await events.ListAsync(session.Scope, new EventFilter([]), new PageRequest<EventId>(PageSize, older, newer), ct);
        var deliveries = page.Items.Count == 0 ? [] : await events.DeliveriesAsync(session.Scope, [.. page.Items.Select(found => found.Id)], ct);
        var told = await endpoints.ListAsync(session.Scope, new PageRequest<WebhookEndpointId>(MostEndpoints), ct);
        var hasNewer = newer is not null ? page.HasMore : older is not null;
        var hasOlder = newer is not null || page.HasMore;
        return PageResult.Of(new WebhooksModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Endpoints = [.. told.Items.Select(endpoint => new WebhookEndpointRow(OfficePaths.Webhook(endpoint.Id), endpoint.Url, endpoint.IsEnabled))],
            Deliveries = DeliveryRows.Of(page.Items, deliveries, PaymentUrlOf),
            NewerUrl = hasNewer && page.Items.Count > 0 ? $"{OfficePaths.Webhooks}?newer_than={page.Items[0].Id}" : null,
            OlderUrl = hasOlder && page.Items.Count > 0 ? $"{OfficePaths.Webhooks}?older_than={page.Items[^1].Id}" : null,
        });
    }

    // An event's object is a payment, or names the one it belongs to.
    private static string? PaymentUrlOf(StoredEvent recorded)
    {
        using var json = JsonDocument.Parse(recorded.ObjectJson);
        var id = json.RootElement.TryGetProperty("payment_intent", out var owner) ? owner : json.RootElement.GetProperty("id");
        return id.ValueKind == JsonValueKind.String && Ids.TryParse<PaymentIntentId>(id.GetString(), out var intent)
            ? OfficePaths.Payment(intent)
            : null;
    }
}
