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
        var place = new ListPlace<EventId>(http.Request.Query);
        var page = await events.ListAsync(session.Scope, new EventFilter([]), place.Page(PageSize), ct);
        var deliveries = page.Items.Count == 0 ? [] : await events.DeliveriesAsync(session.Scope, [.. page.Items.Select(found => found.Id)], ct);
        var told = await endpoints.ListAsync(session.Scope, new PageRequest<WebhookEndpointId>(MostEndpoints), ct);
        var (newerUrl, olderUrl) = place.Neighbours(page, recorded => recorded.Id, (cursor, id) => $"{OfficePaths.Webhooks}?{cursor}={id}");
        return PageResult.Of(new WebhooksModel
        {
            Language = OfficeForms.LanguageOf(http.Request),
            Here = http.Request.Path,
            Frame = forms.FrameOf(http),
            Endpoints = [.. told.Items.Select(endpoint => new WebhookEndpointRow(OfficePaths.Webhook(endpoint.Id), endpoint.Url, endpoint.IsEnabled))],
            Deliveries = DeliveryRows.Of(page.Items, deliveries, PaymentUrlOf),
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
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
