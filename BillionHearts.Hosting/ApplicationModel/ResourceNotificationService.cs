using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>What state every instance is in, and a way to wait for another.</summary>
public sealed class ResourceNotificationService : IDisposable
{
    private readonly DistributedApplicationModel _model;
    private readonly ConcurrentDictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _publishing = new();
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private bool _disposed;

    internal ResourceNotificationService(DistributedApplicationModel model) => _model = model;

    /// <summary>What <see cref="WaitForResourceHealthyAsync(string, CancellationToken)"/> does about a resource that has failed.</summary>
    internal WaitBehavior DefaultWaitBehavior { get; init; } = WaitBehavior.WaitOnResourceUnavailable;

    /// <summary>Waits until every replica is in the state; <c>Running</c> unless said otherwise.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var targets = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForAllAsync(
            resourceName, snapshot => snapshot.State is { } state && targets.Contains(state.Text), stopOnFailure: false, cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits for the first event of any replica that fits.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        var resource = _model.Resources.Named(resourceName);

        await foreach (var update in WatchAsync(cancellationToken))
        {
            if (ReferenceEquals(update.Resource, resource) && predicate(update))
            {
                return update;
            }
        }

        throw Ended(resourceName);
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until every replica runs and is healthy.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default) =>
        WaitForAllAsync(
            resourceName, snapshot => snapshot.IsReady, stopOnFailure: waitBehavior is WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <summary>The present state of every instance, and then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });

        lock (_publishing)
        {
            if (_disposed)
            {
                yield break;
            }

            foreach (var current in _current.Values.OrderBy(current => current.ResourceId, StringComparer.Ordinal))
            {
                channel.Writer.TryWrite(current);
            }

            _watchers.Add(channel);
        }

        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            lock (_publishing)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public bool TryGetCurrentState(string resourceId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResourceEvent? resourceEvent) =>
        _current.TryGetValue(resourceId, out resourceEvent);

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.Name, stateFactory);

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_publishing)
        {
            var previous = _current.TryGetValue(resourceId, out var known)
                ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", string.Empty, StringComparison.Ordinal), Properties = [] };
            var update = new ResourceEvent(resource, resourceId, stateFactory(previous));
            _current[resourceId] = update;
            _watchers.ForEach(watcher => watcher.Writer.TryWrite(update));
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_publishing)
        {
            _disposed = true;
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
        }
    }

    internal IReadOnlyList<ResourceEvent> All() => [.. _current.Values.OrderBy(current => current.ResourceId, StringComparer.Ordinal)];

    internal IReadOnlyList<ResourceEvent> Of(IResource resource) => [.. All().Where(current => ReferenceEquals(current.Resource, resource))];

    private async Task<ResourceEvent> WaitForAllAsync(
        string resourceName, Func<CustomResourceSnapshot, bool> reached, bool stopOnFailure, CancellationToken cancellationToken)
    {
        var resource = _model.Resources.Named(resourceName);

        await foreach (var update in WatchAsync(cancellationToken))
        {
            if (!ReferenceEquals(update.Resource, resource))
            {
                continue;
            }

            var replicas = Of(resource);

            if (replicas.All(replica => reached(replica.Snapshot)))
            {
                return replicas[^1];
            }

            if (stopOnFailure && replicas.FirstOrDefault(replica => replica.Snapshot.State?.Text == KnownResourceStates.FailedToStart) is { } failed)
            {
                throw new DistributedApplicationException($"The resource '{failed.ResourceId}' failed to start: {failed.Snapshot.Reason}");
            }
        }

        throw Ended(resourceName);
    }

    private static OperationCanceledException Ended(string resourceName) =>
        new($"The application ended while '{resourceName}' was waited for.");
}
