using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Places;
using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Trials;

/// <summary>Analyses an original as a request from the queue would be, but behind all fresh uploads, and stores nothing.</summary>
internal sealed class TrialAnalyzer(ImageFiles files, Decoders decoders, WorkSlots slots, IOptions<AnalysisOptions> options, TimeProvider clock)
{
    /// <exception cref="UnusableImageException">The image cannot be analysed, or its decoder ended.</exception>
    /// <exception cref="OperationCanceledException">The time limit was reached, or the caller gave up.</exception>
    public async Task<TrialResult> AnalyzeAsync(TrialRequest request, CancellationToken cancellationToken)
    {
        if (!ImageFiles.IsOriginal(request.OriginalKey))
        {
            throw new UnusableImageException(FailureReason.Missing, "The requested file is not a stored original.");
        }

        try
        {
            using var turn = await EnterAsync(cancellationToken);
            return await AnalyzeAsync(request, DecoderLane.Normal, options.Value.TimeLimit, cancellationToken);
        }
        catch (Exception exception) when (exception is HeavyImageException or DecoderEndedException { End: not DecoderEnd.TooMuchProcessorTime })
        {
            // Without a turn, as in the slow lane. A process that was ended from outside says nothing about the file.
            return await LastAttemptAsync(request, cancellationToken);
        }
        catch (DecoderEndedException exception)
        {
            throw Ended(exception);
        }
    }

    private async Task<TrialResult> LastAttemptAsync(TrialRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AnalyzeAsync(request, DecoderLane.Slow, options.Value.SlowTimeLimit, cancellationToken);
        }
        catch (DecoderEndedException exception)
        {
            throw Ended(exception);
        }
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.TimeLimit);
        return await slots.EnterAsync(AnalysisLane.Backfill, limit.Token);
    }

    private async Task<TrialResult> AnalyzeAsync(TrialRequest request, DecoderLane lane, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeLimit);
        var startedAt = clock.GetTimestamp();
        var file = await files.FetchAsync(request.OriginalKey, request.Sha256, limit.Token);
        var image = await decoders.AnalyzeAsync(file, lane, limit.Token);

        return new TrialResult { Analysis = PlaceNames.AddTo(image.Analysis), Seconds = clock.GetElapsedTime(startedAt).TotalSeconds };
    }

    private static UnusableImageException Ended(DecoderEndedException exception) =>
        new(FailureReason.DecoderCrashed, "The decoder of this file ended.", exception);
}
