using System.Collections.ObjectModel;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>A named part of the application: a project, a container, a database, a parameter.</summary>
public interface IResource
{
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A fact about a resource, added by a verb and read by the orchestrator.</summary>
public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public enum ResourceAnnotationMutationBehavior
{
    Append,
    Replace,
}
