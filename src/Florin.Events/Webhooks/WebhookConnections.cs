using System.Net;
using System.Net.Sockets;

namespace Florin.Events.Webhooks;

/// <summary>Why no connection was made, in words that a merchant may see.</summary>
internal sealed class ConnectionRefusedException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The HTTP stacks that webhooks leave by: no proxy, no cookies, no redirects, and only to vetted addresses.</summary>
/// <remarks>One a mode, since a connection that was made under the looser rules of test mode must not carry live events.</remarks>
internal sealed class WebhookConnections : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly AddressRules addresses;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker live;
    private readonly HttpMessageInvoker test;

    public WebhookConnections(AddressRules addresses, TimeProvider time)
    {
        (this.addresses, this.time) = (addresses, time);
        live = Make(isLive: true);
        test = Make(isLive: false);
    }

    public HttpMessageInvoker For(bool isLive) => isLive ? live : test;

    public void Dispose()
    {
        live.Dispose();
        test.Dispose();
    }

    private HttpMessageInvoker Make(bool isLive) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,

            // An answer that is longer than we read is not waited for: its connection is closed.
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, isLive, ct),
        });

    // The name is resolved here and the connection made to the very address that was looked at, so that a name which
    // resolves differently the second time (DNS rebinding) gains nothing.
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool isLive, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, either.Token);
            if (found.Length == 0) throw new ConnectionRefusedException("The host name has no address.");
            if (!found.All(address => addresses.Allows(address, isLive)))
            {
                throw new ConnectionRefusedException("The host has an address that is not public.");
            }

            return await ConnectAsync(found, target.Port, either.Token);
        }
        catch (OperationCanceledException timeout) when (!ct.IsCancellationRequested)
        {
            throw new ConnectionRefusedException($"No connection within {ConnectTimeout.TotalSeconds} s.", timeout);
        }
        catch (SocketException failure)
        {
            throw new ConnectionRefusedException(
                failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                    ? "The host name did not resolve."
                    : $"No connection: {failure.SocketErrorCode}.",
                failure);
        }
    }

    private static async Task<Stream> ConnectAsync(IPAddress[] vetted, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(vetted, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
