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
    public static void MapListing(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/users/{id}/images", ["GET", "HEAD"], ListImages)
            .Owns(Owned.User, Scopes.ReadImages)
            .WithName(nameof(ListImages)).WithTags("Images").WithSummary("List a user's images, in pages")
            .WithDescription(
                "Newest first unless `sort` says otherwise. By `captured_at`, a photo without a capture time is sorted by its upload time. The Link header has the " +
                "address of the next page with `rel=\"next\"` and of the first with `rel=\"first\"`; a cursor is valid for its own list only. Times are ISO 8601 " +
                "with an offset, or a date, which means its midnight in UTC. `_from` is inclusive, `_to` is exclusive. `month` is by capture time or else upload time, in UTC. `after` is the id of an image that the page begins after: the next of the list, and with the opposite order the one before it. `q` searches the file name, the camera, the lens and, for " +
                "the authenticated owner, the place: each of its words is the beginning of a word there, and all must match. If a user has no matching images the answer " +
                "is 404, as in the original service.")
            .ReadsQuery(parameters => ListingQuery.Declare(parameters))
            .Produces<IReadOnlyList<ImageResponse>>()
            .Refuses(401, 403, 404, 422, 503);

        routes.MapGet("/users/{id}/images/months", CountImagesByMonth)
            .Owns(Owned.User, Scopes.ReadImages)
            .WithName(nameof(CountImagesByMonth)).WithTags("Images").WithSummary("Count a user's images by month")
            .WithDescription(
                "Each month that has images, the newest first, by capture time or else upload time, in UTC: the order of `sort=-captured_at`. The filters are those of the " +
                "list, which gives the images of one month with `month`. If a user has no matching images the answer is 404.")
            .ReadsQuery(parameters => ImageFilter.Read(parameters))
            .Produces<IReadOnlyList<MonthCount>>()
            .Refuses(401, 403, 404, 422, 503);
    }

    private static async Task<IResult> ListImages(
        RouteId id, HttpContext http, ImagesDbContext db, PageCursors cursors, IOptions<MediaOptions> media, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!ListingQuery.Read(id.Value, http.Request, cursors).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        if (!(await query.LocateAsync(db, cancellationToken)).TryGet(out query, out refusal))
        {
            return refusal;
        }

        var isOwner = Caller.IsUser(http, id.Value);
        var found = await query.ReadAsync(db, isOwner, cancellationToken);

        if (found.Count is 0 && !await db.Users.AnyAsync(user => user.Id == id.Value, cancellationToken))
        {
            return Problems.UserNotFound;
        }

        if (found.Count is 0 && query.After is null)
        {
            return Problems.NoImages;
        }

        var first = $"<{CreatePageUrl(http.Request, cursor: null)}>; rel=\"first\"";

        if (found.Count > query.Limit)
        {
            found.RemoveAt(query.Limit);
            var next = cursors.Write(query.Order.CreateCursor(found[^1]), query.List);
            // The next page comes first, for clients that expect only one link.
            http.Response.Headers.Link = $"<{CreatePageUrl(http.Request, next)}>; rel=\"next\", {first}";
        }
        else
        {
            http.Response.Headers.Link = first;
        }

        var urls = MediaUrls.For(http.Request, media.Value, clock);
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found.Select(image => ImageResponse.From(ImageView.From(image), urls, isOwner)));
    }

    private static async Task<IResult> CountImagesByMonth(RouteId id, HttpContext http, ImagesDbContext db, CancellationToken cancellationToken)
    {
        var parameters = ParameterReader.ForQuery(http.Request);
        var filter = ImageFilter.Read(parameters);

        if (parameters.Errors.Problem is { } refusal)
        {
            return refusal;
        }

        var months = await filter.CountByMonthAsync(db, id.Value, Caller.IsUser(http, id.Value), cancellationToken);

        if (months.Count is 0)
        {
            return await db.Users.AnyAsync(user => user.Id == id.Value, cancellationToken) ? Problems.NoImages : Problems.UserNotFound;
        }

        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(months);
    }

    /// <summary>The address of a page of the same list. Query parameters that do not define the list are left out.</summary>
    private static string CreatePageUrl(HttpRequest request, string? cursor)
    {
        var parameters = ListingQuery.ListParameters
            .Where(request.Query.ContainsKey)
            .Select(name => KeyValuePair.Create(name, (string?)request.Query[name]));

        return QueryHelpers.AddQueryString(
            $"{request.Scheme}://{request.Host}{request.Path}", cursor is null ? parameters : parameters.Append(KeyValuePair.Create(ListingQuery.CursorParameter, (string?)cursor)));
    }
}
