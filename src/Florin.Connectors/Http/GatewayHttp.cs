using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;

namespace Florin.Connectors.Http;

/// <summary>What came of a request: an HTTP answer, or a failure that is already the connector's answer.</summary>
internal readonly record struct GatewayExchange(int Status, ReadOnlyMemory<byte> Body, GatewayAnswer? Failure)
{
    public static GatewayExchange Answered(int status, ReadOnlyMemory<byte> body) => new(status, body, null);

    public static GatewayExchange Failed(GatewayAnswer failure) => new(0, default, failure);
}

/// <summary>Carries one connector's requests, and sorts what fails into "never left" and "who knows".</summary>
/// <remarks>
/// It follows no redirect, keeps no cookie, uses no proxy, sends nothing twice and logs nothing: URLs, headers and
/// bodies may hold card data and keys.
/// </remarks>
internal sealed class GatewayHttp : IDisposable
{
    public const int MaxAnswerBytes = 256 * 1024;
    public const string MeterName = "Florin.Connectors";

    private const string TooLate = "It could not be sent in time, and was not sent any more.";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "florin.gateway.duration", "s", "How long a gateway took to answer, or we to give up.");

    private readonly string connector;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker payments;
    private readonly HttpMessageInvoker questions;

    public GatewayHttp(string connector, TimeProvider time, TimeSpan? connectTimeout = null, int connectionsPerHost = int.MaxValue)
    {
        (this.connector, this.time) = (connector, time);

        // A pool each: where payments hold every connection that there may be, questions still get through.
        payments = NewInvoker(connectTimeout, connectionsPerHost);
        questions = NewInvoker(connectTimeout, connectionsPerHost);
    }

    /// <param name="deadline">When to stop waiting. It is ours, not the caller's: see <see cref="IConnector"/>.</param>
    public async Task<GatewayExchange> SendAsync(GatewayRequest request, CancellationToken deadline)
    {
        var started = time.GetTimestamp();
        var exchange = await ExchangeAsync(request, deadline);
        var outcome = exchange.Failure switch
        {
            null => "answered",
            GatewayAnswer.NotSent => "not_sent",
            _ => "unknown",
        };
        Duration.Record(
            time.GetElapsedTime(started).TotalSeconds,
            new("connector", connector), new("operation", request.Operation), new("outcome", outcome));
        return exchange;
    }

    public void Dispose()
    {
        payments.Dispose();
        questions.Dispose();
    }

    private static HttpMessageInvoker NewInvoker(TimeSpan? connectTimeout, int connectionsPerHost) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // Below what gateways keep an idle connection for: one that they closed under us makes an unknown outcome.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxConnectionsPerServer = connectionsPerHost,
        MaxResponseHeadersLength = 16,
    });

    private async Task<GatewayExchange> ExchangeAsync(GatewayRequest request, CancellationToken deadline)
    {
        using var message = new HttpRequestMessage(request.Method, request.Url);
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);

        // A GET has no body to tell by, and needs none: it only asks.
        var content = request.Method == HttpMethod.Get ? null : new OnceContent(request.Body, request.IsQuestion ? null : SendLimit.Current, time);
        if (content is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType!);
            message.Content = content;
        }

        try
        {
            using var response = await (request.IsQuestion ? questions : payments).SendAsync(message, deadline);
            return await ReadAsync(response, deadline);
        }
        // Refused connections, unknown names, failed handshakes and connections that took too long all end before the
        // body is asked for. The exception's own kind is not asked: ConnectionError is also what a reused connection
        // reports that broke after the body went out.
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            if (content is null || content.Begun) return GatewayExchange.Failed(new GatewayAnswer.Unknown(Reason(failure, deadline)));

            // A connection that a gateway does not give fails long before the limit. Who comes to it without one stood still.
            var isOurDelay = !request.IsQuestion && time.GetUtcNow() >= SendLimit.Current;
            return GatewayExchange.Failed(new GatewayAnswer.NotSent(isOurDelay ? TooLate : Reason(failure, deadline)) { IsOurDelay = isOurDelay });
        }
    }

    private static async Task<GatewayExchange> ReadAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentLength > MaxAnswerBytes) return TooLong();
        await using var stream = await response.Content.ReadAsStreamAsync(deadline);
        var buffer = new byte[response.Content.Headers.ContentLength ?? 4096];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                // One byte more than allowed tells a full answer from one that goes on.
                if (length > MaxAnswerBytes) return TooLong();
                if (length == response.Content.Headers.ContentLength) break;
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaxAnswerBytes + 1));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(length), deadline);
            if (read == 0) break;
            length += read;
        }

        return length > MaxAnswerBytes ? TooLong() : GatewayExchange.Answered(status, buffer.AsMemory(0, length));

        static GatewayExchange TooLong() =>
            GatewayExchange.Failed(new GatewayAnswer.Unknown($"The answer is longer than {MaxAnswerBytes} bytes."));
    }

    // Only fixed words: an exception's message may quote what the gateway or the network wrote.
    private static string Reason(Exception failure, CancellationToken deadline) => failure switch
    {
        TooLateToSendException or { InnerException: TooLateToSendException } => TooLate,
        OperationCanceledException => deadline.IsCancellationRequested ? "No answer before our deadline." : "No connection in time.",
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown } => "The exchange failed.",
        HttpRequestException http => $"The exchange failed: {http.HttpRequestError}.",
        _ => "The connection broke.",
    };
}
