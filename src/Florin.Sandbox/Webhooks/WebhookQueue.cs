using System.Collections.Frozen;
using System.Threading.Channels;
using Florin.Sandbox.Books;
using Microsoft.Extensions.Hosting;

namespace Florin.Sandbox.Webhooks;

/// <summary>How one acquirer words and signs its webhooks.</summary>
internal interface IWebhookFormat
{
    HttpRequestMessage Write(Operation operation);
}

/// <summary>Announces final outcomes, a few at a time, and tries again where nobody answers with a 2xx.</summary>
/// <remarks>Bounded: when merchants do not keep up, the oldest announcement is dropped, as a gateway's may get lost.</remarks>
internal sealed class WebhookQueue(FrozenDictionary<string, IWebhookFormat> formats, TimeProvider time) : BackgroundService
{
    private const int Capacity = 10_000;
    private const int Workers = 8;
    private const int WaitingRetries = 1_000;
    private static readonly TimeSpan[] RetryAfter =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private readonly Channel<(Operation Operation, int Attempt)> queue =
        Channel.CreateBounded<(Operation Operation, int Attempt)>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = 16 * 1024,
    };

    private int waiting;

    public void Enqueue(Operation operation) => queue.Writer.TryWrite((operation, 0));

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (operation, attempt) in queue.Reader.ReadAllAsync(ct))
            {
                if (await TrySendAsync(operation, ct) || attempt == RetryAfter.Length) continue;
                if (Interlocked.Increment(ref waiting) > WaitingRetries) Interlocked.Decrement(ref waiting);
                else _ = RetryAsync(operation, attempt, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The sandbox stops; what was not announced is asked for.
        }
    }

    private async Task RetryAsync(Operation operation, int attempt, CancellationToken ct)
    {
        await Task.Delay(RetryAfter[attempt], time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref waiting);
        if (!ct.IsCancellationRequested) queue.Writer.TryWrite((operation, attempt + 1));
    }

    private async Task<bool> TrySendAsync(Operation operation, CancellationToken ct)
    {
        try
        {
            using var request = formats[operation.Acquirer].Write(operation);
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false; // HttpClient's own five seconds are over.
        }
    }
}
