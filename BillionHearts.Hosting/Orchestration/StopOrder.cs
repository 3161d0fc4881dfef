using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Who must be gone before whom: users of a resource go first, and those that do not know each other go together.</summary>
internal static class StopOrder
{
    /// <summary>Runs <paramref name="stop"/> for each resource once it has completed for all that depend on it.</summary>
    public static async Task RunAsync(IReadOnlyList<IResource> resources, Func<IResource, Task> stop)
    {
        var users = UsersOf(resources);
        var stops = new Dictionary<IResource, Task>();

        await Task.WhenAll(resources.Select(StopAsync));

        Task StopAsync(IResource resource)
        {
            if (!stops.TryGetValue(resource, out var stopping))
            {
                // Set before the users are visited, so that resources that know each other end the walk and stop together.
                stops[resource] = Task.CompletedTask;
                var before = users[resource].Select(StopAsync).ToList();
                stops[resource] = stopping = StopAfterAsync(resource, before);
            }

            return stopping;
        }

        async Task StopAfterAsync(IResource resource, List<Task> before)
        {
            await Task.WhenAll(before);
            await stop(resource);
        }
    }

    private static Dictionary<IResource, List<IResource>> UsersOf(IReadOnlyList<IResource> resources)
    {
        var users = resources.ToDictionary(resource => resource, _ => new List<IResource>());

        foreach (var resource in resources)
        {
            foreach (var used in UsedBy(resource).Distinct())
            {
                if (users.TryGetValue(used, out var list) && !ReferenceEquals(used, resource))
                {
                    list.Add(resource);
                }
            }
        }

        return users;
    }

    private static IEnumerable<IResource> UsedBy(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource)
            .Concat(resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relationship => relationship.Resource))
            // Whoever uses a database uses its server.
            .SelectMany(used => used is IResourceWithParent child ? new[] { used, child.Parent } : [used]);
}
