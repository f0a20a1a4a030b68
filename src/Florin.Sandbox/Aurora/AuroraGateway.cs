using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Kernel;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Aurora;

/// <summary>Aurora: JSON, a bearer key, an idempotency header, HTTP 402 for declines, minor units.</summary>
internal sealed partial class AuroraGateway(Gateway gateway, string? publicUrl)
{
    private const string Json = "application/json";

    private static readonly byte[] Bearer = Encoding.UTF8.GetBytes("Bearer " + SandboxCredentials.AuroraApiKey);

    private static readonly FrozenDictionary<string, string> DeclineWords = new Dictionary<string, string>
    {
        ["authentication_failed"] = "AUTH_FAILED",
        ["call_issuer"] = "REFER_TO_ISSUER",
        ["card_not_supported"] = "CARD_TYPE",
        ["card_velocity_exceeded"] = "VELOCITY",
        ["do_not_honor"] = "DO_NOT_HONOUR",
        ["expired_card"] = "EXPIRED",
        ["fraudulent"] = "FRAUD_SUSPECTED",
        ["generic_decline"] = "REFUSED",
        ["incorrect_cvc"] = "CVC_MISMATCH",
        ["incorrect_number"] = "UNKNOWN_CARD",
        ["insufficient_funds"] = "NSF",
        ["invalid_amount"] = "AMOUNT_EXCEEDED",
        ["issuer_not_available"] = "ISSUER_DOWN",
        ["lost_card"] = "LOST",
        ["not_permitted"] = "WRONG_STATE",
        ["pickup_card"] = "RETAIN_CARD",
        ["processing_error"] = "PROCESSING",
        ["stolen_card"] = "STOLEN",
        ["transaction_not_allowed"] = "NOT_ALLOWED",
        ["try_again_later"] = "RETRY_LATER",
    }.ToFrozenDictionary();

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/aurora/v1/payments", AuthorizeAsync);
        app.MapPost("/aurora/v1/payments/{reference}/confirm", ConfirmAsync);
        app.MapPost("/aurora/v1/payments/{reference}/increments",
            context => FollowAsync(context, OperationNames.Increment, (parent, key, amount) => gateway.Book.Increment(parent, key, amount)));
        app.MapPost("/aurora/v1/payments/{reference}/captures",
            context => FollowAsync(context, OperationNames.Capture, (parent, key, amount) => gateway.Book.Capture(parent, key, amount)));
        app.MapPost("/aurora/v1/payments/{reference}/voids",
            context => FollowAsync(context, OperationNames.Void, (parent, key, _) => gateway.Book.Void(parent, key)));
        app.MapPost("/aurora/v1/payments/{reference}/refunds",
            context => FollowAsync(context, OperationNames.Refund, (parent, key, amount) => gateway.Book.Refund(parent, key, amount, mayTakeTime: true)));
        app.MapPost("/aurora/v1/operations/{key}/cancellation", WithdrawAsync);
        app.MapGet("/aurora/v1/operations/{key}", QueryAsync);
        MapDisputes(app);
    }

    /// <summary>The operation as every answer and webhook shows it.</summary>
    public static void WriteOperation(Utf8JsonWriter json, Operation operation, string? challengeUrl)
    {
        json.WriteStartObject();
        json.WriteString("id", operation.Reference);
        json.WriteString("key", operation.Key);
        json.WriteString("operation", operation.Kind.ToString().ToLowerInvariant());
        json.WriteString("payment", operation.Payment.Authorization.Reference);
        json.WriteString("status", Status(operation));
        json.WriteNumber("amount", operation.Amount.Minor);
        json.WriteString("currency", operation.Amount.Currency.Code);
        if (operation.AuthorizationCode is { } code) json.WriteString("authorization_code", code);
        if (challengeUrl is not null) json.WriteString("action_url", challengeUrl);
        if (IssuerAuthentication.Of(operation) is { } authentication)
        {
            json.WriteStartObject("authentication");
            json.WriteString("eci", authentication.Indicator);
            json.WriteString("cavv", authentication.Value);
            json.WriteString("transaction", authentication.Transaction);
            json.WriteEndObject();
        }

        if (operation.DeclineReason is { } reason)
        {
            json.WriteStartObject("error");
            json.WriteString("type", "declined");
            json.WriteString("code", DeclineWords[reason]);
            json.WriteString("message", $"Aurora said no: {reason.Replace('_', ' ')}.");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private async Task AuthorizeAsync(HttpContext context)
    {
        if (await OpenAsync(context) is not { } body) return;
        using (body)
        {
            var root = body.RootElement;
            if (!TryKey(context, out var key) || !TryAmount(root, out var amount)
                || !root.TryGetProperty("card", out var card)
                || !TryText(card, "number", out var number)
                || !TryNumber(card, "exp_month", out var month) || !TryNumber(card, "exp_year", out var year)
                || !TryText(root, "return_url", out var returnText)
                || !Uri.TryCreate(returnText, UriKind.Absolute, out var returnUrl))
            {
                await RefuseAsync(context, 400, "invalid_request", "A field is missing or wrong.");
                return;
            }

            var (testCard, last4) = CardNumber.Look(number);
            var request = new AuthorizationRequest(
                AcquirerNames.Aurora, key, amount, root.TryGetProperty("capture", out var capture) && capture.GetBoolean(),
                testCard, last4, (int)month, (int)year, returnUrl,
                TryText(root, "webhook_url", out var hook) ? new Uri(hook) : null,
                TryText(root, "description", out var description) ? description : null)
            {
                Authentication = Authentication(root),
            };
            await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.Authorize, () =>
            {
                var (operation, isNew) = gateway.Book.Authorize(request);
                return isNew || operation.Amount == amount
                    ? new Done(Show(context, operation, !isNew), operation, isNew && operation.IsFinal)
                    : new Done(KeyReused(), operation);
            }, Gateway.TimingOf(testCard?.Behavior, afterChallenge: false), last4);
        }
    }

    private async Task ConfirmAsync(HttpContext context)
    {
        if (await OpenAsync(context) is not { } body) return;
        using (body)
        {
            if (Parent(context) is not { } authorization)
            {
                await RefuseAsync(context, 404, "not_found", "There is no such payment.");
                return;
            }

            await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.Confirm, () =>
            {
                var concluded = gateway.Book.Confirm(authorization);
                return new Done(Show(context, authorization, isReplay: false), authorization, concluded);
            }, Gateway.TimingOf(authorization), authorization.Last4);
        }
    }

    private async Task FollowAsync(
        HttpContext context, string name, Func<Operation, string, Money, (Operation Operation, bool IsNew)> act)
    {
        if (await OpenAsync(context) is not { } body) return;
        using (body)
        {
            if (!TryKey(context, out var key) || !TryAmount(body.RootElement, out var amount))
            {
                await RefuseAsync(context, 400, "invalid_request", "A field is missing or wrong.");
                return;
            }

            if (Parent(context) is not { } parent)
            {
                await RefuseAsync(context, 404, "not_found", "There is no such payment.");
                return;
            }

            await gateway.ServeAsync(context, AcquirerNames.Aurora, name, () =>
            {
                var (operation, isNew) = act(parent, key, amount);
                return isNew || operation.Amount == amount
                    ? new Done(Show(context, operation, !isNew), operation, isNew && operation.IsFinal)
                    : new Done(KeyReused(), operation);
            }, last4: parent.Last4);
        }
    }

    private async Task WithdrawAsync(HttpContext context)
    {
        if (await OpenAsync(context) is not { } body) return;
        using (body)
        {
            var refund = gateway.Book.Find(AcquirerNames.Aurora, (string)context.Request.RouteValues["key"]!);
            if (refund is not { Kind: OperationKind.Refund })
            {
                await RefuseAsync(context, 404, "not_found", "There is no such refund.");
                return;
            }

            await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.CancelRefund, () =>
            {
                gateway.Book.Withdraw(refund);
                return new Done(Show(context, refund, isReplay: false), refund);
            }, last4: refund.Last4);
        }
    }

    private async Task QueryAsync(HttpContext context)
    {
        if (!IsAuthentic(context))
        {
            await RefuseAsync(context, 401, "unauthorized", "The key opens nothing here.");
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Aurora, OperationNames.Query, () =>
            gateway.LookUp(AcquirerNames.Aurora, (string)context.Request.RouteValues["key"]!) is { } operation
                ? new Done(Show(context, operation, isReplay: false) with { Status = 200 })
                : new Done(Error(404, "not_found", "There is no operation with that key.")));
    }

    private static string Status(Operation operation) => operation.State switch
    {
        OperationState.Ready or OperationState.Challenged or OperationState.Authenticated => "action_required",
        OperationState.Declined => "declined",
        OperationState.Working => "pending",
        OperationState.Withdrawn => "canceled",
        OperationState.Reversed => "reversed",
        OperationState.Approved => operation.Kind switch
        {
            OperationKind.Increment => "authorized",
            OperationKind.Authorize => operation.Card!.Capture ? "captured" : "authorized",
            OperationKind.Capture => "captured",
            OperationKind.Void => "voided",
            OperationKind.Refund => "refunded",
        },
    };

    private Reply Show(HttpContext context, Operation operation, bool isReplay)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        var awaited = operation.IsFinal ? null : operation.Challenge;
        WriteOperation(json, operation, awaited is null ? null : Challenges.ChallengePage.UrlOf(context, publicUrl, awaited));
        json.Flush();
        return new Reply(operation.State == OperationState.Declined ? 402 : 200, Json, buffer.WrittenMemory, isReplay);
    }

    private Operation? Parent(HttpContext context) =>
        gateway.Book.FindByReference(AcquirerNames.Aurora, (string)context.Request.RouteValues["reference"]!);

    /// <returns>The body, or null when the caller was refused.</returns>
    private static async Task<JsonDocument?> OpenAsync(HttpContext context)
    {
        if (!IsAuthentic(context))
        {
            await RefuseAsync(context, 401, "unauthorized", "The key opens nothing here.");
            return null;
        }

        try
        {
            return JsonDocument.Parse(await RequestBody.ReadAsync(context));
        }
        catch (JsonException)
        {
            await RefuseAsync(context, 400, "invalid_request", "The body is not JSON.");
            return null;
        }
    }

    private static bool IsAuthentic(HttpContext context) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()), Bearer);

    // What is there but incomplete is shown to nobody as a proof, and fails as one.
    private static IssuerAuthentication? Authentication(JsonElement root) => !root.TryGetProperty("authentication", out var given)
        ? null
        : new IssuerAuthentication(
            TryText(given, "eci", out var indicator) ? indicator : "",
            TryText(given, "cavv", out var value) ? value : "",
            TryText(given, "transaction", out var transaction) ? transaction : "");

    private static bool TryKey(HttpContext context, out string key)
    {
        key = context.Request.Headers["Idempotency-Key"].ToString();
        return key.Length is > 0 and <= 64;
    }

    private static bool TryAmount(JsonElement body, out Money amount)
    {
        amount = default;
        if (!TryNumber(body, "amount", out var minor) || minor <= 0) return false;
        if (!TryText(body, "currency", out var code) || !Currency.TryGet(code, out var currency)) return false;
        amount = new Money(minor, currency);
        return true;
    }

    private static bool TryText(JsonElement parent, string name, [NotNullWhen(true)] out string? text)
    {
        text = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }

    private static bool TryNumber(JsonElement parent, string name, out long number)
    {
        number = 0;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number);
    }

    private static Reply KeyReused() => Error(409, "key_reused", "That key was used with another amount.");

    private static Reply Error(int status, string type, string message) => new(status, Json,
        Encoding.UTF8.GetBytes($$"""{"error": {"type": "{{type}}", "message": "{{message}}"} }"""));

    private static async Task RefuseAsync(HttpContext context, int status, string type, string message)
    {
        var reply = Error(status, type, message);
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        await context.Response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
    }
}
