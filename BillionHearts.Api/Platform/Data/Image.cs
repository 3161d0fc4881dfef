using BillionHearts.Contracts;

namespace BillionHearts.Api.Platform.Data;

/// <summary>One image, all of it in one row: a read, ten times more frequent than a write, takes one lookup.</summary>
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

    /// <summary>Key of the original in the blob store; reserved for the bytes while they are awaited.</summary>
    public required string StoragePath { get; set; }

    /// <summary>See <see cref="ImageStatus"/>.</summary>
    public required string Status { get; set; }

    /// <summary>Counted from 1 with each new content; 0 while none has come.</summary>
    public required int Version { get; set; }

    /// <summary>SHA-256 of the content.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>When the content of this version became durable.</summary>
    public DateTimeOffset? StoredAt { get; set; }

    /// <summary>128 random bits in hex: the part of a media address that nobody can guess. New with each version.</summary>
    public string? MediaKey { get; set; }

    /// <summary>
    /// The analysis that is waited for. A result that answers another request is late or a duplicate, and changes nothing:
    /// this, and not the queue, makes an image's state move once.
    /// </summary>
    public Guid? AnalysisRequestId { get; set; }

    /// <summary>Number of the attempt that <see cref="AnalysisRequestId"/> is.</summary>
    public int AnalysisAttempt { get; set; }

    public ImageAnalysis? Analysis { get; set; }

    /// <summary>When the photo was taken, as its camera noted it. Of <see cref="Analysis"/>, for lists.</summary>
    public DateTimeOffset? CapturedAt { get; set; }

    /// <summary>Make and model. Of <see cref="Analysis"/>, for lists.</summary>
    public string? Camera { get; set; }

    /// <summary>The bits of the perceptual hash, so that PostgreSQL can count which differ.</summary>
    public long? Phash { get; set; }

    public IReadOnlyList<StoredRendition> Renditions { get; set; } = [];

    public string? FailureReason { get; set; }

    public string? FailureDetail { get; set; }

    /// <summary>Set once and for ever: the image is invisible from then on, and its row goes after its bytes.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

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
