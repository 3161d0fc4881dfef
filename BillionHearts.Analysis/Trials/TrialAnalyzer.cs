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

        return await EitherLane.RunAsync(lane => AnalyzeAsync(request, lane, cancellationToken));
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.TimeLimit);
        return await slots.EnterAsync(AnalysisLane.Backfill, limit.Token);
    }

    private async Task<TrialResult> AnalyzeAsync(TrialRequest request, DecoderLane lane, CancellationToken cancellationToken)
    {
        // The slow lane has no turns, as for requests from the queue.
        using var turn = lane is DecoderLane.Slow ? null : await EnterAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(lane is DecoderLane.Slow ? options.Value.SlowTimeLimit : options.Value.TimeLimit);
        var startedAt = clock.GetTimestamp();
        var file = await files.FetchAsync(request.OriginalKey, request.Sha256, limit.Token);
        var image = await decoders.AnalyzeAsync(file, lane, limit.Token);

        return new TrialResult { Analysis = PlaceNames.AddTo(image.Analysis), Seconds = clock.GetElapsedTime(startedAt).TotalSeconds };
    }
}
