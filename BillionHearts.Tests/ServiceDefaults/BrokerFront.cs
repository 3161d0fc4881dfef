using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Tests.ServiceDefaults;

/// <summary>
/// A proxy between a client and the real broker that can hold up one direction, like a broker that blocks
/// publishers or whose confirms are delayed. Connections stay open meanwhile.
/// </summary>
internal sealed class BrokerFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _pumps = [];
    private readonly Gate _toBroker = new();
    private readonly Gate _fromBroker = new();
    private readonly Uri _broker;
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();

    private BrokerFront(Uri broker)
    {
        _broker = broker;
        _listener.Start();
        ConnectionString = new UriBuilder(broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.ToString();
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>What a broker does to publishers while it has no memory or disk left: it does not read.</summary>
    public bool IsBlocked
    {
        set => _toBroker.IsShut = value;
    }

    /// <summary>The broker receives and does everything, but its answers do not arrive.</summary>
    public bool IsSilent
    {
        set => _fromBroker.IsShut = value;
    }

    public static BrokerFront Start(string connectionString) => new(new Uri(connectionString));

    /// <summary>Closes the current connections, and drops what was held up.</summary>
    public async Task CutAsync()
    {
        using var old = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        await old.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await CutAsync();
        _cut.Dispose();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _pumps.Add(TalkAsync(client, _cut.Token));
        }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken cut)
    {
        using var inner = client;
        using var broker = new TcpClient();
        await broker.ConnectAsync(_broker.Host, _broker.Port, cut);
        var (near, far) = (client.GetStream(), broker.GetStream());

        // One side going away ends both, as it would without anyone between them.
        await Task.WhenAny(PumpAsync(near, far, _toBroker, cut), PumpAsync(far, near, _fromBroker, cut));
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Gate gate, CancellationToken cut)
    {
        var buffer = new byte[64 * 1024];

        while (await from.ReadAsync(buffer, cut) is var read and > 0)
        {
            await gate.PassAsync(cut);
            await to.WriteAsync(buffer.AsMemory(0, read), cut);
        }
    }

    private sealed class Gate
    {
        private volatile TaskCompletionSource _open = Opened();

        public bool IsShut
        {
            set
            {
                if (value)
                {
                    _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
                else
                {
                    _open.TrySetResult();
                }
            }
        }

        public Task PassAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

        private static TaskCompletionSource Opened()
        {
            var source = new TaskCompletionSource();
            source.SetResult();
            return source;
        }
    }
}
