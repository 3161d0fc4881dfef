namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>A .NET project of this solution, run as one process for each replica.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;
