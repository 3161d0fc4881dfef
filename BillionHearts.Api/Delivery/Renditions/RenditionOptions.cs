using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>Limits of renditions that are made on demand. Bound from the <c>Renditions</c> section.</summary>
internal sealed record RenditionOptions : IValidatableObject
{
    public const string SectionName = "Renditions";

    private const int LongestSide = 4096;

    private static readonly int[] s_sizes = [64, 128, 256, 320, 512, 640, 768, 1024, 1280, 1600, 2048];

    /// <summary>The widths and heights that a rendition may have, in pixels. They are limited because free sizes would allow any number of renditions. If not set: 64 to 2048 in eleven steps.</summary>
    public IReadOnlyList<int>? Sizes { get; init; }

    /// <summary>Maximum number of renditions of one version of an image.</summary>
    [Range(1, 1000)]
    public int MaxPerImage { get; init; } = 64;

    /// <summary>How long a request waits for a rendition to be made before it gets 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal IReadOnlyList<int> Ladder => Sizes is { Count: > 0 } sizes ? sizes : s_sizes;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var size in Ladder)
        {
            if (size is < 1 or > LongestSide)
            {
                yield return new ValidationResult($"Renditions:Sizes must be between 1 and {LongestSide} pixels, not {size}.", [nameof(Sizes)]);
            }
        }
    }
}
