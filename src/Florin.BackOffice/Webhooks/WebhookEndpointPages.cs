using System.Globalization;
using System.Text;
using Florin.BackOffice.Pages;
using Florin.BackOffice.Payments;
using Florin.BackOffice.SignIn;
using Florin.Events;
using Florin.Kernel;
using Florin.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.BackOffice.Webhooks;

/// <summary>The page of one endpoint: the calls made to it, sending again, a new secret, on and off.</summary>
internal static class WebhookEndpointPages
{
    private const string Purpose = "office webhook";
    private const int PageSize = 20;
    private static readonly TimeSpan FormLife = TimeSpan.FromHours(1);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/webhooks/{id}", ShowAsync);
        staff.MapPost("/webhooks/{id}/enable", (string id, [AsParameters] Office office, CancellationToken ct) => SetDisabledAsync(id, false, office, ct)).DisableAntiforgery();
        staff.MapPost("/webhooks/{id}/disable", (string id, [AsParameters] Office office, CancellationToken ct) => SetDisabledAsync(id, true, office, ct)).DisableAntiforgery();
        staff.MapPost("/webhooks/{id}/roll", RollAsync).DisableAntiforgery();
        staff.MapPost("/webhooks/{id}/resend", ResendAsync).DisableAntiforgery();
    }

    private static async Task<IResult> ShowAsync(string id, [AsParameters] Office office, CancellationToken ct)
    {
        if (await office.FindAsync(id, ct) is not { } endpoint) return PaymentPages.NotFound(office.Http);
        var resent = int.TryParse(office.Http.Request.Query["resent"], CultureInfo.InvariantCulture, out var count) && count >= 0 ? count : (int?)null;
        var model = await ModelAsync(office, endpoint, ct);
        return PageResult.Of(resent is { } known ? model with { Notice = WebhookNotice.Resent, Resent = known } : model);
    }

    private static async Task<IResult> SetDisabledAsync(string id, bool disabled, Office office, CancellationToken ct)
    {
        if (await office.FindAsync(id, ct) is not { } endpoint) return PaymentPages.NotFound(office.Http);
        if (await ReadFormAsync(office, endpoint, ct) is null) return await ExpiredAsync(office, endpoint, ct);
        await office.Endpoints.UpdateAsync(office.Scope, endpoint.Id, new WebhookEndpointChange(null, null, null, disabled, null), answer: null, ct);
        return new SeeOther(OfficePaths.Webhook(endpoint.Id));
    }

    private static async Task<IResult> RollAsync(string id, [AsParameters] Office office, CancellationToken ct)
    {
        if (await office.FindAsync(id, ct) is not { } endpoint) return PaymentPages.NotFound(office.Http);
        if (await ReadFormAsync(office, endpoint, ct) is not { } form) return await ExpiredAsync(office, endpoint, ct);
        if (WebhookChoices.Read(form["overlap_hours"], WebhookChoices.OverlapHours) is not { } hours) return new SeeOther(OfficePaths.Webhook(endpoint.Id));
        var rolled = await office.Endpoints.RollSecretAsync(office.Scope, endpoint.Id, TimeSpan.FromHours(hours), answer: null, ct);
        if (!rolled.TryGet(out var made, out _)) return PaymentPages.NotFound(office.Http);

        // Shown in this answer alone. A reload would ask to send the form again, whose token is bound to the secret before.
        return PageResult.Of(await ModelAsync(office, made.Endpoint, ct) with { NewSecret = made.Secret.Reveal() });
    }

    private static async Task<IResult> ResendAsync(string id, [AsParameters] Office office, CancellationToken ct)
    {
        if (await office.FindAsync(id, ct) is not { } endpoint) return PaymentPages.NotFound(office.Http);
        if (await ReadFormAsync(office, endpoint, ct) is not { } form) return await ExpiredAsync(office, endpoint, ct);
        var resent = await QueueAsync(office, endpoint.Id, form, ct);
        if (resent.TryGet(out var queued, out _)) return new SeeOther($"{OfficePaths.Webhook(endpoint.Id)}?resent={queued.Count.ToString(CultureInfo.InvariantCulture)}");
        return PageResult.Of(await ModelAsync(office, endpoint, ct) with { Notice = WebhookNotice.NotResent }, StatusCodes.Status409Conflict);
    }

    private static Task<Result<WebhookResend>> QueueAsync(Office office, WebhookEndpointId endpoint, IFormCollection form, CancellationToken ct)
    {
        if (Ids.TryParse<EventId>(form["event"], out var one)) return office.Deliveries.ResendAsync(office.Scope, one, endpoint, answer: null, ct);
        var hours = WebhookChoices.Read(form["hours"], WebhookChoices.ResendHours) ?? WebhookChoices.ResendHours[0];
        var range = new ResendRange(
            office.Time.GetUtcNow() - TimeSpan.FromHours(hours), Before: null, Types: [], IsTaken: false, StartingAfter: null, ResendRange.MostEvents);
        return office.Deliveries.ResendRangeAsync(office.Scope, endpoint, range, answer: null, ct);
    }

    /// <returns>Null where the form is none of ours, or too old.</returns>
    private static async Task<IFormCollection?> ReadFormAsync(Office office, WebhookEndpoint endpoint, CancellationToken ct)
    {
        var form = (await office.Http.Request.TryReadSentFormAsync(ct)).Form;
        var isOurs = form is not null && office.Forms.Tokens.Verify(form["form_token"], Purpose, office.Http.Session().Id, Bound(endpoint));
        return isOurs ? form : null;
    }

    private static async Task<IResult> ExpiredAsync(Office office, WebhookEndpoint endpoint, CancellationToken ct) =>
        PageResult.Of(await ModelAsync(office, endpoint, ct) with { Notice = WebhookNotice.FormExpired }, StatusCodes.Status400BadRequest);

    // Bound to how the endpoint stands, so that a doubled or stale form changes nothing.
    private static string[] Bound(WebhookEndpoint endpoint) =>
        [endpoint.Id.ToString(), endpoint.IsEnabled.ToString(), endpoint.OldSecretEndsAt?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? ""];

    private static async Task<WebhookEndpointModel> ModelAsync(Office office, WebhookEndpoint endpoint, CancellationToken ct)
    {
        var session = office.Http.Session();
        var place = new ListPlace<WebhookAttemptId>(office.Http.Request.Query);
        var page = await office.Deliveries.ListAttemptsAsync(session.Scope, endpoint.Id, new WebhookAttemptFilter(), place.Page(PageSize), ct);
        var calls = new List<WebhookCall>();
        foreach (var attempt in page.Items) calls.Add(await CallOfAsync(office, attempt, ct));
        var path = OfficePaths.Webhook(endpoint.Id);
        var (newerUrl, olderUrl) = place.Neighbours(page, attempt => attempt.Id, (cursor, id) => $"{path}?{cursor}={id}");
        return new WebhookEndpointModel
        {
            Language = OfficeForms.LanguageOf(office.Http.Request),
            Here = path,
            Frame = office.Forms.FrameOf(office.Http),
            Id = endpoint.Id.ToString(),
            Url = endpoint.Url,
            Description = endpoint.Description,
            EventTypes = endpoint.EnabledEvents,
            IsEnabled = endpoint.IsEnabled,
            CreatedAt = endpoint.CreatedAt,
            OldSecretEndsAt = endpoint.OldSecretEndsAt,
            Action = path,
            FormToken = office.Forms.Tokens.Issue(Purpose, session.Id, FormLife, Bound(endpoint)),
            Calls = calls,
            NewerUrl = newerUrl,
            OlderUrl = olderUrl,
        };
    }

    private static async Task<WebhookCall> CallOfAsync(Office office, WebhookAttempt attempt, CancellationToken ct)
    {
        var whole = await office.Deliveries.FindAttemptAsync(office.Scope, attempt.Endpoint, attempt.Id, ct);
        var body = whole?.RequestBody is { } sent ? Encoding.UTF8.GetString(sent) : "";
        var head = string.Concat(attempt.AnswerHeaders.Select(header => $"\n{header.Key}: {header.Value}"));
        return new WebhookCall(
            attempt.Event.ToString(),
            attempt.EventType,
            attempt.At,
            attempt.Status,
            attempt.DurationMs,
            attempt.IsTaken,
            $"POST {attempt.Url}\n\n{body}",
            attempt.Status is { } status ? $"{status}{head}\n\n{attempt.Answer}" : attempt.Answer);
    }

    /// <summary>What every request to these pages needs.</summary>
    internal readonly record struct Office(
        HttpContext Http, IWebhookEndpoints Endpoints, IWebhookDeliveries Deliveries, OfficeForms Forms, TimeProvider Time)
    {
        public MerchantScope Scope => Http.Session().Scope;

        public async Task<WebhookEndpoint?> FindAsync(string id, CancellationToken ct) =>
            Ids.TryParse<WebhookEndpointId>(id, out var known) ? await Endpoints.FindAsync(Scope, known, ct) : null;
    }
}
