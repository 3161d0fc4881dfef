using System.Net;

namespace BillionHearts.Dashboard.Configuration;

/// <summary>
/// A place to listen that only this machine can reach. The pages start and stop processes and show their environment, so no
/// setting opens them to a network.
/// </summary>
internal sealed record LoopbackAddress(string Host, int Port)
{
    public static LoopbackAddress Parse(string setting, string url)
    {
        // Uri does not know http://*:80 and http://+:80, which Kestrel takes as "every address".
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            throw new SettingsException($"{setting} is '{url}': the dashboard needs an address like http://localhost:18888, and listens on loopback only.");
        }

        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            throw new SettingsException($"{setting} is '{url}': the dashboard listens on loopback only, where it speaks http, not {uri.Scheme}.");
        }

        if (!IsLoopback(uri))
        {
            throw new SettingsException($"{setting} is '{url}': the dashboard listens on loopback only. Use http://localhost:{uri.Port}.");
        }

        return new(uri.DnsSafeHost, uri.Port);
    }

    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    private static bool IsLoopback(Uri uri) =>
        IPAddress.TryParse(uri.DnsSafeHost, out var address)
            ? IPAddress.IsLoopback(address)
            : string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase)
                || uri.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
