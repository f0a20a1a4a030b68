using System.Text;
using Florin.Kernel;
using Florin.Sandbox;

namespace Florin.Connectors.Tests;

/// <summary>Disputes as each acquirer tells them, and what merchants may say to them, over real HTTP.</summary>
public sealed class DisputeTests : IAsyncLifetime
{
    private const string Fraudulent = "4000000000000259";
    private const string Inquiry = "4000000000001976";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunningSandbox sandbox = null!;

    public static TheoryData<string> Acquirers => [.. AcquirerNames.All];

    public async Task InitializeAsync() => sandbox = await RunningSandbox.StartAsync();

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task A_dispute_is_announced_with_a_signature_and_told_in_full_when_asked(string acquirer)
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        var (connector, account) = (sandbox.Connectors.Get(acquirer), sandbox.Account(acquirer));
        var order = Order(Fraudulent, shop.Url);
        await connector.AuthorizeAsync(order, account, Deadline());

        var call = await CallAboutDisputeAsync(shop, connector, account);
        var reference = Assert.Single(connector.ReadWebhook(call, account).Value.Disputes);
        var told = Assert.IsType<GatewayAnswer.Disputed>(await connector.QueryDisputeAsync(reference, account, Deadline())).Dispute;

        Assert.Equal((order.Key, GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse), (told.PaymentKey, told.Stage, told.State));
        Assert.Equal((order.Amount, DisputeReason.Fraudulent, "10.4"), (told.Amount, told.Reason, told.NetworkCode));
        Assert.Equal(TimeSpan.FromDays(10), told.RespondBy - told.OpenedAt);
        var tampered = Encoding.UTF8.GetString(call.Body.Span).Replace(reference, reference[..^1] + (reference[^1] == '0' ? '1' : '0'), StringComparison.Ordinal);
        Assert.Equal("webhook_signature_invalid", connector.ReadWebhook(call with { Body = Encoding.UTF8.GetBytes(tampered) }, account).Refusal?.Code);
        Assert.IsType<GatewayAnswer.NotFound>(await connector.QueryDisputeAsync("nobody's", account, Deadline()));
        Assert.IsType<GatewayAnswer.Unknown>(await connector.QueryDisputeAsync(
            reference, sandbox.Account(acquirer, connector.CredentialNames[^1] == "webhook_secret" ? "api_key" : connector.CredentialNames[^1]), Deadline()));
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Disputes_are_listed_from_an_instant_on(string acquirer)
    {
        var (connector, account) = (sandbox.Connectors.Get(acquirer), sandbox.Account(acquirer));
        var first = await DisputedAsync(connector, account, Fraudulent);
        sandbox.Time.Advance(TimeSpan.FromHours(1));
        var second = await DisputedAsync(connector, account, Inquiry);

        Assert.Equal([first.Reference, second.Reference], await ListAsync(DateTimeOffset.UnixEpoch));
        Assert.Equal([second.Reference], await ListAsync(second.OpenedAt));

        async Task<IEnumerable<string>> ListAsync(DateTimeOffset since) =>
            Assert.IsType<GatewayAnswer.DisputesOpened>(await connector.ListDisputesAsync(since, account, Deadline())).Disputes.Select(each => each.Reference);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Evidence_is_taken_once_in_whatever_characters_it_is_written(string acquirer)
    {
        var (connector, account) = (sandbox.Connectors.Get(acquirer), sandbox.Account(acquirer));
        var dispute = await DisputedAsync(connector, account, Fraudulent);
        var order = new EvidenceOrder(
            NewKey(), dispute.Reference, new Dictionary<string, string> { ["customer_name"] = "김민지 & <Söhne>\n=;%" }, [new("receipt", "application/pdf", new byte[300_000])]);

        var taken = Assert.IsType<GatewayAnswer.Disputed>(await connector.SubmitEvidenceAsync(order, account, Deadline())).Dispute;
        var again = Assert.IsType<GatewayAnswer.Disputed>(await connector.SubmitEvidenceAsync(order, account, Deadline())).Dispute;
        var other = await connector.SubmitEvidenceAsync(order with { Key = NewKey() }, account, Deadline());

        Assert.Equal(GatewayDisputeState.UnderReview, taken.State);
        Assert.Equal([order.Key], again.Responses);
        Assert.IsType<GatewayAnswer.Declined>(other);
    }

    [Theory]
    [MemberData(nameof(Acquirers))]
    public async Task Deadlines_and_reviews_end_by_the_clock(string acquirer)
    {
        var (connector, account) = (sandbox.Connectors.Get(acquirer), sandbox.Account(acquirer));
        var silent = await DisputedAsync(connector, account, Fraudulent);
        var asked = await DisputedAsync(connector, account, Inquiry);
        var answered = await DisputedAsync(connector, account, Fraudulent);
        await connector.SubmitEvidenceAsync(new EvidenceOrder(NewKey(), answered.Reference, new Dictionary<string, string> { ["uncategorized_text"] = "It was." }, []), account, Deadline());

        sandbox.Time.Advance(TimeSpan.FromDays(10));

        Assert.Equal(GatewayDisputeState.Lost, (await QueryAsync(silent)).State);
        Assert.Equal(GatewayDisputeState.Lost, (await QueryAsync(answered)).State);
        var escalated = await QueryAsync(asked);
        Assert.Equal((GatewayDisputeStage.Chargeback, GatewayDisputeState.NeedsResponse), (escalated.Stage, escalated.State));
        var accepted = await connector.AcceptDisputeAsync(new AcceptOrder(NewKey(), asked.Reference), account, Deadline());
        Assert.Equal(GatewayDisputeState.Lost, Assert.IsType<GatewayAnswer.Disputed>(accepted).Dispute.State);

        async Task<GatewayDispute> QueryAsync(GatewayDispute dispute) =>
            Assert.IsType<GatewayAnswer.Disputed>(await connector.QueryDisputeAsync(dispute.Reference, account, Deadline())).Dispute;
    }

    // The clock stands still, so the moment in which the claim comes is made to pass again and again.
    private async Task<GatewayDispute> DisputedAsync(IConnector connector, ConnectorAccount account, string card)
    {
        var order = Order(card, webhookUrl: null);
        await connector.AuthorizeAsync(order, account, Deadline());
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var listed = Assert.IsType<GatewayAnswer.DisputesOpened>(await connector.ListDisputesAsync(DateTimeOffset.UnixEpoch, account, Deadline()));
            if (listed.Disputes.SingleOrDefault(each => each.PaymentKey == order.Key) is { } dispute) return dispute;
            sandbox.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, patience.Token);
        }
    }

    private async Task<GatewayWebhook> CallAboutDisputeAsync(RawGateway shop, IConnector connector, ConnectorAccount account)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var call = shop.Heard.Select(Parse).FirstOrDefault(each => connector.ReadWebhook(each, account).Value.Disputes.Count > 0);
            if (call is not null) return call;
            sandbox.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, patience.Token);
        }
    }

    private static GatewayWebhook Parse(string heard)
    {
        var end = heard.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = heard[..end].Split("\r\n")[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new GatewayWebhook(headers, Encoding.UTF8.GetBytes(heard[(end + 4)..]));
    }

    private static AuthorizeOrder Order(string card, Uri? webhookUrl) => new(
        NewKey(), new Money(1250, Currency.Eur), Capture: true, new GatewayCard(Secret.Of(card), 12, 2040, Secret.Of("123"), "Kim Minji"),
        new Uri("https://shop.example/return"), webhookUrl, "A lamp");

    private static string NewKey() => "pa_" + RandomSource.System.HexToken(16);

    private static CancellationToken Deadline() => new CancellationTokenSource(Patience).Token;
}
