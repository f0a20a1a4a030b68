using System.Collections.Concurrent;
using System.Text.Json;
using Florin.Api.Errors;
using Florin.Api.Requests;
using Florin.Kernel;
using Florin.Merchants;
using Florin.Storage.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Florin.Api.Routing;

/// <summary>What becomes known of a request on its way.</summary>
internal sealed record RequestRecord(HttpContext Http, ApiCaller Caller, string MaskedKey, DateTimeOffset At, long Began)
{
    public Node.Map? Parameters { get; set; }

    /// <summary>Whether it is to be written down.</summary>
    public bool IsKept { get; set; } = true;

    /// <summary>Null where an exception was answered.</summary>
    public StoredResponse? Answer { get; set; }
}

/// <summary>Hands requests to the log once they are answered, so that no caller waits for it.</summary>
internal sealed class RequestRecorder(IRequestLog log, TimeProvider time)
{
    private const int MostPathCharacters = 300;

    // A publishable key is everybody's, who must neither fill the disk nor push a merchant's own requests out of the queue.
    private const int MostOfBrowsersInASecond = 10;
    private static readonly object Marker = new();

    private readonly ConcurrentDictionary<ApiKeyId, (long Second, int Count)> ofBrowsers = [];

    /// <summary>Whether the request has a page in the back office, which shows test mode alone so far.</summary>
    public static bool IsRecorded(HttpContext http) => http.Items.ContainsKey(Marker);

    /// <summary>From here on the request is the caller's, and theirs to look at.</summary>
    public RequestRecord Begin(HttpContext http, ApiCaller caller, string maskedKey)
    {
        var record = new RequestRecord(http, caller, maskedKey, time.GetUtcNow(), time.GetTimestamp());
        record.IsKept = caller.Kind != ApiKeyKind.Publishable || IsWithinBudget(caller.Key, record.At);
        if (!record.IsKept) return record;
        if (!caller.Scope.IsLive) http.Items[Marker] = Marker;
        http.Response.OnCompleted(
            static state =>
            {
                var (recorder, record) = ((RequestRecorder, RequestRecord))state;
                recorder.HandOver(record);
                return Task.CompletedTask;
            },
            (this, record));
        return record;
    }

    /// <summary>The request is not written down after all: who calls too often does not fill the log as well.</summary>
    public static void Forget(RequestRecord record)
    {
        record.IsKept = false;
        record.Http.Items.Remove(Marker);
    }

    private bool IsWithinBudget(ApiKeyId key, DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds();
        return ofBrowsers.AddOrUpdate(key, (second, 1), (_, had) => had.Second == second ? (second, had.Count + 1) : (second, 1)).Count
            <= MostOfBrowsersInASecond;
    }

    private void HandOver(RequestRecord record)
    {
        if (record.IsKept) log.Add(() => Prepare(record));
    }

    private LoggedRequest Prepare(RequestRecord record)
    {
        var request = record.Http.Request;
        var status = record.Http.Response.StatusCode;
        var hasBodies = record.Caller.Kind != ApiKeyKind.Publishable;
        var path = Redaction.Shown(request.Path.Value ?? "");
        string? idempotencyKey = request.Headers["Idempotency-Key"] is [{ } written] && IdempotencyKeys.TryRead(written, out var key)
            ? Redaction.Shown(key)
            : null;
        return new LoggedRequest(
            Ids.Parse<RequestId>(record.Http.TraceIdentifier),
            record.Caller.Scope,
            record.At,
            request.Method,
            path.Length <= MostPathCharacters ? path : path[..MostPathCharacters] + "…",
            status,
            record.Caller.Key,
            record.MaskedKey,
            record.Http.Connection.RemoteIpAddress?.ToString(),
            idempotencyKey,
            status >= StatusCodes.Status400BadRequest ? ErrorCodeOf(record.Answer) : null,
            (int)Math.Min(time.GetElapsedTime(record.Began).TotalMilliseconds, int.MaxValue),
            hasBodies ? Redaction.OfRequest(record.Parameters) : null,
            hasBodies && record.Answer is { } answer && answer.ContentType.Contains("json", StringComparison.Ordinal) ? Redaction.OfAnswer(answer.Body) : null);
    }

    private static string? ErrorCodeOf(StoredResponse? answer)
    {
        if (answer is not { ContentType: Problems.ContentType }) return null;
        using var body = JsonDocument.Parse(answer.Body);
        return body.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("code", out var code) ? code.GetString() : null;
    }
}
