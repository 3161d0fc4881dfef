using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>
/// Knows how to run one container image as a native process: the same environment variables, arguments, mounts and
/// ports that the image takes, translated to the server's own command line and configuration.
/// </summary>
internal interface INativeServer
{
    /// <summary>Repository of the image without registry and tag, such as <c>postgres</c> or <c>azure-storage/azurite</c>.</summary>
    string Image { get; }

    /// <summary>
    /// Creates the folders and configuration files that the server needs, and returns how to start it. Called before every
    /// start, so existing data is kept.
    /// </summary>
    /// <exception cref="NativeServerException">
    /// A binary is missing, or the container needs something that this server does not support: one sentence that names the
    /// resource and what to do.
    /// </exception>
    Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken);
}

/// <summary>A container resource with all values resolved.</summary>
internal sealed record NativeServerContext
{
    public required ContainerDescription Container { get; init; }

    /// <summary>Environment of the container.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Writes to the resource's console, for what happens before the server exists.</summary>
    public required Action<string> Log { get; init; }

    public string DataPath => Container.DataPath;
}
