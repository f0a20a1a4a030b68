using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Florin.Kernel;
using Florin.Sandbox.Books;
using Florin.Sandbox.Challenges;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Castellan;

/// <summary>
/// Castellan: one XML endpoint, an HMAC over the body, numeric currencies with their exponent. No idempotency header:
/// a merchant reference that comes again is answered with the first result, marked as a duplicate.
/// </summary>
internal sealed partial class CastellanGateway(Gateway gateway, string? publicUrl)
{
    private const string Xml = "application/xml; charset=utf-8";

    private static readonly byte[] SigningKey = Encoding.UTF8.GetBytes(SandboxCredentials.CastellanSigningKey);

    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = SandboxApplication.MaxRequestBytes,
    };

    private static readonly XmlWriterSettings Writing = new() { Encoding = new UTF8Encoding(false) };

    // ISO 8583 field 39 where it has a code; two letters of Castellan's own where it has none.
    private static readonly FrozenDictionary<string, string> DeclineWords = new Dictionary<string, string>
    {
        ["authentication_failed"] = "CA",
        ["call_issuer"] = "01",
        ["card_not_supported"] = "CN",
        ["card_velocity_exceeded"] = "65",
        ["do_not_honor"] = "05",
        ["expired_card"] = "54",
        ["fraudulent"] = "59",
        ["generic_decline"] = "CD",
        ["incorrect_cvc"] = "CV",
        ["incorrect_number"] = "14",
        ["insufficient_funds"] = "51",
        ["invalid_amount"] = "13",
        ["issuer_not_available"] = "91",
        ["lost_card"] = "41",
        ["not_permitted"] = "40",
        ["pickup_card"] = "04",
        ["processing_error"] = "96",
        ["stolen_card"] = "43",
        ["transaction_not_allowed"] = "57",
        ["try_again_later"] = "19",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Currency> CurrencyByNumber =
        Currency.All.Where(currency => currency.IsPayable).ToFrozenDictionary(currency => currency.NumericCode);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/castellan/transactions", ServeAsync);
        app.MapPost("/castellan/disputes", ServeDisputesAsync);
    }

    public static string Sign(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(HMACSHA256.HashData(SigningKey, body));

    /// <summary>The result as every answer and webhook shows it.</summary>
    public static byte[] WriteResult(string root, Operation operation, bool isDuplicate, string? challengeUrl)
    {
        using var stream = new MemoryStream(512);
        using (var xml = XmlWriter.Create(stream, Writing))
        {
            var (status, code) = ResultOf(operation);
            xml.WriteStartElement(root);
            xml.WriteStartElement("Result");
            xml.WriteAttributeString("duplicate", isDuplicate ? "true" : "false");
            xml.WriteElementString("Status", status);
            xml.WriteElementString("Code", code);
            xml.WriteElementString("Message", operation.DeclineReason?.Replace('_', ' ') ?? status);
            xml.WriteElementString("MerchantReference", operation.Key);
            xml.WriteElementString("TransactionId", operation.Reference);
            if (operation.AuthorizationCode is { } authorizationCode) xml.WriteElementString("AuthCode", authorizationCode);
            xml.WriteStartElement("Amount");
            xml.WriteAttributeString("currency", operation.Amount.Currency.NumericCode);
            xml.WriteAttributeString("exponent", operation.Amount.Currency.Digits.ToString(CultureInfo.InvariantCulture));
            xml.WriteValue(operation.Amount.Minor);
            xml.WriteEndElement();
            if (challengeUrl is not null) xml.WriteElementString("ChallengeUrl", challengeUrl);
            if (IssuerAuthentication.Of(operation) is { } authentication)
            {
                xml.WriteStartElement("Authentication");
                xml.WriteAttributeString("eci", authentication.Indicator);
                xml.WriteAttributeString("transaction", authentication.Transaction);
                xml.WriteString(authentication.Value);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static (string Status, string Code) ResultOf(Operation operation) => operation.State switch
    {
        OperationState.Ready or OperationState.Challenged or OperationState.Authenticated => ("CHALLENGE", "CH"),
        OperationState.Working => ("PROCESSING", "09"),
        OperationState.Withdrawn => ("WITHDRAWN", "00"),
        OperationState.Reversed => ("REVERSED", "00"),
        OperationState.Declined => ("DECLINED", DeclineWords[operation.DeclineReason!]),
        OperationState.Approved => (operation.Kind switch
        {
            OperationKind.Authorize => operation.Card!.Capture ? "CAPTURED" : "AUTHORIZED",
            OperationKind.Increment => "AUTHORIZED",
            OperationKind.Capture => "CAPTURED",
            OperationKind.Void => "REVERSED",
            OperationKind.Refund => "REFUNDED",
        }, "00"),
    };

    private async Task ServeAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        if (!IsSigned(context, body))
        {
            await AnswerAsync(context, Error(401, "SIGNATURE", "The signature is not the merchant's."));
            return;
        }

        if (Read(body, Reading) is not { } message
            || Text(message, "MerchantReference") is not { Length: > 0 and <= 64 } key)
        {
            await AnswerAsync(context, Error(400, "INVALID", "The message is not one of ours."));
            return;
        }

        await (message.Name.LocalName switch
        {
            "Authorization" => AuthorizeAsync(context, message, key),
            "Completion" => CompleteAsync(context, message),
            "Capture" => FollowAsync(context, message, OperationNames.Capture,
                (parent, amount) => gateway.Book.Capture(parent, key, amount)),
            "Reversal" when message.Element("OriginalTransactionId") is null => ReverseAsync(context, message, key),
            "Reversal" => FollowAsync(context, message, OperationNames.Void,
                (parent, _) => gateway.Book.Void(parent, key)),
            "Refund" => FollowAsync(context, message, OperationNames.Refund,
                (parent, amount) => gateway.Book.Refund(parent, key, amount)),
            "StatusInquiry" => InquireAsync(context, key),
            _ => AnswerAsync(context, Error(400, "INVALID", "The message is not one of ours.")),
        });
    }

    private static bool IsSigned(HttpContext context, byte[] body)
    {
        var signature = Encoding.UTF8.GetBytes(context.Request.Headers["X-Castellan-Signature"].ToString());
        return context.Request.Headers["X-Castellan-Merchant"] == SandboxCredentials.CastellanMerchantId
            && CryptographicOperations.FixedTimeEquals(signature, Encoding.UTF8.GetBytes(Sign(body)));
    }

    private async Task AuthorizeAsync(HttpContext context, XElement message, string key)
    {
        if (!TryAmount(message, out var amount)
            || message.Element("Card") is not { } card
            || Text(card, "Number") is not { } number
            || !int.TryParse(card.Element("Expiry")?.Attribute("month")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var month)
            || !int.TryParse(card.Element("Expiry")?.Attribute("year")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !Uri.TryCreate(Text(message, "ReturnUrl"), UriKind.Absolute, out var returnUrl))
        {
            await AnswerAsync(context, Error(400, "INVALID", "A field is missing or wrong."));
            return;
        }

        var (testCard, last4) = CardNumber.Look(number);
        var request = new AuthorizationRequest(
            AcquirerNames.Castellan, key, amount, message.Attribute("capture")?.Value == "true",
            testCard, last4, month, year, returnUrl,
            Text(message, "NotifyUrl") is { } hook ? new Uri(hook) : null, Text(message, "Description"))
        {
            Authentication = message.Element("Authentication") is { } shown
                ? new IssuerAuthentication(shown.Attribute("eci")?.Value ?? "", shown.Value, shown.Attribute("transaction")?.Value ?? "")
                : null,
        };
        await gateway.ServeAsync(context, AcquirerNames.Castellan, OperationNames.Authorize, () =>
        {
            var (operation, isNew) = gateway.Book.Authorize(request);
            return new Done(Show(context, operation, !isNew), operation, isNew && operation.IsFinal);
        }, Gateway.TimingOf(testCard?.Behavior, afterChallenge: false), last4);
    }

    private async Task CompleteAsync(HttpContext context, XElement message)
    {
        if (Parent(message) is not { } authorization)
        {
            await AnswerAsync(context, Error(400, "UNKNOWN_TRANSACTION", "There is no such transaction."));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Castellan, OperationNames.Confirm, () =>
        {
            var concluded = gateway.Book.Confirm(authorization);
            return new Done(Show(context, authorization), authorization, concluded);
        }, Gateway.TimingOf(authorization), authorization.Last4);
    }

    private async Task FollowAsync(
        HttpContext context, XElement message, string name, Func<Operation, Money, (Operation Operation, bool IsNew)> act)
    {
        if (!TryAmount(message, out var amount))
        {
            await AnswerAsync(context, Error(400, "INVALID", "A field is missing or wrong."));
            return;
        }

        if (Parent(message) is not { } parent)
        {
            await AnswerAsync(context, Error(400, "UNKNOWN_TRANSACTION", "There is no such transaction."));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Castellan, name, () =>
        {
            var (operation, isNew) = act(parent, amount);
            return new Done(Show(context, operation, !isNew), operation, isNew);
        }, last4: parent.Last4);
    }

    private async Task ReverseAsync(HttpContext context, XElement message, string key)
    {
        if (!TryAmount(message, out var amount))
        {
            await AnswerAsync(context, Error(400, "INVALID", "A field is missing or wrong."));
            return;
        }

        await gateway.ServeAsync(context, AcquirerNames.Castellan, OperationNames.Reverse, () =>
            gateway.Book.Reverse(AcquirerNames.Castellan, key, amount) is { } reversed
                ? new Done(Show(context, reversed))
                : new Done(Error(400, "INVALID", "That merchant reference is of no authorization.")));
    }

    private Task InquireAsync(HttpContext context, string key) =>
        gateway.ServeAsync(context, AcquirerNames.Castellan, OperationNames.Query, () =>
            gateway.LookUp(AcquirerNames.Castellan, key) is { } operation
                ? new Done(Show(context, operation))
                : new Done(Error(200, "NOT_FOUND", "There is no such merchant reference.")));

    private Reply Show(HttpContext context, Operation operation, bool isDuplicate = false)
    {
        var awaited = operation.IsFinal ? null : operation.Challenge;
        var url = awaited is null ? null : ChallengePage.UrlOf(context, publicUrl, awaited);
        return new Reply(200, Xml, WriteResult("Response", operation, isDuplicate, url));
    }

    private Operation? Parent(XElement message) => Text(message, "OriginalTransactionId") is { } reference
        ? gateway.Book.FindByReference(AcquirerNames.Castellan, reference)
        : null;

    /// <returns>The one message inside the request, or null when it is none.</returns>
    private static XElement? Read(byte[] body, XmlReaderSettings settings)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), settings);
            var root = XElement.Load(reader);
            return root.Name == "Request" ? root.Elements().SingleOrDefault() : null;
        }
        catch (Exception wrong) when (wrong is XmlException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(XElement parent, string name) => parent.Element(name)?.Value;

    private static bool TryAmount(XElement message, out Money amount)
    {
        amount = default;
        var element = message.Element("Amount");
        if (!CurrencyByNumber.TryGetValue(element?.Attribute("currency")?.Value ?? "", out var currency)
            || element!.Attribute("exponent")?.Value != currency.Digits.ToString(CultureInfo.InvariantCulture)
            || !long.TryParse(element.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            || minor <= 0) return false;
        amount = new Money(minor, currency);
        return true;
    }

    private static Reply Error(int status, string code, string message) => new(status, Xml, Encoding.UTF8.GetBytes(
        $"""<?xml version="1.0" encoding="utf-8"?><Response><Error code="{code}">{message}</Error></Response>"""));

    private static async Task AnswerAsync(HttpContext context, Reply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        await context.Response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
    }
}
