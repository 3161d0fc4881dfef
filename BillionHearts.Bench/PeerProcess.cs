using System.Diagnostics;
using System.Net.Sockets;

namespace BillionHearts.Bench;

/// <summary>A server that ours is compared with, as a process with its own folder, on a free loopback port.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _folder;

    private PeerProcess(Process process, string folder, int port) => (_process, _folder, Address) = (process, folder, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    /// <summary>Starts the process and returns when it accepts connections.</summary>
    /// <param name="start">Makes the start information from the folder and the port.</param>
    /// <param name="hint">What to do if it does not start.</param>
    /// <exception cref="InvalidOperationException">The process ended, or accepted no connection within the limit.</exception>
    public static async Task<PeerProcess> StartAsync(Func<string, int, ProcessStartInfo> start, string hint, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bench-peer-").FullName;
        var port = FreePorts.Take();
        var peer = new PeerProcess(Start(start(folder, port), hint), folder, port);

        try
        {
            await Eventually.SucceedsAsync(peer.ConnectAsync, hasEnded: () => peer._process.HasExited, s_startLimit, cancellationToken);
            return peer;
        }
        catch (TimeoutException exception)
        {
            await peer.DisposeAsync();
            throw new InvalidOperationException($"{peer.Address} does not answer: {hint}", exception);
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // With its child processes: nginx's workers outlive a killed master.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start(ProcessStartInfo start, string hint)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{start.FileName} did not start: {hint}", exception);
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Address.Host, Address.Port, cancellationToken);
    }
}
