using System.Net;
using BillionHearts.Api.Images.Addresses;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>Requests media from every gateway, either as a reader would or bypassing its cache.</summary>
internal sealed class EdgeClient(IHttpClientFactory clients, IOptions<EdgeOptions> edge, IOptions<MediaOptions> media, TimeProvider clock)
{
    public const string Name = "edge";

    private const string RefreshHeader = "X-Edge-Refresh";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes each gateway request an address from this service again, and replace its cached copy with the answer.</summary>
    /// <param name="isRestored">Whether the image is visible again, so that a gateway with a 410 gets the bytes.</param>
    /// <returns>Whether every gateway got 404 or 410; for a restored image, any other answer.</returns>
    public async Task<bool> RefreshAsync(EdgeAddress address, bool isRestored, CancellationToken cancellationToken)
    {
        var refreshed = await Task.WhenAll(edge.Value.Gateways.Select(async gateway =>
        {
            using var request = Request(gateway, address);
            request.Headers.TryAddWithoutValidation(RefreshHeader, $"key {edge.Value.Key}");
            var status = await SendAsync(request, cancellationToken);
            return isRestored
                ? status is not (null or HttpStatusCode.Gone or >= HttpStatusCode.InternalServerError)
                : status is HttpStatusCode.Gone or HttpStatusCode.NotFound;
        }));

        return refreshed.All(isDone => isDone);
    }

    /// <summary>Makes each gateway cache the bytes at an address.</summary>
    /// <returns>Whether every gateway answered with the bytes.</returns>
    public async Task<bool> WarmAsync(EdgeAddress address, CancellationToken cancellationToken)
    {
        var warmed = await Task.WhenAll(edge.Value.Gateways.Select(async gateway =>
        {
            using var request = Request(gateway, address);
            return await SendAsync(request, cancellationToken) is HttpStatusCode.OK;
        }));

        return warmed.All(isWarm => isWarm);
    }

    private HttpRequestMessage Request(Uri gateway, EdgeAddress address)
    {
        var urls = MediaUrls.At(gateway.ToString().TrimEnd('/'), media.Value, clock);
        var request = new HttpRequestMessage(HttpMethod.Get, urls.Build(address.MediaKey, address.Name));
        request.Headers.TryAddWithoutValidation("Accept", address.Accept);
        return request;
    }

    private async Task<HttpStatusCode?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            using var client = clients.CreateClient(Name);
            // Reads to the end, because a gateway does not cache an incomplete answer.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}

/// <param name="Name">The last part of the address.</param>
/// <param name="Accept">The Accept header to send, if the answer depends on it.</param>
internal sealed record EdgeAddress(string MediaKey, string Name, string Accept = "*/*");
