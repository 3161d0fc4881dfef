using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Images;

/// <summary>Limits of uploads. Bound from the <c>Upload</c> section. Analysis has its own limits: raise both together.</summary>
internal sealed record UploadOptions : IValidatableObject
{
    public const string SectionName = "Upload";

    /// <summary>Bytes allowed for the boundaries and other parts of a multipart request, in addition to the file.</summary>
    public const int Envelope = 64 * 1024;

    /// <summary>Largest file, in bytes. The gateway has its own limit, just above the default.</summary>
    [Range(1, 1L << 30)]
    public long MaxBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>Largest image, in pixels: the cost of decoding grows with this, not with the file size.</summary>
    [Range(1, 1_000_000_000)]
    public long MaxPixels { get; init; } = 200_000_000;

    /// <summary>Longest side, in pixels. JPEG has no longer ones than 65535.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; init; } = 65_000;

    /// <summary>How many bytes of a file may precede its dimensions. Each upload may hold this much in memory.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Limit on the total size of the uploads that one process receives at the same time. An upload counts with its announced length,
    /// or with the maximum if it announces none. Uploads beyond the limit get 503 before their body is read.
    /// </summary>
    [Range(1, 1L << 40)]
    public long MaxBytesInFlight { get; init; } = 512 * 1024 * 1024;

    /// <summary>Longest time that one request may take to send its body. Slower uploads should be resumable, at <c>/uploads</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Total bytes of one user's images, counting current versions only. No limit if not set.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxUserBytes { get; init; }

    /// <summary>Number of images with content that one user may have. No limit if not set.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxUserImages { get; init; }

    /// <summary>Minimum time that the address for a direct upload is valid.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan DirectUploadLifetime { get; init; } = TimeSpan.FromHours(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxBytesInFlight < MaxBytes + Envelope)
        {
            yield return new ValidationResult(
                $"Upload:MaxBytesInFlight ({MaxBytesInFlight}) must allow at least one upload: Upload:MaxBytes plus {Envelope} bytes for the multipart envelope, {MaxBytes + Envelope} in total.",
                [nameof(MaxBytesInFlight)]);
        }
    }
}
