using System.Globalization;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Images;

namespace BillionHearts.Api.Listing;

/// <summary>Which of a user's images. Of two moments the first belongs to what is meant and the second does not.</summary>
internal sealed record ImageFilter
{
    public static readonly IReadOnlyList<string> Parameters =
    [
        "status", "file_type", "uploaded_from", "uploaded_to", "captured_from", "captured_to", "camera", "min_width", "min_height", "min_file_size",
    ];

    public string? Status { get; private init; }

    public string? FileType { get; private init; }

    public DateTimeOffset? UploadedFrom { get; private init; }

    public DateTimeOffset? UploadedTo { get; private init; }

    public DateTimeOffset? CapturedFrom { get; private init; }

    public DateTimeOffset? CapturedTo { get; private init; }

    public string? Camera { get; private init; }

    public int? MinWidth { get; private init; }

    public int? MinHeight { get; private init; }

    public long? MinFileSize { get; private init; }

    /// <summary>By the names of the parameters; faults are the reader's to tell.</summary>
    public static ImageFilter Read(ParameterReader parameters) => new()
    {
        Status = ReadStatus(parameters, "status"),
        FileType = ReadFileType(parameters, "file_type"),
        UploadedFrom = parameters.Moment("uploaded_from"),
        UploadedTo = parameters.Moment("uploaded_to"),
        CapturedFrom = parameters.Moment("captured_from"),
        CapturedTo = parameters.Moment("captured_to"),
        Camera = parameters.Text("camera", ImageMapping.MaxCameraLength),
        MinWidth = (int?)parameters.Number("min_width", 1, int.MaxValue),
        MinHeight = (int?)parameters.Number("min_height", 1, int.MaxValue),
        MinFileSize = parameters.Number("min_file_size", 1, long.MaxValue),
    };

    public IQueryable<Image> Apply(IQueryable<Image> images)
    {
        images = Status is null ? images : images.Where(image => image.Status == Status);
        images = FileType is null ? images : images.Where(image => image.FileType == FileType);
        images = UploadedFrom is null ? images : images.Where(image => image.UploadDate >= UploadedFrom);
        images = UploadedTo is null ? images : images.Where(image => image.UploadDate < UploadedTo);

        // Each time twice: the first says nothing new, but says it in the words of the index.
        images = CapturedFrom is null ? images : images.Where(image => (image.CapturedAt ?? image.UploadDate) >= CapturedFrom && image.CapturedAt >= CapturedFrom);
        images = CapturedTo is null ? images : images.Where(image => (image.CapturedAt ?? image.UploadDate) < CapturedTo && image.CapturedAt < CapturedTo);

        images = Camera is null ? images : images.Where(image => image.Camera == Camera);
        images = MinWidth is null ? images : images.Where(image => image.Width >= MinWidth);
        images = MinHeight is null ? images : images.Where(image => image.Height >= MinHeight);
        return MinFileSize is null ? images : images.Where(image => image.FileSize >= MinFileSize);
    }

    /// <summary>The same text for the same images. What may have any characters in it stands last.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Status}|{FileType}|{UploadedFrom:O}|{UploadedTo:O}|{CapturedFrom:O}|{CapturedTo:O}|{MinWidth}|{MinHeight}|{MinFileSize}|{Camera}");

    private static string? ReadStatus(ParameterReader parameters, string name)
    {
        var status = parameters.Raw(name);

        if (status is not null && !ImageStatus.All.Contains(status))
        {
            parameters.Refuse(name, $"must be one of {string.Join(", ", ImageStatus.All)}, not '{Problems.Shorten(status)}'");
        }

        return status;
    }

    private static string? ReadFileType(ParameterReader parameters, string name)
    {
        if (parameters.Raw(name) is not { } text)
        {
            return null;
        }

        if (Formats.FileType.TryParse(text, out var type))
        {
            return type.Name;
        }

        parameters.Refuse(name, $"must be one of {Formats.FileType.Names}, not '{Problems.Shorten(text)}'");
        return null;
    }
}
