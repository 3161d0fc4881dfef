using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api;

/// <summary>Results that a worker could send for the request that an image waits for.</summary>
internal static class TestResults
{
    /// <summary>What an image waits for.</summary>
    public static async Task<PendingImage> PendingAsync(ApiHost host, long id, CancellationToken cancellationToken) => new(
        id,
        await host.Database.ScalarAsync<Guid>($"SELECT analysis_request_id FROM images WHERE id = {id}", cancellationToken),
        await host.Database.ScalarAsync<int>($"SELECT analysis_attempt FROM images WHERE id = {id}", cancellationToken));

    public static AnalysisResult Analyzed(PendingImage image) => Result(image, AnalysisOutcome.Analyzed) with
    {
        Analysis = new ImageAnalysis
        {
            Analyzer = "test/1",
            Format = "png",
            Width = 40,
            Height = 30,
            Frames = 1,
            HasAlpha = false,
            DominantColor = "#336699",
            Thumbhash = "AAAA",
            Phash = "fedcba9876543210",
        },
        Renditions = [new StoredRendition { Name = "thumb", BlobKey = "renditions/x/thumb.webp", ContentType = "image/webp", Width = 320, Height = 240, Bytes = 9 }],
    };

    public static AnalysisResult Failed(PendingImage image, string reason) =>
        Result(image, AnalysisOutcome.Failed) with { Failure = new AnalysisFailure(reason, "The file ends too early.") };

    public static AnalysisResult Retry(PendingImage image) =>
        Result(image, AnalysisOutcome.Retry) with { Failure = new AnalysisFailure("unavailable", "The store did not answer.") };

    private static AnalysisResult Result(PendingImage image, string outcome) => new()
    {
        RequestId = image.Request,
        ImageId = image.Id,
        Version = 1,
        Attempt = image.Attempt,
        Lane = AnalysisLane.Fresh,
        Outcome = outcome,
        StartedAt = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(1),
        Worker = "test",
    };
}

internal sealed record PendingImage(long Id, Guid Request, int Attempt);
