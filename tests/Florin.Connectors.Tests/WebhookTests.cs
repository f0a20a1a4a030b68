using System.Text;
using Florin.Kernel;

namespace Florin.Connectors.Tests;

/// <summary>What an acquirer announces is believed only with its signature.</summary>
public sealed class WebhookTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private readonly RunningSandbox sandbox = fixture.Sandbox;

    [Theory]
    [InlineData("aurora")]
    [InlineData("hangang")]
    [InlineData("castellan")]
    public async Task Each_final_outcome_is_announced_with_a_signature_that_only_the_acquirer_can_make(string acquirer)
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        var connector = sandbox.Connectors.Get(acquirer);
        var account = sandbox.Account(acquirer);
        var order = Order(shop.Url, "4242424242424242");
        var taken = Assert.IsType<GatewayAnswer.Captured>(await connector.AuthorizeAsync(order, account, Deadline()));
        var refund = new RefundOrder(NewKey(), taken.Reference, new Money(300, Currency.Eur), new Money(1250, Currency.Eur), null);
        Assert.IsType<GatewayAnswer.Refunded>(await connector.RefundAsync(refund, account, Deadline()));
        await UntilAsync(() => shop.Heard.Count == 2);

        var calls = shop.Heard.Select(Parse).ToList();
        var keys = calls.SelectMany(call => connector.ReadWebhook(call, account).Value.Keys);
        Assert.Equal(new[] { order.Key, refund.Key }.Order(), keys.Order());

        var genuine = calls[0];
        AssertRefused("webhook_signature_invalid", connector.ReadWebhook(
            genuine with { Body = Tampered(genuine.Body) }, account));
        AssertRefused("webhook_signature_invalid", connector.ReadWebhook(
            genuine, new ConnectorAccount(default, acquirer, account.BaseUrl, new Dictionary<string, Secret<string>>())));
        AssertRefused("webhook_signature_invalid", connector.ReadWebhook(
            new GatewayWebhook(new Dictionary<string, string>(), Encoding.UTF8.GetBytes("mid=hangangdemo&orderId=x")), account));
    }

    [Fact]
    public async Task An_announcement_nobody_takes_is_made_again()
    {
        var calls = 0;
        await using var shop = new RawGateway(async (stream, _) =>
        {
            await RawGateway.SayAsync(stream, Interlocked.Increment(ref calls) == 1 ? "503 No" : "200 OK", "text/plain", "");
            return true;
        });
        await sandbox.Connectors.Get("aurora").AuthorizeAsync(
            Order(shop.Url, "4242424242424242"), sandbox.Account("aurora"), Deadline());
        await UntilAsync(() => calls == 1 && sandbox.Time.Waiting > 0);

        sandbox.Time.Advance(TimeSpan.FromSeconds(1));

        await UntilAsync(() => calls == 2);
        Assert.Equal(Parse(shop.Heard[0]).Body.ToArray(), Parse(shop.Heard[1]).Body.ToArray());
    }

    [Fact]
    public async Task A_challenge_that_fails_is_announced_without_anybody_asking()
    {
        await using var shop = RawGateway.Saying("200 OK", "text/plain", "OK");
        var challenge = Assert.IsType<GatewayAnswer.Challenge>(await sandbox.Connectors.Get("castellan").AuthorizeAsync(
            Order(shop.Url, "4000000000003220"), sandbox.Account("castellan"), Deadline()));

        using var cancelled = await sandbox.CancelChallengeAsync(challenge.RedirectUrl);

        await UntilAsync(() => shop.Heard.Count == 1);
        Assert.Contains("DECLINED", shop.Heard[0], StringComparison.Ordinal);
    }

    private static AuthorizeOrder Order(Uri webhookUrl, string number) => new(
        NewKey(), new Money(1250, Currency.Eur), true,
        new GatewayCard(Secret.Of(number), 12, 2034, null, null), new Uri("https://shop.example/"), webhookUrl, null);

    private static string NewKey() => "at_" + RandomSource.System.HexToken(16);

    private static CancellationToken Deadline() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    // One character of the key that it names.
    private static byte[] Tampered(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        var at = text.IndexOf("at_", StringComparison.Ordinal) + 3;
        return Encoding.UTF8.GetBytes(text[..at] + (text[at] == '0' ? '1' : '0') + text[(at + 1)..]);
    }

    private static GatewayWebhook Parse(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = request[..end].Split("\r\n").Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        return new GatewayWebhook(headers, Encoding.UTF8.GetBytes(request[(end + 4)..]));
    }

    private static void AssertRefused(string code, Result<GatewayNotice> result) => Assert.Equal(code, result.Refusal?.Code);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(10, patience.Token);
    }
}
