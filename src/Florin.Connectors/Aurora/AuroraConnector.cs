using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Florin.Connectors.Http;
using Florin.Kernel;

namespace Florin.Connectors.Aurora;

/// <summary>Aurora: JSON, a bearer key, our key as <c>Idempotency-Key</c>, HTTP 402 for declines, minor units.</summary>
internal sealed partial class AuroraConnector(GatewayHttp http, TimeSpan notFoundIsFinalAfter) : IConnector
{
    public const string ConnectorName = "aurora";

    private static readonly FrozenDictionary<string, DeclineCode> DeclineCodes = new Dictionary<string, DeclineCode>
    {
        ["AMOUNT_EXCEEDED"] = DeclineCode.InvalidAmount,
        ["AUTH_FAILED"] = DeclineCode.AuthenticationFailed,
        ["CARD_TYPE"] = DeclineCode.CardNotSupported,
        ["CVC_MISMATCH"] = DeclineCode.IncorrectCvc,
        ["DO_NOT_HONOUR"] = DeclineCode.DoNotHonor,
        ["EXPIRED"] = DeclineCode.ExpiredCard,
        ["FRAUD_SUSPECTED"] = DeclineCode.Fraudulent,
        ["ISSUER_DOWN"] = DeclineCode.IssuerNotAvailable,
        ["LOST"] = DeclineCode.LostCard,
        ["NOT_ALLOWED"] = DeclineCode.TransactionNotAllowed,
        ["NSF"] = DeclineCode.InsufficientFunds,
        ["PROCESSING"] = DeclineCode.ProcessingError,
        ["REFER_TO_ISSUER"] = DeclineCode.CallIssuer,
        ["REFUSED"] = DeclineCode.GenericDecline,
        ["RETAIN_CARD"] = DeclineCode.PickupCard,
        ["RETRY_LATER"] = DeclineCode.TryAgainLater,
        ["STOLEN"] = DeclineCode.StolenCard,
        ["UNKNOWN_CARD"] = DeclineCode.IncorrectNumber,
        ["VELOCITY"] = DeclineCode.CardVelocityExceeded,
        ["WRONG_STATE"] = DeclineCode.NotPermitted,
    }.ToFrozenDictionary();

    public string Name => ConnectorName;

    public IReadOnlyList<string> CredentialNames { get; } = ["api_key", "webhook_secret"];

    public ConnectorCapabilities Capabilities { get; } = new(
        FrozenSet<string>.Empty, ManualCapture: true, PartialCapture: true, PartialRefund: true, notFoundIsFinalAfter,
        IncrementalAuthorization: true, RefundCancellation: true)
    {
        GivesAuthentication = true,
        TakesAuthentication = true,
    };

    public DeclineTable Declines { get; } = DeclineTable.Of(
        DeclineCodes,
        ("unauthorized", ConnectorHelp.AccountRefused),
        ("invalid_request", ConnectorHelp.RequestRefused),
        ("not_found", ConnectorHelp.RequestRefused));

