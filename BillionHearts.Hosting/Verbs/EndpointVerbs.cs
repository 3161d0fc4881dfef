using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

/// <summary>Ways into a resource, and the addresses that are shown of them.</summary>
public static partial class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        string? name = null,
        string? env = null,
        bool? isProxied = null,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var annotation = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, null, name, port, targetPort, isExternal, isProxied)
        {
            PortVariable = env,
        };

        RequirePort(builder.Resource.Name, annotation.Name, port);
        RequirePort(builder.Resource.Name, annotation.Name, targetPort);

        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(existing => IsNamed(existing, annotation.Name)))
        {
            throw new DistributedApplicationException($"The resource '{builder.Resource.Name}' has an endpoint '{annotation.Name}' already; give this one another name.");
        }

        return builder.WithAnnotation(annotation);
    }

    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().SingleOrDefault(existing => IsNamed(existing, endpointName));

        if (endpoint is null && createIfNotExists)
        {
            endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            builder.Resource.Annotations.Add(endpoint);
        }

        if (endpoint is not null)
        {
            callback(endpoint);
        }

        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, scheme: "http", name, env, isProxied);

    public static IResourceBuilder<T> WithHttpsEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, scheme: "https", name, env, isProxied);

    /// <summary>For people: its addresses are printed when everything runs.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>Changes the address shown for an endpoint.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResource => builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(endpointName, (_, urls) => urls.ForEach(callback)));

    /// <summary>Adds an address below an endpoint.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Func<EndpointReference, ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints =>
        builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(endpointName, (endpoint, urls) => urls.Add(callback(endpoint))));

    /// <summary>The endpoint that a check or command means when it names none.</summary>
    private static EndpointReference HttpEndpointOf<T>(IResourceBuilder<T> builder, string? endpointName, string purpose)
        where T : IResourceWithEndpoints
    {
        string[] names = endpointName is null ? ["http", "https"] : [endpointName];

        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => names.Any(name => IsNamed(e, name)))
            ?? throw new DistributedApplicationException(
                $"The {purpose} of '{builder.Resource.Name}' needs an endpoint named {string.Join(" or ", names.Select(name => $"'{name}'"))}: "
                + "add one to its launchSettings.json or with WithHttpEndpoint before it.");

        return endpoint.UriScheme is "http" or "https"
            ? new(builder.Resource, endpoint)
            : throw new DistributedApplicationException($"The {purpose} of '{builder.Resource.Name}' needs an HTTP endpoint; '{endpoint.Name}' is {endpoint.UriScheme}.");
    }

    private static bool IsNamed(EndpointAnnotation endpoint, string name) => string.Equals(endpoint.Name, name, StringComparison.OrdinalIgnoreCase);

    private static void RequirePort(string resource, string endpoint, int? port)
    {
        if (port is < 1 or > 65535)
        {
            throw new DistributedApplicationException($"Port {port} of the endpoint '{endpoint}' of '{resource}' is not between 1 and 65535.");
        }
    }
}
