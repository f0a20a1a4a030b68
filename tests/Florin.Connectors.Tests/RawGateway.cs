using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Florin.Connectors.Tests;

/// <summary>A gateway made of a bare socket: it does what the test says with each request, and keeps what it heard.</summary>
internal sealed class RawGateway : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<NetworkStream, string, Task<bool>> answer;
    private readonly Task accepting;
    private readonly List<string> heard = [];

    /// <param name="answer">Given the whole request; says whether the connection stays open for the next one.</param>
    public RawGateway(Func<NetworkStream, string, Task<bool>> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>Every whole request, headers and body.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (heard) return [.. heard];
        }
    }

    public static RawGateway Saying(string status, string contentType, string body) => new(async (stream, _) =>
    {
        await SayAsync(stream, status, contentType, body);
        return true;
    });

    public static Task SayAsync(NetworkStream stream, string status, string contentType, string body) =>
        WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static async Task WriteAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the connection with a TCP reset instead of a goodbye.</summary>
    public static void Reset(NetworkStream stream)
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stopping.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        try
        {
            while (await ReadAsync(stream) is { } request)
            {
                lock (heard) heard.Add(request);
                if (!await answer(stream, request)) return;
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connector hung up; what it heard is what the test looks at.
        }
    }

    private async Task<string?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            var text = Encoding.UTF8.GetString([.. bytes]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= ContentLength(text[..end])) return text;
            var read = await stream.ReadAsync(buffer, stopping.Token);
            if (read == 0) return null;
            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }

    private static int ContentLength(string head)
    {
        const string Name = "Content-Length: ";
        var line = head.Split("\r\n").FirstOrDefault(header => header.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[Name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
