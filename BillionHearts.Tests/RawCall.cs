using System.Net.Sockets;
using System.Text;

namespace BillionHearts.Tests;

/// <summary>A request as bytes on a connection, with headers that no proper client sends.</summary>
internal static class RawCall
{
    /// <param name="encoding">Of the headers; UTF-8 when null.</param>
    /// <returns>The whole answer, which ends the connection.</returns>
    public static async Task<string> GetAsync(Uri server, string path, string headers, CancellationToken cancellationToken, Encoding? encoding = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync((encoding ?? Encoding.UTF8).GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{headers}\r\n\r\n"), cancellationToken);
        using var reader = new StreamReader(stream);

        return await reader.ReadToEndAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
    }
}
