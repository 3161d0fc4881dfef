using System.Globalization;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api.Duplicates;

/// <summary>Uploads with the analysis that a test chooses, instead of a worker's.</summary>
internal static class AnalyzedUploads
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int s_pictures = 1000;

    /// <param name="seed">The same seed and width are the same bytes; without one it is another picture each time.</param>
    /// <returns>The image's id.</returns>
    public static async Task<long> AddAsync(this ApiHost host, long user, ulong phash, int? seed = null, int width = 40, PhotoMetadata? photo = null)
    {
        var picture = TestImages.Png(width, 30, seed ?? Interlocked.Increment(ref s_pictures));
        var id = (await host.UploadAsync(user, picture, Cancel)).GetProperty("id").GetInt64();
        await host.AnalyzeAsync(id, phash, photo);
        return id;
    }

    /// <summary>Stores a result for the request that the image waits for.</summary>
    public static async Task AnalyzeAsync(this ApiHost host, long id, ulong phash, PhotoMetadata? photo = null)
    {
        var result = TestResults.Analyzed(await TestResults.PendingAsync(host, id, Cancel));
        result = result with { Version = await host.Database.ScalarAsync<int>($"SELECT version FROM images WHERE id = {id}", Cancel) };
        var analysis = result.Analysis! with { Phash = phash.ToString("x16", CultureInfo.InvariantCulture), Photo = photo };
        Assert.Equal(ResultEffect.Analyzed, await host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(result with { Analysis = analysis, Renditions = [] }, Cancel)));
    }
}
