using BillionHearts.Api.Access;
using BillionHearts.Api.Data;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Images;
using BillionHearts.Api.Input;
using BillionHearts.Api.Media;
using BillionHearts.Api.Reference;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Listing;

internal static class ListingEndpoints
{
    private static readonly Problem s_noImages = new(404, "no-images", "Not found", "No images found for this user");

    public static void MapListing(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/users/{id}/images", ["GET", "HEAD"], ListImages)
        .Owns(Owned.User, Scopes.ReadImages)
        .WithName(nameof(ListImages)).WithTags("Images").WithSummary("A user's images, page by page")
        .WithDescription(
            "Newest first unless `sort=upload_date`. The next page is at the address in the Link header with `rel=\"next\"`; " +
            "`status` and `file_type` filter. A user without matching images is answered with 404, as the original service did.")
        .ReadsListing()
        .Produces<IReadOnlyList<ImageResponse>>()
        .Refuses(401, 403, 404, 422, 503);

    private static async Task<IResult> ListImages(
        RouteId id, HttpContext http, ImagesDbContext db, IOptions<MediaOptions> media, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, refusal) = ListingQuery.Read(http.Request.Query);

        if (query is null)
        {
            return refusal!;
        }

        // One more than is shown: whether there is a next page is known without counting.
        var found = await query.Select(db.Images.AsNoTracking(), id.Value).Take(query.Limit + 1).ToListAsync(cancellationToken);

        if (found.Count is 0 && !await db.Users.AnyAsync(user => user.Id == id.Value, cancellationToken))
        {
            return Problems.UserNotFound;
        }

        if (found.Count is 0 && query.After is null)
        {
            return s_noImages;
        }

        if (found.Count > query.Limit)
        {
            found.RemoveAt(query.Limit);
            http.Response.Headers.Link = $"<{NextPage(http.Request, query, found[^1])}>; rel=\"next\"";
        }

        var urls = MediaUrls.For(http.Request, media.Value, clock);
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found.Select(image => ImageResponse.From(image, urls, Caller.Is(http, id.Value))));
    }

    private static string NextPage(HttpRequest request, ListingQuery query, Image last)
    {
        var parameters = request.Query
            .Where(parameter => parameter.Key is not ListingQuery.CursorParameter)
            .ToDictionary(parameter => parameter.Key, parameter => (string?)parameter.Value.ToString());
        parameters[ListingQuery.CursorParameter] = new PageCursor(query.IsOldestFirst, last.UploadDate, last.Id).ToString();

        return QueryHelpers.AddQueryString($"{request.Scheme}://{request.Host}{request.Path}", parameters);
    }
}
