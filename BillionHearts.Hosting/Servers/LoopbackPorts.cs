using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Hosting.Servers;

/// <summary>Ports that no configuration names, such as the two with which Erlang nodes find each other.</summary>
internal static class LoopbackPorts
{
    // Below the range from which the kernel gives out client ports, which would otherwise take ours between choice and use.
    private const int First = 23_000;
    private const int Count = 7_000;
    private const int Attempts = 200;

    // From a random start, so that two hosts that begin together do not choose alike.
    private static int s_next = Random.Shared.Next(Count);

    public static int Take()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);

            if (IsFree(port))
            {
                return port;
            }
        }

        throw new DistributedApplicationException($"No port between {First} and {First + Count} is free on loopback; {Attempts} were tried.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
