using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting;

public static class ContainerResourceBuilderExtensions
{
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image) =>
        builder.AddResource(new ContainerResource(name)).WithImage(image);

    public static IResourceBuilder<ContainerResource> AddContainer(
        this IDistributedApplicationBuilder builder, string name, string image, string tag) =>
        builder.AddResource(new ContainerResource(name)).WithImage(image, tag);

    /// <param name="image">Repository, with or without registry and tag: <c>mcr.microsoft.com/azure-storage/azurite:3.37.0</c>.</param>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null)
        where T : ContainerResource
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(image);
        var colon = image.LastIndexOf(':');
        var (repository, ownTag) = colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, null);
        var first = repository.Split('/')[0];
        var registry = repository.Contains('/', StringComparison.Ordinal) && first.AsSpan().ContainsAny('.', ':') ? first : null;

        var annotation = builder.Resource.Last<ContainerImageAnnotation>();

        if (annotation is null)
        {
            annotation = new ContainerImageAnnotation { Image = image };
            builder.Resource.Annotations.Add(annotation);
        }

        annotation.Image = registry is null ? repository : repository[(registry.Length + 1)..];
        annotation.Registry = registry ?? annotation.Registry;
        annotation.Tag = tag ?? ownTag ?? "latest";
        return builder;
    }

    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource
    {
        ImageOf(builder).Tag = tag;
        return builder;
    }

    public static IResourceBuilder<T> WithImageRegistry<T>(this IResourceBuilder<T> builder, string? registry)
        where T : ContainerResource
    {
        ImageOf(builder).Registry = registry;
        return builder;
    }

    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource => builder.WithAnnotation(new ContainerMountAnnotation(name, target, ContainerMountType.Volume, isReadOnly));

    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string target)
        where T : ContainerResource => builder.WithVolume(name: null, target);

    /// <param name="source">A file or folder; a relative one is seen from the AppHost's folder.</param>
    public static IResourceBuilder<T> WithBindMount<T>(this IResourceBuilder<T> builder, string source, string target, bool isReadOnly = false)
        where T : ContainerResource =>
        builder.WithAnnotation(new ContainerMountAnnotation(
            Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory), target, ContainerMountType.BindMount, isReadOnly));

    private static ContainerImageAnnotation ImageOf<T>(IResourceBuilder<T> builder)
        where T : ContainerResource => builder.Resource.Last<ContainerImageAnnotation>()
            ?? throw new DistributedApplicationException($"The resource '{builder.Resource.Name}' has no image yet: call WithImage first.");
}
