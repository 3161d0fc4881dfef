using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Why a file cannot be scrubbed, in words for its owner.</summary>
internal static class Damage
{
    public static UnusableImageException Corrupt(string format) =>
        new(FailureReason.Corrupt, $"The file begins like {format.ToUpperInvariant()} and cannot be followed to the end of its picture.");

    public static UnusableImageException Truncated(int length) =>
        new(FailureReason.Truncated, $"The file was cut off: it ends after {length} bytes, before the picture does.");
}
