namespace Florin.BackOffice.Pages;

/// <summary>Webhook deliveries, newest first.</summary>
internal sealed record WebhooksModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Webhooks;

    /// <summary>Where the merchant wants to be told.</summary>
    public IReadOnlyList<WebhookEndpointRow> Endpoints { get; init; } = [];

    public required IReadOnlyList<WebhookDelivery> Deliveries { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(WebhooksPage);
}

/// <param name="PageUrl">The page about it.</param>
internal sealed record WebhookEndpointRow(string PageUrl, string Url, bool IsEnabled);

/// <summary>One endpoint: how it stands, its secret, and the calls made to it.</summary>
/// <remarks>Every form is posted to <see cref="Action"/> and a word, with the field <c>form_token</c>: <c>/enable</c>,
/// <c>/disable</c>, <c>/roll</c> (<c>overlap_hours</c>) and <c>/resend</c> (<c>hours</c>, or <c>event</c>).</remarks>
internal sealed record WebhookEndpointModel : OfficeModel
{
    public override OfficeSection Section => OfficeSection.Webhooks;

    public required string Id { get; init; }

    public required string Url { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public required bool IsEnabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when the secret before the last roll signs too.</summary>
    public DateTimeOffset? OldSecretEndsAt { get; init; }

    /// <summary>The secret just made, which no other page will ever show.</summary>
    public string? NewSecret { get; init; }

    public required string Action { get; init; }

    public required string FormToken { get; init; }

    public WebhookNotice? Notice { get; init; }

    /// <summary>How many events were queued again.</summary>
    public int Resent { get; init; }

    public required IReadOnlyList<WebhookCall> Calls { get; init; }

    public string? NewerUrl { get; init; }

    public string? OlderUrl { get; init; }

    protected override Type View => typeof(WebhookEndpointPage);
}

internal enum WebhookNotice
{
    Resent,
    /// <summary>The endpoint is disabled, so nothing is sent to it.</summary>
    NotResent,
    FormExpired,
}

/// <param name="Status">The HTTP status; null where no answer came.</param>
/// <param name="Request">What was sent, as head and body.</param>
/// <param name="Answer">What came back, as head and body; or why nothing did.</param>
internal sealed record WebhookCall(
    string EventId, string EventType, DateTimeOffset At, int? Status, int DurationMs, bool IsTaken, string Request, string Answer);

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="PaymentUrl">The payment it speaks of; null where the page shows that payment already.</param>
internal sealed record WebhookDelivery(
    string EventId, string EventType, string EndpointUrl, DeliveryState State, IReadOnlyList<DeliveryAttempt> Attempts, string? PaymentUrl = null);

internal enum DeliveryState
{
    Waiting,
    Delivered,
    /// <summary>Failed so far; it will be tried again.</summary>
    Retrying,
    /// <summary>Given up.</summary>
    Failed,
}

/// <param name="Status">The HTTP status; null where no answer came.</param>
/// <param name="Detail">What went wrong, in a developer's words.</param>
internal sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int DurationMs, string? Detail = null);
