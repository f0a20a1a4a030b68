using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Florin.Connectors.Http;

namespace Florin.Connectors.Tests;

/// <summary>What certainly never left, and what may have: against bare sockets that misbehave in each way.</summary>
public sealed class GatewayHttpTests : IDisposable
{
    private const string Body = """{"amount":1250}""";

    private readonly GatewayHttp http = new("aurora", TimeProvider.System, connectTimeout: TimeSpan.FromMilliseconds(500));
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));

    [Fact]
    public async Task An_answer_is_handed_over_whole()
    {
        await using var gateway = RawGateway.Saying("402 Payment Required", "application/json", "{\"no\":1}");

        var exchange = await PostAsync(gateway.Url);

        Assert.Null(exchange.Failure);
        Assert.Equal(402, exchange.Status);
        Assert.Equal("{\"no\":1}", Encoding.UTF8.GetString(exchange.Body.Span));
        Assert.EndsWith(Body, Assert.Single(gateway.Heard), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_answer_of_unknown_length_is_handed_over_whole()
    {
        var longText = new string('x', 10_000);
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n{longText}\r\n0\r\n\r\n");
            return true;
        });

        Assert.Equal(10_000, (await PostAsync(gateway.Url)).Body.Length);
    }

    [Fact]
    public async Task A_refused_connection_was_not_sent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        AssertNotSent(await PostAsync(new Uri($"http://127.0.0.1:{port}/")));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_was_not_sent() =>
        AssertNotSent(await PostAsync(new Uri("http://no-such-gateway.invalid/")));

    [Fact]
    public async Task A_failed_handshake_was_not_sent()
    {
        var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await plain.AcceptTcpClientAsync(patience.Token);
            await client.GetStream().ReadExactlyAsync(new byte[1], patience.Token);
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), patience.Token);
        });

        AssertNotSent(await PostAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)plain.LocalEndpoint).Port}/")));

        await answering;
        plain.Stop();
    }

    [Fact]
    public async Task A_handshake_that_is_never_answered_was_not_sent()
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        AssertNotSent(await PostAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/")));

        silent.Stop();
    }

    [Fact]
    public async Task A_deadline_that_passes_before_the_connection_stands_was_not_sent()
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        AssertNotSent(await PostAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/"), deadline.Token));

        silent.Stop();
    }

    [Fact]
    public async Task Silence_after_sending_is_unknown()
    {
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await stream.ReadExactlyAsync(new byte[1], patience.Token);
            return false;
        });
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        AssertUnknown(await PostAsync(gateway.Url, deadline.Token));
        Assert.Single(gateway.Heard);
    }

    [Fact]
    public async Task A_reset_after_sending_is_unknown_and_nothing_is_sent_again()
    {
        await using var gateway = new RawGateway((stream, _) =>
        {
            RawGateway.Reset(stream);
            return Task.FromResult(false);
        });

        AssertUnknown(await PostAsync(gateway.Url));
        Assert.Single(gateway.Heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reused_connection_that_ends_after_sending_is_unknown_and_nothing_is_sent_again(bool reset)
    {
        var requests = 0;
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                await RawGateway.SayAsync(stream, "200 OK", "application/json", "{}");
                return true;
            }

            if (reset) RawGateway.Reset(stream);
            return false;
        });
        Assert.Null((await PostAsync(gateway.Url)).Failure);

        AssertUnknown(await PostAsync(gateway.Url));

        Assert.Equal(2, gateway.Heard.Count);
    }

    [Fact]
    public async Task A_connection_that_the_gateway_closed_while_it_was_idle_is_replaced()
    {
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.SayAsync(stream, "200 OK", "application/json", "{}");
            return false;
        });
        Assert.Null((await PostAsync(gateway.Url)).Failure);
        // The close has to arrive; there is no condition of ours to wait for.
        await Task.Delay(200);

        Assert.Null((await PostAsync(gateway.Url)).Failure);
        Assert.Equal(2, gateway.Heard.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":\"captu")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"sta")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("Hello, this is not HTTP\r\n\r\n")]
    [InlineData("")]
    public async Task A_truncated_or_senseless_answer_is_unknown(string answer)
    {
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.WriteAsync(stream, answer);
            return false;
        });

        AssertUnknown(await PostAsync(gateway.Url));
        Assert.Single(gateway.Heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_above_the_bound_is_unknown(bool saysItsLength)
    {
        var length = GatewayHttp.MaxAnswerBytes + 1;
        var header = saysItsLength ? $"Content-Length: {length}" : "Connection: close";
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.WriteAsync(stream, $"HTTP/1.1 200 OK\r\n{header}\r\n\r\n{new string('x', length)}");
            return false;
        });

        AssertUnknown(await PostAsync(gateway.Url));
    }

    [Fact]
    public async Task An_answer_at_the_bound_is_read()
    {
        await using var gateway = RawGateway.Saying("200 OK", "text/plain", new string('x', GatewayHttp.MaxAnswerBytes));

        Assert.Equal(GatewayHttp.MaxAnswerBytes, (await PostAsync(gateway.Url)).Body.Length);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var gateway = new RawGateway(async (stream, _) =>
        {
            await RawGateway.WriteAsync(stream, "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
            return true;
        });

        Assert.Equal(307, (await PostAsync(gateway.Url)).Status);
        Assert.Single(gateway.Heard);
    }

    [Fact]
    public async Task Each_exchange_is_timed_under_fixed_labels()
    {
        var seen = new List<string>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "florin.gateway.duration") listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var labels = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            // Other tests run beside this one and are timed too.
            if (labels.Contains("metric_test", StringComparison.Ordinal)) lock (seen) seen.Add(labels);
        });
        meters.Start();
        using var measured = new GatewayHttp("metric_test", TimeProvider.System);
        await using var gateway = RawGateway.Saying("200 OK", "text/plain", "ok");

        await measured.SendAsync(Request(gateway.Url), patience.Token);
        await measured.SendAsync(Request(new Uri("http://127.0.0.1:1/")), patience.Token);

        Assert.Equal(
            ["connector=metric_test operation=authorize outcome=answered", "connector=metric_test operation=authorize outcome=not_sent"],
            seen);
    }

    public void Dispose()
    {
        http.Dispose();
        patience.Dispose();
    }

    private static GatewayRequest Request(Uri url) => new("authorize", HttpMethod.Post, url)
    {
        ContentType = "application/json",
        Body = Encoding.UTF8.GetBytes(Body),
    };

    private static void AssertNotSent(GatewayExchange exchange) => Assert.IsType<GatewayAnswer.NotSent>(exchange.Failure);

    private static void AssertUnknown(GatewayExchange exchange) => Assert.IsType<GatewayAnswer.Unknown>(exchange.Failure);

    private Task<GatewayExchange> PostAsync(Uri url, CancellationToken? deadline = null) =>
        http.SendAsync(Request(url), deadline ?? patience.Token);
}
