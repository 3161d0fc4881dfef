using System.Globalization;
using BillionHearts.Web.Texts;

namespace BillionHearts.Web.Pages.Photos;

/// <summary>A field of the filter: a parameter of the api's list of images, which has the same name in the page's address.</summary>
/// <param name="Type">Of the input element; null for a choice.</param>
/// <param name="Choices">Values and their texts.</param>
/// <param name="IncludesDay">A date at which the api's range ends before it begins, and the page's when it is over.</param>
public sealed record FilterField(string Name, string Label, string? Type, IReadOnlyList<(string Value, string Text)>? Choices = null, bool IncludesDay = false)
{
    public const string Search = "q";
    public const string Camera = "camera";
    public const string Month = "month";

    public static readonly IReadOnlyList<FilterField> All =
    [
        new(Search, PhotosTexts.Search, "search"),
        new(Month, PhotosTexts.Month, Type: "hidden"),
        new("status", PhotosTexts.Status, Type: null, [("analyzed", PhotosTexts.Analyzed), ("pending", PhotosTexts.Pending), ("failed", PhotosTexts.Failed), ("awaiting_content", PhotosTexts.Awaited)]),
        new("file_type", PhotosTexts.FileType, Type: null, [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WebP"), ("gif", "GIF"), ("avif", "AVIF"), ("heic", "HEIC")]),
        new(Camera, PhotosTexts.Camera, "text"),
        new("captured_from", PhotosTexts.CapturedFrom, "date"),
        new("captured_to", PhotosTexts.CapturedTo, "date", IncludesDay: true),
        new("uploaded_from", PhotosTexts.UploadedFrom, "date"),
        new("uploaded_to", PhotosTexts.UploadedTo, "date", IncludesDay: true),
        new("min_width", PhotosTexts.MinWidth, "number"),
        new("min_height", PhotosTexts.MinHeight, "number"),
        new("min_file_size", PhotosTexts.MinFileSize, Type: null, [.. new[] { 1, 5, 10, 25 }.Select(size => ($"{size}000000", PhotosTexts.Megabytes(size)))]),
    ];

    /// <summary>How a value reads, such as <c>1 March 2026</c>.</summary>
    public string Describe(string value) =>
        Choices?.FirstOrDefault(choice => choice.Value == value).Text is { } text ? text
        : Name is Month ? PhotosTexts.MonthName(value)
        : DateOnly.TryParseExact(value, "yyyy-MM-dd", out var day) ? day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)
        : value;

    /// <summary>The value in the api's query.</summary>
    public string ToApi(string value) =>
        IncludesDay && DateOnly.TryParseExact(value, "yyyy-MM-dd", out var day) && day < DateOnly.MaxValue ? day.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : value;
}
