using Florin.Sandbox.Books;
using Florin.Sandbox.Webhooks;

namespace Florin.Sandbox.Hangang;

/// <summary>A form with the same signature field as a request's.</summary>
internal sealed class HangangWebhooks(TimeProvider time) : IWebhookFormat
{
    public HttpRequestMessage Write(Operation operation)
    {
        var amount = operation.Amount.ToDecimalString();
        var timestamp = HangangGateway.KoreanTime(time.GetUtcNow());
        return new HttpRequestMessage(HttpMethod.Post, operation.WebhookUrl)
        {
            Content = new FormUrlEncodedContent(
            [
                new("mid", SandboxCredentials.HangangMerchantId),
                new("tid", operation.Payment.Authorization.Reference),
                new("orderId", operation.Key),
                new("status", HangangGateway.StatusOf(operation)),
                new("amount", amount),
                new("currency", operation.Amount.Currency.Code),
                new("timestamp", timestamp),
                new("signature", HangangGateway.Sign(amount, operation.Key, timestamp)),
            ]),
        };
    }

    // The dispute's number is signed in the place of the order's, so that it cannot be exchanged on the way.
    public HttpRequestMessage WriteDispute(Operation authorization, Dispute dispute)
    {
        var timestamp = HangangGateway.KoreanTime(time.GetUtcNow());
        return new HttpRequestMessage(HttpMethod.Post, authorization.WebhookUrl)
        {
            Content = new FormUrlEncodedContent(
            [
                new("mid", SandboxCredentials.HangangMerchantId),
                .. HangangGateway.FieldsOf(authorization, dispute),
                new("timestamp", timestamp),
                new("signature", HangangGateway.Sign("", dispute.Reference, timestamp)),
            ]),
        };
    }
}
