using System.Text.Json;
using Florin.Api.Requests;
using Florin.Api.Routing;
using Florin.Merchants;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Audit;

/// <summary><c>/v1/florin/audit_records</c>: who changed what by hand.</summary>
internal static class AuditRoutes
{
    private const string Url = "/v1/florin/audit_records";
    private const int LongestFilter = 200;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", Url, RouteAccess.Secret, new AnsweredObject("florin.audit_record", IsList: true), ListAsync),
    ];

    private static Task<StoredResponse> ListAsync(ApiCall call)
    {
        var filter = new AuditFilter(
            call.Parameters.FilledText("action", LongestFilter),
            call.Parameters.FilledText("subject", LongestFilter),
            call.Parameters.FilledText("actor", LongestFilter));
        return call.ListAsync<AuditRecordId, AuditRecord>(
            Url, page => call.Services.Audit.ListAsync(call.Scope, filter, page, call.Ct), Write);
    }

    private static void Write(Utf8JsonWriter writer, AuditRecord record)
    {
        var (scope, actor, action, subject, details) = record.Entry;
        writer.WriteStartObject();
        writer.WriteId("id"u8, record.Id);
        writer.WriteString("object"u8, "florin.audit_record"u8);
        writer.WriteString("action"u8, action);
        writer.WriteStartObject("actor"u8);
        writer.WriteString("name"u8, actor.Name);
        writer.WriteText("source"u8, actor.Source);
        writer.WriteString("type"u8, actor.Kind switch
        {
            AuditActorKind.User => "user"u8,
            AuditActorKind.ApiKey => "api_key"u8,
            AuditActorKind.Command => "command"u8,
        });
        writer.WriteEndObject();
        writer.WriteInstant("created"u8, record.At);
        writer.WriteText("details"u8, details);
        writer.WriteBoolean("livemode"u8, scope.IsLive);
        writer.WriteString("subject"u8, subject);
        writer.WriteEndObject();
    }
}
