using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Florin.Connectors.Http;
using Florin.Kernel;

namespace Florin.Connectors.Castellan;

/// <summary>
/// Castellan: XML with an HMAC over the body, amounts in minor units with a numeric currency and its exponent. Our key
/// is the merchant reference; one that comes again is answered with the first result, marked as a duplicate.
/// </summary>
internal sealed partial class CastellanConnector(GatewayHttp http, TimeSpan notFoundIsFinalAfter) : IConnector
{
    public const string ConnectorName = "castellan";

    private const string SignatureHeader = "X-Castellan-Signature";

    // No DTD and no resolver: an answer can neither name a file of ours nor grow without bound.
    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = GatewayHttp.MaxAnswerBytes,
    };

    private static readonly XmlWriterSettings Writing = new() { Encoding = new UTF8Encoding(false) };

    // ISO 8583 field 39 where it has a code; two letters of Castellan's own where it has none.
    private static readonly FrozenDictionary<string, DeclineCode> DeclineCodes = new Dictionary<string, DeclineCode>
    {
        ["01"] = DeclineCode.CallIssuer,
        ["04"] = DeclineCode.PickupCard,
        ["05"] = DeclineCode.DoNotHonor,
        ["13"] = DeclineCode.InvalidAmount,
        ["14"] = DeclineCode.IncorrectNumber,
        ["19"] = DeclineCode.TryAgainLater,
        ["40"] = DeclineCode.NotPermitted,
        ["41"] = DeclineCode.LostCard,
        ["43"] = DeclineCode.StolenCard,
        ["51"] = DeclineCode.InsufficientFunds,
        ["54"] = DeclineCode.ExpiredCard,
        ["57"] = DeclineCode.TransactionNotAllowed,
        ["59"] = DeclineCode.Fraudulent,
        ["65"] = DeclineCode.CardVelocityExceeded,
        ["91"] = DeclineCode.IssuerNotAvailable,
        ["96"] = DeclineCode.ProcessingError,
        ["CA"] = DeclineCode.AuthenticationFailed,
        ["CD"] = DeclineCode.GenericDecline,
        ["CN"] = DeclineCode.CardNotSupported,
        ["CV"] = DeclineCode.IncorrectCvc,
    }.ToFrozenDictionary();

    public string Name => ConnectorName;

    public IReadOnlyList<string> CredentialNames { get; } = ["merchant_id", "signing_key"];

    public ConnectorCapabilities Capabilities { get; } = new(
        FrozenSet<string>.Empty, ManualCapture: true, PartialCapture: true, PartialRefund: true, notFoundIsFinalAfter,
        ReversalByKey: true)
    {
        GivesAuthentication = true,
        TakesAuthentication = true,
    };

    public DeclineTable Declines { get; } = DeclineTable.Of(
        DeclineCodes,
        ("SIGNATURE", ConnectorHelp.AccountRefused),
        ("INVALID", ConnectorHelp.RequestRefused),
        ("UNKNOWN_TRANSACTION", ConnectorHelp.RequestRefused));

    public Task<GatewayAnswer> AuthorizeAsync(AuthorizeOrder order, ConnectorAccount account, CancellationToken deadline) =>
        SendAsync("authorize", "Authorization", order.Key, order.Amount, GatewayOperation.Authorize, account, xml =>
        {
            xml.WriteAttributeString("capture", order.Capture ? "true" : "false");
            WriteAmount(xml, order.Amount);
            xml.WriteStartElement("Card");
            xml.WriteElementString("Number", order.Card.Pan.Reveal());
            xml.WriteStartElement("Expiry");
            xml.WriteAttributeString("month", order.Card.ExpiryMonth.ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("year", order.Card.ExpiryYear.ToString(CultureInfo.InvariantCulture));
            xml.WriteEndElement();
            if (order.Card.Cvc is { } cvc) xml.WriteElementString("Cvc", cvc.Reveal());
            WriteText(xml, "Holder", order.Card.HolderName);
            xml.WriteEndElement();
            if (order.Authentication is { } authentication)
            {
                xml.WriteStartElement("Authentication");
                xml.WriteAttributeString("eci", authentication.Indicator);
                xml.WriteAttributeString("transaction", authentication.Transaction);
                xml.WriteString(authentication.Value.Reveal());
                xml.WriteEndElement();
            }

            xml.WriteElementString("ReturnUrl", order.ReturnUrl.AbsoluteUri);
            if (order.WebhookUrl is { } hook) xml.WriteElementString("NotifyUrl", hook.AbsoluteUri);
            WriteText(xml, "Description", order.Description);
        }, deadline);

    public async Task<GatewayAnswer> ConfirmAsync(ConfirmOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var answer = await SendAsync("confirm", "Completion", order.Key, order.Amount, GatewayOperation.Authorize, account,
            xml => WriteOriginal(xml, order.Reference, order.Amount), deadline, earlier: true);
        return answer.AboutEarlier();
    }

    public Task<GatewayAnswer> CaptureAsync(CaptureOrder order, ConnectorAccount account, CancellationToken deadline) =>
        SendAsync("capture", "Capture", order.Key, order.Amount, GatewayOperation.Capture, account,
            xml => WriteOriginal(xml, order.AuthorizationReference, order.Amount), deadline);

    public Task<GatewayAnswer> VoidAsync(VoidOrder order, ConnectorAccount account, CancellationToken deadline) =>
        SendAsync("void", "Reversal", order.Key, order.Authorized, GatewayOperation.Void, account,
            xml => WriteOriginal(xml, order.AuthorizationReference, order.Authorized), deadline);

    // A reversal that names no transaction is of the authorization with its merchant reference, come or still to come.
    public async Task<GatewayAnswer> ReverseAsync(ReverseOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var answer = await SendAsync("reverse", "Reversal", order.Key, order.Amount, GatewayOperation.Authorize, account,
            xml => WriteAmount(xml, order.Amount), deadline, earlier: true);
        return answer.AboutEarlier();
    }

    public Task<GatewayAnswer> RefundAsync(RefundOrder order, ConnectorAccount account, CancellationToken deadline) =>
        SendAsync("refund", "Refund", order.Key, order.Amount, GatewayOperation.Refund, account, xml =>
        {
            WriteOriginal(xml, order.CaptureReference, order.Amount);
            WriteText(xml, "Reason", order.Reason);
        }, deadline);

    public async Task<GatewayAnswer> QueryAsync(QueryOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var answer = await SendAsync("query", "StatusInquiry", order.Key, order.Amount, order.Operation, account,
            _ => { }, deadline, earlier: true);
        return answer.AboutEarlier();
    }

    public Result<GatewayNotice> ReadWebhook(GatewayWebhook webhook, ConnectorAccount account)
    {
        var signingKey = account.Credential("signing_key");
        if (signingKey.Length == 0
            || !webhook.TryHeader(SignatureHeader, out var signature)
            || !FixedTime.Equal(Sign(webhook.Body.Span, signingKey), signature))
        {
            return ConnectorHelp.ForgedWebhook("Castellan");
        }

        var notification = Read(webhook.Body, "Notification");
        return notification?.Element("Dispute")?.Attribute("id")?.Value is { Length: > 0 } dispute ? GatewayNotice.OfDispute(dispute)
            : notification?.Element("Result")?.Element("MerchantReference")?.Value is { Length: > 0 } key ? GatewayNotice.OfOperation(key)
            : ConnectorHelp.UnreadableWebhook("Castellan");
    }

    private async Task<GatewayAnswer> SendAsync(
        string operation,
        string message,
        string key,
        Money amount,
        GatewayOperation kind,
        ConnectorAccount account,
        Action<XmlWriter> write,
        CancellationToken deadline,
        bool earlier = false)
    {
        var exchange = await PostAsync(operation, "transactions", message, account, xml =>
        {
            write(xml);
            xml.WriteElementString("MerchantReference", key);
        }, deadline);
        return Understand(exchange, key, amount, kind, earlier);
    }

    private Task<GatewayExchange> PostAsync(
        string operation, string path, string message, ConnectorAccount account, Action<XmlWriter> write, CancellationToken deadline)
    {
        using var stream = new MemoryStream(1024);
        using (var xml = XmlWriter.Create(stream, Writing))
        {
            xml.WriteStartElement("Request");
            xml.WriteStartElement(message);
            write(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        var body = stream.GetBuffer().AsMemory(0, (int)stream.Length);
        return http.SendAsync(
            new GatewayRequest(operation, HttpMethod.Post, new Uri(account.BaseUrl, path))
            {
                ContentType = "application/xml; charset=utf-8",
                Headers =
                [
                    new("X-Castellan-Merchant", account.Credential("merchant_id")),
                    new(SignatureHeader, Sign(body.Span, account.Credential("signing_key"))),
                ],
                Body = body,
            }, deadline);
    }

    private static GatewayAnswer Understand(
        GatewayExchange exchange, string key, Money amount, GatewayOperation operation, bool earlier)
    {
        if (exchange.Failure is { } failure) return failure;
        if (Read(exchange.Body, "Response") is not { } response)
        {
            return new GatewayAnswer.Unknown($"Castellan's answer (HTTP {exchange.Status}) is not a response.");
        }

        if (response.Element("Error") is { } error) return Refused(exchange.Status, error.Attribute("code")?.Value, earlier);
        if (exchange.Status != 200 || response.Element("Result") is not { } result)
        {
            return new GatewayAnswer.Unknown($"Castellan answered HTTP {exchange.Status} without a result.");
        }

        return ConnectorHelp.Mismatch(Text(result, "MerchantReference"), Amount(result), key, amount)
            ?? Concluded(result, amount, operation);
    }

    private static GatewayAnswer Concluded(XElement result, Money amount, GatewayOperation operation)
    {
        if (Text(result, "TransactionId") is not { Length: > 0 } id)
        {
            return new GatewayAnswer.Unknown("Castellan's result has no transaction id.");
        }

        var code = Text(result, "Code") ?? "";
        return (operation, Text(result, "Status"), code) switch
        {
            (GatewayOperation.Authorize, "AUTHORIZED", "00") => new GatewayAnswer.Authorized(id, amount, Text(result, "AuthCode")),
            (GatewayOperation.Authorize, "CAPTURED", "00") => new GatewayAnswer.Captured(id, amount, Text(result, "AuthCode")),
            (GatewayOperation.Authorize, "REVERSED", "00") => new GatewayAnswer.Voided(id),
            (GatewayOperation.Authorize, "CHALLENGE", _) =>
                Uri.TryCreate(Text(result, "ChallengeUrl"), UriKind.Absolute, out var url)
                    ? new GatewayAnswer.Challenge(id, url)
                    : new GatewayAnswer.Unknown("Castellan wants the buyer but says not where."),
            (GatewayOperation.Capture, "CAPTURED", "00") => new GatewayAnswer.Captured(id, amount),
            (GatewayOperation.Void, "REVERSED", "00") => new GatewayAnswer.Voided(id),
            (GatewayOperation.Refund, "REFUNDED", "00") => new GatewayAnswer.Refunded(id, amount),
            // A reason that we do not know is a no all the same: the status said so.
            (_, "DECLINED", not "00") => new GatewayAnswer.Declined(
                DeclineCodes.GetValueOrDefault(code, DeclineCode.GenericDecline), code, $"Castellan declined: {code}.", id)
            {
                Authentication = Authentication(result),
            },
            _ => new GatewayAnswer.Unknown("Castellan answered with a status that we do not know here."),
        };
    }

    // All three parts or nothing: half a proof proves nothing to another acquirer.
    private static GatewayAuthentication? Authentication(XElement result) =>
        result.Element("Authentication") is { Value.Length: > 0 } given
        && given.Attribute("eci")?.Value is { } indicator && given.Attribute("transaction")?.Value is { } transaction
            ? new GatewayAuthentication(indicator, Secret.Of(given.Value), transaction)
            : null;

    private static GatewayAnswer Refused(int status, string? code, bool earlier) => (status, code) switch
    {
        (200, "NOT_FOUND") when earlier => new GatewayAnswer.NotFound(),
        (400, "INVALID" or "UNKNOWN_TRANSACTION") or (401, "SIGNATURE") => ConnectorHelp.RefusedBeforeActing(code, earlier),
        _ => new GatewayAnswer.Unknown("Castellan refused in words that we do not know."),
    };

    private static XElement? Read(ReadOnlyMemory<byte> body, string root)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), Reading);
            var element = XElement.Load(reader);
            return element.Name == root ? element : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static Money? Amount(XElement result)
    {
        var element = result.Element("Amount");
        return CastellanCurrencies.TryGet(element?.Attribute("currency")?.Value, out var currency)
            && element!.Attribute("exponent")?.Value == currency.Digits.ToString(CultureInfo.InvariantCulture)
            && long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
                ? new Money(minor, currency)
                : null;
    }

    private static string? Text(XElement parent, string name) => parent.Element(name)?.Value;

    private static void WriteOriginal(XmlWriter xml, string reference, Money amount)
    {
        xml.WriteElementString("OriginalTransactionId", reference);
        WriteAmount(xml, amount);
    }

    private static void WriteAmount(XmlWriter xml, Money amount)
    {
        xml.WriteStartElement("Amount");
        xml.WriteAttributeString("currency", amount.Currency.NumericCode);
        xml.WriteAttributeString("exponent", amount.Currency.Digits.ToString(CultureInfo.InvariantCulture));
        xml.WriteValue(amount.Minor);
        xml.WriteEndElement();
    }

    private static void WriteText(XmlWriter xml, string name, string? text)
    {
        // Control characters have no form in XML 1.0 and half an emoji would throw; neither is worth a payment.
        if (text is not null) xml.WriteElementString(name, string.Concat(text.Where(XmlConvert.IsXmlChar)));
    }

    private static string Sign(ReadOnlySpan<byte> body, string signingKey) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingKey), body));
}
