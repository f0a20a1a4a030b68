using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Sandbox.Books;
using Florin.Sandbox.Webhooks;

namespace Florin.Sandbox.Aurora;

/// <summary><c>Aurora-Signature: t={unix seconds},v1={hex HMAC-SHA256 of "t.body"}</c>.</summary>
internal sealed class AuroraWebhooks(TimeProvider time) : IWebhookFormat
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(SandboxCredentials.AuroraWebhookSecret);

    public HttpRequestMessage Write(Operation operation) =>
        Signed(operation, "operation.concluded", json => AuroraGateway.WriteOperation(json, operation, challengeUrl: null));

    public HttpRequestMessage WriteDispute(Operation authorization, Dispute dispute) =>
        Signed(authorization, "dispute.changed", json => AuroraGateway.WriteDispute(json, authorization, dispute));

    private HttpRequestMessage Signed(Operation operation, string type, Action<Utf8JsonWriter> writeData)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WritePropertyName("data");
            writeData(json);
            json.WriteEndObject();
        }

        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds + "."), .. body.WrittenSpan];
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Secret, signed));
        var request = new HttpRequestMessage(HttpMethod.Post, operation.WebhookUrl)
        {
            Content = new ByteArrayContent(body.WrittenSpan.ToArray()),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Aurora-Signature", $"t={seconds},v1={signature}");
        return request;
    }
}