    public Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var body = Write(order.Amount, json =>
        {
            json.WriteBoolean("capture", order.Capture);
            json.WriteStartObject("card");
            json.WriteString("number", order.Card.Pan.Reveal());
            json.WriteNumber("exp_month", order.Card.ExpiryMonth);
            json.WriteNumber("exp_year", order.Card.ExpiryYear);
            if (order.Card.Cvc is { } cvc) json.WriteString("cvc", cvc.Reveal());
            if (order.Card.HolderName is { } holder) json.WriteString("holder", holder);
            json.WriteEndObject();
            if (order.Authentication is { } authentication)
            {
                json.WriteStartObject("authentication");
                json.WriteString("eci", authentication.Indicator);
                json.WriteString("cavv", authentication.Value.Reveal());
                json.WriteString("transaction", authentication.Transaction);
                json.WriteEndObject();
            }

            json.WriteString("return_url", order.ReturnUrl.AbsoluteUri);
            if (order.WebhookUrl is { } hook) json.WriteString("webhook_url", hook.AbsoluteUri);
            if (order.Description is { } description) json.WriteString("description", description);
        });
        return PostAsync("authorize", "v1/payments", order.Key, order.Amount, body, account, deadline);
    }

    public Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync("confirm", $"v1/payments/{Escape(order.Reference)}/confirm", order.Key, order.Amount,
            Write(order.Amount), account, deadline, earlier: true);

    public Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync("capture", $"v1/payments/{Escape(order.AuthorizationReference)}/captures", order.Key, order.Amount,
            Write(order.Amount), account, deadline);

    public Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync("void", $"v1/payments/{Escape(order.AuthorizationReference)}/voids", order.Key, order.Authorized,
            Write(order.Authorized), account, deadline);

    public Task<GatewayAnswer> IncrementAsync(IncrementOrder order, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync("increment", $"v1/payments/{Escape(order.AuthorizationReference)}/increments", order.Key, order.Amount,
            Write(order.Amount), account, deadline);

    public Task<GatewayAnswer> CancelRefundAsync(CancelRefundOrder order, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync("cancel_refund", $"v1/operations/{Escape(order.Key)}/cancellation", order.Key, order.Amount,
            Write(order.Amount), account, deadline, earlier: true);

    public Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var body = Write(order.Amount, json =>
        {
            if (order.Reason is { } reason) json.WriteString("reason", reason);
        });
        return PostAsync("refund", $"v1/payments/{Escape(order.CaptureReference)}/refunds", order.Key, order.Amount,
            body, account, deadline);
    }

    public async Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var request = new GatewayRequest(
            "query", HttpMethod.Get, new Uri(account.BaseUrl, $"v1/operations/{Escape(order.Key)}"))
        {
            Headers = [Bearer(account)],
        };
        var exchange = await http.SendAsync(request, deadline);
        return Understand(exchange, order.Key, order.Amount, order.Operation, earlier: true).AboutEarlier();
    }

    public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account)
    {
        var secret = account.Credential("webhook_secret");
        if (secret.Length == 0
            || !webhook.TryHeader("Aurora-Signature", out var header)
            || header.Split(",v1=") is not [{ Length: > 2 } stamp, var signature]
            || !stamp.StartsWith("t=", StringComparison.Ordinal)) return ConnectorHelp.ForgedWebhook("Aurora");

        // The time is signed but not judged: an old call heard again only makes us ask once more.
        byte[] signed = [.. Encoding.UTF8.GetBytes(stamp[2..] + "."), .. webhook.Body.Span];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        if (!FixedTime.Equal(expected, signature)) return ConnectorHelp.ForgedWebhook("Aurora");

        try
        {
            using var json = JsonDocument.Parse(webhook.Body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data)) return ConnectorHelp.UnreadableWebhook("Aurora");
            var dispute = Text(root, "type") == "dispute.changed" ? Text(data, "id") : null;
            return dispute is not null ? GatewayNotice.OfDispute(dispute)
                : Text(data, "key") is { } key ? GatewayNotice.OfOperation(key)
                : ConnectorHelp.UnreadableWebhook("Aurora");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return ConnectorHelp.UnreadableWebhook("Aurora");
        }
    }

    private async Task<GatewayAnswer> PostAsync(
        string operation,
        string path,
        string key,
        Money amount,
        ReadOnlyMemory<byte> body,
        ConnectorAccount account,
        CancellationToken deadline,
        bool earlier = false)
    {
        var request = new GatewayRequest(operation, HttpMethod.Post, new Uri(account.BaseUrl, path))
        {
            ContentType = "application/json",
            Headers = [Bearer(account), new("Idempotency-Key", key)],
            Body = body,
        };
        var exchange = await http.SendAsync(request, deadline);
        var kind = operation switch
        {
            "increment" => GatewayOperation.Increment,
            "capture" => GatewayOperation.Capture,
            "void" => GatewayOperation.Void,
            "refund" or "cancel_refund" => GatewayOperation.Refund,
            _ => GatewayOperation.Authorize,
        };
        var answer = Understand(exchange, key, amount, kind, earlier);
        return earlier ? answer.AboutEarlier() : answer;
    }

    private static GatewayAnswer Understand(
        GatewayExchange exchange, string key, Money amount, GatewayOperation operation, bool earlier)
    {
        if (exchange.Failure is { } failure) return failure;
        try
        {
            using var json = JsonDocument.Parse(exchange.Body);
            var answer = json.RootElement;
            if (answer.ValueKind != JsonValueKind.Object) return new GatewayAnswer.Unknown("Aurora's answer is no object.");
            var status = Text(answer, "status");
            return (exchange.Status, status) switch
            {
                (200, _) or (402, "declined") =>
                    ConnectorHelp.Mismatch(Text(answer, "key"), Amount(answer), key, amount)
                    ?? Concluded(answer, status, amount, operation),
                (400 or 401 or 403 or 404, null) => Refused(answer, earlier),
                _ => new GatewayAnswer.Unknown($"Aurora answered HTTP {exchange.Status}, which we do not know here."),
            };
        }
        // InvalidOperationException: a string with half an emoji escaped in it.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new GatewayAnswer.Unknown($"Aurora's answer (HTTP {exchange.Status}) is not JSON.");
        }
    }

    private static GatewayAnswer Concluded(JsonElement answer, string? status, Money amount, GatewayOperation operation)
    {
        if (Text(answer, "id") is not { Length: > 0 } id) return new GatewayAnswer.Unknown("Aurora's answer has no id.");
        var payment = Text(answer, "payment") ?? id;
        return (operation, status) switch
        {
            (GatewayOperation.Authorize, "authorized") => new GatewayAnswer.Authorized(id, amount, Text(answer, "authorization_code")),
            (GatewayOperation.Authorize, "captured") => new GatewayAnswer.Captured(id, amount, Text(answer, "authorization_code")),
            (GatewayOperation.Authorize, "action_required") =>
                Uri.TryCreate(Text(answer, "action_url"), UriKind.Absolute, out var url)
                    ? new GatewayAnswer.Challenge(id, url)
                    : new GatewayAnswer.Unknown("Aurora wants an action but says not where."),
            (GatewayOperation.Increment, "authorized") => new GatewayAnswer.Authorized(id, amount, Text(answer, "authorization_code")),
            (GatewayOperation.Capture, "captured") => new GatewayAnswer.Captured(payment, amount),
            (GatewayOperation.Void, "voided") => new GatewayAnswer.Voided(id),
            (GatewayOperation.Refund, "refunded") => new GatewayAnswer.Refunded(id, amount),
            (GatewayOperation.Refund, "pending") => new GatewayAnswer.Pending(id),
            (GatewayOperation.Refund, "canceled") => new GatewayAnswer.Voided(id),
            (_, "declined") => Declined(answer, id),
            _ => new GatewayAnswer.Unknown("Aurora answered with a status that we do not know here."),
        };
    }

    // A reason that we do not know is a no all the same: the status said so.
    private static GatewayAnswer.Declined Declined(JsonElement answer, string id)
    {
        var word = answer.TryGetProperty("error", out var error) ? Text(error, "code") ?? "" : "";
        return new GatewayAnswer.Declined(
            DeclineCodes.GetValueOrDefault(word, DeclineCode.GenericDecline), word, $"Aurora declined: {word}.", id)
        {
            Authentication = Authentication(answer),
        };
    }

    // All three parts or nothing: half a proof proves nothing to another acquirer.
    private static GatewayAuthentication? Authentication(JsonElement answer) =>
        answer.TryGetProperty("authentication", out var given)
        && Text(given, "eci") is { } indicator && Text(given, "cavv") is { } value && Text(given, "transaction") is { } transaction
            ? new GatewayAuthentication(indicator, Secret.Of(value), transaction)
            : null;

    private static GatewayAnswer Refused(JsonElement answer, bool earlier) =>
        (answer.TryGetProperty("error", out var error) ? Text(error, "type") : null) switch
        {
            "not_found" when earlier => new GatewayAnswer.NotFound(),
            "unauthorized" => ConnectorHelp.RefusedBeforeActing("unauthorized", earlier),
            "invalid_request" => ConnectorHelp.RefusedBeforeActing("invalid_request", earlier),
            "not_found" => ConnectorHelp.RefusedBeforeActing("not_found", earlier),
            _ => new GatewayAnswer.Unknown("Aurora refused in words that we do not know."),
        };

    private static ReadOnlyMemory<byte> Write(Money amount, Action<Utf8JsonWriter>? more = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("amount", amount.Minor);
        json.WriteString("currency", amount.Currency.Code);
        more?.Invoke(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static Money? Amount(JsonElement answer) =>
        answer.TryGetProperty("amount", out var minor) && minor.ValueKind == JsonValueKind.Number
        && minor.TryGetInt64(out var units) && Currency.TryGet(Text(answer, "currency"), out var currency)
            ? new Money(units, currency)
            : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static KeyValuePair<string, string> Bearer(ConnectorAccount account) =>
        new("Authorization", "Bearer " + account.Credential("api_key"));
}
