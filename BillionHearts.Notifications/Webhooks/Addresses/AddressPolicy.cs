using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Webhooks.Addresses;

/// <summary>Decides where webhooks may go: once when an address is registered, and again for each connection, because a name can lead elsewhere by then.</summary>
internal sealed class AddressPolicy(ResolveNames resolve, IOptions<WebhooksOptions> options, TimeProvider clock)
{
    /// <summary>At registration. What does not resolve yet is accepted, as is what comes while many names are looked up: the check at each connection is the one that counts.</summary>
    private static readonly TimeSpan s_resolveLimit = TimeSpan.FromSeconds(2);

    private const int MaxLookups = 8;

    private readonly IPNetwork[] _refused = [.. options.Value.RefusedNetworks.Select(network => IPNetwork.Parse(network))];
    private int _lookups;

    /// <summary>The rules for the text alone.</summary>
    /// <inheritdoc cref="WebhookUrl.FindFault"/>
    public string? FindFault(string text, out Uri? url) => WebhookUrl.FindFault(text, options.Value.AllowLoopback, out url);

    /// <summary>The rules for the text, and for the addresses that its name has now.</summary>
    /// <inheritdoc cref="WebhookUrl.FindFault"/>
    public async Task<string?> FindFaultAsync(string text, CancellationToken cancellationToken)
    {
        if (FindFault(text, out var url) is { } fault)
        {
            return fault;
        }

        if (_lookups >= MaxLookups && !IPAddress.TryParse(url!.IdnHost, out _))
        {
            return null;
        }

        try
        {
            await Counted(ResolveAsync(url!.IdnHost, CancellationToken.None)).WaitAsync(s_resolveLimit, clock, cancellationToken);

            return null;
        }
        catch (RefusedAddressException)
        {
            return $"must lead to a public address, which '{url!.IdnHost}' does not";
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The addresses of a host, all of them allowed. One that is not refuses the host: which of them is used would be the resolver's choice.</summary>
    /// <exception cref="RefusedAddressException">An address is not allowed.</exception>
    /// <exception cref="SocketException">The name has no address, or the resolver does not answer.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);

        if (addresses.Length is 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        return addresses.All(IsAllowed) ? addresses : throw new RefusedAddressException();
    }

    /// <summary>On Linux a lookup holds a thread until the resolver gives up, whoever still waits for it. So each counts until its real end.</summary>
    private async Task Counted(Task lookup)
    {
        Interlocked.Increment(ref _lookups);

        try
        {
            await lookup;
        }
        finally
        {
            Interlocked.Decrement(ref _lookups);
        }
    }

    private bool IsAllowed(IPAddress address) =>
        (PublicAddresses.Contain(address) && !_refused.Any(network => network.Contains(address)))
        || (options.Value.AllowLoopback && !address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(address));
}

/// <summary>The host has an address that webhooks may not reach. Without the address: a name must not tell its owner about our network.</summary>
internal sealed class RefusedAddressException() : IOException("The host does not lead to a public address.");
