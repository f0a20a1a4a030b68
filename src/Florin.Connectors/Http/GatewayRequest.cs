using System.Net;

namespace Florin.Connectors.Http;

/// <summary>One request to a gateway. It may hold card data, so it prints as its operation alone.</summary>
/// <param name="operation">For the metric: one of a small fixed set, as in <c>capture</c>.</param>
internal sealed class GatewayRequest(string operation, HttpMethod method, Uri url)
{
    public string Operation => operation;

    /// <summary>Whether it only asks, which is told apart from what moves money down to the connection. A reversal counts as
    /// asking: it makes an outcome certain, takes nothing, and may come late or twice.</summary>
    public bool IsQuestion => operation is "query" or "dispute_query" or "reverse";

    public HttpMethod Method => method;

    public Uri Url => url;

    public string? ContentType { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public override string ToString() => operation;
}

/// <summary>A body that knows whether any of it may have left, and that refuses to leave twice, or too late.</summary>
/// <remarks>
/// A request whose body was never asked for cannot have been acted on: its headers promise bytes that did not come.
/// SocketsHttpHandler sends a request again by itself only while no byte of its content was written; the second
/// refusal here makes sure of that whatever the handler's rules become.
/// </remarks>
/// <param name="limit">When it must have left; null where that does not matter.</param>
internal sealed class OnceContent(ReadOnlyMemory<byte> body, DateTimeOffset? limit, TimeProvider time) : HttpContent
{
    private int begun;

    public bool Begun => Volatile.Read(ref begun) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Here and not before the connection stands: waiting for one is where time goes by.
        if (time.GetUtcNow() >= limit) throw new TooLateToSendException();
        if (Interlocked.Increment(ref begun) > 1) throw new InvalidOperationException("A request is not sent twice.");
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}

/// <summary>Its time to leave was over, so it did not: see <see cref="SendLimit"/>.</summary>
internal sealed class TooLateToSendException() : IOException("It could not be sent in time, and was not sent any more.");
