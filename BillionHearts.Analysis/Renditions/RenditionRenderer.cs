using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Renditions;

/// <summary>Makes one rendition of an original and stores it beside the original.</summary>
internal sealed class RenditionRenderer(ImageFiles files, Decoders decoders, AnalysisTelemetry telemetry, IOptions<AnalysisOptions> options)
{
    private const string Originals = "originals/";
    private const string Renditions = "renditions/";

    /// <exception cref="UnusableImageException">The file is not an image, damaged, too large, or missing.</exception>
    /// <exception cref="OperationCanceledException">The time limit was reached, or the caller gave up.</exception>
    public async Task<StoredRendition> RenderAsync(RenditionRequest request, RenditionName name, CancellationToken cancellationToken)
    {
        using var step = telemetry.Step(name.IsClean ? "clean" : "rendition");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.TimeLimit);

        if (!request.OriginalKey.StartsWith(Originals, StringComparison.Ordinal)
            || request.SourceKey?.StartsWith($"{Renditions}{request.OriginalKey[Originals.Length..]}/", StringComparison.Ordinal) is false)
        {
            throw new UnusableImageException(FailureReason.Missing, "The requested file is not a stored original, or not a rendition of it.");
        }

        var bytes = request.SourceKey is { } source
            ? await files.FetchAsync(source, sha256: null, limit.Token)
            : await files.FetchAsync(request.OriginalKey, request.Sha256, limit.Token);
        var rendition = await EitherLane.RunAsync(lane => decoders.RenderAsync(bytes, name, lane, limit.Token));
        var fileName = name.IsClean ? $"{name}.{rendition.ContentType["image/".Length..]}" : name.ToString();

        return await files.StoreAsync(request.OriginalKey, fileName, rendition, limit.Token);
    }
}
