using System.Collections.Concurrent;

namespace BillionHearts.Dashboard.Orchestration;

/// <summary>What each resource wrote. Followed from the first time anyone looks, so that opening a page again shows it at once.</summary>
internal sealed class ConsoleLogs(IResourceService service, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const int MostFollowed = 200;

    private readonly ConcurrentDictionary<string, ConsoleLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    public ConsoleLog? Of(string resource)
    {
        if (_logs.TryGetValue(resource, out var known))
        {
            return known;
        }

        if (_logs.Count >= MostFollowed)
        {
            return null;
        }

        var added = new ConsoleLog();

        if (!_logs.TryAdd(resource, added))
        {
            return _logs[resource];
        }

        _ = Task.Run(() => FollowAsync(resource, added, lifetime.ApplicationStopping), lifetime.ApplicationStopping);
        return added;
    }

    private async Task FollowAsync(string resource, ConsoleLog log, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                log.Restart();

                await foreach (var line in service.WatchLogsAsync(resource, cancellationToken))
                {
                    log.Add(line);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // The board says that the host is away; here it is only tried again.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
