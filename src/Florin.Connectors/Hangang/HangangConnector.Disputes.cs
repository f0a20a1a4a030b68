using System.Globalization;
using System.Text;
using Florin.Connectors.Http;

namespace Florin.Connectors.Hangang;

/// <summary>Hangang's disputes: signed forms under <c>dispute/</c>; the dispute's number is signed where an order's key would be.</summary>
internal sealed partial class HangangConnector
{
    private const string NoSuchDispute = "1006";
    private const string DisputeNotOpen = "3003";
    private const int DisputesAPage = 100;

    public async Task<GatewayAnswer> QueryDisputeAsync(string reference, ConnectorAccount account, CancellationToken deadline) =>
        UnderstandDispute(await PostDisputeAsync("dispute_query", "inquiry", reference, account, deadline), earlier: true).AboutEarlier();

    public async Task<GatewayAnswer> ListDisputesAsync(DateTimeOffset openedSince, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostDisputeAsync("dispute_query", "list", "", account, deadline, new KeyValuePair<string, string>("openedSince", Korean(openedSince)));
        if (exchange.Failure is { } failure) return failure.AboutEarlier();
        if (exchange.Status != 200) return new GatewayAnswer.Unknown($"Hangang answered HTTP {exchange.Status}.");
        var lines = Encoding.UTF8.GetString(exchange.Body.Span).Split('\n');
        if (lines[0] != "resultCode=" + Success) return new GatewayAnswer.Unknown("Hangang did not list its disputes.");
        var disputes = lines[1..].Select(line => Read(Encoding.UTF8.GetBytes(line)) is { } form ? DisputeOf(form) : null).ToList();
        return disputes.Contains(null)
            ? new GatewayAnswer.Unknown("Hangang listed a dispute that cannot be read.")
            : new GatewayAnswer.DisputesOpened([.. disputes.OfType<GatewayDispute>()], disputes.Count >= DisputesAPage);
    }

    public async Task<GatewayAnswer> SubmitEvidenceAsync(EvidenceOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var fields = new List<KeyValuePair<string, string>> { new("requestId", order.Key) };
        fields.AddRange(order.Texts.Select(text => KeyValuePair.Create("evidence." + text.Key, text.Value)));
        fields.AddRange(order.Documents.Select(document =>
            KeyValuePair.Create("file." + document.Field, document.MediaType + ";" + Convert.ToBase64String(document.Content.Span))));
        var exchange = await PostDisputeAsync("evidence", "evidence", order.Reference, account, deadline, [.. fields]);
        return UnderstandDispute(exchange, earlier: false).ToResponse(order.Key, order.Reference);
    }

    public async Task<GatewayAnswer> AcceptDisputeAsync(AcceptOrder order, ConnectorAccount account, CancellationToken deadline)
    {
        var exchange = await PostDisputeAsync("accept", "accept", order.Reference, account, deadline, new KeyValuePair<string, string>("requestId", order.Key));
        return UnderstandDispute(exchange, earlier: false).ToResponse(order.Key, order.Reference);
    }

    private Task<GatewayExchange> PostDisputeAsync(
        string operation, string path, string reference, ConnectorAccount account, CancellationToken deadline, params ReadOnlySpan<KeyValuePair<string, string>> fields)
    {
        var timestamp = Timestamp();
        var body = new StringBuilder(512);
        Append(body, "mid", account.Credential("merchant_id"));
        Append(body, "disputeNo", reference);
        Append(body, "timestamp", timestamp);
        Append(body, "signature", Sign("", reference, timestamp, account.Credential("merchant_key")));
        foreach (var (name, value) in fields) Append(body, name, value);
        return SendAsync(operation, "dispute/" + path, body, account, deadline);
    }

    private static GatewayAnswer UnderstandDispute(GatewayExchange exchange, bool earlier)
    {
        if (exchange.Failure is { } failure) return failure;
        if (exchange.Status != 200 || Read(exchange.Body) is not { } form) return new GatewayAnswer.Unknown($"Hangang answered HTTP {exchange.Status} about a dispute.");
        return form["resultCode"] switch
        {
            Success => DisputeOf(form) is { } dispute ? new GatewayAnswer.Disputed(dispute) : new GatewayAnswer.Unknown("Hangang's dispute cannot be read."),
            NoSuchDispute => new GatewayAnswer.NotFound(),
            DisputeNotOpen when !earlier => ConnectorHelp.DisputeRefused("Hangang takes nothing to this dispute any more.", DisputeNotOpen),
            "1001" or "1002" or "1003" => ConnectorHelp.RefusedBeforeActing(form["resultCode"], earlier),
            _ => new GatewayAnswer.Unknown("Hangang answered with a code that we do not know."),
        };
    }

    private static GatewayDispute? DisputeOf(Form form)
    {
        GatewayDisputeStage? stage = form["disputeType"] switch
        {
            "INQUIRY" => GatewayDisputeStage.Inquiry,
            "CHARGEBACK" => GatewayDisputeStage.Chargeback,
            _ => null,
        };
        GatewayDisputeState? state = form["disputeStatus"] switch
        {
            "REQUESTED" => GatewayDisputeState.NeedsResponse,
            "REVIEW" => GatewayDisputeState.UnderReview,
            "MERCHANT_WON" => GatewayDisputeState.Won,
            "MERCHANT_LOST" => GatewayDisputeState.Lost,
            "WITHDRAWN" => GatewayDisputeState.Closed,
            _ => null,
        };
        if (stage is null || state is null || form["disputeNo"].Length == 0 || form.Amount is not { } amount
            || Instant(form["openedAt"]) is not { } opened || Instant(form["dueAt"]) is not { } due) return null;
        var reason = form["disputeReason"] switch
        {
            "D01" => DisputeReason.Fraudulent,
            "D02" => DisputeReason.ProductNotReceived,
            _ => DisputeReason.General,
        };
        return new GatewayDispute(
            form["disputeNo"], form["orderId"], stage.Value, state.Value, amount, reason, form["schemeCode"], opened, due,
            form["responses"].Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    private static DateTimeOffset? Instant(string korean) =>
        DateTime.TryParseExact(korean, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, KoreanOffset)
            : null;
}
