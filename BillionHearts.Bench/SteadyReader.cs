using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace BillionHearts.Bench;

/// <summary>
/// GET of one address at a fixed rate. Uses sockets because an HTTP client takes more processor time for a request than the edge does,
/// and an open loop because wrk has none.
/// </summary>
/// <param name="mark">What the header of each answer must contain in addition to the status 200.</param>
internal sealed class SteadyReader(Uri address, int connections, string mark)
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
    private readonly ConcurrentBag<string> _failures = [];

    public IReadOnlyCollection<string> Failures => _failures;

    public async Task RunAsync(double rate, TimeSpan duration, Latencies latencies, CancellationToken cancellationToken)
    {
        var idle = Channel.CreateUnbounded<Connection>();

        for (var i = 0; i < connections; i++)
        {
            await idle.Writer.WriteAsync(await Connection.OpenAsync(address, cancellationToken), cancellationToken);
        }

        await OpenLoop.RunAsync(rate, duration, (_, dueAt) => ReadAsync(idle, latencies, dueAt, cancellationToken), cancellationToken);

        while (idle.Reader.TryRead(out var connection))
        {
            connection.Dispose();
        }
    }

    private async Task ReadAsync(Channel<Connection> idle, Latencies latencies, long dueAt, CancellationToken cancellationToken)
    {
        var connection = await idle.Reader.ReadAsync(cancellationToken);

        try
        {
            var header = await connection.ExchangeAsync(_request, cancellationToken);
            latencies.Record(dueAt);

            if (!header.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) || !header.Contains(mark, StringComparison.Ordinal))
            {
                _failures.Add(header);
            }

            // nginx closes a connection after a number of requests.
            if (header.Contains("\r\nConnection: close", StringComparison.Ordinal))
            {
                connection = await ReplaceAsync(connection, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            latencies.Record(dueAt);
            _failures.Add(exception.Message);
            connection = await ReplaceAsync(connection, cancellationToken);
        }

        await idle.Writer.WriteAsync(connection, cancellationToken);
    }

    private async Task<Connection> ReplaceAsync(Connection old, CancellationToken cancellationToken)
    {
        old.Dispose();
        return await Connection.OpenAsync(address, cancellationToken);
    }

    private sealed class Connection : IDisposable
    {
        private const string Length = "\r\nContent-Length: ";

        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[65_536];

        public static async Task<Connection> OpenAsync(Uri address, CancellationToken cancellationToken)
        {
            var connection = new Connection();
            await connection._socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            return connection;
        }

        /// <summary>Sends the request and reads the whole answer.</summary>
        /// <returns>The header of the answer.</returns>
        public async Task<string> ExchangeAsync(byte[] request, CancellationToken cancellationToken)
        {
            await _socket.SendAsync(request, cancellationToken);
            var (received, end) = (0, -1);

            while (end < 0)
            {
                received += await ReceiveAsync(received, cancellationToken);
                end = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
            }

            var header = Encoding.ASCII.GetString(_buffer, 0, end + 2);
            var left = ContentLength(header) - (received - end - 4);

            while (left > 0)
            {
                left -= await ReceiveAsync(0, cancellationToken);
            }

            return header;
        }

        public void Dispose() => _socket.Dispose();

        private async Task<int> ReceiveAsync(int offset, CancellationToken cancellationToken) =>
            await _socket.ReceiveAsync(_buffer.AsMemory(offset), cancellationToken) is var count and > 0
                ? count
                : throw new IOException("The server closed the connection, or its header is too long.");

        private static long ContentLength(string header) =>
            header.IndexOf(Length, StringComparison.OrdinalIgnoreCase) is var at and >= 0
            && long.TryParse(header.AsSpan(at + Length.Length, header.IndexOf('\r', at + Length.Length) - at - Length.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? length
                : throw new IOException($"The answer has no Content-Length: {header}");
    }
}
