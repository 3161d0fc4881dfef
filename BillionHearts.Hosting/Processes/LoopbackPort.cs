using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Hosting.Processes;

/// <summary>Waits for a server to listen.</summary>
internal static class LoopbackPort
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether connections were accepted before the server ended, and within twenty seconds.</summary>
    public static async Task<bool> AcceptsAsync(int port, Task ended, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();

        while (!ended.IsCompleted && TimeProvider.System.GetElapsedTime(start) < s_limit)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(s_pause, cancellationToken);
            }
        }

        return false;
    }
}
