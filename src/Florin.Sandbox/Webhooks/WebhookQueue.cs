using System.Collections.Frozen;
using System.Threading.Channels;
using Florin.Sandbox.Books;
using Microsoft.Extensions.Hosting;

namespace Florin.Sandbox.Webhooks;

/// <summary>How one acquirer words and signs its webhooks.</summary>
internal interface IWebhookFormat
{
    HttpRequestMessage Write(Operation operation);

    /// <summary>Tells that the dispute of a payment came to be, or moved on.</summary>
    HttpRequestMessage WriteDispute(Operation authorization, Dispute dispute);
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

    private readonly Channel<(Announcement Announcement, int Attempt)> queue =
        Channel.CreateBounded<(Announcement Announcement, int Attempt)>(
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

    public void Enqueue(Operation operation) => queue.Writer.TryWrite((new Announcement(operation, Dispute: null), 0));

    public void EnqueueDispute(Operation authorization) =>
        queue.Writer.TryWrite((new Announcement(authorization, authorization.Dispute), 0));

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
            await foreach (var (announcement, attempt) in queue.Reader.ReadAllAsync(ct))
            {
                if (await TrySendAsync(announcement, ct) || attempt == RetryAfter.Length) continue;
                if (Interlocked.Increment(ref waiting) > WaitingRetries) Interlocked.Decrement(ref waiting);
                else _ = RetryAsync(announcement, attempt, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The sandbox stops; what was not announced is asked for.
        }
    }

    private async Task RetryAsync(Announcement announcement, int attempt, CancellationToken ct)
    {
        await Task.Delay(RetryAfter[attempt], time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref waiting);
        if (!ct.IsCancellationRequested) queue.Writer.TryWrite((announcement, attempt + 1));
    }

    private async Task<bool> TrySendAsync(Announcement announcement, CancellationToken ct)
    {
        try
        {
            using var request = Write(announcement);
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

    private HttpRequestMessage Write(Announcement announcement)
    {
        var (operation, dispute) = announcement;
        var format = formats[operation.Acquirer];
        return dispute is null ? format.Write(operation) : format.WriteDispute(operation, dispute);
    }

    /// <param name="Dispute">As it was when it was announced; null where the operation itself is.</param>
    private sealed record Announcement(Operation Operation, Dispute? Dispute);
}
