using System.Net;

namespace BillionHearts.Notifications.Webhooks.Addresses;

/// <summary>All addresses of a name. The system's resolver, or a test's.</summary>
/// <exception cref="System.Net.Sockets.SocketException">The name has none, or the resolver does not answer.</exception>
internal delegate Task<IPAddress[]> ResolveNames(string host, CancellationToken cancellationToken);
