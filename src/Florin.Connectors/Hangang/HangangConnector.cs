using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Florin.Connectors.Http;
using Florin.Kernel;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Florin.Connectors.Hangang;

/// <summary>
/// Hangang: signed forms both ways, always HTTP 200 with a result code. A payment is announced (<c>ready</c>), then
/// confirmed; only the confirmation moves money. One <c>cancel</c> call voids and refunds.
/// </summary>
internal sealed partial class HangangConnector(GatewayHttp http, TimeProvider time, TimeSpan notFoundIsFinalAfter) : IConnector
{
    public const string ConnectorName = "hangang";

    private const string Success = "0000";
    private const string BuyerAwaited = "0001";
    private const string DuplicateOrder = "1004";
    private const string NoSuchOrder = "1005";

    private static readonly TimeSpan KoreanOffset = TimeSpan.FromHours(9);

    private static readonly FrozenDictionary<string, DeclineCode> DeclineCodes = new Dictionary<string, DeclineCode>
    {
        ["2001"] = DeclineCode.AuthenticationFailed,
        ["2002"] = DeclineCode.CallIssuer,
        ["2003"] = DeclineCode.CardNotSupported,
        ["2004"] = DeclineCode.CardVelocityExceeded,
        ["2005"] = DeclineCode.DoNotHonor,
        ["2006"] = DeclineCode.ExpiredCard,
        ["2007"] = DeclineCode.Fraudulent,
        ["2008"] = DeclineCode.GenericDecline,
        ["2009"] = DeclineCode.IncorrectCvc,
        ["2010"] = DeclineCode.IncorrectNumber,
        ["2011"] = DeclineCode.InsufficientFunds,
        ["2012"] = DeclineCode.IssuerNotAvailable,
        ["2013"] = DeclineCode.LostCard,
        ["2014"] = DeclineCode.PickupCard,
        ["2015"] = DeclineCode.ProcessingError,
        ["2016"] = DeclineCode.StolenCard,
        ["2017"] = DeclineCode.TransactionNotAllowed,
        ["2018"] = DeclineCode.TryAgainLater,
        ["3001"] = DeclineCode.InvalidAmount,
        ["3002"] = DeclineCode.NotPermitted,
    }.ToFrozenDictionary();

    public string Name => ConnectorName;

    public IReadOnlyList<string> CredentialNames { get; } = ["merchant_id", "merchant_key"];

    public ConnectorCapabilities Capabilities { get; } = new(
        FrozenSet<string>.Empty,
        ManualCapture: true,
        PartialCapture: true,
        PartialRefund: true,
        notFoundIsFinalAfter,
        RefundsOneAtATime: true,
        ReversalByKey: true);

    public DeclineTable Declines { get; } = DeclineTable.Of(
        DeclineCodes,
        ("1001", ConnectorHelp.AccountRefused),
        ("1002", ConnectorHelp.AccountRefused),
        ("1003", ConnectorHelp.RequestRefused),
        (NoSuchOrder, ConnectorHelp.RequestRefused));

    public async Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var card = order.Card;
        var ready = await PostAsync("ready", "ready", order.Key, order.Amount, account, deadline,
            new("captureType", order.Capture ? "AUTO" : "MANUAL"),
            new("cardNo", card.Pan.Reveal()),
            new("cardExpiry", $"{card.ExpiryYear % 100:D2}{card.ExpiryMonth:D2}"),
            new("cvc", card.Cvc?.Reveal() ?? ""),
            new("buyerName", card.HolderName ?? ""),
            new("goodsName", order.Description ?? ""),
            new("returnUrl", order.ReturnUrl.AbsoluteUri),
            new("notifyUrl", order.WebhookUrl?.AbsoluteUri ?? ""));

