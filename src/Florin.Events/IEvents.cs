using Florin.Kernel;
using Florin.Storage;
using Florin.Storage.Idempotency;

namespace Florin.Events;

/// <summary>What happened, kept as it was, and told to whom it concerns.</summary>
public interface IEvents
{
    /// <summary>Records an event, and one delivery for each endpoint that wants it, in the transaction of the change.</summary>
    ValueTask<EventId> RecordAsync(ITransaction tx, NewEvent newEvent);

    Task<StoredEvent?> FindAsync(MerchantScope scope, EventId id, CancellationToken ct);

    /// <summary>Newest first, by cursor.</summary>
    Task<Page<StoredEvent>> ListAsync(MerchantScope scope, EventFilter filter, PageRequest<EventId> page, CancellationToken ct);

    /// <summary>The events about one thing or several, oldest first, at most 200.</summary>
    Task<IReadOnlyList<StoredEvent>> ForSubjectsAsync(MerchantScope scope, IReadOnlyCollection<Guid> subjects, CancellationToken ct);

    /// <summary>How each event of a list was delivered, with every attempt.</summary>
    Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(MerchantScope scope, IReadOnlyCollection<EventId> events, CancellationToken ct);
}

/// <summary>Where a merchant wants to be told.</summary>
public interface IWebhookEndpoints
{
    /// <returns>The endpoint with its signing secret, which is shown this once; or a refusal that names the field.</returns>
    Task<Result<NewWebhookEndpoint>> CreateAsync(MerchantScope scope, WebhookEndpointSettings settings, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct);

    Task<Result<WebhookEndpoint>> UpdateAsync(
        MerchantScope scope, WebhookEndpointId id, WebhookEndpointChange change, IdempotentWrite<WebhookEndpoint>? answer, CancellationToken ct);

    /// <summary>Makes a new signing secret. For as long as the overlap lasts, calls carry a signature by each of the two.</summary>
    /// <param name="overlap">Zero ends the old secret at once; an older one than that ends in any case.</param>
    /// <returns>The endpoint with its new secret, which is shown this once.</returns>
    Task<Result<NewWebhookEndpoint>> RollSecretAsync(
        MerchantScope scope, WebhookEndpointId id, TimeSpan overlap, IdempotentWrite<NewWebhookEndpoint>? answer, CancellationToken ct);

    /// <returns>What is gone, or a refusal where there was none.</returns>
    Task<Result<DeletedWebhookEndpoint>> DeleteAsync(
        MerchantScope scope, WebhookEndpointId id, IdempotentWrite<DeletedWebhookEndpoint>? answer, CancellationToken ct);

    Task<WebhookEndpoint?> FindAsync(MerchantScope scope, WebhookEndpointId id, CancellationToken ct);

    Task<Page<WebhookEndpoint>> ListAsync(MerchantScope scope, PageRequest<WebhookEndpointId> page, CancellationToken ct);
}

public readonly record struct EventId(Guid Value) : IId<EventId>
{
    public static string Prefix => "evt_";

    public static EventId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

public readonly record struct WebhookEndpointId(Guid Value) : IId<WebhookEndpointId>
{
    public static string Prefix => "we_";

    public static WebhookEndpointId From(Guid value) => new(value);

    public override string ToString() => Ids.Format(this);
}

/// <param name="Type">As Stripe names it where the meaning is equal: <c>payment_intent.succeeded</c>.</param>
/// <param name="Subject">The thing it is about.</param>
/// <param name="ObjectJson">The thing as the API shows it now, as UTF-8 JSON.</param>
/// <param name="PreviousAttributesJson">What the changed attributes were before, for <c>*.updated</c> events.</param>
/// <param name="Origin">The API request that caused it; null for what happened by itself.</param>
public sealed record NewEvent(
    MerchantScope Scope, string Type, Guid Subject, byte[] ObjectJson, byte[]? PreviousAttributesJson = null, EventOrigin? Origin = null);

public sealed record EventOrigin(string RequestId, string? IdempotencyKey);

/// <param name="PendingWebhooks">How many endpoints have not yet taken it.</param>
public sealed record StoredEvent(
    EventId Id, string Type, Guid Subject, byte[] ObjectJson, byte[]? PreviousAttributesJson, string ApiVersion, bool IsLive, EventOrigin? Origin, int PendingWebhooks, DateTimeOffset CreatedAt);

/// <param name="Types">Empty means all.</param>
/// <param name="IsDelivered">Only what every endpoint took, or (false) only what one still waits for or did not take at all.</param>
public sealed record EventFilter(
    IReadOnlyCollection<string> Types, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedBefore = null, bool? IsDelivered = null);

/// <param name="EnabledEvents">Event types, or <c>*</c> for all.</param>
public sealed record WebhookEndpointSettings(
    string Url, IReadOnlyList<string> EnabledEvents, string? Description, string? ApiVersion, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What to change; null leaves a thing as it is.</summary>
public sealed record WebhookEndpointChange(
    string? Url, IReadOnlyList<string>? EnabledEvents, string? Description, bool? Disabled, IReadOnlyDictionary<string, string>? Metadata);

public sealed record WebhookEndpoint(
    WebhookEndpointId Id, string Url, IReadOnlyList<string> EnabledEvents, string? Description, string? ApiVersion, bool IsEnabled, bool IsLive, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt)
{
    /// <summary>Until when the secret before the last roll signs too; null where there is none.</summary>
    public DateTimeOffset? OldSecretEndsAt { get; init; }
}

/// <param name="Secret"><c>whsec_</c> and base64: the key of both signatures.</param>
public sealed record NewWebhookEndpoint(WebhookEndpoint Endpoint, Secret<string> Secret);

public sealed record DeletedWebhookEndpoint(WebhookEndpointId Id);

public enum DeliveryState
{
    Pending,
    Delivered,
    Failed,
}

public sealed record WebhookDelivery(
    EventId Event, WebhookEndpointId Endpoint, string Url, DeliveryState State, DateTimeOffset? NextAttemptAt, IReadOnlyList<DeliveryAttempt> Attempts);

/// <param name="Status">The HTTP status answered; null when there was no answer.</param>
/// <param name="Answer">The first 16 KiB of the answer's body, or why there was none.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int DurationMs, string Answer);
