using System.Collections.Immutable;
using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>The addresses of one instance that are worth showing, as the AppHost wants them shown.</summary>
internal static class ResourceUrls
{
    public static ImmutableArray<UrlSnapshot> Of(IResource resource, int replica)
    {
        if (resource is not IResourceWithEndpoints owner)
        {
            return [];
        }

        var urls = resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https");
        return [.. urls.SelectMany(endpoint => Of(owner, endpoint, replica))];
    }

    private static IEnumerable<UrlSnapshot> Of(IResourceWithEndpoints resource, EndpointAnnotation endpoint, int replica)
    {
        // For people, who write localhost; processes are given 127.0.0.1, where nobody tries ::1 first.
        var allocated = endpoint.Allocations[replica];
        var address = new Uri($"{allocated.UriScheme}://localhost:{allocated.Port}");
        var reference = new EndpointReference(resource, endpoint);
        var urls = new List<ResourceUrlAnnotation> { new() { Url = address.GetLeftPart(UriPartial.Authority), Endpoint = reference } };

        foreach (var change in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()
            .Where(change => string.Equals(change.EndpointName, endpoint.Name, StringComparison.OrdinalIgnoreCase)))
        {
            change.Callback(reference, urls);
        }

        return urls.Select(url => new UrlSnapshot(
            endpoint.Name,
            Uri.TryCreate(url.Url, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" ? url.Url : new Uri(address, url.Url).ToString(),
            IsInternal: url.DisplayLocation is UrlDisplayLocation.DetailsOnly)
        {
            DisplayName = url.DisplayText,
            IsExternal = endpoint.IsExternal,
        });
    }
}