        var announced = Understand(ready, order.Key, order.Amount, GatewayOperation.Authorize, earlier: false);
        switch (announced)
        {
            case Announced(var tid):
                var confirmed = await ConfirmAsync("authorize", order.Key, tid, order.Amount, account, deadline);
                return Settled(Understand(confirmed, order.Key, order.Amount, GatewayOperation.Authorize, earlier: false));
            case Duplicate:
                return await AnswerOfFirstAsync(order.Key, order.Amount, GatewayOperation.Authorize, account, deadline);
            case Told(GatewayAnswer.Unknown unknown):
                // A payment is confirmed by the number that ready answers with. We got none that we could read, and no
                // other call for this key confirms (a repeat ends as a duplicate above), so no money can move.
                return new GatewayAnswer.NotSent("Only announced, never confirmed. " + unknown.Reason);
            default:
                return Settled(announced);
        }
    }

    public async Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var confirmed = await ConfirmAsync("confirm", order.Key, order.Reference, order.Amount, account, deadline);
        return Settled(Understand(confirmed, order.Key, order.Amount, GatewayOperation.Authorize, earlier: true)).AboutEarlier();
    }

    public async Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var captured = await PostAsync("capture", "capture", order.Key, order.Amount, account, deadline,
            new KeyValuePair<string, string>("tid", order.AuthorizationReference));
        return await FollowedAsync(captured, order.Key, order.Amount, GatewayOperation.Capture, account, deadline);
    }

    public async Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var cancelled = await PostAsync("void", "cancel", order.Key, order.Authorized, account, deadline,
            new("tid", order.AuthorizationReference),
            new("remainAmount", order.Authorized.ToDecimalString()));
        return await FollowedAsync(cancelled, order.Key, order.Authorized, GatewayOperation.Void, account, deadline);
    }

    // 망취소: cancels by the order number alone, also an order that has not come yet.
    public async Task<GatewayAnswer> ReverseAsync(ReverseOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var reversed = await PostAsync("reverse", "netcancel", order.Key, order.Amount, account, deadline);
        return Settled(Understand(reversed, order.Key, order.Amount, GatewayOperation.Authorize, earlier: true)).AboutEarlier();
    }

    public async Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var cancelled = await PostAsync("refund", "cancel", order.Key, order.Amount, account, deadline,
            new("tid", order.CaptureReference),
            new("remainAmount", order.Remaining.ToDecimalString()),
            new("reason", order.Reason ?? ""));
        return await FollowedAsync(cancelled, order.Key, order.Amount, GatewayOperation.Refund, account, deadline);
    }

    public async Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var told = await PostAsync("query", "inquiry", order.Key, order.Amount, account, deadline);
        return Understand(told, order.Key, order.Amount, order.Operation, earlier: true) switch
        {
            // Announced and no more: no money moved, and by our own doing none will.
            Announced => new GatewayAnswer.NotFound(),
            var understood => Settled(understood).AboutEarlier(),
        };
    }

    public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account)
    {
        if (Read(webhook.Body) is not { } form) return ConnectorHelp.UnreadableWebhook("Hangang");
        var key = account.Credential("merchant_key");
        var dispute = form["disputeNo"];
        var signed = dispute.Length > 0
            ? Sign("", dispute, form["timestamp"], key)
            : Sign(form["amount"], form["orderId"], form["timestamp"], key);
        if (key.Length == 0
            || form["mid"] != account.Credential("merchant_id")
            || !FixedTime.Equal(signed, form["signature"]))
        {
            return ConnectorHelp.ForgedWebhook("Hangang");
        }

        return dispute.Length > 0 ? GatewayNotice.OfDispute(dispute)
            : form["orderId"].Length > 0 ? GatewayNotice.OfOperation(form["orderId"])
            : ConnectorHelp.UnreadableWebhook("Hangang");
    }

    private string Timestamp() => Korean(time.GetUtcNow());

    private static string Korean(DateTimeOffset instant) =>
        instant.ToOffset(KoreanOffset).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private Task<GatewayExchange> ConfirmAsync(
        string operation, string key, string tid, Money amount, ConnectorAccount account, CancellationToken deadline) =>
        PostAsync(operation, "confirm", key, amount, account, deadline, new KeyValuePair<string, string>("tid", tid));

    private Task<GatewayExchange> PostAsync(
        string operation,
        string path,
        string key,
        Money amount,
        ConnectorAccount account,
        CancellationToken deadline,
        params ReadOnlySpan<KeyValuePair<string, string>> fields)
    {
        var timestamp = Timestamp();
        var decimalAmount = amount.ToDecimalString();
        var body = new StringBuilder(512);
        Append(body, "mid", account.Credential("merchant_id"));
        Append(body, "orderId", key);
        Append(body, "amount", decimalAmount);
        Append(body, "currency", amount.Currency.Code);
        Append(body, "timestamp", timestamp);
        Append(body, "signature", Sign(decimalAmount, key, timestamp, account.Credential("merchant_key")));
        foreach (var (name, value) in fields) Append(body, name, value);
        return SendAsync(operation, "payment/" + path, body, account, deadline);
    }

    private Task<GatewayExchange> SendAsync(
        string operation, string path, StringBuilder body, ConnectorAccount account, CancellationToken deadline)
    {
        var request = new GatewayRequest(operation, HttpMethod.Post, new Uri(account.BaseUrl, path))
        {
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
            Body = Encoding.ASCII.GetBytes(body.ToString()),
        };
        return http.SendAsync(request, deadline);
    }

    private async Task<GatewayAnswer> FollowedAsync(
        GatewayExchange exchange, string key, Money amount, GatewayOperation operation, ConnectorAccount account, CancellationToken deadline)
    {
        var understood = Understand(exchange, key, amount, operation, earlier: false);
        return understood is Duplicate
            ? await AnswerOfFirstAsync(key, amount, operation, account, deadline)
            : Settled(understood);
    }

    // Hangang only says that the key came before; what became of it then is the answer now.
    private async Task<GatewayAnswer> AnswerOfFirstAsync(
        string key, Money amount, GatewayOperation operation, ConnectorAccount account, CancellationToken deadline) =>
        await QueryAsync(new QueryOrder(operation, key, null, amount), account, deadline) switch
        {
            GatewayAnswer.NotFound => new GatewayAnswer.Unknown("The first request with this key is not concluded yet."),
            var answer => answer,
        };

    private static Understood Understand(
        GatewayExchange exchange, string key, Money amount, GatewayOperation operation, bool earlier)
    {
        if (exchange.Failure is { } failure) return new Told(failure);
        if (exchange.Status != 200) return Puzzled($"Hangang answered HTTP {exchange.Status}.");
        if (Read(exchange.Body) is not { } form) return Puzzled("Hangang's answer is not a form.");

        var code = form["resultCode"];
        switch (code)
        {
            case DuplicateOrder: return new Duplicate();
            case NoSuchOrder when earlier: return new Told(new GatewayAnswer.NotFound());
            case "1001" or "1002" or "1003" or NoSuchOrder:
                return new Told(ConnectorHelp.RefusedBeforeActing(code, earlier));
        }

        var declined = DeclineCodes.TryGetValue(code, out var reason);
        if (!declined && code is not (Success or BuyerAwaited)) return Puzzled("Hangang answered with a code that we do not know.");
        if (ConnectorHelp.Mismatch(form["orderId"], form.Amount, key, amount) is { } mismatch) return new Told(mismatch);
        var tid = form["tid"];
        if (tid.Length == 0) return Puzzled("Hangang's answer has no tid.");
        if (declined) return new Told(new GatewayAnswer.Declined(reason, code, $"Hangang declined: {code}.", tid));

        var approval = form["approvalNo"].Length > 0 ? form["approvalNo"] : null;
        return (operation, form["status"]) switch
        {
            (GatewayOperation.Authorize, "READY") => new Announced(tid),
            (GatewayOperation.Authorize, "AUTH_REQUIRED") => Uri.TryCreate(form["authUrl"], UriKind.Absolute, out var url)
                ? new Told(new GatewayAnswer.Challenge(tid, url))
                : Puzzled("Hangang wants the buyer but says not where."),
            (GatewayOperation.Authorize, "AUTHORIZED") => new Told(new GatewayAnswer.Authorized(tid, amount, approval)),
            (GatewayOperation.Authorize, "PAID") => new Told(new GatewayAnswer.Captured(tid, amount, approval)),
            (GatewayOperation.Authorize, "NET_CANCELED") => new Told(new GatewayAnswer.Voided(tid)),
            (GatewayOperation.Capture, "CAPTURED") => new Told(new GatewayAnswer.Captured(tid, amount)),
            (GatewayOperation.Void, "VOIDED") => new Told(new GatewayAnswer.Voided(tid)),
            (GatewayOperation.Refund, "REFUNDED") => new Told(new GatewayAnswer.Refunded(tid, amount)),
            _ => Puzzled("Hangang answered with a status that we do not know here."),
        };
    }

    private static GatewayAnswer Settled(Understood understood) => understood is Told(var answer)
        ? answer
        : new GatewayAnswer.Unknown("Hangang answered as if to another request.");

    private static Told Puzzled(string reason) => new(new GatewayAnswer.Unknown(reason));

    private static Form? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body.Span));
            return new Form(reader.ReadForm());
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string Sign(string amount, string orderId, string timestamp, string merchantKey) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(amount + orderId + timestamp + merchantKey)));

    private static void Append(StringBuilder body, string name, string value)
    {
        if (body.Length > 0) body.Append('&');
        body.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    /// <summary>What an answer means, before it is settled what the call makes of it.</summary>
    private abstract record Understood;

    private sealed record Told(GatewayAnswer Answer) : Understood;

    private sealed record Announced(string Tid) : Understood;

    private sealed record Duplicate : Understood;

    /// <summary>A form's fields; one that is absent reads as empty.</summary>
    private sealed class Form(Dictionary<string, StringValues> fields)
    {
        public string this[string name] => fields.TryGetValue(name, out var value) ? value.ToString() : "";

        public Money? Amount => Currency.TryGet(this["currency"], out var currency)
            && Money.TryParseDecimal(this["amount"], currency, out var amount) ? amount : null;
    }
}
