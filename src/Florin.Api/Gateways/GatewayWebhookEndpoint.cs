using Florin.Api.Errors;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Connectors;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage;
using Florin.Storage.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Florin.Api.Gateways;

/// <summary><c>POST /gateways/{account}/webhook</c>: gateways call here. No key of ours: the connector checks the
/// gateway's own proof.</summary>
internal sealed class GatewayWebhookEndpoint(IPayments payments, Problems problems, ILogger<GatewayWebhookEndpoint> logger)
{
    public const string Pattern = "/gateways/{account}/webhook";

    public async Task RunAsync(HttpContext http) => await ApiResponse.WriteAsync(http, await AnswerAsync(http), replayOf: null);

    private async Task<StoredResponse> AnswerAsync(HttpContext http)
    {
        var place = ApiPaths.PlaceOf(http);
        if (!Ids.TryParse<ConnectorAccountId>(http.Request.RouteValues["account"] as string, out var account))
        {
            return problems.From(404, "resource_missing", "There is no such account with a gateway.", place);
        }

        try
        {
            var body = await RequestBody.ReadBytesAsync(http.Request, BodyLimits.Usual, http.RequestAborted);
            var headers = http.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var received = await payments.ReceiveWebhookAsync(account, new GatewayWebhook(headers, body), http.RequestAborted);
            if (received.TryGet(out var count, out var refusal)) return Received(count);
            Log.GatewayWebhookRefused(logger, account.ToString(), refusal.Code);
            return problems.From(refusal, place);
        }
        catch (MalformedRequestException malformed)
        {
            return problems.From(413, malformed.Code, malformed.Message, place);
        }
        catch (DatabaseBusyException)
        {
            Log.RequestShed(logger, http.Request.Method, place.Path);
            return problems.From(503, "service_unavailable", "Too much is going on; please call again.", place);
        }
    }

    private static StoredResponse Received(int operations) => new(200, ApiResponse.ContentType, WireWriter.Bytes(operations, static (writer, count) =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("received"u8, count);
        writer.WriteEndObject();
    }));
}
