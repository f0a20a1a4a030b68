using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Florin.Sandbox.Castellan;

/// <summary>Castellan's disputes: XML at an endpoint of their own, signed as its transactions are.</summary>
internal sealed partial class CastellanGateway
{
    private const int DisputesAPage = 100;

    private static readonly XmlReaderSettings ReadingEvidence = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = SandboxApplication.MaxEvidenceBytes,
    };

    /// <summary>Disputes as every answer and webhook shows them.</summary>
    public static byte[] WriteDisputes(string root, params IEnumerable<(Operation Authorization, Dispute Dispute)> disputes)
    {
        using var stream = new MemoryStream(512);
        using (var xml = XmlWriter.Create(stream, Writing))
        {
            xml.WriteStartElement(root);
            foreach (var (authorization, dispute) in disputes) WriteDispute(xml, authorization, dispute);
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void WriteDispute(XmlWriter xml, Operation authorization, Dispute dispute)
    {
        xml.WriteStartElement("Dispute");
        xml.WriteAttributeString("id", dispute.Reference);
        xml.WriteElementString("MerchantReference", authorization.Key);
        xml.WriteElementString("TransactionId", authorization.Reference);
        xml.WriteElementString("Phase", dispute.Stage == DisputeStage.Inquiry ? "RETRIEVAL_REQUEST" : "FIRST_CHARGEBACK");
        xml.WriteElementString("State", dispute.State switch
        {
            DisputeState.NeedsResponse => "OPEN",
            DisputeState.UnderReview => "PENDING",
            DisputeState.Won => "REVERSED",
            DisputeState.Lost => "UPHELD",
            DisputeState.Closed or DisputeState.Coming => "EXPIRED",
        });
        xml.WriteElementString("ReasonCode", dispute.NetworkCode);
        xml.WriteElementString("Reason", dispute.Reason switch
        {
            "fraudulent" => "NO_CARDHOLDER_AUTHORISATION",
            "product_not_received" => "GOODS_NOT_RECEIVED",
            _ => "INFORMATION_REQUEST",
        });
        xml.WriteStartElement("Amount");
        xml.WriteAttributeString("currency", authorization.Amount.Currency.NumericCode);
        xml.WriteAttributeString("exponent", authorization.Amount.Currency.Digits.ToString(CultureInfo.InvariantCulture));
        xml.WriteValue(dispute.Amount);
        xml.WriteEndElement();
        xml.WriteElementString("Opened", XmlConvert.ToString(dispute.OpenedAt));
        xml.WriteElementString("RespondBy", XmlConvert.ToString(dispute.DueAt));
        foreach (var response in dispute.Responses) xml.WriteElementString("Response", response.Key);
        xml.WriteEndElement();
    }

    private async Task ServeDisputesAsync(HttpContext context)
    {
        var body = await RequestBody.ReadEvidenceAsync(context);
        if (!IsSigned(context, body))
        {
            await AnswerAsync(context, Error(401, "SIGNATURE", "The signature is not the merchant's."));
            return;
        }

        var message = Read(body, ReadingEvidence);
        await (message?.Name.LocalName switch
        {
            "DisputeInquiry" => AnswerDisputeAsync(context, message, OperationNames.DisputeQuery, _ => true),
            "DisputeSearch" => SearchAsync(context, message),
            "DisputeEvidence" when EvidenceIn(message) is { } evidence => RespondAsync(context, message, OperationNames.Evidence, DisputeResponseKind.Evidence, evidence),
            "DisputeAcceptance" => RespondAsync(context, message, OperationNames.Accept, DisputeResponseKind.Acceptance, Evidence.None),
            _ => AnswerAsync(context, Error(400, "INVALID", "The message is not one of ours.")),
        });
    }

    private Task RespondAsync(HttpContext context, XElement message, string name, DisputeResponseKind kind, Evidence evidence) =>
        Text(message, "MerchantReference") is { Length: > 0 and <= 64 } key
            ? AnswerDisputeAsync(context, message, name, authorization => gateway.Book.Respond(authorization, key, kind, evidence))
            : AnswerAsync(context, Error(400, "INVALID", "A field is missing or wrong."));

    private Task AnswerDisputeAsync(HttpContext context, XElement message, string name, Func<Operation, bool> act) =>
        gateway.ServeAsync(context, AcquirerNames.Castellan, name, () =>
            gateway.Book.FindByDispute(AcquirerNames.Castellan, Text(message, "DisputeId") ?? "") is not { } authorization
                ? new Done(Error(200, "NOT_FOUND", "There is no such dispute."))
            : act(authorization) ? new Done(new Reply(200, Xml, WriteDisputes("Response", [(authorization, authorization.Dispute!)])))
            : new Done(Error(200, "NOT_OPEN", "Nothing can be said to this dispute any more.")));

    private Task SearchAsync(HttpContext context, XElement message) =>
        gateway.ServeAsync(context, AcquirerNames.Castellan, OperationNames.DisputeQuery, () =>
        {
            var since = DateTimeOffset.TryParse(
                Text(message, "OpenedSince"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : DateTimeOffset.UnixEpoch;
            var found = gateway.Book.DisputesSince(AcquirerNames.Castellan, since, DisputesAPage);
            return new Done(new Reply(200, Xml, WriteDisputes("Response", found.Select(each => (each, each.Dispute!)))));
        });

    private static Evidence? EvidenceIn(XElement message)
    {
        try
        {
            return new Evidence(
                message.Elements("Field").ToDictionary(field => field.Attribute("name")!.Value, field => field.Value),
                [.. message.Elements("Document").Select(document =>
                {
                    var content = Convert.FromBase64String(document.Value);
                    return new BookedDocument(
                        document.Attribute("name")!.Value,
                        document.Attribute("type")!.Value,
                        content.Length,
                        Convert.ToHexStringLower(SHA256.HashData(content)));
                })]);
        }
        catch (Exception wrong) when (wrong is FormatException or NullReferenceException or ArgumentException)
        {
            return null;
        }
    }
}
