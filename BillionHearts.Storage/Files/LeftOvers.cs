using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.Files;

/// <summary>Removes unfinished files of terminated processes.</summary>
internal sealed partial class LeftOvers(
    BlobFolder folder, FileCalls calls, TimeProvider clock, IOptions<FileBlobStoreOptions> options, ILogger<LeftOvers> logger) : BackgroundService
{
    private readonly TimeSpan _grace = options.Value.LeftOverAfter;

    /// <summary>Removes them once and returns how many there were.</summary>
    public Task<int> RemoveAsync(CancellationToken cancellationToken) => calls.RunAsync("clean", _ => Remove(), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_grace, clock);

        do
        {
            try
            {
                if (await RemoveAsync(stoppingToken) is > 0 and var count)
                {
                    Log.Removed(logger, count);
                }
            }
            catch (BlobStoreUnavailableException exception)
            {
                Log.Failed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private int Remove()
    {
        folder.Require();
        var before = clock.GetUtcNow() - _grace;

        // Several processes may do this at the same time; each counts the files that it removed itself.
        return new DirectoryInfo(folder.Unfinished).EnumerateFiles().Count(file => file.LastWriteTimeUtc < before && Posix.Unlink(file.FullName) is 0);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Removed {Count} unfinished files of terminated processes")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "The search for unfinished files failed and will be retried later")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
