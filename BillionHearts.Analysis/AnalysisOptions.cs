using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Analysis;

/// <summary>What one worker may spend on analysis. Bound from the <c>Analysis</c> section.</summary>
public sealed record AnalysisOptions
{
    public const string SectionName = "Analysis";

    /// <summary>
    /// Images analysed at once; half of the processors when not set. Each may hold <see cref="MaxFileBytes"/> and
    /// <see cref="MaxDecodedBytes"/> of memory.
    /// </summary>
    [Range(1, 64)]
    public ushort Concurrency { get; init; } = (ushort)Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>Largest file fetched, in bytes. Not below what the api accepts.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxFileBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Largest image decoded, in pixels: checked on the header, before a pixel is read.</summary>
    [Range(1, 500_000_000)]
    public int MaxPixels { get; init; } = 50_000_000;

    /// <summary>Longest side decoded, in pixels. WebP, which renditions are made of, ends at 16383.</summary>
    [Range(1, 65_535)]
    public int MaxSide { get; init; } = 16_383;

    /// <summary>
    /// Largest bitmap, in bytes, of a file that cannot be decoded line by line: interlaced, or WebP, GIF or AVIF.
    /// Pixels alone do not bound it, because samples may have 16 bits.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public long MaxDecodedBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Copies made at once for readers who wait for them, beside the images that are analysed; half of the processors when not set.</summary>
    [Range(1, 64)]
    public int RenditionConcurrency { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>Readers who wait for their copy's turn. Who comes when there are as many is told to come again.</summary>
    [Range(0, 1000)]
    public int RenditionQueue { get; init; } = 16;

    /// <summary>Longest time for one image, from its fetching to its last rendition stored. An image that takes longer is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
