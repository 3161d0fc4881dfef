using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Finds the copy that an address names, and has it made when there is none.</summary>
internal sealed class OnDemandRenditions(
    RenditionStore store, RenditionMaker maker, AvifQueue avif, IOptions<RenditionOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(40);

    private static readonly Problem s_unavailable = new(
        503, "rendition-unavailable", "Service unavailable", "This copy of the image is not made yet, and cannot be made at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>Why a copy of this name is never made, whatever the image; <see langword="null"/> for one that is.</summary>
    public Problem? Judge(RenditionName name) => name.IsClean || (options.Value.Ladder.Contains(name.Width) && options.Value.Ladder.Contains(name.Height))
        ? null
        : new Problem(
            404, "rendition-size", "Not found",
            $"Copies of {name.Width} × {name.Height} pixels are not made. Width and height may be {string.Join(", ", options.Value.Ladder)}.");

    /// <param name="name">In the format that the reader asked for.</param>
    /// <param name="accept">The reader's Accept header, for <see cref="RenditionName.Auto"/>.</param>
    public async Task<(OnDemandCopy? Copy, Problem? Refusal)> FindAsync(Image image, RenditionName name, string accept, CancellationToken cancellationToken)
    {
        if (Judge(name) is { } never)
        {
            return (null, never);
        }

        if (!name.IsClean && image.Status is ImageStatus.Failed)
        {
            return (null, Impossible(image.FailureDetail ?? ""));
        }

        if (name.Format is RenditionName.Avif || (name.Format is RenditionName.Auto && accept.Contains("image/avif", StringComparison.OrdinalIgnoreCase)))
        {
            return await FindAvifAsync(image, name with { Format = RenditionName.Avif }, cancellationToken);
        }

        var format = name.Format is not RenditionName.Auto ? name.Format
            : accept.Contains("image/webp", StringComparison.OrdinalIgnoreCase) ? RenditionName.Webp : RenditionName.Jpeg;
        return await MakeAsync(image, name with { Format = format }, cancellationToken);
    }

    /// <summary>AVIF when there is one. Until then WebP, for a short time, while the other is made.</summary>
    private async Task<(OnDemandCopy? Copy, Problem? Refusal)> FindAvifAsync(Image image, RenditionName name, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(image.MediaKey!, name.ToString(), cancellationToken);

        if (found?.MadeAt is not null)
        {
            return (new OnDemandCopy(Content(image, found)), null);
        }

        // Also when whoever had claimed it has not been heard of since.
        if (found is null || (found.Failure is null && found.ClaimedUntil < clock.GetUtcNow()))
        {
            avif.Want(image, name);
        }

        var (standIn, refusal) = await MakeAsync(image, name with { Format = RenditionName.Webp }, cancellationToken);
        return (standIn is null ? null : standIn with { IsStandIn = found?.Failure is null }, refusal);
    }

    private async Task<(OnDemandCopy? Copy, Problem? Refusal)> MakeAsync(Image image, RenditionName name, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var text = name.ToString();

        while (clock.GetElapsedTime(startedAt) < options.Value.Patience)
        {
            var found = await store.FindAsync(image.MediaKey!, text, cancellationToken);

            if (found is { MadeAt: not null })
            {
                return (new OnDemandCopy(Content(image, found)), null);
            }

            if (found is { Failure: { } failure })
            {
                return (null, Impossible(failure));
            }

            try
            {
                if (await maker.TryMakeAsync(image, name, options.Value.Patience, cancellationToken))
                {
                    continue;
                }
            }
            catch (RenditionUnavailableException)
            {
                return (null, s_unavailable);
            }

            if (found is null && await store.FindAsync(image.MediaKey!, text, cancellationToken) is null)
            {
                return (null, new Problem(
                    404, "rendition-limit", "Not found", $"This image has {options.Value.MaxPerImage} copies, the most that are made of one: ask for a size and format that it has."));
            }

            // Somebody else makes it, and will be done in the time of a few of these.
            await Task.Delay(s_poll, clock, cancellationToken);
        }

        return (null, s_unavailable);
    }

    private static MediaContent Content(Image image, MediaRendition made) => new(
        made.BlobKey!, made.Bytes!.Value, made.ContentType!, MediaContent.HashOf($"{made.MediaKey}/{made.Name}/{made.Bytes}"), image.StoredAt ?? image.UploadDate);

    private static Problem Impossible(string failure) =>
        new(404, "rendition-impossible", "Not found", $"No copy can be made of this image: {failure}");
}

/// <param name="Content">The bytes.</param>
/// <param name="IsStandIn">For the short time until what was asked for is there.</param>
internal sealed record OnDemandCopy(MediaContent Content, bool IsStandIn = false);
