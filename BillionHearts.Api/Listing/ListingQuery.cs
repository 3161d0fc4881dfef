using BillionHearts.Api.Images;
using BillionHearts.Api.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Listing;

/// <summary>Which of a user's images, in which order, from where on.</summary>
internal sealed record ListingQuery(long UserId, int Limit, ListingOrder Order, ImageFilter Filter, PageCursor? After)
{
    public const string CursorParameter = "cursor";
    public const string LimitParameter = "limit";
    public const string SortParameter = "sort";
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>What leads to the same list again, on whatever page of it one is.</summary>
    public static readonly IReadOnlyList<string> ListParameters = [LimitParameter, SortParameter, .. ImageFilter.Parameters];

    /// <summary>What tells this list from any other. Pages may differ in size.</summary>
    public string List => $"{UserId}|{Order.Name}|{Filter}";

    public static (ListingQuery? Query, Problem? Refusal) Read(long userId, IQueryCollection query, PageCursors cursors)
    {
        var parameters = new ParameterReader(query);
        var listing = new ListingQuery(
            userId,
            (int?)parameters.Number(LimitParameter, 1, MaxLimit) ?? DefaultLimit,
            ReadOrder(parameters),
            ImageFilter.Read(parameters),
            After: null);
        var cursor = parameters.Raw(CursorParameter);

        // Of a list that is not known a cursor cannot be judged.
        if (parameters.Refusal is { } refusal)
        {
            return (null, refusal);
        }

        if (cursor is null)
        {
            return (listing, null);
        }

        return cursors.TryRead(cursor, listing.List, out var after)
            ? (listing with { After = after }, null)
            : (null, Problems.InvalidField(CursorParameter, "is none that was given out for this list, order and filter; take it from the Link header"));
    }

    public IQueryable<Image> Select(IQueryable<Image> images)
    {
        images = Filter.Apply(images.Where(image => image.UserId == UserId));
        return Order.Sort(After is null ? images : Order.After(images, After));
    }

    private static ListingOrder ReadOrder(ParameterReader parameters)
    {
        if (parameters.Raw(SortParameter) is not { } text)
        {
            return ListingOrder.NewestFirst;
        }

        if (ListingOrder.All.FirstOrDefault(order => order.Name == text) is { } known)
        {
            return known;
        }

        parameters.Refuse(SortParameter, $"must be one of {ListingOrder.Names}, not '{Problems.Shorten(text)}'");
        return ListingOrder.NewestFirst;
    }
}
