namespace BillionHearts.Hosting.ApplicationModel;

internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

/// <summary>Started by a command only.</summary>
internal sealed record ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>How one resource belongs to another: <c>Reference</c>, <c>Parent</c>.</summary>
internal sealed record ResourceRelationshipAnnotation(IResource Resource, string Type) : IResourceAnnotation
{
    public const string Reference = "Reference";
    public const string Parent = "Parent";
}

internal static class ResourceAnnotationExtensions
{
    public static bool Has<T>(this IResource resource)
        where T : IResourceAnnotation => resource.Annotations.OfType<T>().Any();

    public static T? Last<T>(this IResource resource)
        where T : class, IResourceAnnotation => resource.Annotations.OfType<T>().LastOrDefault();

    public static int ReplicaCount(this IResource resource) => resource.Last<ReplicaAnnotation>()?.Replicas ?? 1;
}
