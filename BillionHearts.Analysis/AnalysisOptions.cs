using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Analysis;

/// <summary>What one worker may use for analysis. Bound from the <c>Analysis</c> section.</summary>
public sealed record AnalysisOptions
{
    public const string SectionName = "Analysis";

    /// <summary>
    /// Images analysed at the same time; the number of processors by default, which the priority of the process leaves to uploads first. Each has a
    /// decoder process, which may take <see cref="MemoryBytes"/>.
    /// </summary>
    [Range(1, 64)]
    public ushort Concurrency { get; init; } = (ushort)Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>Largest file that is analysed, in bytes. Must not be below what the api accepts.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxFileBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary>Largest image that is decoded, in pixels. Checked on the header, before any pixel is read.</summary>
    [Range(1, 500_000_000)]
    public int MaxPixels { get; init; } = 200_000_000;

    /// <summary>Longest side of an image that is decoded, in pixels. JPEG has no longer ones than 65535; renditions are smaller.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; init; } = 65_000;

    /// <summary>
    /// Largest bitmap, in bytes, of a file that cannot be decoded line by line: progressive, interlaced, or WebP, GIF, AVIF or HEIC.
    /// The number of pixels does not limit it, because samples may have 16 bits. 512 MiB are a progressive JPEG or a phone's HEIC of 89 megapixels.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public long MaxDecodedBytes { get; init; } = 512 * 1024 * 1024;

    /// <summary>Memory that decoding may take in the normal lane, in bytes, predicted from the header. Images that take more wait for the slow lane. A phone's
    /// HEIC of 24 megapixels takes 150 MB.</summary>
    [Range(1, 2_000_000_000)]
    public long HeavyBytes { get; init; } = 160 * 1024 * 1024;

    /// <summary>Writable memory of a decoder process, in bytes, used or not, including 120 MB of its own.</summary>
    [Range(200_000_000, 16_000_000_000)]
    public long MemoryBytes { get; init; } = 512 * 1024 * 1024;

    /// <summary>The same for the process of the slow lane.</summary>
    [Range(200_000_000, 16_000_000_000)]
    public long SlowMemoryBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>A decoder process that keeps more memory than this after an image, in bytes, is replaced.</summary>
    [Range(50_000_000, 16_000_000_000)]
    public long RecycleBytes { get; init; } = 192 * 1024 * 1024;

    /// <summary>Processor time that one image may take in a decoder process, rounded up to whole seconds. An image that takes more fails. A HEIC of 48
    /// megapixels takes 4 to 9 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ProcessorTimeLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Renditions made at the same time on request, in addition to the images that are analysed; half the number of processors by default.</summary>
    [Range(1, 64)]
    public int RenditionConcurrency { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>Requests for renditions that may wait. Further ones are answered with 503 and Retry-After.</summary>
    [Range(0, 1000)]
    public int RenditionQueue { get; init; } = 16;

    /// <summary>Longest time for one image, from download to the last stored rendition. An image that takes longer is retried.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same in the slow lane, whose process gets little of a busy processor.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SlowTimeLimit { get; init; } = TimeSpan.FromMinutes(5);
}
