using BillionHearts.Notifications.Events;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Users;

/// <summary>Removes the events and settings of users that no longer exist. By asking the api, because users may be deleted directly in its database.</summary>
internal sealed partial class UserSweep(EventStore events, UserClient api, ILogger<UserSweep> logger) : IRecurringJob
{
    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromHours(1)) { FirstDelay = TimeSpan.FromMinutes(1) };

    // More than this share of many users means that the api's database was replaced, not that so many left.
    private const int PlausibleCount = 100;
    private const double PlausibleShare = 0.05;

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        var (seen, gone, last) = (0, new List<long>(), 0L);

        while (await events.UsersAsync(last, UserClient.MaxHolders, cancellationToken) is { Count: > 0 } users)
        {
            var states = await api.StatesAsync([.. users.Select(user => new Holder(user, KeyId: null))], cancellationToken);
            gone.AddRange(users.Zip(states).Where(one => one.Second is HolderState.Unknown).Select(one => one.First));
            (seen, last) = (seen + users.Count, users[^1]);
        }

        if (gone.Count > PlausibleCount && gone.Count > seen * PlausibleShare)
        {
            Log.Implausible(logger, gone.Count, seen);
            return NextRun.WhenDue;
        }

        foreach (var some in gone.Chunk(PlausibleCount))
        {
            await events.RemoveUsersAsync(some, cancellationToken);
        }

        if (gone.Count > 0)
        {
            Log.Removed(logger, gone.Count);
        }

        return NextRun.WhenDue;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Removed the events of {Count} users who no longer exist")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(LogLevel.Error, "The api knows {Gone} of {Seen} users no longer, which is not plausible: nothing was removed. Was its database replaced?")]
        public static partial void Implausible(ILogger logger, int gone, int seen);
    }
}
