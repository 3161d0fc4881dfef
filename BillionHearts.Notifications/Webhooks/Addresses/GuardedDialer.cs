using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Notifications.Webhooks.Addresses;

/// <summary>
/// Opens the connections of webhooks. The name is resolved here, every address is checked, and the connection goes to a checked address and not to the name:
/// a second resolution could give another answer (DNS rebinding).
/// </summary>
internal sealed class GuardedDialer(AddressPolicy policy, TimeProvider clock)
{
    private const int MaxAddresses = 4;

    private static readonly TimeSpan s_addressLimit = TimeSpan.FromSeconds(4);

    /// <exception cref="RefusedAddressException">An address is not allowed.</exception>
    /// <exception cref="SocketException">No address could be reached.</exception>
    public async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        SocketException? last = null;

        foreach (var address in (await policy.ResolveAsync(host, cancellationToken)).Take(MaxAddresses))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            }
            catch (SocketException exception)
            {
                last = exception;
            }
        }

        throw last!;
    }

    private async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_addressLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            await socket.ConnectAsync(address, either.Token);

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
