using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Replacement;

/// <summary>
/// Publishes the events of the process also for the container that it replaces, and for its children. Integrations subscribe to events of the resource that
/// they added: <c>AddPostgres</c> makes its databases when it is ready, and its health check waits for the connection string.
/// </summary>
internal sealed class EventRelay(ReplacedContainer container)
{
    public void Subscribe(IDistributedApplicationEventing eventing)
    {
        eventing.Subscribe<InitializeResourceEvent>(container.Process, (@event, cancel) => eventing.PublishAsync(
            new InitializeResourceEvent(container.Original, @event.Eventing, @event.Services.GetRequiredService<ResourceLoggerService>(), @event.Notifications, @event.Services),
            cancel));

        eventing.Subscribe<ConnectionStringAvailableEvent>(container.Process, async (@event, cancel) =>
        {
            await eventing.PublishAsync<ConnectionStringAvailableEvent>(new ConnectionStringOfOriginal(container, @event.Services), cancel);

            foreach (var child in container.ChildrenOf(@event.Services).OfType<IResourceWithConnectionString>())
            {
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(child, @event.Services), cancel);
            }
        });

        eventing.Subscribe<ResourceReadyEvent>(
            container.Process, (@event, cancel) => eventing.PublishAsync(new ResourceReadyEvent(container.Original, @event.Services), cancel));

        eventing.Subscribe<ResourceStoppedEvent>(container.Process, async (@event, cancel) =>
        {
            foreach (var resource in container.ChildrenOf(@event.Services).Prepend(container.Original))
            {
                await eventing.PublishAsync(new ResourceStoppedEvent(resource, @event.Services, @event.ResourceEvent), cancel);
            }
        });
    }

    /// <summary>
    /// To those who subscribed for the original, who are chosen by the interface's property, this event is the original's. To those who hear of every
    /// resource, who read the class's property, it is one of a resource without a connection string: Aspire's own subscriber would otherwise note the value
    /// under the original's id, which now belongs to the process, and throw.
    /// </summary>
    private sealed class ConnectionStringOfOriginal(ReplacedContainer container, IServiceProvider services)
        : ConnectionStringAvailableEvent(new Nobody(container.Original.Name), services), IDistributedApplicationResourceEvent
    {
        IResource IDistributedApplicationResourceEvent.Resource => container.Original;
    }

    private sealed class Nobody(string name) : Resource(name);
}
