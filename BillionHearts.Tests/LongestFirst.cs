using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(BillionHearts.Tests.LongestFirst))]

namespace BillionHearts.Tests;

/// <summary>Starts collections that take long before the many short ones. One that begins last would go on alone, while the other threads have nothing to do.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Of the results of ./test: all that took more than 25 s.
    private static readonly string[] s_long =
    [
        nameof(Gallery.AccountTests), nameof(Gallery.PhotoGridTests), nameof(Gallery.PhotoTests), nameof(Gallery.UploadTests), nameof(Gallery.SharingTests), nameof(Gallery.SignInTests),
        nameof(Api.CrashTests), nameof(Access.GuardedApi), nameof(Api.OutboxTests), nameof(Api.Edge.EdgeSweepTests), nameof(Api.Pipeline.PipelineApi),
        nameof(Analysis.Decoding.DecoderTests), nameof(Notifications.CallerFaultTests), nameof(Distributed.ResumableTests), nameof(Distributed.JourneyTests),
        nameof(Storage.S3BlobStoreFaultTests), nameof(Analysis.ImageDecoderTests), nameof(Api.OrphanTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(s_long, name => collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? s_long.Length : place;
    }
}
