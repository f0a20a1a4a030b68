using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Events;
using Florin.Storage.Idempotency;

namespace Florin.Api.Events;

/// <summary><c>/v1/events</c>.</summary>
internal static class EventRoutes
{
    private const string Url = "/v1/events";
    private static readonly AnsweredObject One = new("event");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, One with { IsList = true }, ListAsync),
        new("GET", Url + "/{id}", RouteAccess.Secret, One, static call => call.RetrieveAsync<EventId, StoredEvent>(
            "event", id => call.Services.Events.FindAsync(call.Scope, id, call.Ct), EventJson.Write)),
    ];

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var parameters = call.Parameters;
        var type = parameters.FilledText("type", most: 100);
        var types = EventTypePatterns.Read(parameters, "types");
        if (type is not null && types is not null)
        {
            parameters.Refuse<string>("types", "parameters_exclusive", "Give type or types, not both.");
        }

        var (from, before) = parameters.ReadCreated();
        var filter = new EventFilter(type is null ? types ?? [] : EventTypePatterns.Expand(type), from, before, parameters.Bool("delivery_success"));
        return call.ListAsync<EventId, StoredEvent>(
            Url, page => call.Services.Events.ListAsync(call.Scope, filter, page, call.Ct), EventJson.Write);
    }
}
