using System.Net;
using System.Net.Sockets;

namespace Florin.Crash.Processes;

/// <summary>Hands out ports of this machine, each with its successor, which Florin takes too.</summary>
internal sealed class Ports(int first)
{
    private int next = first;

    public int Pair()
    {
        while (true)
        {
            var wanted = next;
            // 0 stays 0: then the operating system chooses.
            if (next > 0) next += 2;
            try
            {
                using var one = Listen(wanted);
                var port = ((IPEndPoint)one.LocalEndpoint).Port;
                using var other = Listen(port + 1);
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next pair, then.
            }
        }
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }
}
