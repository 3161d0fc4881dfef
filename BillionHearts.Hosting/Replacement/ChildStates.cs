using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Replacement;

/// <summary>Gives a database the state of its server: Aspire does so for children of containers, but not of executables.</summary>
internal sealed class ChildStates(IReadOnlyList<ReplacedContainer> replaced, IServiceProvider services)
{
    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly Dictionary<string, string?> _last = [];

    /// <summary>Until the application stops.</summary>
    public async Task FollowAsync(CancellationToken stopping)
    {
        var children = replaced.ToDictionary(container => container.Original.Name, container => container.ChildrenOf(services).ToArray());

        await foreach (var update in _notifications.WatchAsync(stopping))
        {
            if (children.TryGetValue(update.Resource.Name, out var found) && IsNew(update))
            {
                foreach (var child in found)
                {
                    await _notifications.PublishUpdateAsync(child, snapshot => snapshot with
                    {
                        State = update.Snapshot.State,
                        StartTimeStamp = update.Snapshot.StartTimeStamp,
                        StopTimeStamp = update.Snapshot.StopTimeStamp,
                    });
                }
            }
        }
    }

    private bool IsNew(ResourceEvent update)
    {
        var state = update.Snapshot.State?.Text;
        var isNew = !_last.TryGetValue(update.ResourceId, out var before) || before != state;
        _last[update.ResourceId] = state;
        return isNew;
    }
}
