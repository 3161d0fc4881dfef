using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Work;

/// <summary>One attempt at one image: fetch, decode, store the renditions, and say what came of it.</summary>
internal sealed partial class ImageAnalyzer(
    ImageFiles files, ImageDecoder decoder, Attempts attempts, IOptions<AnalysisOptions> options, ILogger<ImageAnalyzer> logger)
{
    private readonly TimeSpan _timeLimit = options.Value.TimeLimit;

    /// <exception cref="TimeoutException">The store is away, which is not the image's fault.</exception>
    public async Task<AnalysisResult> AnalyzeAsync(AnalysisRequest request, CancellationToken cancellationToken)
    {
        using var attempt = attempts.Begin(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeLimit);

        try
        {
            var (analysis, renditions) = await AnalyzeAsync(request, attempt, limit.Token);
            return attempt.Analyzed(analysis, renditions);
        }
        catch (UnusableImageException exception)
        {
            Log.Unusable(logger, exception.InnerException, request.ImageId, request.Version, exception.Reason);
            return attempt.Failed(exception);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Log.TooSlow(logger, request.ImageId, request.Version, _timeLimit.TotalSeconds);
            return attempt.Retry(FailureReason.Timeout, $"The analysis did not end within {_timeLimit.TotalSeconds:0.#} s.");
        }
        catch (BlobStoreUnavailableException exception)
        {
            return await PostponeAsync(request, attempt, exception, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, request.ImageId, request.Version);
            return attempt.Retry(FailureReason.Internal, "The analysis failed for a reason that is not the image's.");
        }
    }

    private async Task<(ImageAnalysis Analysis, StoredRendition[] Renditions)> AnalyzeAsync(
        AnalysisRequest request, Attempt attempt, CancellationToken cancellationToken)
    {
        using var fetch = attempt.Step("fetch");
        var (key, bytes) = await files.FetchAsync(request, cancellationToken);
        fetch.Dispose();

        using var decode = attempt.Decoding();
        // Decoding takes a thread for as long as it lasts; this one goes on settling other messages.
        var image = await Task.Run(() => decoder.Decode(bytes, cancellationToken), cancellationToken);
        attempt.Took(image.Steps);
        decode?.Dispose();

        using var store = attempt.Step("store");
        var renditions = await Task.WhenAll(image.Renditions.Select(rendition => files.StoreAsync(key, rendition, cancellationToken)));

        return (image.Analysis, renditions);
    }

    private async Task<AnalysisResult> PostponeAsync(
        AnalysisRequest request, Attempt attempt, BlobStoreUnavailableException exception, CancellationToken cancellationToken)
    {
        if (!await files.IsStoreUpAsync(cancellationToken))
        {
            // A timeout tells the consumer to hold this message and take no others until the store is back: an outage
            // would otherwise use up the attempts of every image that waits.
            throw new TimeoutException("The blob store is away.", exception);
        }

        Log.Failed(logger, exception, request.ImageId, request.Version);
        return attempt.Retry(FailureReason.Storage, "The store could not hand out the image's file or take its renditions.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Image {ImageId}, version {Version}, cannot be analysed: {Reason}")]
        public static partial void Unusable(ILogger logger, Exception? exception, long imageId, int version, string reason);

        [LoggerMessage(LogLevel.Warning, "Image {ImageId}, version {Version}, was given up after {Seconds} s; it is tried again")]
        public static partial void TooSlow(ILogger logger, long imageId, int version, double seconds);

        [LoggerMessage(LogLevel.Error, "The analysis of image {ImageId}, version {Version}, failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, long imageId, int version);
    }
}
