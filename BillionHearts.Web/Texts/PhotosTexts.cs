using System.Globalization;

namespace BillionHearts.Web.Texts;

/// <summary>Texts of the grid. Those of its script are in <c>client/src/texts/photos.ts</c>, in the same words.</summary>
internal static class PhotosTexts
{
    public const string Search = "Search";
    public const string SearchHint = "Name, camera, place, words in the picture…";
    public const string Find = "Search";
    public const string Filters = "Filters";
    public const string Apply = "Show";
    public const string Any = "Any";
    public const string ActiveFilters = "Active filters";
    public const string RemoveFilter = "Remove the filter";
    public const string RemoveAll = "Remove all";

    public const string Month = "Month";
    public const string Status = "State";
    public const string Analyzed = "Analysed";
    public const string Pending = "Being analysed";
    public const string Failed = "Failed";
    public const string Awaited = "Not uploaded yet";
    public const string FileType = "File type";
    public const string Camera = "Camera";
    public const string CapturedFrom = "Taken from";
    public const string CapturedTo = "Taken until";
    public const string UploadedFrom = "Uploaded from";
    public const string UploadedTo = "Uploaded until";
    public const string MinWidth = "At least this wide (pixels)";
    public const string MinHeight = "At least this high (pixels)";
    public const string MinFileSize = "At least this large";

    public const string Months = "Months";
    public const string Older = "Older photos";

    public const string NoPhotos = "Your photos will be here";
    public const string NoPhotosDetail = "Bring them in from this computer or phone. They are stored byte by byte as they are, and you will see when each of them is safe.";
    public const string UploadFirst = "Upload your first photos";
    public const string NothingFound = "No photo matches";
    public const string NothingFoundDetail = "Try fewer words or filters. All words of a search have to match.";
    public const string ShowAll = "Show all photos";

    public static string Count(int photos, bool isFiltered) =>
        string.Create(CultureInfo.InvariantCulture, $"{photos:N0}{(isFiltered ? photos is 1 ? " matches" : " match" : "")}");

    public static string Megabytes(int size) => $"{size} MB";

    /// <summary>Such as <c>November 2026</c>, of <c>2026-11</c>.</summary>
    public static string MonthName(string month) =>
        DateOnly.TryParseExact($"{month}-01", "yyyy-MM-dd", out var day) ? day.ToString("MMMM yyyy", CultureInfo.InvariantCulture) : month;

    /// <returns>Null for a photo that is ready.</returns>
    public static string? State(string status, string? reason) => status switch
    {
        "pending" => "Being analysed…",
        "awaiting_content" => Awaited,
        "failed" => reason is null ? Failed : $"{Failed}: {reason.Replace('_', ' ')}",
        _ => null,
    };
}
