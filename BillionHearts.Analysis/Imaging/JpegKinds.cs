using BillionHearts.Formats;

namespace BillionHearts.Analysis.Imaging;

/// <summary>The kinds of JPEG (ITU-T T.81) that no camera for people writes and that the decoder refuses. It says the same of them as of a damaged file.</summary>
internal static class JpegKinds
{
    /// <returns>The kind, as the end of a sentence; null when it is a common one.</returns>
    public static string? Rare(ReadOnlySpan<byte> file) => JpegHeader.FrameOf(file) switch
    {
        (0xC3 or 0xCB, _) => "lossless",
        (0xC5 or 0xC6 or 0xC7 or 0xCD or 0xCE or 0xCF, _) => "hierarchical",
        (_, var bits) when bits is not 8 => $"of {bits} bits a sample",
        _ => null,
    };

    public static UnusableImageException Unsupported(string kind, Exception cause) =>
        new(FailureReason.Unsupported, $"The file is a JPEG image that is {kind}. Supported are sequential and progressive ones of 8 bits a sample.", cause);
}
