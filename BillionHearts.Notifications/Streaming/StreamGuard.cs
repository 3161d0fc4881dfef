using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Notifications.Streaming;

/// <summary>
/// Judges the credentials of all open streams again, and ends the streams of those that are revoked, expired or of a user that is gone. While the api is
/// away nothing ends: there are no new events then, and nobody could sign in again.
/// </summary>
internal sealed class StreamGuard(UserClient api, UserCache cache, OpenStreams streams, TimeProvider clock) : IRecurringJob
{
    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        var holders = streams.Verdicts().Select(verdict => verdict.Holder).Distinct().ToList();

        foreach (var some in holders.Chunk(UserClient.MaxHolders))
        {
            try
            {
                End(some.Zip(await api.StatesAsync(some, cancellationToken)).ToDictionary());
            }
            catch (UsersUnavailableException)
            {
                // The client has logged it. The streams stay open.
                return NextRun.WhenDue;
            }
        }

        return NextRun.WhenDue;
    }

    private void End(Dictionary<Holder, HolderState> states)
    {
        foreach (var (holder, _) in states.Where(one => one.Value is not HolderState.Valid))
        {
            cache.Remove(holder.UserId);
        }

        var now = clock.GetUtcNow();
        streams.End(verdict => states.TryGetValue(verdict.Holder, out var state) && (state is not HolderState.Valid || verdict.ExpiresAt <= now));
    }
}
