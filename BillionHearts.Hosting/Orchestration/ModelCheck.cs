using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Launching;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Finds, before anything starts, what would fail once half of it runs.</summary>
internal static class ModelCheck
{
    /// <exception cref="DistributedApplicationException">The first mistake found.</exception>
    public static void Require(IReadOnlyList<IResource> resources)
    {
        RequireNoCycle(resources);
        RequireDistinctInstances(resources);

        foreach (var resource in resources)
        {
            RequireValue(resource);
            RequireStartable(resource);
        }
    }

    private static void RequireValue(IResource resource)
    {
        // Reading is what fails; the value itself is of no interest here.
        _ = resource switch
        {
            ParameterResource parameter => parameter.Value,
            ConnectionStringResource connectionString => connectionString.Parameter.Value,
            _ => null,
        };
    }

    private static void RequireStartable(IResource resource)
    {
        if (resource is ContainerResource)
        {
            ContainerLauncher.ServerOf(resource);

            foreach (var mount in resource.Annotations.OfType<ContainerMountAnnotation>().Where(mount => mount.Type is ContainerMountType.BindMount))
            {
                if (!Path.Exists(mount.Source))
                {
                    throw new DistributedApplicationException($"'{resource.Name}' mounts '{mount.Source}', which does not exist.");
                }
            }
        }

        if (resource is ProjectResource && resource.Last<IProjectMetadata>() is { } project)
        {
            ProjectLauncher.RequireBuilt(resource.Name, project);
        }
    }

    private static void RequireDistinctInstances(IReadOnlyList<IResource> resources)
    {
        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var id in resources.SelectMany(InstanceIds))
        {
            if (!ids.Add(id))
            {
                throw new DistributedApplicationException($"'{id}' is the name of a resource and of another one's replica; rename one of them.");
            }
        }

        static IEnumerable<string> InstanceIds(IResource resource) => resource.ReplicaCount() is var count and not 1
            ? Enumerable.Range(1, count).Select(number => $"{resource.Name}-{number}")
            : [resource.Name];
    }

    private static void RequireNoCycle(IReadOnlyList<IResource> resources)
    {
        var done = new HashSet<IResource>();
        var path = new List<IResource>();

        foreach (var resource in resources)
        {
            Visit(resource);
        }

        void Visit(IResource resource)
        {
            if (path.IndexOf(resource) is var start and >= 0)
            {
                throw new DistributedApplicationException(
                    $"These resources wait for each other, so none would ever start: {string.Join(" → ", path[start..].Append(resource).Select(waiting => waiting.Name))}.");
            }

            if (!done.Add(resource))
            {
                return;
            }

            path.Add(resource);
            WaitedFor(resource).ForEach(Visit);
            path.RemoveAt(path.Count - 1);
        }

        static List<IResource> WaitedFor(IResource resource) =>
        [
            .. resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource),
            .. resource is IResourceWithParent child ? [child.Parent] : Array.Empty<IResource>(),
        ];
    }
}
