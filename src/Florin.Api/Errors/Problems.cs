using System.Text.Json;
using Florin.Kernel;
using Florin.Payments;
using Florin.Payments.Wire;
using Florin.Storage.Idempotency;

namespace Florin.Api.Errors;

/// <summary>Where a request was made, for its error to say.</summary>
/// <param name="Path">As in <c>/v1/refunds</c>.</param>
/// <param name="IsLogged">Whether the merchant finds it in the request log.</param>
internal sealed record ErrorPlace(string Path, string RequestId, bool IsLogged = false);

/// <summary>The one place where a refusal becomes an HTTP status and a body.</summary>
/// <remarks>
/// The body is a problem of RFC 9457 and Stripe's error envelope at once: Stripe's Node SDK takes any JSON without
/// <c>error</c> for a success. Statuses are those that the SDKs read well: 422 would lose its type, and 409 is
/// repeated by them without asking, so a conflict of state is 400.
/// </remarks>
internal sealed class Problems(PublicAddress address)
{
    public const string ContentType = "application/problem+json";

    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => 400,
        RefusalKind.Unauthenticated => 401,
        RefusalKind.Forbidden => 403,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 400,
        RefusalKind.Declined => 402,
        RefusalKind.InFlight => 409,
        RefusalKind.IdempotencyMismatch => 400,
        RefusalKind.RateLimited => 429,
        RefusalKind.Unavailable => 503,
    };

    public static string TypeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => "invalid_request_error",
        RefusalKind.Unauthenticated => "invalid_request_error",
        RefusalKind.Forbidden => "invalid_request_error",
        RefusalKind.NotFound => "invalid_request_error",
        RefusalKind.Conflict => "invalid_request_error",
        RefusalKind.Declined => "card_error",
        RefusalKind.InFlight => "idempotency_error",
        RefusalKind.IdempotencyMismatch => "idempotency_error",
        RefusalKind.RateLimited => "invalid_request_error",
        RefusalKind.Unavailable => "api_error",
    };

    /// <summary>For what no module refuses but the framework does.</summary>
    public static string TypeOf(int status) => status >= 500 ? "api_error" : "invalid_request_error";

    public StoredResponse From(Refusal refusal, ErrorPlace place) =>
        Answer(StatusOf(refusal.Kind), TypeOf(refusal.Kind), refusal, place);

    /// <summary>For what the framework refuses: 404, 405, 413, 415, 500.</summary>
    public StoredResponse From(int status, string code, string message, ErrorPlace place, string? param = null) =>
        Answer(
            status,
            TypeOf(status),
            new Refusal(RefusalKind.Invalid, code, message, param),
            place);

    private StoredResponse Answer(int status, string type, Refusal refusal, ErrorPlace place)
    {
        var documentation = address.To($"{ErrorPages.Path[1..]}/{refusal.Code}").AbsoluteUri;
        var log = place.IsLogged ? address.To($"office/requests/{place.RequestId}").AbsoluteUri : null;
        var body = WireWriter.Bytes(
            (status, type, refusal, place, documentation, log),
            static (writer, it) => Write(writer, it.status, it.type, it.refusal, it.place, it.documentation, it.log));
        return new StoredResponse(status, ContentType, body);
    }

    private static void Write(
        Utf8JsonWriter writer, int status, string type, Refusal refusal, ErrorPlace place, string documentation, string? log)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, documentation);
        writer.WriteString("title"u8, ErrorCodes.TitleOf(refusal.Code));
        writer.WriteNumber("status"u8, status);
        writer.WriteString("detail"u8, refusal.Message);
        writer.WriteString("instance"u8, place.Path);
        writer.WriteString("request_id"u8, place.RequestId);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, type);
        writer.WriteString("code"u8, refusal.Code);
        if (refusal.DeclineCode is { } declineCode) writer.WriteString("decline_code"u8, declineCode);
        writer.WriteString("message"u8, refusal.Message);
        if (refusal.Param is { } param) writer.WriteString("param"u8, param);
        writer.WriteString("doc_url"u8, documentation);
        if (log is not null) writer.WriteString("request_log_url"u8, log);
        WriteSubject(writer, refusal.Subject);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter writer, object? subject)
    {
        switch (subject)
        {
            case PaymentIntent intent:
                if (intent.LatestCharge is { } charge) writer.WriteId("charge"u8, charge);
                writer.WritePropertyName("payment_intent"u8);
                PaymentJson.Write(writer, intent);
                break;
            case SetupIntent intent:
                writer.WritePropertyName("setup_intent"u8);
                PaymentJson.Write(writer, intent);
                break;
            case PaymentMethod method:
                writer.WritePropertyName("payment_method"u8);
                PaymentJson.Write(writer, method);
                break;
            case Refund refund:
                writer.WriteStartObject("florin"u8);
                writer.WritePropertyName("refund"u8);
                PaymentJson.Write(writer, refund);
                writer.WriteEndObject();
                break;
        }
    }
}
