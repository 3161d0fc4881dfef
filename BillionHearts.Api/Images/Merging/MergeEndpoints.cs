using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Merging;

internal static class MergeEndpoints
{
    public static void MapMerges(this IEndpointRouteBuilder routes)
    {
        var merge = routes.MapGroup("/images/{id}/merge").WithTags("Images");

        merge.MapPost("/", MergeImages)
            .Owns(Owned.MergedImage, Scopes.WriteImages)
            .WithName(nameof(MergeImages)).WithSummary("Merge near-duplicates into the best of them")
            .WithDescription(
                "Keeps one of this image and `duplicates`: the one in `keep`, or the one with the most pixels, of those the largest file, of those the oldest. The others are " +
                "invisible at once, as if deleted, and their addresses answer 410. Until `undo_until` this can be undone, and their bytes count as the user's; then " +
                "they are removed for good. All must belong to one user, and their analysis must have ended. A repeated request gets the same answer.")
            .ReadsJson((fields, _) => MergeRequest.Read(fields))
            .Produces<MergeResponse>()
            .Refuses(401, 403, 404, 409, 413, 415, 422, 503);

        merge.MapGet("/", ShowMerge)
            .Owns(Owned.Image, Scopes.ReadImages)
            .WithName(nameof(ShowMerge)).WithSummary("What was merged into an image")
            .WithDescription("The images that undoing the merges would bring back, and until when. `merged` is empty, and `undo_until` null, if there are none.")
            .Produces<MergedImagesResponse>()
            .Refuses(401, 403, 404, 503);

        merge.MapDelete("/", UndoMerge)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(UndoMerge)).WithSummary("Undo the merges into an image")
            .WithDescription("All images that were merged into this one and are not removed yet are visible again, at their former addresses. Deleting this image removes them for good. `restored` is empty if there are none.")
            .Produces<MergeUndoneResponse>()
            .Refuses(401, 403, 404, 503);
    }

    private static async Task<IResult> MergeImages(
        RouteId id, HttpContext http, ImageMerges merges, IOptions<MergeOptions> options, IOptions<MediaOptions> media, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http.Request, MergeRequest.Read, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        var merged = await merges.MergeAsync(id.Value, request, owner => Caller.CheckUser(http, owner), http.Address(), cancellationToken);
        http.Response.Headers.CacheControl = "private, no-store";

        return merged.ToResult(merge => TypedResults.Ok(new MergeResponse(
            ImageResponse.From(ImageView.From(merge.Kept), MediaUrls.For(http.Request, media.Value, clock), Caller.IsUser(http, merge.Kept.UserId)),
            merge.Merged,
            (merge.At + options.Value.UndoFor).UtcDateTime)));
    }

    private static async Task<IResult> ShowMerge(
        RouteId id, HttpResponse http, ImagesDbContext db, IOptions<MergeOptions> options, CancellationToken cancellationToken)
    {
        if (!await db.Images.AnyAsync(image => image.Id == id.Value, cancellationToken))
        {
            return Problems.ImageNotFound;
        }

        var merged = await db.Images.IgnoreQueryFilters().Where(image => image.MergedInto == id.Value).OrderBy(image => image.Id)
            .Select(image => new { image.Id, image.MergedAt }).ToListAsync(cancellationToken);
        http.Headers.CacheControl = "private, no-store";

        return TypedResults.Ok(new MergedImagesResponse(
            [.. merged.Select(image => image.Id)], (merged.Min(image => image.MergedAt) + options.Value.UndoFor)?.UtcDateTime));
    }

    private static async Task<IResult> UndoMerge(RouteId id, HttpContext http, MergeUndo undo, CancellationToken cancellationToken) =>
        await undo.RestoreAsync(id.Value, http.Address(), cancellationToken) is { } restored
            ? TypedResults.Ok(new MergeUndoneResponse(restored))
            : Problems.ImageNotFound;
}
