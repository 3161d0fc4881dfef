namespace BillionHearts.Web.Backend;

/// <summary>A month, such as <c>2026-11</c>, and how many photos it has.</summary>
public sealed record LibraryMonth(string Month, int Count);

/// <summary>The api's image object, as far as the grid shows it: <c>Photo</c> of <c>client/src/photo.ts</c>.</summary>
public sealed record LibraryPhoto(
    long Id, long UserId, string OriginalFilename, DateTime UploadDate, int Width, int Height, long FileSize, string FileType, string Status, int Version, string? Url,
    LibraryRenditions Renditions, LibraryAnalysis? Analysis, LibraryFailure? Failure)
{
    /// <summary>The month that the photo is counted in, in UTC.</summary>
    public string Month => $"{Analysis?.CapturedAt ?? UploadDate:yyyy-MM}";
}

public sealed record LibraryRenditions(LibraryRendition? Thumb, LibraryRendition? Preview);

public sealed record LibraryRendition(string Url, int Width, int Height, long Bytes);

/// <param name="Width">In pixels, upright.</param>
/// <param name="Height">In pixels, upright.</param>
public sealed record LibraryAnalysis(int Width, int Height, string Thumbhash, string DominantColor, DateTime? CapturedAt, string? Camera);

public sealed record LibraryFailure(string Reason, string Detail);
