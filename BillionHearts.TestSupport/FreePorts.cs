using System.Net;
using System.Net.Sockets;

namespace BillionHearts.TestSupport;

/// <summary>Ports of loopback on which nothing listens.</summary>
public static class FreePorts
{
    /// <summary>One port, chosen by the kernel.</summary>
    public static int Take()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Several consecutive ports.</summary>
    /// <returns>The first of them.</returns>
    public static int TakeConsecutive(int count)
    {
        for (var first = Random.Shared.Next(33_000, 60_000); ; first = Random.Shared.Next(33_000, 60_000))
        {
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }
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
