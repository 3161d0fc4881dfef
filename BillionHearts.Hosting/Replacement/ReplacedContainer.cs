using System.Reflection;
using BillionHearts.Hosting.Data;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Replacement;

/// <summary>A container of the model and the process that runs in its place.</summary>
internal sealed record ReplacedContainer(ContainerResource Original, ProcessResource Process)
{
    private static string ToolsPath { get; } = typeof(ReplacedContainer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key is "nativetoolspath").Value!;

    // This assembly is a program as well, and its host file lies beside it wherever it is copied.
    private static string Launcher { get; } = Path.ChangeExtension(typeof(ReplacedContainer).Assembly.Location, null);

    public static ReplacedContainer Replace(ContainerResource original, DataFolder data, string appHostDirectory, bool withFreePorts)
    {
        var image = original.Annotations.OfType<ContainerImageAnnotation>().Last();
        var folder = data.Folder(original.Name);
        var mounts = MountsOf(original, folder, appHostDirectory);

        // With these annotations DCP would require a container engine.
        Remove<ContainerImageAnnotation>(original);
        Remove<ContainerMountAnnotation>(original);

        var endpoints = original.Annotations.OfType<EndpointAnnotation>().ToArray();
        var containerPorts = Array.ConvertAll(endpoints, endpoint => endpoint.TargetPort ?? endpoint.Port ?? 0);
        foreach (var endpoint in endpoints)
        {
            ListenDirectly(endpoint, withFreePorts);
        }

        // The last callback, so that it sees what all the others set. By then the ports are known.
        original.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            var description = new ContainerDescription
            {
                Name = original.Name,
                Image = image.Registry is null ? $"{image.Image}:{image.Tag}" : $"{image.Registry}/{image.Image}:{image.Tag}",
                DataPath = folder,
                ToolsPath = ToolsPath,
                SecretsPath = data.Secrets.FilePath,
                Variables = [.. context.EnvironmentVariables.Keys],
                Mounts = mounts,
                Endpoints = [.. endpoints.Select((endpoint, i) => new ListeningPort(endpoint.Name, containerPorts[i], endpoint.TargetPort ?? 0))],
            };
            context.EnvironmentVariables[ContainerDescription.Variable] = description.ToJson();
        }));

        return new(original, original is IResourceWithConnectionString connection
            ? new ServerProcessResource(original, connection, Launcher, "/")
            : new ProcessResource(original, Launcher, "/"));
    }

    /// <summary>Resources that live inside the original, such as the databases of a server.</summary>
    public IEnumerable<IResource> ChildrenOf(IServiceProvider services) =>
        services.GetRequiredService<DistributedApplicationModel>().Resources.Where(child => child is IResourceWithParent { Parent: var parent } && parent == Original);

    // A container's target port is the image's own. A process listens on a port of this machine, and no proxy stands before it;
    // where no number is given, Aspire finds a free one.
    private static void ListenDirectly(EndpointAnnotation endpoint, bool withFreePorts)
    {
        var port = withFreePorts ? null : endpoint.Port;
        endpoint.IsProxied = false;
        (endpoint.Port, endpoint.TargetPort) = (port, port);
    }

    private static MountedPath[] MountsOf(ContainerResource original, string folder, string appHostDirectory) =>
        [.. original.Annotations.OfType<ContainerMountAnnotation>().Select(mount => new MountedPath(SourceOf(mount, folder, appHostDirectory), mount.Target, mount.IsReadOnly))];

    private static string SourceOf(ContainerMountAnnotation mount, string folder, string appHostDirectory) => mount.Type is ContainerMountType.BindMount
        ? Path.GetFullPath(mount.Source!, appHostDirectory)
        : Directory.CreateDirectory(Path.Combine(folder, "volume" + mount.Target.Replace('/', '-'))).FullName;

    private static void Remove<T>(ContainerResource resource) where T : IResourceAnnotation
    {
        foreach (var annotation in resource.Annotations.OfType<T>().ToArray())
        {
            resource.Annotations.Remove(annotation);
        }
    }
}
