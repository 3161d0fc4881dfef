using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Similar;

internal static class SimilarEndpoints
{
    public static void MapSimilar(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/images/{id}/similar", ["GET", "HEAD"], ListSimilarImages)
        .Owns(Owned.Image, Scopes.ReadImages)
        .WithName(nameof(ListSimilarImages)).WithTags("Images").WithSummary("List the owner's images that look like this one")
        .WithDescription(
            "Near-duplicates: smaller, re-encoded, brighter or slightly cropped copies. `distance` says how many of the 64 bits of the two perceptual hashes differ; " +
            $"the nearest come first, and at the same distance the oldest. Without `max_distance` it is {DuplicateOptions.DefaultDistance}, or what the service is " +
            $"configured to; at most {HashBands.MaxDistance}, because beyond that unrelated pictures are found. Without `limit` it is {SimilarQuery.DefaultLimit}. " +
            "An image that is not analysed yet is similar to none, and the answer is an empty array; a picture of one colour is similar to the same file only.\n\n" +
            "`by=look`, where the service recognises pictures: look-alikes, which show the same thing or scene, most alike first, without the near-duplicates (those up to " +
            $"`max_distance`). `score` says how alike; without `min_score` it is at least {LookAlikes.DefaultScore}, where four of five are right. Below 0.75 most are not.")
        .ReadsQuery(parameters => SimilarQuery.Declare(parameters))
        .Produces<IReadOnlyList<SimilarImageResponse>>()
        .Refuses(401, 403, 404, 422, 503);

    private static async Task<IResult> ListSimilarImages(
        RouteId id, HttpContext http, ImagesDbContext db, SimilarSearch similar, ImageReads images, IOptions<MediaOptions> media,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!SimilarQuery.Read(http.Request).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        var own = await db.Images.Where(image => image.Id == id.Value)
            .Select(image => new { image.UserId, image.Phash, image.Sha256 }).SingleOrDefaultAsync(cancellationToken);

        if (own is null)
        {
            return Problems.ImageNotFound;
        }

        var found = own is { Phash: { } hash, Sha256: { } sha256 }
            ? await similar.FindAsync(new HashedImage(id.Value, own.UserId, hash, sha256), query, cancellationToken)
            : [];
        var shown = await Task.WhenAll(found.Select(one => images.FindAsync(one.Id, cancellationToken)));

        var (urls, isOwner) = (MediaUrls.For(http.Request, media.Value, clock), Caller.IsUser(http, own.UserId));
        http.Response.Headers.CacheControl = "private, no-store";

        // One that was deleted in the meantime is left out.
        return TypedResults.Ok(found.Zip(shown)
            .Where(pair => pair.Second is not null)
            .Select(pair => new SimilarImageResponse
            {
                Distance = pair.First.Distance,
                Score = pair.First.Score,
                Image = ImageResponse.From(pair.Second!, urls, isOwner),
            }));
    }
}
