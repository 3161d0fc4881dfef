using System.Globalization;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource by name, usable in expressions before its port is known.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IExpressionValue
{
    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
        : this(owner, endpoint.Name)
    {
    }

    public IResourceWithEndpoints Resource { get; } = owner;

    public string EndpointName { get; } = endpointName;

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    public bool IsHttp => Scheme == "http";

    public bool IsHttps => Scheme == "https";

    public string Scheme => EndpointAnnotation.UriScheme;

    public string Host => Allocated.Address;

    public int Port => Allocated.Port;

    public int? TargetPort => EndpointAnnotation.TargetPort;

    public string Url => Allocated.UriString;

    public EndpointAnnotation EndpointAnnotation => Find() ?? throw new DistributedApplicationException(
        $"The resource '{Resource.Name}' has no endpoint '{EndpointName}'; it has {Known()}.");

    string IManifestExpressionProvider.ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint ?? throw new InvalidOperationException(
        $"The endpoint '{EndpointName}' of '{Resource.Name}' has no port yet; ports are given out when the application starts.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(context, cancellationToken);

    private EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>()
        .SingleOrDefault(endpoint => string.Equals(endpoint.Name, EndpointName, StringComparison.OrdinalIgnoreCase));

    private string Known()
    {
        var names = Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => $"'{endpoint.Name}'").ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }
}

public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IExpressionValue
{
    public EndpointReference Endpoint { get; } = endpointReference;

    public EndpointProperty Property { get; } = property;

    public string ValueExpression => Property switch
    {
        EndpointProperty.HostAndPort => $"{Binding("host")}:{Binding("port")}",
        EndpointProperty.IPV4Host => Binding("host"),
        EndpointProperty.TargetPort => Binding("targetPort"),
        EndpointProperty.TlsEnabled => Binding("tlsEnabled"),
        EndpointProperty.Url => Binding("url"),
        EndpointProperty.Host => Binding("host"),
        EndpointProperty.Port => Binding("port"),
        _ => Binding("scheme"),
    };

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        GetValueAsync(new ValueProviderContext(), cancellationToken);

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<string?>(GetValues(context)[0]);

    /// <summary>One value for each replica where the caller can use them all: a load balancer can, a connection string cannot.</summary>
    internal IReadOnlyList<string> GetValues(ValueProviderContext context)
    {
        var allocations = Endpoint.EndpointAnnotation.Allocations;

        if (allocations.Count == 0)
        {
            throw new InvalidOperationException(
                $"The endpoint '{Endpoint.EndpointName}' of '{Endpoint.Resource.Name}' has no port yet; ports are given out when the application starts.");
        }

        if (ReferenceEquals(context.Caller, Endpoint.Resource))
        {
            return [Read(allocations[context.Replica])];
        }

        return context.Caller is ContainerResource ? [.. allocations.Select(Read)] : [Read(allocations[0])];
    }

    private string Read(AllocatedEndpoint allocated) => Property switch
    {
        EndpointProperty.Url => allocated.UriString,
        EndpointProperty.Host or EndpointProperty.IPV4Host => allocated.Address,
        // As a native process a resource listens on the very port that others connect to.
        EndpointProperty.Port or EndpointProperty.TargetPort => allocated.Port.ToString(CultureInfo.InvariantCulture),
        EndpointProperty.HostAndPort => $"{allocated.Address}:{allocated.Port}",
        EndpointProperty.Scheme => allocated.UriScheme,
        EndpointProperty.TlsEnabled => allocated.UriScheme == "https" ? bool.TrueString : bool.FalseString,
        _ => throw new InvalidOperationException($"'{Property}' is not a property of an endpoint."),
    };

    private string Binding(string part) => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{part}}}";
}

public enum EndpointProperty
{
    Url,
    Host,
    IPV4Host,
    Port,
    Scheme,
    TargetPort,
    HostAndPort,
    TlsEnabled,
}
