using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Images;

/// <summary>What is accepted as an image. Bound from the <c>Upload</c> section. Analysis has limits of its own: raise both together.</summary>
internal sealed record UploadOptions
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
}
