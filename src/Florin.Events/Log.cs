using Microsoft.Extensions.Logging;

namespace Florin.Events;

/// <summary>Event ids 2000 to 2099. Neither bodies nor addresses are logged: both are the merchant's.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Error, "Webhook deliveries could not be claimed")]
    public static partial void NotClaimed(ILogger logger, Exception failure);

    [LoggerMessage(2001, LogLevel.Error, "How {Count} webhook deliveries ended could not be written down; they will be sent again")]
    public static partial void NotSettled(ILogger logger, int count, Exception failure);

    [LoggerMessage(2002, LogLevel.Error, "Event {Event} could not be sent to {Endpoint}")]
    public static partial void NotSent(ILogger logger, EventId @event, WebhookEndpointId endpoint, Exception failure);

    [LoggerMessage(2003, LogLevel.Debug, "Event {Event} was not taken by {Endpoint}: status {Status} after {DurationMs} ms")]
    public static partial void NotTaken(ILogger logger, EventId @event, WebhookEndpointId endpoint, int? status, int durationMs);

    [LoggerMessage(2004, LogLevel.Warning, "Event {Event} was given up for {Endpoint} after {Attempts} attempts")]
    public static partial void GaveUp(ILogger logger, EventId @event, WebhookEndpointId endpoint, int attempts);

    [LoggerMessage(2005, LogLevel.Warning, "Endpoint {Endpoint} answered 410 Gone and is disabled")]
    public static partial void EndpointGone(ILogger logger, WebhookEndpointId endpoint);

    [LoggerMessage(2006, LogLevel.Information, "{Count} events older than {Days} days were deleted")]
    public static partial void Expired(ILogger logger, int count, int days);
}
