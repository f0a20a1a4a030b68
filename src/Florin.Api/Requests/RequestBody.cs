using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Florin.Api.Requests;

/// <summary>Reads a request once, within its bound.</summary>
internal static class RequestBody
{
    /// <summary>Tells the server that a route takes more than others.</summary>
    public sealed class Bound(int bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => bytes;
    }

    /// <summary>Receives the parameters of a POST's body, or of another method's query.</summary>
    /// <returns>What parses them, which takes many times their size.</returns>
    /// <exception cref="MalformedRequestException">They are none; thrown by the parser too.</exception>
    public static async ValueTask<Func<Node.Map>> ReadParametersAsync(HttpRequest request, BodyLimits limits, CancellationToken ct)
    {
        var query = Query(request);
        if (!HttpMethods.IsPost(request.Method)) return () => FormParser.Parse(query, BodyLimits.Usual);
        if (query.Length > 0)
        {
            throw new MalformedRequestException("request_malformed", "A POST carries its parameters in the body, not in the address.");
        }

        if (request.ContentLength is 0) return () => Node.Map.Empty;
        var body = await ReadBytesAsync(request, limits, ct);
        if (body.Length == 0) return () => Node.Map.Empty;
        return () => MediaType(request) switch
        {
            "application/x-www-form-urlencoded" => FormParser.Parse(body, limits),
            "application/json" => JsonParser.Parse(body, limits),
            _ => throw new MalformedRequestException(
                "content_type_unsupported", "Send application/x-www-form-urlencoded or application/json."),
        };
    }

    /// <exception cref="MalformedRequestException">The body is too large.</exception>
    public static async ValueTask<byte[]> ReadBytesAsync(HttpRequest request, BodyLimits limits, CancellationToken ct)
    {
        if (request.ContentLength > limits.Bytes) throw TooLarge(limits);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(ct);
            if (read.Buffer.Length > limits.Bytes) throw TooLarge(limits);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static byte[] Query(HttpRequest request) =>
        request.QueryString.Value is { Length: > 1 } query ? Encoding.UTF8.GetBytes(query, 1, query.Length - 1) : [];

    private static string? MediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;

    private static MalformedRequestException TooLarge(BodyLimits limits) => new(
        "body_too_large", $"A body has at most {limits.Bytes} bytes.");
}
