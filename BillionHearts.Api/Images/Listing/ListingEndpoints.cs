using BillionHearts.Api.Accounts;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Listing;

internal static class ListingEndpoints
{
    public static void MapListing(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/users/{id}/images", ["GET", "HEAD"], ListImages)
        .Owns(Owned.User, Scopes.ReadImages)
        .WithName(nameof(ListImages)).WithTags("Images").WithSummary("A user's images, page by page")
        .WithDescription(
            "Newest first unless `sort` says otherwise; by `captured_at`, a photo that does not say when it was taken stands at its upload. The next page is at " +
            "the address in the Link header with `rel=\"next\"`, the first at the one with `rel=\"first\"`; a cursor is good for its own list only. Times are " +
            "ISO 8601 with an offset or a date, which is its midnight in UTC; `_from` is part of what is found, `_to` is not. A user without matching images is " +
            "answered with 404, as the original service did.")
        .ReadsQuery(parameters => ListingQuery.Declare(parameters))
        .Produces<IReadOnlyList<ImageResponse>>()
        .Refuses(401, 403, 404, 422, 503);

    private static async Task<IResult> ListImages(
        RouteId id, HttpContext http, ImagesDbContext db, PageCursors cursors, IOptions<MediaOptions> media, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!ListingQuery.Read(id.Value, http.Request, cursors).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        // One more than is shown: whether there is a next page is known without counting.
        var found = await query.Select(db.Images.AsNoTracking()).Take(query.Limit + 1).ToListAsync(cancellationToken);

        if (found.Count is 0 && !await db.Users.AnyAsync(user => user.Id == id.Value, cancellationToken))
        {
            return Problems.UserNotFound;
        }

        if (found.Count is 0 && query.After is null)
        {
            return Problems.NoImages;
        }

        var first = $"<{AddressOf(http.Request, cursor: null)}>; rel=\"first\"";

        if (found.Count > query.Limit)
        {
            found.RemoveAt(query.Limit);
            var next = cursors.Write(query.Order.PlaceOf(found[^1]), query.List);
            // The next page stands first, where clients look that expect no other.
            http.Response.Headers.Link = $"<{AddressOf(http.Request, next)}>; rel=\"next\", {first}";
        }
        else
        {
            http.Response.Headers.Link = first;
        }

        var (urls, isOwner) = (MediaUrls.For(http.Request, media.Value, clock), Caller.IsUser(http, id.Value));
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found.Select(image => ImageResponse.From(ImageView.From(image), urls, isOwner)));
    }

    /// <summary>Of a page of the same list. Of what the request says beside that nothing is repeated.</summary>
    private static string AddressOf(HttpRequest request, string? cursor)
    {
        var parameters = ListingQuery.ListParameters
            .Where(request.Query.ContainsKey)
            .Select(name => KeyValuePair.Create(name, (string?)request.Query[name]));

        return QueryHelpers.AddQueryString(
            $"{request.Scheme}://{request.Host}{request.Path}", cursor is null ? parameters : parameters.Append(KeyValuePair.Create(ListingQuery.CursorParameter, (string?)cursor)));
    }
}
