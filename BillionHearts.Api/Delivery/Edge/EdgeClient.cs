using System.Net;
using BillionHearts.Api.Images.Addresses;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>Asks every gateway for media, as a reader would or past what it has stored.</summary>
internal sealed class EdgeClient(IHttpClientFactory clients, IOptions<EdgeOptions> edge, IOptions<MediaOptions> media, TimeProvider clock)
{
    public const string Name = "edge";

    private const string RefreshHeader = "X-Edge-Refresh";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Lets each gateway ask this service again what is at an address, and keep the answer in place of what it has.</summary>
    /// <returns>Whether each has been told that nothing is there any more.</returns>
    public async Task<bool> RefreshAsync(EdgeAddress address, CancellationToken cancellationToken)
    {
        var told = await Task.WhenAll(edge.Value.Gateways.Select(async gateway =>
        {
            using var request = Request(gateway, address);
            request.Headers.TryAddWithoutValidation(RefreshHeader, $"key {edge.Value.Key}");
            return await SendAsync(request, cancellationToken) is HttpStatusCode.Gone or HttpStatusCode.NotFound;
        }));

        return told.All(isTold => isTold);
    }

    /// <summary>Lets each gateway have a copy.</summary>
    /// <returns>Whether each has.</returns>
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
        var request = new HttpRequestMessage(HttpMethod.Get, urls.Of(address.MediaKey, address.Name));
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
            // To the end: what breaks off is not stored.
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
/// <param name="Accept">Of an address whose answer depends on it.</param>
internal sealed record EdgeAddress(string MediaKey, string Name, string Accept = "*/*");
