using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Renditions;

/// <summary>Makes one copy of an original and stores it beside it.</summary>
internal sealed class RenditionMaker(ImageFiles files, ImageDecoder decoder, AnalysisTelemetry telemetry, IOptions<AnalysisOptions> options)
{
    private const string Originals = "originals/";
    private const string Renditions = "renditions/";

    /// <exception cref="UnusableImageException">The file is no image, a damaged or an oversized one, or not there.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or nobody waits any more.</exception>
    public async Task<StoredRendition> MakeAsync(RenditionRequest request, RenditionName name, CancellationToken cancellationToken)
    {
        using var step = telemetry.Step(name.IsClean ? "clean" : "rendition");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.TimeLimit);

        if (!request.OriginalKey.StartsWith(Originals, StringComparison.Ordinal)
            || request.SourceKey?.StartsWith($"{Renditions}{request.OriginalKey[Originals.Length..]}/", StringComparison.Ordinal) is false)
        {
            throw new UnusableImageException(FailureReason.Missing, "The image's address does not lead to a stored file.");
        }

        var bytes = request.SourceKey is { } source
            ? await files.FetchAsync(source, sha256: null, limit.Token)
            : await files.FetchAsync(request.OriginalKey, request.Sha256, limit.Token);
        // Decoding takes a thread for as long as it lasts; those that answer requests are few.
        var copy = await Task.Run(() => name.IsClean ? decoder.Clean(bytes, limit.Token) : decoder.Resize(bytes, name, limit.Token), limit.Token);
        var fileName = name.IsClean ? $"{name}.{copy.ContentType["image/".Length..]}" : name.ToString();

        return await files.StoreAsync(request.OriginalKey, fileName, copy, limit.Token);
    }
}
