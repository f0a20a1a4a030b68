using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Florin.Testing.Processes;

/// <summary>
/// Hands out free ports of this machine, each with its successor: Florin takes the one, its sandbox the other. They lie
/// below those that an operating system gives to connections that go out, or one of these would now and then take a port
/// between its being found free and its being listened at.
/// </summary>
public static class PortPairs
{
    private const int Lowest = 11_000;
    private const int Highest = 32_000;

    // It begins anywhere, since several suites run side by side.
    private static int next = RandomNumberGenerator.GetInt32(Lowest / 2, Highest / 2) * 2;

    /// <summary>A port that is free and whose successor is; it is not given again soon.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = Interlocked.Add(ref next, 2) - 2;
            if (port > Highest) Interlocked.CompareExchange(ref next, Lowest, port + 2);
            else if (IsFree(port) && IsFree(port + 1)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
