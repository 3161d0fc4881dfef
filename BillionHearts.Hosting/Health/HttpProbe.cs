using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Health;

/// <summary>One GET that must end, after redirects, with one status.</summary>
internal sealed class HttpProbe(EndpointReference endpoint, int replica, string path, int statusCode) : IHealthProbe
{
    // A kept connection would hide that nobody accepts new ones.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(new Uri(endpoint.EndpointAnnotation.Allocations[replica].UriString), path);

        try
        {
            using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

            if ((int)response.StatusCode != statusCode)
            {
                throw new HttpRequestException($"{path} answered {(int)response.StatusCode}, not {statusCode}");
            }
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            throw new HttpRequestException($"nobody listens on port {address.Port} yet", exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
