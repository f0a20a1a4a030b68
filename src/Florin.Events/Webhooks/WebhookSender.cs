using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Florin.Events.Webhooks;

/// <param name="RetryAfter">How long the endpoint asks to be left alone.</param>
/// <param name="AnswerHeaders">What is kept of the answer's headers; null when there was no answer.</param>
internal sealed record AttemptOutcome(DeliveryAttempt Attempt, TimeSpan? RetryAfter, string? AnswerHeaders = null)
{
    public bool IsTaken => Attempt.Status is >= 200 and < 300;

    public bool IsGone => Attempt.Status == (int)HttpStatusCode.Gone;
}

/// <summary>Makes one attempt: signs, sends, and reads a bounded part of the answer within a bounded time.</summary>
internal sealed class WebhookSender(WebhookConnections connections, SigningSecrets secrets, TimeProvider time)
{
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(15);

    private const int MaxAnswerBytes = 16 * 1024;

    /// <exception cref="OperationCanceledException">The process is stopping.</exception>
    public async Task<AttemptOutcome> SendAsync(DueDelivery delivery, CancellationToken stopping)
    {
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(TotalTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            using var request = Request(delivery, at);
            using var response = await connections.For(delivery.Endpoint.Scope.IsLive).SendAsync(request, either.Token);
            var answer = await ReadAnswerAsync(response, either.Token);
            return Outcome((int)response.StatusCode, answer, RetryAfter(response.Headers.RetryAfter), AnswerHeaders.Of(response));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return Outcome(null, $"No answer within {TotalTimeout.TotalSeconds} s.", null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return Outcome(null, Why(failure), null);
        }

        AttemptOutcome Outcome(int? status, string answer, TimeSpan? retryAfter, string? headers = null)
        {
            var durationMs = (int)Math.Min(time.GetElapsedTime(started).TotalMilliseconds, int.MaxValue);
            return new AttemptOutcome(new DeliveryAttempt(at, status, durationMs, answer), retryAfter, headers);
        }
    }

    private HttpRequestMessage Request(DueDelivery delivery, DateTimeOffset at)
    {
        var body = EventJson.ToBytes(delivery.Event);
        var signing = delivery.SecretsAt(at).Select(secret => secrets.Open(delivery.Endpoint.Id, secret)).ToList();
        var messageId = "msg_" + delivery.Event.Id.Value.ToString("N");
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = content };
        Add("User-Agent", "Florin/1 (+webhooks)");
        Add("Stripe-Signature", WebhookSignatures.Stripe(signing, at, body));
        Add("webhook-id", messageId);
        Add("webhook-timestamp", WebhookSignatures.Timestamp(at));
        Add("webhook-signature", WebhookSignatures.Standard(signing, messageId, at, body));
        return request;

        void Add(string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
    }

    // The status has been heard, so a body that breaks off or does not end changes nothing about it.
    private static async Task<string> ReadAnswerAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = new byte[MaxAnswerBytes];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), ct) is > 0 and var read) length += read;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return Readable(buffer.AsSpan(0, length)) + "[breaks off]";
        }

        return Readable(buffer.AsSpan(0, length));
    }

    private static string Readable(ReadOnlySpan<byte> answer) => AnswerText.Safe(Encoding.UTF8.GetString(answer));

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };

    private static string Why(Exception failure)
    {
        if (failure is ConnectionRefusedException || failure.InnerException is ConnectionRefusedException)
        {
            return (failure as ConnectionRefusedException ?? failure.InnerException!).Message;
        }

        return failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? "No secure connection: the certificate or the TLS version was not accepted."
            : "The connection broke off before an answer, or the answer was not HTTP.";
    }
}
