using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Aurora;

/// <summary>Aurora's disputes: <c>v1/disputes</c>, in JSON, with times in unix seconds.</summary>
internal sealed partial class AuroraGateway
{
    private const int DisputesAPage = 100;

    /// <summary>The dispute as every answer and webhook shows it.</summary>
    public static void WriteDispute(Utf8JsonWriter json, Operation authorization, Dispute dispute)
    {
        json.WriteStartObject();
        json.WriteString("id", dispute.Reference);
        json.WriteString("payment", authorization.Reference);
        json.WriteString("payment_key", authorization.Key);
        json.WriteString("stage", dispute.Stage == DisputeStage.Inquiry ? "retrieval" : "chargeback");
        json.WriteString("status", dispute.State switch
        {
            DisputeState.NeedsResponse => "awaiting_evidence",
            DisputeState.UnderReview => "in_review",
            DisputeState.Won => "won",
            DisputeState.Lost => "lost",
            DisputeState.Closed or DisputeState.Coming => "withdrawn",
        });
        json.WriteString("reason", dispute.Reason switch
        {
            "fraudulent" => "FRAUD",
            "product_not_received" => "NOT_RECEIVED",
            _ => "ENQUIRY",
        });
        json.WriteString("scheme_code", dispute.NetworkCode);
        json.WriteNumber("amount", dispute.Amount);
        json.WriteString("currency", authorization.Amount.Currency.Code);
        json.WriteNumber("opened_at", dispute.OpenedAt.ToUnixTimeSeconds());
        json.WriteNumber("respond_by", dispute.DueAt.ToUnixTimeSeconds());
        json.WriteStartArray("responses");
        foreach (var response in dispute.Responses) json.WriteStringValue(response.Key);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void MapDisputes(IEndpointRouteBuilder app)
    {
        app.MapGet("/aurora/v1/disputes", ListDisputesAsync);
        app.MapGet("/aurora/v1/disputes/{reference}", QueryDisputeAsync);
        app.MapPost("/aurora/v1/disputes/{reference}/evidence", context => RespondAsync(context, OperationNames.Evidence, DisputeResponseKind.Evidence));
        app.MapPost("/aurora/v1/disputes/{reference}/accept", context => RespondAsync(context, OperationNames.Accept, DisputeResponseKind.Acceptance));
    }

    private async Task ListDisputesAsync(HttpContext context)
    {
        if (!IsAuthentic(context))
        {
            await RefuseAsync(context, 401, "unauthorized", "The key opens nothing here.");
            return;
        }

        _ = long.TryParse(context.Request.Query["opened_since"], NumberStyles.None, CultureInfo.InvariantCulture, out var since);
        await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.DisputeQuery, () =>
        {
            var found = gateway.Book.DisputesSince(AcquirerNames.Aurora, DateTimeOffset.FromUnixTimeSeconds(since), DisputesAPage);
            return new Done(Written(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("disputes");
                foreach (var authorization in found) WriteDispute(json, authorization, authorization.Dispute!);
                json.WriteEndArray();
                json.WriteEndObject();
            }));
        });
    }

    private async Task QueryDisputeAsync(HttpContext context)
    {
        if (!IsAuthentic(context))
        {
            await RefuseAsync(context, 401, "unauthorized", "The key opens nothing here.");
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.DisputeQuery, () =>
            Disputed(context) is { } authorization
                ? new Done(Written(json => WriteDispute(json, authorization, authorization.Dispute!)))
                : new Done(Error(404, "not_found", "There is no such dispute.")));
    }

    private async Task RespondAsync(HttpContext context, string name, DisputeResponseKind kind)
    {
        if (!IsAuthentic(context))
        {
            await RefuseAsync(context, 401, "unauthorized", "The key opens nothing here.");
            return;
        }

        var body = await RequestBody.ReadEvidenceAsync(context);
        if (!TryKey(context, out var key) || EvidenceIn(body) is not { } evidence)
        {
            await RefuseAsync(context, 400, "invalid_request", "A field is missing or wrong.");
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Aurora, name, () =>
            Disputed(context) is not { } authorization ? new Done(Error(404, "not_found", "There is no such dispute."))
            : gateway.Book.Respond(authorization, key, kind, evidence)
                ? new Done(Written(json => WriteDispute(json, authorization, authorization.Dispute!)))
                : new Done(Error(409, "dispute_not_open", "Nothing can be said to this dispute any more.")));
    }

    private Operation? Disputed(HttpContext context) =>
        gateway.Book.FindByDispute(AcquirerNames.Aurora, (string)context.Request.RouteValues["reference"]!);

    private static Evidence? EvidenceIn(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var texts = new Dictionary<string, string>();
            if (json.RootElement.TryGetProperty("fields", out var fields))
            {
                foreach (var field in fields.EnumerateObject()) texts[field.Name] = field.Value.GetString() ?? "";
            }

            var documents = new List<BookedDocument>();
            if (json.RootElement.TryGetProperty("documents", out var attached))
            {
                foreach (var document in attached.EnumerateArray())
                {
                    var content = document.GetProperty("content").GetBytesFromBase64();
                    documents.Add(new BookedDocument(
                        document.GetProperty("field").GetString()!,
                        document.GetProperty("type").GetString()!,
                        content.Length,
                        Convert.ToHexStringLower(SHA256.HashData(content))));
                }
            }

            return new Evidence(texts, documents);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static Reply Written(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body)) write(json);
        return new Reply(200, Json, body.WrittenMemory);
    }
}
