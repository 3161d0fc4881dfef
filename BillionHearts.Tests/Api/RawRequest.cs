using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BillionHearts.Tests.Api;

/// <summary>A request as bytes on a connection, for what a proper client does not do.</summary>
internal sealed class RawRequest(Uri address) : IDisposable
{
    private readonly TcpClient _client = new();

    /// <param name="lines">Request line and headers; Host is added.</param>
    public async Task SendAsync(CancellationToken cancellationToken, params string[] lines)
    {
        await _client.ConnectAsync(address.Host, address.Port, cancellationToken);
        var head = $"{lines[0]}\r\nHost: {address.Authority}\r\n{string.Concat(lines[1..].Select(line => $"{line}\r\n"))}\r\n";
        await SendAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await _client.GetStream().WriteAsync(body, cancellationToken);

    /// <summary>The status of the next answer; 100 when the server asks for the body.</summary>
    public async Task<int> ReadStatusAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];

        while (line.Length is 0 || line[^1] is not '\n')
        {
            if (await _client.GetStream().ReadAsync(one, cancellationToken) is 0)
            {
                throw new IOException($"The connection was closed after '{line}'.");
            }

            line.Append((char)one[0]);
        }

        return int.Parse(line.ToString().Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Disconnects with a reset.</summary>
    public void Abort()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }

    public void Dispose() => _client.Dispose();
}
