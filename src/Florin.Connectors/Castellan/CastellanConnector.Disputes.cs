using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Florin.Connectors.Http;

namespace Florin.Connectors.Castellan;

/// <summary>Castellan's disputes: signed XML at <c>disputes</c>.</summary>
internal sealed partial class CastellanConnector
{
    private const int DisputesAPage = 100;

    public async Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostAsync("dispute_query", "disputes", "DisputeInquiry", account, xml => xml.WriteElementString("DisputeId", reference), deadline);
        return UnderstandDispute(exchange, earlier: true).AboutEarlier();
    }

    public async Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostAsync(
            "dispute_query", "disputes", "DisputeSearch", account, xml => xml.WriteElementString("OpenedSince", XmlConvert.ToString(openedSince)), deadline);
        if (exchange.Failure is { } failure) return failure.AboutEarlier();
        if (exchange.Status != 200 || Read(exchange.Body, "Response") is not { } response || response.Element("Error") is not null) return Puzzled(exchange);
        var disputes = response.Elements("Dispute").Select(DisputeOf).ToList();
        return disputes.Contains(null)
            ? Puzzled(exchange)
            : new GatewayAnswer.DisputesOpened([.. disputes.OfType<GatewayDispute>()], disputes.Count >= DisputesAPage);
    }

    public async Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostAsync("evidence", "disputes", "DisputeEvidence", account, xml =>
        {
            xml.WriteElementString("DisputeId", order.Reference);
            xml.WriteElementString("MerchantReference", order.Key);
            foreach (var (field, text) in order.Texts)
            {
                xml.WriteStartElement("Field");
                xml.WriteAttributeString("name", field);
                xml.WriteString(string.Concat(text.Where(XmlConvert.IsXmlChar)));
                xml.WriteEndElement();
            }

            foreach (var document in order.Documents)
            {
                xml.WriteStartElement("Document");
                xml.WriteAttributeString("name", document.Field);
                xml.WriteAttributeString("type", document.MediaType);
                xml.WriteString(Convert.ToBase64String(document.Content.Span));
                xml.WriteEndElement();
            }
        }, deadline);
        return UnderstandDispute(exchange, earlier: false).ToResponse(order.Key, order.Reference);
    }

    public async Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostAsync("accept", "disputes", "DisputeAcceptance", account, xml =>
        {
            xml.WriteElementString("DisputeId", order.Reference);
            xml.WriteElementString("MerchantReference", order.Key);
        }, deadline);
        return UnderstandDispute(exchange, earlier: false).ToResponse(order.Key, order.Reference);
    }

    private static GatewayAnswer UnderstandDispute(GatewayExchange exchange, bool earlier)
    {
        if (exchange.Failure is { } failure) return failure;
        if (Read(exchange.Body, "Response") is not { } response) return Puzzled(exchange);
        return (exchange.Status, response.Element("Error")?.Attribute("code")?.Value) switch
        {
            (200, null) => response.Element("Dispute") is { } element && DisputeOf(element) is { } dispute
                ? new GatewayAnswer.Disputed(dispute)
                : Puzzled(exchange),
            (200, "NOT_FOUND") => new GatewayAnswer.NotFound(),
            (200, "NOT_OPEN") when !earlier => ConnectorHelp.DisputeRefused("Castellan takes nothing to this dispute any more.", "NOT_OPEN"),
            (400, "INVALID") => ConnectorHelp.RefusedBeforeActing("INVALID", earlier),
            (401, "SIGNATURE") => ConnectorHelp.RefusedBeforeActing("SIGNATURE", earlier),
            _ => Puzzled(exchange),
        };
    }

    private static GatewayAnswer.Unknown Puzzled(GatewayExchange exchange) =>
        new($"Castellan's answer about a dispute (HTTP {exchange.Status}) is not one that we know.");

    private static GatewayDispute? DisputeOf(XElement element)
    {
        GatewayDisputeStage? stage = Text(element, "Phase") switch
        {
            "RETRIEVAL_REQUEST" => GatewayDisputeStage.Inquiry,
            "FIRST_CHARGEBACK" => GatewayDisputeStage.Chargeback,
            _ => null,
        };
        GatewayDisputeState? state = Text(element, "State") switch
        {
            "OPEN" => GatewayDisputeState.NeedsResponse,
            "PENDING" => GatewayDisputeState.UnderReview,
            "REVERSED" => GatewayDisputeState.Won,
            "UPHELD" => GatewayDisputeState.Lost,
            "EXPIRED" => GatewayDisputeState.Closed,
            _ => null,
        };
        if (stage is null || state is null || element.Attribute("id")?.Value is not { Length: > 0 } id
            || Text(element, "MerchantReference") is not { } key || Amount(element) is not { } amount
            || Instant(element, "Opened") is not { } opened || Instant(element, "RespondBy") is not { } due) return null;
        var reason = Text(element, "Reason") switch
        {
            "NO_CARDHOLDER_AUTHORISATION" => DisputeReason.Fraudulent,
            "GOODS_NOT_RECEIVED" => DisputeReason.ProductNotReceived,
            _ => DisputeReason.General,
        };
        return new GatewayDispute(
            id, key, stage.Value, state.Value, amount, reason, Text(element, "ReasonCode"), opened, due,
            [.. element.Elements("Response").Select(response => response.Value)]);
    }

    private static DateTimeOffset? Instant(XElement parent, string name) =>
        DateTimeOffset.TryParse(Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
