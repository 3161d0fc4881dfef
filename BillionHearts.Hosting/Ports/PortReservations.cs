using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Hosting.Ports;

/// <summary>
/// Ports of this run. A server opens its port seconds after it was chosen, so hosts that start side by side also keep
/// each other off through one locked file for each port.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    // Below the range from which the kernel takes ports for outgoing connections: those come and go at any moment.
    private const int First = 20000;
    private const int Last = 32000;

    private static readonly string s_folder = Path.Combine(Path.GetTempPath(), $"billionhearts-ports-{Environment.UserName}");

    private readonly List<FileStream> _reserved = [];

    public int TakeFree()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);

            if (IsFree(port) && TryReserve(port))
            {
                return port;
            }
        }

        throw new DistributedApplicationException($"No free port was found between {First} and {Last} in 1000 attempts.");
    }

    /// <summary>Waits a moment for a port that a run before this one may just be giving up.</summary>
    public static async Task<bool> WaitUntilFreeAsync(int port, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();

        while (!IsFree(port))
        {
            if (clock.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }

        return true;
    }

    public static bool IsFree(int port)
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

    public void Dispose()
    {
        foreach (var reservation in _reserved)
        {
            reservation.Dispose();
        }

        _reserved.Clear();
    }

    private bool TryReserve(int port)
    {
        try
        {
            Directory.CreateDirectory(s_folder);
            _reserved.Add(new FileStream(Path.Combine(s_folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
