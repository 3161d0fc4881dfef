using BillionHearts.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Testing;

public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client whose base address is an endpoint of the resource.</summary>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>An endpoint by name, or the HTTP endpoint; of the first replica where there are several.</summary>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = ResourceOf(app, resourceName) as IResourceWithEndpoints
            ?? throw new DistributedApplicationException($"The resource '{resourceName}' has no endpoints.");

        if (endpointName is not null)
        {
            return new(new EndpointReference(resource, endpointName).Url);
        }

        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.UriScheme is "http" or "https")
            ?? throw new DistributedApplicationException($"The resource '{resourceName}' has no HTTP endpoint; name the endpoint that is meant.");

        return new(new EndpointReference(resource, endpoint).Url);
    }

    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        ResourceOf(app, resourceName) is IResourceWithConnectionString resource
            ? resource.GetConnectionStringAsync(cancellationToken)
            : throw new DistributedApplicationException($"The resource '{resourceName}' has no connection string.");

    private static IResource ResourceOf(DistributedApplication app, string name) =>
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Named(name);
}
