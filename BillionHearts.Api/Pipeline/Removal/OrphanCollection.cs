using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Api.Platform.Work;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>
/// One search for blobs that no row references. A process leaves such blobs when it dies between storing bytes and committing. The whole store
/// is listed before anything is removed, so an interrupted listing, or a connection to the wrong database, removes nothing.
/// </summary>
internal sealed partial class OrphanCollection(
    OrphanStore store, IBlobStore blobs, IOptions<OrphanOptions> options, SafekeepingTelemetry telemetry, TimeProvider clock, ILogger<OrphanCollection> logger)
{
    /// <summary>The share of the store's time that a search may use. A search may take long, and must not slow down uploads and downloads.</summary>
    private const double ShareOfStore = 0.1;

    private const int BatchSize = 500;

    /// <summary>The most orphans that one search keeps in memory. The next search finds the rest.</summary>
    private const int MaxKept = 10_000;

    private static readonly string[] s_roots = [BlobFamily.Originals, BlobFamily.Renditions, BlobFamily.Incoming];

    public async Task<OrphanReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var held = await store.TryLockAsync(cancellationToken);
        return held is null ? new OrphanReport(OrphanVerdict.AlreadyRunning, 0, 0, 0) : await CollectAsync(cancellationToken);
    }

    private async Task<OrphanReport> CollectAsync(CancellationToken cancellationToken)
    {
        // The database's clock, because the cutoff is compared with times that other processes have written.
        var cutoff = await store.GetTimeAsync(cancellationToken) - options.Value.Grace;
        var search = new Search();

        foreach (var root in s_roots)
        {
            await SearchAsync(root, cutoff, search, cancellationToken);
        }

        var verdict = await CheckAsync(search, cancellationToken);
        var retired = verdict is OrphanVerdict.Collected ? await RetireAsync(search.Orphans, cancellationToken) : 0;
        var report = new OrphanReport(verdict, search.Listed, search.Found, retired);
        Record(report);
        return report;
    }

    private async Task SearchAsync(string root, DateTimeOffset cutoff, Search search, CancellationToken cancellationToken)
    {
        // Keys begin with the hour of their creation and are listed in order, so the most recent hours need not be listed.
        var end = FormattableString.Invariant($"{root}{cutoff.UtcDateTime:yyyy'/'MM'/'dd'/'HH}~");
        var old = new List<string>(BatchSize);

        var pace = new Pace(ShareOfStore, clock);
        await using var listing = blobs.ListAsync(root, after: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await pace.RunAsync(() => listing.MoveNextAsync().AsTask(), cancellationToken))
        {
            var blob = listing.Current;
            if (string.CompareOrdinal(blob.Key, end) > 0)
            {
                break;
            }

            search.Listed++;

            if (blob.LastModified <= cutoff && BlobFamily.OriginalOf(blob.Key) is not null)
            {
                old.Add(blob.Key);
            }

            if (old.Count is BatchSize)
            {
                search.Add(await store.FindUnreferencedAsync(old, cancellationToken));
                old.Clear();
            }
        }

        search.Add(await store.FindUnreferencedAsync(old, cancellationToken));
    }

    private async Task<OrphanVerdict> CheckAsync(Search search, CancellationToken cancellationToken)
    {
        if (search.Found is 0)
        {
            return OrphanVerdict.Collected;
        }

        if (await store.IsEmptyAsync(cancellationToken))
        {
            return OrphanVerdict.DatabaseEmpty;
        }

        return search.Found > Math.Max(options.Value.MaxCount, search.Listed * options.Value.MaxShare) ? OrphanVerdict.TooMany : OrphanVerdict.Collected;
    }

    private async Task<int> RetireAsync(List<string> orphans, CancellationToken cancellationToken)
    {
        var retired = 0;

        foreach (var batch in orphans.Chunk(BatchSize))
        {
            retired += await store.RetireUnreferencedAsync(batch, cancellationToken);
        }

        return retired;
    }

    private void Record(OrphanReport report)
    {
        switch (report.Verdict)
        {
            case OrphanVerdict.TooMany:
                telemetry.OrphanSearchStopped("too_many");
                Log.TooMany(logger, report.Found, report.Listed, options.Value.MaxCount, options.Value.MaxShare);
                break;

            case OrphanVerdict.DatabaseEmpty:
                telemetry.OrphanSearchStopped("database_empty");
                Log.DatabaseEmpty(logger, report.Found, report.Listed);
                break;

            default:
                telemetry.OrphansRetired(report.Retired);
                Log.Collected(logger, report.Listed, report.Found, report.Retired);
                break;
        }
    }

    private sealed class Search
    {
        public long Listed { get; set; }

        public long Found { get; private set; }

        public List<string> Orphans { get; } = [];

        public void Add(List<string> orphans)
        {
            Found += orphans.Count;
            Orphans.AddRange(orphans.Take(MaxKept - Orphans.Count));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "No row references {Found} of {Listed} blobs. That is more than {MaxCount} and more than {MaxShare:P0}, so none was removed. Is this the right database, and as recent as the store?")]
        public static partial void TooMany(ILogger logger, long found, long listed, int maxCount, double maxShare);

        [LoggerMessage(LogLevel.Error, "The database has no images, and no row references {Found} of {Listed} blobs. None was removed. Is this the right database?")]
        public static partial void DatabaseEmpty(ILogger logger, long found, long listed);

        [LoggerMessage(LogLevel.Information, "No row references {Found} of {Listed} blobs; {Retired} were retired")]
        public static partial void Collected(ILogger logger, long listed, long found, int retired);
    }
}

/// <param name="Listed">How many blobs were listed.</param>
/// <param name="Found">How many of them no row references.</param>
/// <param name="Retired">How many of those were scheduled for removal.</param>
internal sealed record OrphanReport(OrphanVerdict Verdict, long Listed, long Found, int Retired);

internal enum OrphanVerdict
{
    Collected,

    /// <summary>Another replica is collecting.</summary>
    AlreadyRunning,

    TooMany,

    DatabaseEmpty,
}
