using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

/// <summary>Reads an image when its analysis has ended, or when the caller has waited long enough.</summary>
internal sealed class ImageWaits(
    ImageReads images, AnalysisWaits waits, IOptions<WaitOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private const string Analysis = "analysis";

    /// <summary>Whether the request wants to wait. Its only value is <c>analysis</c>.</summary>
    public static bool Read(ParameterReader query) => query.OneOf("wait", text => text is Analysis ? text : null, [Analysis]) is not null;

    /// <summary>Returns the image as soon as it is not <c>pending</c>. After the limit, or when this process stops, it is returned as it is.</summary>
    public async Task<Outcome<ImageView>> FindAsync(long id, CancellationToken cancellationToken)
    {
        var image = await images.FindAsync(id, cancellationToken);

        if (image is not { Status: ImageStatus.Pending })
        {
            return image is null ? Problems.ImageNotFound : image;
        }

        using var place = waits.TryEnter(id, image.UserId);

        if (place is null)
        {
            return waits.Full;
        }

        using var limit = new CancellationTokenSource(options.Value.Limit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping, cancellationToken);

        while (true)
        {
            // Read after the place was taken: the result may have been stored just before.
            image = await images.FindAsync(id, cancellationToken);

            if (image is not { Status: ImageStatus.Pending } || end.IsCancellationRequested)
            {
                return image is null ? Problems.ImageNotFound : image;
            }

            await place.ChangedAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
