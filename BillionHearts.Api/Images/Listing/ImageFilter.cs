using System.Globalization;
using System.Linq.Expressions;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Listing;

/// <summary>A filter of a user's images. The start of a time range is inclusive, the end is exclusive.</summary>
internal sealed record ImageFilter
{
    /// <summary>As many as fit in the 8 KB that an address may have here and at the gateway, with ids of up to 15 digits.</summary>
    private const int MaxIds = 500;

    /// <summary>Names of the parameters, taken from <see cref="Read"/>.</summary>
    public static readonly IReadOnlyList<string> Parameters = [.. ParameterReader.Describe(parameters => Read(parameters)).Select(parameter => parameter.Name)];

    public ImageSearch? Search { get; private init; }

    /// <summary>Images of these ids only. Those of other users never match.</summary>
    public IReadOnlyList<long>? Ids { get; private init; }

    public string? Status { get; private init; }

    public string? FileType { get; private init; }

    public DateTimeOffset? UploadedFrom { get; private init; }

    public DateTimeOffset? UploadedTo { get; private init; }

    public DateTimeOffset? CapturedFrom { get; private init; }

    public DateTimeOffset? CapturedTo { get; private init; }

    /// <summary>The beginning, in UTC, of the month of the capture time, or of the upload time of a photo without one.</summary>
    public DateTimeOffset? Month { get; private init; }

    public string? Camera { get; private init; }

    public int? MinWidth { get; private init; }

    public int? MinHeight { get; private init; }

    public long? MinFileSize { get; private init; }

    /// <summary>Reads the filter. The reader collects the errors.</summary>
    public static ImageFilter Read(ParameterReader parameters) => new()
    {
        Search = ImageSearch.Read(parameters),
        Ids = parameters.Integers("ids", MaxIds, 0, long.MaxValue),
        Status = parameters.OneOf("status", ParseStatus, ImageStatus.All),
        FileType = parameters.OneOf("file_type", Formats.FileType.Parse, Formats.FileType.AllNames)?.Name,
        UploadedFrom = parameters.Moment("uploaded_from"),
        UploadedTo = parameters.Moment("uploaded_to"),
        CapturedFrom = parameters.Moment("captured_from"),
        CapturedTo = parameters.Moment("captured_to"),
        Month = parameters.Month("month"),
        Camera = parameters.Text("camera", ImageMapping.MaxCameraLength),
        MinWidth = (int?)parameters.Integer("min_width", 1, int.MaxValue),
        MinHeight = (int?)parameters.Integer("min_height", 1, int.MaxValue),
        MinFileSize = parameters.Integer("min_file_size", 1, long.MaxValue),
    };

    /// <summary>The user's images that match.</summary>
    /// <param name="isOwner">As for <see cref="ImageSearch.Find"/>.</param>
    public IQueryable<Image> Find(ImagesDbContext db, long userId, bool isOwner) =>
        Apply((Search is null ? db.Images : Search.Find(db, userId, isOwner)).Where(image => image.UserId == userId));

    /// <summary>The next images of a list of those that match, of each what is selected.</summary>
    /// <inheritdoc cref="Find"/>
    /// <param name="after">Where the page begins; null for the beginning of the list.</param>
    public async Task<List<T>> ReadPageAsync<T>(
        ImagesDbContext db, long userId, bool isOwner, ListingOrder order, PageCursor? after, int limit, Expression<Func<Image, T>> select, CancellationToken cancellationToken)
    {
        Task<List<T>> ReadAsync(IQueryable<Image> images) =>
            order.From(images, after).AsNoTracking().Take(limit).Select(select).ToListAsync(cancellationToken);

        if (Search is not null)
        {
            var next = Search.FindAmongNext(db, userId, isOwner, order, after, limit).Where(image => image.UserId == userId);

            if (await ReadAsync(Apply(next)) is { } first && first.Count == limit)
            {
                return first;
            }
        }

        return await ReadAsync(Find(db, userId, isOwner));
    }

    /// <summary>Applies all but the search.</summary>
    public IQueryable<Image> Apply(IQueryable<Image> images)
    {
        images = Ids is null ? images : images.Where(image => Ids.Contains(image.Id));
        images = Status is null ? images : images.Where(image => image.Status == Status);
        images = FileType is null ? images : images.Where(image => image.FileType == FileType);
        images = UploadedFrom is null ? images : images.Where(image => image.UploadDate >= UploadedFrom);
        images = UploadedTo is null ? images : images.Where(image => image.UploadDate < UploadedTo);

        // Each time is compared twice: the first comparison is redundant, but it matches the index.
        images = CapturedFrom is null ? images : images.Where(image => (image.CapturedAt ?? image.UploadDate) >= CapturedFrom && image.CapturedAt >= CapturedFrom);
        images = CapturedTo is null ? images : images.Where(image => (image.CapturedAt ?? image.UploadDate) < CapturedTo && image.CapturedAt < CapturedTo);

        if (Month is { } start)
        {
            var end = start.AddMonths(1);
            images = images.Where(image => (image.CapturedAt ?? image.UploadDate) >= start && (image.CapturedAt ?? image.UploadDate) < end);
        }

        images = Camera is null ? images : images.Where(image => image.Camera == Camera);
        images = MinWidth is null ? images : images.Where(image => image.Width >= MinWidth);
        images = MinHeight is null ? images : images.Where(image => image.Height >= MinHeight);
        return MinFileSize is null ? images : images.Where(image => image.FileSize >= MinFileSize);
    }

    /// <summary>How many images match in each month that has some, by capture time or else upload time, in UTC; the newest month first.</summary>
    /// <inheritdoc cref="Find"/>
    public async Task<List<MonthCount>> CountByMonthAsync(ImagesDbContext db, long userId, bool isOwner, CancellationToken cancellationToken)
    {
        var counts = await Find(db, userId, isOwner)
            .GroupBy(image => new { (image.CapturedAt ?? image.UploadDate).UtcDateTime.Year, (image.CapturedAt ?? image.UploadDate).UtcDateTime.Month })
            .Select(month => new { month.Key.Year, month.Key.Month, Count = month.Count() })
            .OrderByDescending(month => month.Year).ThenByDescending(month => month.Month)
            .ToListAsync(cancellationToken);

        return [.. counts.Select(month => new MonthCount(string.Create(CultureInfo.InvariantCulture, $"{month.Year:0000}-{month.Month:00}"), month.Count))];
    }

    /// <summary>The same text for equal filters. The camera comes last, because it may contain any characters; so may the search, whose length comes before it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Search is null ? "" : $"{Search.Text.Length}:{Search.Text}|")}{(Ids is null ? "" : $"{string.Join(',', Ids)}|")}{(Month is null ? "" : $"{Month:yyyy-MM}|")}{Status}|{FileType}|{UploadedFrom:O}|{UploadedTo:O}|{CapturedFrom:O}|{CapturedTo:O}|{MinWidth}|{MinHeight}|{MinFileSize}|{Camera}");

    private static string? ParseStatus(string text) => ImageStatus.All.Contains(text) ? text : null;
}
