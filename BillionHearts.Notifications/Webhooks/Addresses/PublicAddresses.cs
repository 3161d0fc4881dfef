using System.Net;
using System.Net.Sockets;

namespace BillionHearts.Notifications.Webhooks.Addresses;

/// <summary>Which addresses belong to the public Internet. Sources: the IANA registries of special-purpose addresses for IPv4 and IPv6.</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] s_specialV4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Public by its number, but in Azure it is each machine's own agent.
            "168.63.129.16/32",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // The only part of IPv6 that is assigned to the public Internet. It leaves out mapped and compatible IPv4 addresses, NAT64, local and multicast addresses.
    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] s_specialV6 =
    [
        .. new[]
        {
            // Protocols, Teredo (2001::/32) among them; documentation; 6to4; the former test network; documentation.
            "2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    public static bool Contain(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !s_specialV4.Any(network => network.Contains(address)),
        // First: IPNetwork compares the IPv4 part of a mapped address, so that ::ffff:10.0.0.1 would be within 2000::/3.
        AddressFamily.InterNetworkV6 when address.IsIPv4MappedToIPv6 => false,
        AddressFamily.InterNetworkV6 => s_global.Contains(address) && !s_specialV6.Any(network => network.Contains(address)) && !IsIsatap(address),
        _ => false,
    };

    /// <summary>RFC 5214, 6.1: an interface identifier of 0000:5efe or 0200:5efe leads to the IPv4 address in its last four bytes.</summary>
    private static bool IsIsatap(IPAddress address) => address.GetAddressBytes() is [_, _, _, _, _, _, _, _, 0x00 or 0x02, 0x00, 0x5e, 0xfe, ..];
}
