using System.Net.Http;
using Florin.Connectors.Hangang;
using Florin.Connectors.Http;
using Florin.Kernel;
using Florin.Sandbox;
using Florin.Testing;

namespace Florin.Connectors.Tests;

/// <summary>After its limit a call sends nothing any more, however far it had come; what only asks is sent at any time.</summary>
public sealed class SendLimitTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>, IDisposable
{
    private const string Key = "at_0192f3c4d5e67890a1b2c3d4e5f60718";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Money Amount = new(1250, Currency.Eur);

    private readonly ManualTime time = new();
    private readonly CancellationTokenSource patience = new(Patience);

    public static TheoryData<string> Acquirers => [.. AcquirerNames.All];

    [Theory, MemberData(nameof(Acquirers))]
    public async Task At_its_limit_a_call_sends_nothing_and_was_not_sent(string acquirer)
    {
        await using var gateway = RawGateway.Saying("200 OK", "text/plain", "never asked");
        var (connector, account) = (fixture.Sandbox.Connectors.Get(acquirer), RunningSandbox.AccountAt(acquirer, gateway.Url));

        var answer = await LateAsync(() => connector.AuthorizeAsync(Order(), account, patience.Token));
        var capture = await LateAsync(() => connector.CaptureAsync(new CaptureOrder(Key, "ref", Amount, Amount), account, patience.Token));

        Assert.Equal("It could not be sent in time, and was not sent any more.", Assert.IsType<GatewayAnswer.NotSent>(answer).Reason);
        Assert.IsType<GatewayAnswer.NotSent>(capture);
        Assert.True(answer.IsOurDelay && capture.IsOurDelay);
        Assert.Empty(gateway.Heard);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task At_its_limit_a_confirmation_is_not_sent_and_settles_nothing(string acquirer)
    {
        await using var gateway = RawGateway.Saying("200 OK", "text/plain", "never asked");

        var answer = await LateAsync(() => fixture.Sandbox.Connectors.Get(acquirer).ConfirmAsync(
            new ConfirmOrder(Key, "ref", Amount, Capture: true), RunningSandbox.AccountAt(acquirer, gateway.Url), patience.Token));

        Assert.True(Assert.IsType<GatewayAnswer.Unknown>(answer).IsOurDelay);
        Assert.Empty(gateway.Heard);
    }

    [Theory, MemberData(nameof(Acquirers))]
    public async Task A_question_is_sent_at_any_time(string acquirer)
    {
        var (connector, account) = (fixture.Sandbox.Connectors.Get(acquirer), fixture.Sandbox.Account(acquirer));

        Assert.IsType<GatewayAnswer.NotFound>(await LateAsync(
            () => connector.QueryAsync(new QueryOrder(GatewayOperation.Authorize, Key, null, Amount), account, patience.Token)));
    }

    [Fact]
    public async Task A_process_that_stands_still_between_announcing_a_payment_and_confirming_it_does_not_confirm_it()
    {
        await using var gateway = new RawGateway(async (stream, request) =>
        {
            // Both requests go on one connection; the clock has moved on when the first is answered.
            time.Advance(TimeSpan.FromMinutes(5));
            var status = request.StartsWith("POST /payment/ready", StringComparison.Ordinal) ? "READY" : "PAID";
            await RawGateway.SayAsync(
                stream, "200 OK", "application/x-www-form-urlencoded", $"resultCode=0000&tid=ha_1&orderId={Key}&status={status}&amount=12.50&currency=EUR");
            return true;
        });
        using var http = new GatewayHttp(AcquirerNames.Hangang, time);
        var hangang = new HangangConnector(http, time, TimeSpan.FromMinutes(2));
        var account = RunningSandbox.AccountAt(AcquirerNames.Hangang, gateway.Url);

        var answer = await SendLimit.UnderAsync(
            time.GetUtcNow() + TimeSpan.FromSeconds(20), () => hangang.AuthorizeAsync(Order(), account, patience.Token));

        // An announced payment moves no money, so this one was never sent.
        Assert.IsType<GatewayAnswer.NotSent>(answer);
        Assert.StartsWith("POST /payment/ready", Assert.Single(gateway.Heard), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_binds_the_calls_made_under_it_alone()
    {
        await using var gateway = RawGateway.Saying("200 OK", "text/plain", "ok");
        using var http = new GatewayHttp(AcquirerNames.Aurora, time);

        var late = await SendLimit.UnderAsync(time.GetUtcNow(), () => http.SendAsync(Request(gateway.Url), patience.Token));
        var after = await http.SendAsync(Request(gateway.Url), patience.Token);

        Assert.IsType<GatewayAnswer.NotSent>(late.Failure);
        Assert.Equal(200, after.Status);
        Assert.Single(gateway.Heard);
    }

    [Fact]
    public async Task Without_a_connection_a_call_before_its_limit_tells_of_the_gateway_and_after_it_of_us()
    {
        using var http = new GatewayHttp(AcquirerNames.Aurora, time);
        var nobody = new Uri("http://127.0.0.1:9/");

        var refused = await SendLimit.UnderAsync(time.GetUtcNow() + TimeSpan.FromSeconds(20), () => http.SendAsync(Request(nobody), patience.Token));
        var late = await SendLimit.UnderAsync(time.GetUtcNow(), () => http.SendAsync(Request(nobody), patience.Token));

        Assert.False(Assert.IsType<GatewayAnswer.NotSent>(refused.Failure).IsOurDelay);
        Assert.True(Assert.IsType<GatewayAnswer.NotSent>(late.Failure).IsOurDelay);
    }

    [Fact]
    public void A_reversal_takes_the_connections_of_questions() => Assert.Equal(
        ["dispute_query", "query", "reverse"],
        new[] { "authorize", "capture", "confirm", "dispute_query", "query", "refund", "reverse", "void" }
            .Where(operation => new GatewayRequest(operation, HttpMethod.Post, new Uri("http://gateway.invalid/")).IsQuestion));

    public void Dispose() => patience.Dispose();

    private Task<GatewayAnswer> LateAsync(Func<Task<GatewayAnswer>> call) => SendLimit.UnderAsync(fixture.Sandbox.Time.GetUtcNow(), call);

    private static AuthorizeOrder Order() => new(
        Key, Amount, Capture: true, new GatewayCard(Secret.Of("4242424242424242"), 12, 2034, null, null), new Uri("https://pay.example/return"), null, null);

    private static GatewayRequest Request(Uri url) => new("authorize", HttpMethod.Post, url)
    {
        ContentType = "application/json",
        Body = "{}"u8.ToArray(),
    };
}
