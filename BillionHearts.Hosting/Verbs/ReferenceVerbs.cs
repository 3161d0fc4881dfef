using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

/// <summary>Who knows whom. A reference gives configuration, never order.</summary>
public static partial class ResourceBuilderExtensions
{
    /// <summary><c>ConnectionStrings__name</c>, and <c>NAME_HOST</c> and so on for languages that do not read it.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
        var prefix = name.Length is 0 ? string.Empty : $"{ModelName.ToVariable(name).ToUpperInvariant()}_";

        return builder.WithRelationship(resource).WithEnvironment(async context =>
        {
            if (optional && await TryReadAsync(resource, context.CancellationToken) is null)
            {
                return;
            }

            context.EnvironmentVariables[variable] = resource.ConnectionStringExpression;

            foreach (var (key, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[prefix + key.ToUpperInvariant()] = value;
            }
        });
    }

    /// <summary><c>services__name__http__0</c> and, for a second replica, <c>__1</c>; <c>NAME_HTTP</c> for other languages.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => builder.WithReference(source, source.Resource.Name);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;

        return builder.WithRelationship(resource).WithEnvironment(context =>
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                AddServiceEndpoint(context, name, endpoint);
            }
        });
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithRelationship(endpointReference.Resource).WithEnvironment(context =>
            AddServiceEndpoint(context, endpointReference.Resource.Name, endpointReference.EndpointAnnotation));

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        if (!uri.IsAbsoluteUri || uri.AbsolutePath != "/")
        {
            throw new DistributedApplicationException($"The address '{uri}' of the service '{name}' must be absolute and without a path.");
        }

        return builder.WithEnvironment($"services__{name}__default__0", uri.ToString());
    }

    private static void AddServiceEndpoint(EnvironmentCallbackContext context, string name, EndpointAnnotation endpoint)
    {
        for (var replica = 0; replica < endpoint.Allocations.Count; replica++)
        {
            context.EnvironmentVariables[$"services__{name}__{endpoint.Name}__{replica}"] = endpoint.Allocations[replica].UriString;
        }

        if (endpoint.AllocatedEndpoint is { } first)
        {
            context.EnvironmentVariables[$"{ModelName.ToVariable(name)}_{ModelName.ToVariable(endpoint.Name)}".ToUpperInvariant()] = first.UriString;
        }
    }

    private static async Task<string?> TryReadAsync(IResourceWithConnectionString resource, CancellationToken cancellationToken)
    {
        try
        {
            return await resource.GetConnectionStringAsync(cancellationToken);
        }
        catch (DistributedApplicationException)
        {
            return null;
        }
    }

    private static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource other)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(other, ResourceRelationshipAnnotation.Reference));
}
