using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Florin.Connectors.Http;
using Florin.Kernel;

namespace Florin.Connectors.Aurora;

/// <summary>Aurora's disputes: JSON under <c>v1/disputes</c>.</summary>
internal sealed partial class AuroraConnector
{
    private const int DisputesAPage = 100;

    public async Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await http.SendAsync(
            new GatewayRequest("dispute_query", HttpMethod.Get, new Uri(account.BaseUrl, $"v1/disputes/{Escape(reference)}")) { Headers = [Bearer(account)] },
            deadline);
        return UnderstandDispute(exchange, earlier: true).AboutEarlier();
    }

    public async Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline)
    {
        var since = openedSince.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var exchange = await http.SendAsync(
            new GatewayRequest("dispute_query", HttpMethod.Get, new Uri(account.BaseUrl, "v1/disputes?opened_since=" + since)) { Headers = [Bearer(account)] },
            deadline);
        if (exchange.Failure is { } failure) return failure.AboutEarlier();
        return Parsed(exchange, answer =>
        {
            if (exchange.Status != 200 || !answer.TryGetProperty("disputes", out var listed) || listed.ValueKind != JsonValueKind.Array) return Puzzled(exchange);
            var disputes = listed.EnumerateArray().Select(DisputeOf).ToList();
            return disputes.Contains(null) ? Puzzled(exchange) : new GatewayAnswer.DisputesOpened([.. disputes.OfType<GatewayDispute>()], disputes.Count >= DisputesAPage);
        });
    }

    public async Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("fields");
            foreach (var (field, text) in order.Texts) json.WriteString(field, text);
            json.WriteEndObject();
            json.WriteStartArray("documents");
            foreach (var document in order.Documents)
            {
                json.WriteStartObject();
                json.WriteString("field", document.Field);
                json.WriteString("type", document.MediaType);
                json.WriteBase64String("content", document.Content.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return await RespondAsync("evidence", order.Key, order.Reference, body.WrittenMemory, account, deadline);
    }

    public Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline) =>
        RespondAsync("accept", order.Key, order.Reference, "{}"u8.ToArray(), account, deadline);

    private async Task<GatewayAnswer> RespondAsync(
        string operation, string key, string reference, ReadOnlyMemory<byte> body, ConnectorAccount account, CancellationToken deadline)
    {
        var request = new GatewayRequest(operation, HttpMethod.Post, new Uri(account.BaseUrl, $"v1/disputes/{Escape(reference)}/{operation}"))
        {
            ContentType = "application/json",
            Headers = [Bearer(account), new("Idempotency-Key", key)],
            Body = body,
        };
        return UnderstandDispute(await http.SendAsync(request, deadline), earlier: false).ToResponse(key, reference);
    }

    private static GatewayAnswer UnderstandDispute(GatewayExchange exchange, bool earlier)
    {
        if (exchange.Failure is { } failure) return failure;
        return Parsed(exchange, answer =>
        {
            var refused = answer.TryGetProperty("error", out var error) ? Text(error, "type") : null;
            return (exchange.Status, refused) switch
            {
                (200, null) => DisputeOf(answer) is { } dispute ? new GatewayAnswer.Disputed(dispute) : Puzzled(exchange),
                (404, "not_found") => new GatewayAnswer.NotFound(),
                (409, "dispute_not_open") when !earlier => ConnectorHelp.DisputeRefused("Aurora takes nothing to this dispute any more.", refused),
                (400 or 401, "invalid_request" or "unauthorized") => ConnectorHelp.RefusedBeforeActing(refused, earlier),
                _ => Puzzled(exchange),
            };
        });
    }

    private static GatewayAnswer Parsed(GatewayExchange exchange, Func<JsonElement, GatewayAnswer> understand)
    {
        try
        {
            using var json = JsonDocument.Parse(exchange.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? understand(json.RootElement) : Puzzled(exchange);
        }
        // InvalidOperationException: a string with half an emoji escaped in it.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return Puzzled(exchange);
        }
    }

    private static GatewayAnswer.Unknown Puzzled(GatewayExchange exchange) =>
        new($"Aurora's answer about a dispute (HTTP {exchange.Status}) is not one that we know.");

    private static GatewayDispute? DisputeOf(JsonElement json)
    {
        GatewayDisputeStage? stage = Text(json, "stage") switch
        {
            "retrieval" => GatewayDisputeStage.Inquiry,
            "chargeback" => GatewayDisputeStage.Chargeback,
            _ => null,
        };
        GatewayDisputeState? state = Text(json, "status") switch
        {
            "awaiting_evidence" => GatewayDisputeState.NeedsResponse,
            "in_review" => GatewayDisputeState.UnderReview,
            "won" => GatewayDisputeState.Won,
            "lost" => GatewayDisputeState.Lost,
            "withdrawn" => GatewayDisputeState.Closed,
            _ => null,
        };
        if (stage is null || state is null || Text(json, "id") is not { Length: > 0 } id || Text(json, "payment_key") is not { } key
            || Amount(json) is not { } amount || Instant(json, "opened_at") is not { } opened || Instant(json, "respond_by") is not { } due
            || !json.TryGetProperty("responses", out var responses) || responses.ValueKind != JsonValueKind.Array) return null;
        var reason = Text(json, "reason") switch
        {
            "FRAUD" => DisputeReason.Fraudulent,
            "NOT_RECEIVED" => DisputeReason.ProductNotReceived,
            _ => DisputeReason.General,
        };
        return new GatewayDispute(
            id, key, stage.Value, state.Value, amount, reason, Text(json, "scheme_code"), opened, due,
            [.. responses.EnumerateArray().Select(response => response.GetString() ?? "")]);
    }

    private static DateTimeOffset? Instant(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
            && seconds is >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
