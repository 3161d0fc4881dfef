using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Renditions;

internal static class RenditionEndpoints
{
    private static readonly Problem s_noSuchName = new(
        404, "rendition-name", "Not found", "This is not the name of a rendition. Use a size and format, such as 512x512.webp, 512x512-fit.jpeg or 1024x768.auto, or 'clean'.");

    private static readonly Problem s_noContent = new(404, "no-content", "Not found", "This image has no content yet.");

    public static void MapRenditions(this IEndpointRouteBuilder routes) => routes
        .MapGet("/images/{id}/renditions/{name}", FindRendition)
        .Owns(Owned.Image, Scopes.ReadImages)
        .WithName(nameof(FindRendition)).WithTags("Media").WithSummary("Find a rendition in a given size and format")
        .WithDescription(
            "`name` is `{width}x{height}.{format}` for a rendition that fills the box, `{width}x{height}-fit.{format}` for one that fits into it, with the formats " +
            "`webp`, `jpeg`, `avif` and `auto`, or `clean` for the original without metadata. Redirects to the address of the bytes, which is signed if tokens are required. " +
            "The rendition is made when that address is first requested.")
        .Produces(StatusCodes.Status302Found)
        .Refuses(401, 403, 404, 503);

    private static async Task<IResult> FindRendition(
        RouteId id, string name, HttpContext http, ImageReads images, OnDemandRenditions renditions, IOptions<MediaOptions> media, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await images.FindAsync(id.Value, cancellationToken) is not { } image)
        {
            return Problems.ImageNotFound;
        }

        if (image.MediaKey is null)
        {
            return s_noContent;
        }

        if (!RenditionName.TryParse(name, out var parsed))
        {
            return s_noSuchName;
        }

        if (renditions.CheckName(parsed) is { } never)
        {
            return never;
        }

        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Redirect(MediaUrls.For(http.Request, media.Value, clock).Build(image.MediaKey, name));
    }
}
