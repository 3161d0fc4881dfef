using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Listing;

/// <summary>A query for a page of a user's images: filter, order, size and start.</summary>
/// <param name="AfterImage">The image that the page begins after, whether it matches the filter or not. Null with a cursor.</param>
internal sealed record ListingQuery(long UserId, int Limit, ListingOrder Order, ImageFilter Filter, PageCursor? After, long? AfterImage = null)
{
    public const string CursorParameter = "cursor";
    public const string AfterParameter = "after";
    public const string LimitParameter = "limit";
    public const string SortParameter = "sort";
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>The parameters that define the list, without the cursor.</summary>
    public static readonly IReadOnlyList<string> ListParameters = [LimitParameter, SortParameter, .. ImageFilter.Parameters];

    /// <summary>Identifies the list for cursors. It leaves out the limit: pages may differ in size.</summary>
    public string List => $"{UserId}|{Order.Name}|{Filter}";

    public static Outcome<ListingQuery> Read(long userId, HttpRequest request, PageCursors cursors)
    {
        var parameters = ParameterReader.ForQuery(request);
        var (listing, cursor) = Declare(parameters, userId);

        // A cursor belongs to one list, so it can be checked only once the list is known.
        if (parameters.Errors.Problem is { } refusal)
        {
            return refusal;
        }

        if (cursor is null)
        {
            return listing;
        }

        if (listing.AfterImage is not null)
        {
            return Problems.InvalidField(AfterParameter, $"cannot be combined with {CursorParameter}");
        }

        return cursors.TryRead(cursor, listing.List, out var after)
            ? listing with { After = after }
            : Problems.InvalidField(CursorParameter, "was not issued for this list, order and filter; take it from the Link header");
    }

    /// <summary>Reads the parameters without checking the cursor.</summary>
    public static (ListingQuery Query, string? Cursor) Declare(ParameterReader parameters, long userId = 0)
    {
        var limit = (int?)parameters.Integer(LimitParameter, 1, MaxLimit) ?? DefaultLimit;
        var cursor = parameters.Raw(CursorParameter);
        var filter = ImageFilter.Read(parameters);
        var order = parameters.OneOf(SortParameter, ListingOrder.Find, ListingOrder.AllNames) ?? ListingOrder.NewestFirst;

        return (new ListingQuery(userId, limit, order, filter, After: null, parameters.Integer(AfterParameter, 1, long.MaxValue)), cursor);
    }

    /// <summary>Finds the place of the image that the page begins after, if one is named.</summary>
    public async Task<Outcome<ListingQuery>> LocateAsync(ImagesDbContext db, CancellationToken cancellationToken)
    {
        if (AfterImage is not { } id)
        {
            return this;
        }

        return await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id && image.UserId == UserId, cancellationToken) is { } image
            ? this with { After = Order.CreateCursor(image) }
            : Problems.InvalidField(AfterParameter, $"must be one of this user's images, not {id}");
    }

    /// <summary>Reads one more than the page shows, to know whether there is a next page without counting.</summary>
    /// <param name="isOwner">As for <see cref="ImageSearch.Find"/>.</param>
    public Task<List<Image>> ReadAsync(ImagesDbContext db, bool isOwner, CancellationToken cancellationToken) =>
        Filter.ReadPageAsync(db, UserId, isOwner, Order, After, Limit + 1, image => image, cancellationToken);
}
