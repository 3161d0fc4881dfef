using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Why metadata cannot be removed from a file, as a sentence for its owner.</summary>
internal static class Damage
{
    public static UnusableImageException Corrupt(string format) =>
        new(FailureReason.Corrupt, $"The file has the header of a {format.ToUpperInvariant()} image, but it is damaged: its structure cannot be read to the end.");

    /// <summary>AVIF and HEIC have one container, and what reads it serves both.</summary>
    public static UnusableImageException CorruptHeif() =>
        new(FailureReason.Corrupt, "The file has the container of an AVIF or HEIC image, but it is damaged: its structure cannot be read to the end.");

    public static UnusableImageException Truncated(int length) =>
        new(FailureReason.Truncated, $"The file is cut off: it ends after {length} bytes, before the end of the image data.");
}
