namespace BillionHearts.Hosting.ApplicationModel;

public abstract class Resource(string name) : IResource
{
    public virtual string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}
