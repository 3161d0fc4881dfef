using System.Collections.Immutable;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Launching;
using BillionHearts.Hosting.Logs;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Makes a runner for each instance of all that has a life, and announces what has none.</summary>
internal sealed class RunnerFactory(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ProjectLauncher projects,
    ContainerLauncher containers,
    OrchestratorScope scope)
{
    public IReadOnlyList<ResourceRunner> CreateAll()
    {
        var runners = new List<ResourceRunner>();

        foreach (var resource in model.Resources)
        {
            if (resource is ContainerResource or ProjectResource or PostgresDatabaseResource)
            {
                runners.AddRange(Enumerable.Range(0, resource.ReplicaCount()).Select(replica => Create(resource, replica)));
            }
            else
            {
                notifications.PublishUpdateAsync(resource, snapshot => snapshot with { State = KnownResourceStates.Active });
            }
        }

        return runners;
    }

    private ResourceRunner Create(IResource resource, int replica)
    {
        var id = resource.ReplicaCount() is 1 ? resource.Name : $"{resource.Name}-{replica + 1}";
        var log = new ResourceLog(scope.Clock, Path.Combine(scope.Data.Folder("logs"), $"{id}.log"));
        var instance = new ResourceInstance(resource, replica, log, notifications);
        instance.Publish(snapshot => Describe(snapshot, resource, replica));

        return resource switch
        {
            PostgresDatabaseResource => new DatabaseRunner(instance, notifications, scope.Clock),
            ProjectResource => new ProcessRunner(instance, projects, new(notifications), IsJob(resource), scope.Clock),
            _ => new ProcessRunner(instance, containers, new(notifications), IsJob(resource), scope.Clock),
        };
    }

    /// <summary>Somebody waits for its end, so it is told of the end and not tried again.</summary>
    private bool IsJob(IResource resource) => model.Resources
        .SelectMany(other => other.Annotations.OfType<WaitAnnotation>())
        .Any(wait => wait.WaitType is WaitType.WaitForCompletion && ReferenceEquals(wait.Resource, resource));

    private CustomResourceSnapshot Describe(CustomResourceSnapshot snapshot, IResource resource, int replica) => snapshot
        .WithProperty(KnownProperties.ProjectPath, resource.Last<IProjectMetadata>()?.ProjectPath)
        .WithProperty(KnownProperties.ContainerImage, resource.Last<ContainerImageAnnotation>() is { } image ? ContainerLauncher.FullName(image) : null) with
    {
        State = KnownResourceStates.NotStarted,
        CreationTimeStamp = scope.Clock.GetUtcNow().UtcDateTime,
        Urls = ResourceUrls.Of(resource, replica),
        Relationships = RelationshipsOf(resource),
    };

    private static ImmutableArray<RelationshipSnapshot> RelationshipsOf(IResource resource) =>
    [
        .. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(other => new RelationshipSnapshot(other.Resource.Name, other.Type)),
        .. resource.Annotations.OfType<WaitAnnotation>().Select(wait => new RelationshipSnapshot(wait.Resource.Name, "WaitFor")),
    ];
}
