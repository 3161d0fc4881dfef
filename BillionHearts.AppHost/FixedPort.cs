using System.Net;
using System.Net.Sockets;

/// <summary>Ports that are the same in every run. One that is in use is reported at once, and not by a server half a minute later.</summary>
internal static class FixedPort
{
    // A run that was stopped a moment ago may still be releasing it.
    private static readonly TimeSpan s_releaseLimit = TimeSpan.FromSeconds(10);

    /// <exception cref="DistributedApplicationException">Another program listens on the port.</exception>
    public static void RequireFree(int port, string user, string option)
    {
        if (!SpinWait.SpinUntil(() => IsFree(port), s_releaseLimit))
        {
            throw new DistributedApplicationException(
                $"Port {port}, which the {user} needs, is in use by another program. Stop that program, or choose another port with {option}.");
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
