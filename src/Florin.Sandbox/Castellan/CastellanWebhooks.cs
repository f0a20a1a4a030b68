using System.Net.Http.Headers;
using Florin.Sandbox.Books;
using Florin.Sandbox.Webhooks;

namespace Florin.Sandbox.Castellan;

/// <summary>A result in a <c>Notification</c>, with the same HMAC header as a request.</summary>
internal sealed class CastellanWebhooks : IWebhookFormat
{
    public HttpRequestMessage Write(Operation operation) =>
        Signed(operation, CastellanGateway.WriteResult("Notification", operation, isDuplicate: false, challengeUrl: null));

    public HttpRequestMessage WriteDispute(Operation authorization, Dispute dispute) =>
        Signed(authorization, CastellanGateway.WriteDisputes("Notification", [(authorization, dispute)]));

    private static HttpRequestMessage Signed(Operation operation, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, operation.WebhookUrl) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        request.Headers.Add("X-Castellan-Signature", CastellanGateway.Sign(body));
        return request;
    }
}
