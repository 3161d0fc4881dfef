using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Places;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Work;

/// <summary>Makes one attempt at one image: fetches and decodes it, stores the renditions, and returns the result.</summary>
internal sealed partial class ImageAnalyzer(
    ImageFiles files, Decoders decoders, Attempts attempts, IOptions<AnalysisOptions> options, ILogger<ImageAnalyzer> logger)
{
    /// <summary>The attempt at which an image that ends its decoder fails for good, whatever ended the earlier ones.</summary>
    private const int LastCrash = 3;

    private readonly AnalysisOptions _options = options.Value;

    /// <exception cref="TimeoutException">The blob store is unavailable, or there is no decoder.</exception>
    /// <exception cref="HeavyImageException">The image belongs to the slow lane, and the request is not of that lane.</exception>
    public async Task<AnalysisResult> AnalyzeAsync(AnalysisRequest request, CancellationToken cancellationToken)
    {
        using var attempt = attempts.Begin(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timeLimit = request.Lane is AnalysisLane.Slow ? _options.SlowTimeLimit : _options.TimeLimit;
        limit.CancelAfter(timeLimit);

        try
        {
            var (analysis, renditions) = await AnalyzeAsync(request, attempt, limit.Token);
            return attempt.Analyzed(analysis, renditions);
        }
        catch (UnusableImageException exception)
        {
            Log.Unusable(logger, exception.InnerException, request.ImageId, request.Version, exception.Reason);
            return attempt.Failed(exception.Reason, exception.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Log.TooSlow(logger, request.ImageId, request.Version, timeLimit.TotalSeconds);
            return attempt.Retry(FailureReason.Timeout, $"The analysis did not finish within {timeLimit.TotalSeconds:0.#} s.");
        }
        catch (DecoderEndedException exception) when (exception.End is DecoderEnd.TooMuchMemory && request.Lane is not AnalysisLane.Slow)
        {
            // Its header promised less.
            throw new HeavyImageException(_options.MemoryBytes);
        }
        catch (DecoderEndedException exception)
        {
            return Ended(request, attempt, exception);
        }
        catch (BlobStoreUnavailableException exception)
        {
            return await PostponeAsync(request, attempt, exception, cancellationToken);
        }
        catch (Exception exception) when (exception is not (HeavyImageException or DecoderUnavailableException) && !cancellationToken.IsCancellationRequested)
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
        var image = await decoders.AnalyzeAsync(bytes, request.Lane is AnalysisLane.Slow ? DecoderLane.Slow : DecoderLane.Normal, cancellationToken);
        attempt.Took(image.Steps);
        decode?.Dispose();

        using var store = attempt.Step("store");
        var renditions = await Task.WhenAll(image.Renditions.Select(rendition => files.StoreAsync(key, rendition, cancellationToken)));

        return (PlaceNames.AddTo(image.Analysis), renditions);
    }

    /// <summary>
    /// A process may also end because the machine has no memory left, so the image gets further attempts; few, because each costs a process.
    /// </summary>
    private AnalysisResult Ended(AnalysisRequest request, Attempt attempt, DecoderEndedException exception)
    {
        var (reason, detail) = exception.End switch
        {
            DecoderEnd.TooMuchProcessorTime => (
                FailureReason.ProcessorLimit, $"Decoding the image took more than {_options.ProcessorTimeLimit.TotalSeconds:0.#} s of processor time, the maximum for one image."),
            DecoderEnd.TooMuchMemory => (FailureReason.MemoryLimit, "Decoding the image takes more memory than one image may."),
            _ => (FailureReason.DecoderCrashed, "The decoder crashed on this file. The file is kept, and the operator can see the details."),
        };
        var isFinal = exception.End is DecoderEnd.TooMuchProcessorTime || request.Attempt >= LastCrash;

        return (isFinal ? attempt.Failed(reason, detail) : attempt.Retry(reason, detail)) with { Diagnosis = exception.Diagnosis };
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
