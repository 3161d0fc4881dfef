using System.Net;
using System.Net.Sockets;

/// <summary>Addresses that do not change from run to run: a taken one is said at once, and not by a server half a minute later.</summary>
internal static class FixedPort
{
    /// <exception cref="DistributedApplicationException">Another program listens on the port.</exception>
    public static void RequireFree(int port, string user, string option)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
        }
        catch (SocketException)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which the {user} needs, is in use by another program. Stop that program, or choose another port with {option}.");
        }
    }
}
