using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Servers;

/// <summary>
/// Knows how to run one container image as a native process: the same environment variables, arguments, mounts and
/// ports that the image takes, translated to the server's own command line and configuration.
/// </summary>
internal interface INativeServer
{
    /// <summary>Image repositories without registry and tag, such as <c>library/postgres</c> or <c>azure-storage/azurite</c>.</summary>
    IReadOnlyCollection<string> Images { get; }

    /// <summary>
    /// Makes the folders and configuration files that the server needs and says how to start it. Called before every
    /// start, so what exists is kept.
    /// </summary>
    /// <exception cref="DistributedApplicationException">
    /// A binary is missing, or the container asks for something this server cannot do: one sentence that names the
    /// resource and the way out.
    /// </exception>
    Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken);
}

/// <summary>A container resource with everything resolved.</summary>
internal sealed record NativeServerContext
{
    /// <summary>Name of the resource, for messages.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Private folder of this resource; survives restarts. Named volumes are folders in it too.</summary>
    public required string DataPath { get; init; }

    /// <summary>Where <c>npm ci</c> put the servers that Debian does not package; contains <c>node_modules</c>.</summary>
    public required string NativeToolsPath { get; init; }

    /// <summary>Environment of the container. A value made from an endpoint with replicas has one entry for each.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Environment { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<NativeMount> Mounts { get; init; }

    /// <summary>Ports to listen on, on loopback, by endpoint name.</summary>
    public required IReadOnlyList<NativeEndpoint> Endpoints { get; init; }

    /// <summary>Writes to the resource's console, for what happens before the process exists.</summary>
    public required Action<string> Log { get; init; }
}

/// <param name="Source">Absolute path on this machine.</param>
/// <param name="Target">Path inside the container.</param>
internal sealed record NativeMount(string Source, string Target, bool IsReadOnly);

/// <param name="ContainerPort">The port the image listens on in a container, such as 5432; tells which listener is meant.</param>
/// <param name="Port">The port to listen on here.</param>
internal sealed record NativeEndpoint(string Name, int ContainerPort, int Port);
