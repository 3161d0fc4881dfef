using BillionHearts.Contracts;

namespace BillionHearts.Api.Platform.Data;

/// <summary>An image, entirely in one row: reads are ten times as frequent as writes, and take one lookup.</summary>
internal sealed class Image
{
    public long Id { get; init; }

    public required long UserId { get; set; }

    public required string OriginalFilename { get; set; }

    public required DateTimeOffset UploadDate { get; init; }

    public required int Width { get; set; }

    public required int Height { get; set; }

    public required long FileSize { get; set; }

    /// <summary>Name of a <see cref="BillionHearts.Formats.FileType"/>.</summary>
    public required string FileType { get; set; }

    /// <summary>Key of the original in the blob store; reserved until the content has arrived.</summary>
    public required string StoragePath { get; set; }

    /// <summary>See <see cref="ImageStatus"/>.</summary>
    public required string Status { get; set; }

    /// <summary>Starts at 1 and increases with each new content; 0 before the first.</summary>
    public required int Version { get; set; }

    /// <summary>SHA-256 of the content.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>When the content of this version became durable.</summary>
    public DateTimeOffset? StoredAt { get; set; }

    /// <summary>128 random bits in hex: the part of a media URL that cannot be guessed. New with each version.</summary>
    public string? MediaKey { get; set; }

    /// <summary>
    /// The pending analysis request. A result of any other request is late or a duplicate, and changes nothing: this check,
    /// not the queue, ensures that an image's state changes only once.
    /// </summary>
    public Guid? AnalysisRequestId { get; set; }

    /// <summary>The attempt number of <see cref="AnalysisRequestId"/>.</summary>
    public int AnalysisAttempt { get; set; }

    /// <summary>Whether <see cref="AnalysisRequestId"/> waits in the back-fill lane, behind all fresh uploads.</summary>
    public bool AnalysisInBackfill { get; set; }

    public ImageAnalysis? Analysis { get; set; }

    /// <summary>What was recognised in this version, if recognition is enabled. The status does not depend on it.</summary>
    public ImageRecognition? Recognition { get; set; }

    /// <summary>When the photo was taken, according to the camera. Copied from <see cref="Analysis"/>, for lists.</summary>
    public DateTimeOffset? CapturedAt { get; set; }

    /// <summary>Make and model. Copied from <see cref="Analysis"/>, for lists.</summary>
    public string? Camera { get; set; }

    /// <summary>
    /// Words that analysis has found and lists can be searched for, besides the file name and the camera: see <c>SearchText</c>. The column <c>search</c>, which the
    /// database generates from the three, has them in the form that is searched.
    /// </summary>
    public string? SearchText { get; set; }

    /// <summary>The bits of the perceptual hash, so that PostgreSQL can count how many differ.</summary>
    public long? Phash { get; set; }

    public IReadOnlyList<StoredRendition> Renditions { get; set; } = [];

    public string? FailureReason { get; set; }

    public string? FailureDetail { get; set; }

    /// <summary>The image is invisible from then on, and its row is deleted after its bytes. Only if it was merged can it come back.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The image that was kept when this one was merged into it. While it is set, the bytes stay and the merge can be undone.</summary>
    public long? MergedInto { get; set; }

    /// <summary>When it was merged, by the database's clock.</summary>
    public DateTimeOffset? MergedAt { get; set; }

    public bool HasContent => Version > 0;
}

internal static class ImageStatus
{
    public const string AwaitingContent = "awaiting_content";
    public const string Pending = "pending";
    public const string Analyzed = "analyzed";
    public const string Failed = "failed";

    public static readonly string[] All = [AwaitingContent, Pending, Analyzed, Failed];
}
