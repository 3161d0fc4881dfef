using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Bench;

/// <summary>The original service's equivalent, <c>Peers/original</c>, as a process with a database of its own.</summary>
internal sealed class OriginalService : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _folder;

    private OriginalService(Process process, string folder, Uri address) => (_process, _folder, Address) = (process, folder, address);

    public Uri Address { get; }

    public static async Task<OriginalService> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("original-").FullName;
        var port = FreePort();
        var start = new ProcessStartInfo(
            Python, ["-m", "uvicorn", "--app-dir", Path.Combine(AppContext.BaseDirectory, "Peers", "original"), "app:app", "--port", $"{port}", "--no-access-log", "--log-level", "warning"])
        {
            Environment = { ["DATABASE"] = Path.Combine(folder, "original.db") },
        };
        var service = new OriginalService(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{port}"));
        await service.ReadyAsync(cancellationToken);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);

        while (true)
        {
            using var client = new TcpClient();

            try
            {
                await client.ConnectAsync(Address.Host, Address.Port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException("The original did not start: apt-get install --no-install-recommends python3-fastapi python3-uvicorn python3-sqlalchemy");
                }

                await Task.Delay(100, limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
