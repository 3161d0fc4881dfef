using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Hosting.Servers;

/// <summary>Ports of this machine: which are free, and which answer.</summary>
internal static class LoopbackPorts
{
    // Below the range of the kernel's client ports, one of which could otherwise take ours between choice and use.
    private const int First = 23_000;
    private const int Count = 7_000;
    private const int Attempts = 200;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    // From a random start, so that two servers that start together choose different ports.
    private static int s_next = Random.Shared.Next(Count);

    /// <summary>A free port for internal use, such as the two with which Erlang nodes find each other.</summary>
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

        throw new NativeServerException($"Found no free port between {First} and {First + Count} on loopback after {Attempts} attempts.");
    }

    public static bool IsFree(int port)
    {
        using var socket = NewSocket();

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

    /// <summary>Whether connections were accepted before the server ended, and within twenty seconds.</summary>
    public static async Task<bool> AcceptsAsync(int port, Task ended)
    {
        var start = TimeProvider.System.GetTimestamp();

        while (!ended.IsCompleted && TimeProvider.System.GetElapsedTime(start) < s_limit)
        {
            using var socket = NewSocket();

            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(s_pause);
            }
        }

        return false;
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
