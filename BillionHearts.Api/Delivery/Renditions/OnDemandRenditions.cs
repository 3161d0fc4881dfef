using BillionHearts.Api.Delivery.Media;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Finds the requested rendition, or has it made if it does not exist.</summary>
internal sealed class OnDemandRenditions(
    RenditionStore store, RenditionOrders orders, AvifQueue avif, IOptions<RenditionOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(40);

    /// <summary>Why a rendition of this name is not made for any image, or <see langword="null"/> if it is allowed.</summary>
    public Problem? CheckName(RenditionName name) => name.IsClean || (options.Value.Ladder.Contains(name.Width) && options.Value.Ladder.Contains(name.Height))
        ? null
        : new Problem(
            404, "rendition-size", "Not found",
            $"A rendition of {name.Width} × {name.Height} pixels is not available. Width and height must each be one of {string.Join(", ", options.Value.Ladder)}.");

    /// <param name="name">In the format that the reader asked for.</param>
    /// <param name="accept">The reader's Accept header, for <see cref="RenditionName.Auto"/>.</param>
    public async Task<Outcome<OnDemandRendition>> FindAsync(MediaImage image, RenditionName name, string accept, CancellationToken cancellationToken)
    {
        if (CheckName(name) is { } never)
        {
            return never;
        }

        if (!name.IsClean && image.Status is ImageStatus.Failed)
        {
            return RenditionOrders.Impossible(image.FailureDetail ?? "");
        }

        if (name.Format is RenditionName.Avif || (name.Format is RenditionName.Auto && accept.Contains("image/avif", StringComparison.OrdinalIgnoreCase)))
        {
            return await FindAvifAsync(image, name with { Format = RenditionName.Avif }, cancellationToken);
        }

        var format = name.Format is not RenditionName.Auto ? name.Format
            : accept.Contains("image/webp", StringComparison.OrdinalIgnoreCase) ? RenditionName.Webp : RenditionName.Jpeg;

        return await FindOrMakeAsync(image, name with { Format = format }, cancellationToken);
    }

    /// <summary>Returns AVIF if it exists. Otherwise returns WebP, which is cached for a short time while the AVIF is made.</summary>
    private async Task<Outcome<OnDemandRendition>> FindAvifAsync(MediaImage image, RenditionName name, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(image.MediaKey, name.ToString(), cancellationToken);
        if (found?.MadeAt is not null)
        {
            return new OnDemandRendition(MediaContent.ForRendition(image, found.Name, found.BlobKey!, found.Bytes!.Value, found.ContentType!));
        }

        // Also if the claim has expired before the rendition was made.
        if (found is null || (found.Failure is null && found.ClaimedUntil < clock.GetUtcNow()))
        {
            avif.Add(image, name);
        }

        return (await FindOrMakeAsync(image, name with { Format = RenditionName.Webp }, cancellationToken)).TryGet(out var standIn, out var refusal)
            ? standIn with { IsStandIn = found?.Failure is null }
            : refusal;
    }

    private async Task<Outcome<OnDemandRendition>> FindOrMakeAsync(MediaImage image, RenditionName name, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var (text, patience) = (name.ToString(), options.Value.Patience);

        while (clock.GetElapsedTime(startedAt) < patience)
        {
            switch (await store.ClaimAsync(image.MediaKey, text, RenditionOrders.Lease(patience), options.Value.MaxPerImage, cancellationToken))
            {
                case { IsOurs: true }:
                    return (await orders.MakeAsync(image, name, patience, cancellationToken)).TryGet(out var made, out var failed)
                        ? new OnDemandRendition(MediaContent.ForRendition(image, text, made.BlobKey, made.Bytes, made.ContentType))
                        : failed;
                case { BlobKey: { } blob } found:
                    return new OnDemandRendition(MediaContent.ForRendition(image, text, blob, found.Bytes!.Value, found.ContentType!));
                case { Failure: { } failure }:
                    return RenditionOrders.Impossible(failure);
                // Null also means that another request claimed it while the statement ran, so check that no row exists.
                case null when await store.FindAsync(image.MediaKey, text, cancellationToken) is null:
                    return new Problem(
                        404, "rendition-limit", "Not found",
                        $"This image has {options.Value.MaxPerImage} renditions, which is the limit. Ask for a size and format that it has.");
                default:
                    // Another request is making it, and needs only a few of these delays.
                    await Task.Delay(s_poll, clock, cancellationToken);
                    break;
            }
        }

        return RenditionOrders.Unavailable;
    }
}

/// <param name="Content">The content to serve.</param>
/// <param name="IsStandIn">Whether this is another format, served until the requested one is made.</param>
internal sealed record OnDemandRendition(MediaContent Content, bool IsStandIn = false);
