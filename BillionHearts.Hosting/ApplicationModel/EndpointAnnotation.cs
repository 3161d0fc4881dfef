using System.Net.Sockets;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>One way into a resource. Given its ports, one for each replica, before anything starts.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? "tcp";
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : UriScheme);
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
    }

    public ProtocolType Protocol { get; set; }

    public string UriScheme { get; set; }

    public string Transport { get; set; }

    public string Name { get; set; }

    public int? Port { get; set; }

    public int? TargetPort { get; set; }

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    public AllocatedEndpoint? AllocatedEndpoint => Allocations.Count > 0 ? Allocations[0] : null;

    /// <summary>One for each replica.</summary>
    internal IReadOnlyList<AllocatedEndpoint> Allocations { get; set; } = [];

    /// <summary>Variable that carries the port, where a resource wants one.</summary>
    internal string? PortVariable { get; init; }

    /// <summary>The port is a habit of <c>launchSettings.json</c>, not a promise made in the AppHost.</summary>
    internal bool FromLaunchProfile { get; init; }
}

/// <summary>Where an endpoint listens in this run.</summary>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    public EndpointAnnotation Endpoint { get; } = endpoint;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public string UriScheme => Endpoint.UriScheme;

    public string UriString => $"{UriScheme}://{Address}:{Port}";
}
