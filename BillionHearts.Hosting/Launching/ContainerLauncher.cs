using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Servers;

namespace BillionHearts.Hosting.Launching;

/// <summary>Runs a container's image as the native server that it is.</summary>
internal sealed class ContainerLauncher(ValueResolver values, DataFolder data, HostSettings settings) : ILauncher
{
    public async Task<Launch> PrepareAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var server = ServerOf(instance.Resource);
        var variables = await values.EnvironmentOfAsync(instance, [], cancellationToken);

        var process = await server.PrepareAsync(
            new NativeServerContext
            {
                ResourceName = instance.Resource.Name,
                DataPath = data.Folder(instance.Resource.Name),
                NativeToolsPath = settings.NativeToolsPath,
                Environment = variables.ToDictionary(variable => variable.Key, variable => variable.Value.Values),
                Arguments = await values.ArgumentsOfAsync(instance, cancellationToken),
                Mounts = [.. instance.Resource.Annotations.OfType<ContainerMountAnnotation>().Select(mount => ToNative(instance.Resource, mount))],
                Endpoints = [.. instance.Resource.Annotations.OfType<EndpointAnnotation>().Select(ToNative)],
                Log = line => instance.Log.Append(line, isError: false),
            },
            cancellationToken);

        return new(process, [.. variables.ToSnapshot()]);
    }

    public static INativeServer ServerOf(IResource resource)
    {
        var image = resource.Last<ContainerImageAnnotation>()
            ?? throw new DistributedApplicationException($"The container '{resource.Name}' has no image: give it one with WithImage.");
        var repository = image.Image;

        return NativeServers.All.FirstOrDefault(server => server.Images.Any(known => IsSame(known, repository)))
            ?? throw new DistributedApplicationException(
                $"The image '{FullName(image)}' of '{resource.Name}' cannot run without a container engine; only "
                + $"{string.Join(", ", NativeServers.All.SelectMany(server => server.Images).Select(Short).Distinct())} can. "
                + "Install one and build with -p:AspireSource=packages.");
    }

    public static string FullName(ContainerImageAnnotation image) =>
        $"{(image.Registry is null ? string.Empty : image.Registry + "/")}{image.Image}:{image.Tag}";

    // Docker Hub's own images are found with and without their folder: nginx is library/nginx.
    private static bool IsSame(string known, string image) => Short(known) == Short(image);

    private static string Short(string image) => image.StartsWith("library/", StringComparison.Ordinal) ? image["library/".Length..] : image;

    private NativeMount ToNative(IResource resource, ContainerMountAnnotation mount) =>
        new(
            mount.Type is ContainerMountType.BindMount
                ? mount.Source!
                : data.Folder(resource.Name, mount.Source ?? mount.Target.Trim('/').Replace('/', '-')),
            mount.Target,
            mount.IsReadOnly);

    private static NativeEndpoint ToNative(EndpointAnnotation endpoint)
    {
        var port = endpoint.Allocations[0].Port;
        return new(endpoint.Name, endpoint.TargetPort ?? endpoint.Port ?? port, port);
    }
}
