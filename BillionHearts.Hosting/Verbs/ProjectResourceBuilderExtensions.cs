using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Launching;

namespace BillionHearts.Hosting;

public static class ProjectResourceBuilderExtensions
{
    /// <summary>Endpoints and variables come from the first profile of its <c>launchSettings.json</c>.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var project = new TProject();
        return Add(builder, name, project, LaunchProfile.First(project.ProjectPath));
    }

    /// <param name="launchProfileName">Null for none.</param>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new()
    {
        var project = new TProject();
        return Add(builder, name, project, launchProfileName is null ? null : LaunchProfile.Named(project.ProjectPath, launchProfileName));
    }

    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        if (replicas is < 1 or > 64)
        {
            throw new DistributedApplicationException($"The project '{builder.Resource.Name}' cannot have {replicas} replicas; 1 to 64 are possible.");
        }

        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    private static IResourceBuilder<ProjectResource> Add(
        IDistributedApplicationBuilder builder, string name, IProjectMetadata project, LaunchProfile? profile)
    {
        var resource = builder.AddResource(new ProjectResource(name)).WithAnnotation(project);

        if (profile is null)
        {
            return resource;
        }

        foreach (var url in profile.ApplicationUrls)
        {
            resource.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, name: UniqueName(resource.Resource, url.Scheme), port: url.Port)
            {
                FromLaunchProfile = true,
            });
        }

        return resource.WithAnnotation(profile);
    }

    private static string UniqueName(ProjectResource resource, string scheme)
    {
        var taken = resource.Annotations.OfType<EndpointAnnotation>().Count(endpoint => endpoint.UriScheme == scheme);
        return taken is 0 ? scheme : $"{scheme}{taken + 1}";
    }
}
