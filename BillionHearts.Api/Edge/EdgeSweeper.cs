using BillionHearts.Api.Data;
using BillionHearts.Api.Media;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry;

namespace BillionHearts.Api.Edge;

/// <summary>
/// Ends the copies that gateways have of a deleted or replaced image: at once; again after a moment, because an answer may have been under way when the
/// image was deleted; and once more when no answer of before can be under way any more. What is to be swept was written down in the commit that
/// deleted the image, so it is done however often a process dies on the way, and however long a gateway is away.
/// </summary>
internal sealed partial class EdgeSweeper(
    IServiceScopeFactory scopes, EdgeClient edge, EdgeSignal signal, ILogger<EdgeSweeper> logger) : BackgroundService
{
    private const int BatchSize = 20;

    /// <summary>Requests to each gateway at once.</summary>
    private const int Concurrency = 4;

    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A look every second would be a trace every second.
        using var quiet = SuppressInstrumentationScope.Begin();

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SweepDueAsync(stoppingToken) is BatchSize)
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, exception.GetBaseException().Message);
            }

            await signal.WaitAsync(s_poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How many keys were swept.</returns>
    internal async Task<int> SweepDueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var leases = new SweepLeases(scope.ServiceProvider.GetRequiredService<ImagesDbContext>());
        var due = await leases.TakeAsync(BatchSize, cancellationToken);

        if (due.Count is 0)
        {
            return 0;
        }

        var made = await leases.NamesAsync([.. due.Select(key => key.MediaKey)], cancellationToken);
        var left = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();

        await Parallel.ForEachAsync(
            due.SelectMany(key => EdgeAddresses.Of(key.MediaKey, made[key.MediaKey])),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (address, cancel) =>
            {
                // A gateway that does not answer would be waited for at each address.
                if (!left.ContainsKey(address.MediaKey) && !await edge.RefreshAsync(address, cancel))
                {
                    left[address.MediaKey] = true;
                }
            });

        RetiredMediaKey[] swept = [.. due.Where(key => !left.ContainsKey(key.MediaKey))];
        await leases.EndAsync(swept, cancellationToken);

        if (!left.IsEmpty)
        {
            Log.Left(logger, left.Count);
        }

        return swept.Length;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A gateway did not take {Count} deleted or replaced images out of its cache; trying again")]
        public static partial void Left(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "Gateways could not be swept; trying again in a second: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
