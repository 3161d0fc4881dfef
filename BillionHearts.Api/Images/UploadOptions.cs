using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Images;

/// <summary>What is accepted as an image. Bound from the <c>Upload</c> section. Analysis has limits of its own: raise both together.</summary>
internal sealed record UploadOptions : IValidatableObject
{
    public const string SectionName = "Upload";

    /// <summary>Room for the boundaries and the other parts of a multipart request around the largest file.</summary>
    public const int Envelope = 64 * 1024;

    /// <summary>Largest file, in bytes. The gateway has a limit of its own just above the default.</summary>
    [Range(1, 1L << 30)]
    public long MaxBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Largest picture, in pixels: what analysis has to decode grows with this, not with the file.</summary>
    [Range(1, 1_000_000_000)]
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Longest side, in pixels. 16383 is what WebP can hold, and renditions are WebP.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; init; } = 16_383;

    /// <summary>How far into a file its dimensions may stand, in bytes. Each upload may hold this much in memory.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes that the uploads of one process may be in the middle of: each counts with the length that it announces, or with the
    /// largest that is accepted when it announces none. What comes beyond is answered 503 before its body is read.
    /// </summary>
    [Range(1, 1L << 40)]
    public long MaxBytesInFlight { get; init; } = 256 * 1024 * 1024;

    /// <summary>Longest that one request may take to bring its body. A photo that needs longer is better sent resumably, at <c>/uploads</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that one user's images may have together, counting present versions. No limit when not set.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxUserBytes { get; init; }

    /// <summary>Images with content that one user may have. No limit when not set.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxUserImages { get; init; }

    /// <summary>How long, at least, the address for a direct upload is good.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan DirectUploadLifetime { get; init; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxBytesInFlight < MaxBytes + Envelope)
        {
            yield return new ValidationResult(
                $"Upload:MaxBytesInFlight ({MaxBytesInFlight}) must have room for one upload of Upload:MaxBytes and {Envelope} bytes of envelope ({MaxBytes + Envelope}).",
                [nameof(MaxBytesInFlight)]);
        }
    }
}
