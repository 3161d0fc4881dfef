using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Work;

/// <summary>Makes one attempt at one image: fetches and decodes it, stores the renditions, and returns the result.</summary>
internal sealed partial class ImageAnalyzer(
    ImageFiles files, ImageDecoder decoder, Attempts attempts, IOptions<AnalysisOptions> options, ILogger<ImageAnalyzer> logger)
{
    private readonly TimeSpan _timeLimit = options.Value.TimeLimit;

    /// <exception cref="TimeoutException">The blob store is unavailable.</exception>
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
            return attempt.Retry(FailureReason.Timeout, $"The analysis did not finish within {_timeLimit.TotalSeconds:0.#} s.");
        }
        catch (BlobStoreUnavailableException exception)
        {
            return await PostponeAsync(request, attempt, exception, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception, request.ImageId, request.Version);
            return attempt.Retry(FailureReason.Internal, "The analysis failed because of an error on our side; the image is not the cause.");
        }
    }

    private async Task<(ImageAnalysis Analysis, StoredRendition[] Renditions)> AnalyzeAsync(
        AnalysisRequest request, Attempt attempt, CancellationToken cancellationToken)
    {
        using var fetch = attempt.Step("fetch");
        var (key, bytes) = await files.FetchAsync(request, cancellationToken);
        fetch.Dispose();

        using var decode = attempt.Decoding();
        // Decoding blocks a thread; this one must stay free for other messages.
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
            // A timeout makes the consumer keep this message and take no others until the store is back. Otherwise an
            // outage would use up the attempts of all waiting images.
            throw new TimeoutException("The blob store is unavailable.", exception);
        }

        Log.Failed(logger, exception, request.ImageId, request.Version);
        return attempt.Retry(FailureReason.Storage, "The blob store could not deliver the image's file or store its renditions.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Image {ImageId}, version {Version}, cannot be analysed: {Reason}")]
        public static partial void Unusable(ILogger logger, Exception? exception, long imageId, int version, string reason);

        [LoggerMessage(LogLevel.Warning, "The analysis of image {ImageId}, version {Version}, was cancelled after {Seconds} s and will be retried")]
        public static partial void TooSlow(ILogger logger, long imageId, int version, double seconds);

        [LoggerMessage(LogLevel.Error, "The analysis of image {ImageId}, version {Version}, failed and will be retried")]
        public static partial void Failed(ILogger logger, Exception exception, long imageId, int version);
    }
}
