using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Threading.Channels;
using Florin.Sandbox.Books;
using Florin.Sandbox.Hooks;
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
internal sealed class WebhookQueue(FrozenDictionary<string, IWebhookFormat> formats, Faults faults, TimeProvider time) : BackgroundService
{
    private const int Capacity = 10_000;
    private const int Workers = 8;
    private const int WaitingRetries = 1_000;
    private static readonly TimeSpan[] RetryAfter =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private static readonly TimeSpan LongestWaitForNext = TimeSpan.FromMinutes(1);

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

    // What waits for the next of its acquirer, to come after it.
    private readonly ConcurrentDictionary<string, Announcement> overtaken = [];

    private int waiting;

    public void Enqueue(Operation operation) => Announce(new Announcement(operation, Dispute: null), operation.Kind.ToString().ToLowerInvariant());

    public void EnqueueDispute(Operation authorization) =>
        Announce(new Announcement(authorization, authorization.Dispute), OperationNames.DisputeQuery);

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));

    private void Announce(Announcement announcement, string operation)
    {
        var (acquirer, last4) = (announcement.Operation.Acquirer, announcement.Operation.Last4);
        var fault = faults.Take(acquirer, operation, FaultMoment.Announced, last4);
        if (fault is { Kind: FaultKind.WebhookReordered } && overtaken.TryAdd(acquirer, announcement))
        {
            _ = GiveUpWaitingAsync(acquirer, announcement);
            return;
        }

        if (overtaken.TryRemove(acquirer, out var earlier)) announcement = announcement with { Then = earlier };
        switch (fault?.Kind)
        {
            case FaultKind.WebhookLost:
                Follow(announcement);
                return;
            case FaultKind.WebhookLate:
                _ = LaterAsync(announcement, fault.Delay);
                return;
            case FaultKind.WebhookForged:
                announcement = announcement with { IsForged = true };
                break;
            case FaultKind.WebhookDoubled:
                queue.Writer.TryWrite((announcement with { Then = null }, 0));
                break;
        }

        queue.Writer.TryWrite((announcement, 0));
    }

    private void Follow(Announcement announcement)
    {
        if (announcement.Then is { } then) queue.Writer.TryWrite((then, 0));
    }

    // Nothing may follow it, and it is late, not lost.
    private async Task GiveUpWaitingAsync(string acquirer, Announcement announcement)
    {
        await Task.Delay(LongestWaitForNext, time, CancellationToken.None);
        if (overtaken.TryRemove(KeyValuePair.Create(acquirer, announcement))) queue.Writer.TryWrite((announcement, 0));
    }

    private async Task LaterAsync(Announcement announcement, TimeSpan delay)
    {
        await Task.Delay(delay, time, CancellationToken.None);
        queue.Writer.TryWrite((announcement, 0));
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (announcement, attempt) in queue.Reader.ReadAllAsync(ct))
            {
                var isTaken = await TrySendAsync(announcement, ct);
                if (attempt == 0) Follow(announcement);
                if (isTaken || attempt == RetryAfter.Length) continue;
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
            using var request = await WriteAsync(announcement);
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

    private async Task<HttpRequestMessage> WriteAsync(Announcement announcement)
    {
        var (operation, dispute) = (announcement.Operation, announcement.Dispute);
        var format = formats[operation.Acquirer];
        var request = dispute is null ? format.Write(operation) : format.WriteDispute(operation, dispute);
        if (announcement.IsForged) await ForgeAsync(request);
        return request;
    }

    // All sign in hexadecimal digits, in a header or else in the last field of the body; the last of them is changed.
    private static async Task ForgeAsync(HttpRequestMessage request)
    {
        if (request.Headers.FirstOrDefault(header => header.Key.EndsWith("-Signature", StringComparison.Ordinal)) is { Key: { } name, Value: { } values })
        {
            var signature = values.Single();
            request.Headers.Remove(name);
            request.Headers.Add(name, Changed(signature));
            return;
        }

        var body = await request.Content!.ReadAsStringAsync();
        var forged = new StringContent(Changed(body));
        forged.Headers.ContentType = request.Content.Headers.ContentType;
        request.Content = forged;

        static string Changed(string signed) => signed[..^1] + (signed[^1] == '0' ? '1' : '0');
    }

    /// <param name="Dispute">As it was when it was announced; null where the operation itself is.</param>
    /// <param name="IsForged">Whether its signature is to be wrong.</param>
    /// <param name="Then">What it overtook, to be sent after it.</param>
    private sealed record Announcement(Operation Operation, Dispute? Dispute, bool IsForged = false, Announcement? Then = null);
}
