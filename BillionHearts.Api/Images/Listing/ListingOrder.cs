using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Listing;

/// <summary>An order of images, with the name that clients use for it. Images with equal times are ordered by id.</summary>
/// <param name="IsByCapture">Whether to sort by capture time. A photo without one is sorted by its upload time.</param>
internal sealed record ListingOrder(string Name, bool IsByCapture, bool IsAscending)
{
    public static readonly ListingOrder NewestFirst = new("-upload_date", IsByCapture: false, IsAscending: false);

    public static readonly IReadOnlyList<ListingOrder> All =
    [
        NewestFirst,
        new("upload_date", IsByCapture: false, IsAscending: true),
        new("-captured_at", IsByCapture: true, IsAscending: false),
        new("captured_at", IsByCapture: true, IsAscending: true),
    ];

    public static IReadOnlyList<string> AllNames { get; } = [.. All.Select(order => order.Name)];

    /// <summary>The SQL of what is sorted by, before the id.</summary>
    public string Expression => IsByCapture ? "coalesce(captured_at, upload_date)" : "upload_date";

    public static ListingOrder? Find(string name) => All.FirstOrDefault(order => order.Name == name);

    public PageCursor CreateCursor(Image image) => new(IsByCapture ? image.CapturedAt ?? image.UploadDate : image.UploadDate, image.Id);

    /// <summary>The images in this order, those after a place if there is one.</summary>
    public IQueryable<Image> From(IQueryable<Image> images, PageCursor? place) => Sort(place is null ? images : After(images, place));

    public IQueryable<Image> Sort(IQueryable<Image> images) => (IsByCapture, IsAscending) switch
    {
        (false, false) => images.OrderByDescending(image => image.UploadDate).ThenByDescending(image => image.Id),
        (false, true) => images.OrderBy(image => image.UploadDate).ThenBy(image => image.Id),
        (true, false) => images.OrderByDescending(image => image.CapturedAt ?? image.UploadDate).ThenByDescending(image => image.Id),
        (true, true) => images.OrderBy(image => image.CapturedAt ?? image.UploadDate).ThenBy(image => image.Id),
    };

    /// <summary>Selects the images after a place with a row comparison, so that an index scan starts at the place and reads no rows before it.</summary>
    public IQueryable<Image> After(IQueryable<Image> images, PageCursor place) => (IsByCapture, IsAscending) switch
    {
        (false, false) => images.Where(image => EF.Functions.LessThan(
            ValueTuple.Create(image.UploadDate, image.Id), ValueTuple.Create(place.At, place.Id))),
        (false, true) => images.Where(image => EF.Functions.GreaterThan(
            ValueTuple.Create(image.UploadDate, image.Id), ValueTuple.Create(place.At, place.Id))),
        (true, false) => images.Where(image => EF.Functions.LessThan(
            ValueTuple.Create(image.CapturedAt ?? image.UploadDate, image.Id), ValueTuple.Create(place.At, place.Id))),
        (true, true) => images.Where(image => EF.Functions.GreaterThan(
            ValueTuple.Create(image.CapturedAt ?? image.UploadDate, image.Id), ValueTuple.Create(place.At, place.Id))),
    };
}
