using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace BillionHearts.Hosting.ApplicationModel;

public interface IResourceCollection : IList<IResource>
{
    bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource);
}

internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection
{
    public bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource)
    {
        resource = this.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return resource is not null;
    }

    protected override void InsertItem(int index, IResource item)
    {
        ModelName.Validate(item.Name);

        if (TryGetByName(item.Name, out var existing))
        {
            throw new DistributedApplicationException(
                $"Two resources cannot have the name '{existing.Name}': one is a {existing.GetType().Name}, the other a {item.GetType().Name}.");
        }

        base.InsertItem(index, item);
    }
}

internal static class ResourceCollectionExtensions
{
    public static IResource Named(this IResourceCollection resources, string name) =>
        resources.TryGetByName(name, out var resource)
            ? resource
            : throw new DistributedApplicationException(
                $"There is no resource '{name}'; there are {string.Join(", ", resources.Select(existing => $"'{existing.Name}'"))}.");
}

/// <summary>The resources of a built application.</summary>
public sealed class DistributedApplicationModel(IResourceCollection resources)
{
    public IResourceCollection Resources { get; } = resources;
}
