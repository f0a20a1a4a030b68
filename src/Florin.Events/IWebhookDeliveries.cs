using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Events;

/// <summary>The calls made to endpoints, to be looked at and to be made again.</summary>
public interface IWebhookDeliveries
{
    /// <summary>The calls made to one endpoint, newest first, without what was sent.</summary>
    Task<Page<WebhookAttempt>> ListAttemptsAsync(
        MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptFilter filter, PageRequest<WebhookAttemptId> page, CancellationToken ct);

    /// <summary>One call with what was sent.</summary>
    Task<WebhookAttempt?> FindAttemptAsync(MerchantScope scope, WebhookEndpointId endpoint, WebhookAttemptId id, CancellationToken ct);

    /// <summary>Tells an event once more, with the same id and body; the schedule of retries begins anew.</summary>
    /// <param name="endpoint">Whom to tell, also of what it did not ask for; null tells all that were told and are enabled.</param>
    /// <returns>What will be sent, or a refusal: <c>resource_missing</c>, <c>webhook_endpoint_disabled</c>.</returns>
    /// <remarks>What waits or is being sent already is sent once, so that asking twice at once tells once.</remarks>
    Task<Result<WebhookResend>> ResendAsync(
        MerchantScope scope, EventId id, WebhookEndpointId? endpoint, IdempotentWrite<WebhookResend>? answer, CancellationToken ct);

    /// <summary>Tells an endpoint the events of a time once more, oldest first: those of the types it asks for, also where it
    /// was disabled when they happened.</summary>
    /// <inheritdoc cref="ResendAsync" path="/returns"/>
    Task<Result<WebhookResend>> ResendRangeAsync(
        MerchantScope scope, WebhookEndpointId endpoint, ResendRange range, IdempotentWrite<WebhookResend>? answer, CancellationToken ct);
}

public readonly record struct WebhookAttemptId(Guid Value) : IId<WebhookAttemptId>
{
    public static string Prefix => "wha_";

    public static WebhookAttemptId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <param name="Event">Only calls that told of this event.</param>
/// <param name="IsTaken">Only calls that were answered with 2xx, or only the others.</param>
public sealed record WebhookAttemptFilter(EventId? Event = null, bool? IsTaken = null);

/// <summary>One call of an endpoint.</summary>
/// <param name="Url">Where the endpoint was then.</param>
/// <param name="RequestBody">What was sent, byte for byte; null in lists.</param>
/// <param name="Status">The HTTP status answered; null when there was no answer.</param>
/// <param name="AnswerHeaders">The headers of the answer that tell how it came about, each by its lower-case name.</param>
/// <param name="Answer">The first 16 KiB of the answer's body, or why there was none.</param>
public sealed record WebhookAttempt(
    WebhookAttemptId Id,
    EventId Event,
    string EventType,
    WebhookEndpointId Endpoint,
    string Url,
    byte[]? RequestBody,
    int? Status,
    int DurationMs,
    IReadOnlyDictionary<string, string> AnswerHeaders,
    string Answer,
    bool IsLive,
    DateTimeOffset At)
{
    public bool IsTaken => Status is >= 200 and < 300;
}

/// <param name="Types">Event types; empty means all that the endpoint asks for.</param>
/// <param name="IsTaken">Only what the endpoint took, or (false) only what it did not; null means both.</param>
/// <param name="StartingAfter">The last event of a resend before this one.</param>
/// <param name="Limit">How many events at most, 1 to <see cref="MostEvents"/>.</param>
public sealed record ResendRange(
    DateTimeOffset From, DateTimeOffset? Before, IReadOnlyCollection<string> Types, bool? IsTaken, EventId? StartingAfter, int Limit)
{
    public const int MostEvents = 1_000;
}

/// <param name="Endpoints">Who will be told.</param>
/// <param name="Count">How many deliveries wait to be made.</param>
/// <param name="LastEvent">The newest event of them; a range that goes on starts after it.</param>
/// <param name="HasMore">Whether the range has more events than were asked for.</param>
public sealed record WebhookResend(IReadOnlyList<WebhookEndpointId> Endpoints, int Count, EventId? LastEvent, bool HasMore);
