using System.Runtime.InteropServices;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>What an error of libheif means for the image.</summary>
internal static class HeicFailure
{
    // enum heif_error_code and heif_suberror_code
    private const int UnsupportedType = 3;
    private const int UnsupportedFeature = 4;
    private const int Memory = 6;
    private const int SecurityLimit = 1000;
    private const int UnsupportedCodec = 3000;
    private const int UnsupportedDepth = 4000;

    public static UnusableImageException NoDecoder() =>
        new(FailureReason.Unsupported, "The file is a HEIC image, and this server cannot decode HEIC: its HEIF library (libheif) is missing or has no HEVC decoder.");

    /// <exception cref="UnusableImageException">There was an error, and the file is its cause.</exception>
    /// <exception cref="InsufficientMemoryException">There was not enough memory.</exception>
    public static void Require(HeifError error, byte[] file)
    {
        if (error.Code is 0)
        {
            return;
        }

        var cause = new InvalidDataException(FormattableString.Invariant(
            $"libheif: {Marshal.PtrToStringUTF8(error.Message)} (code {error.Code}, {error.Detail})"));

        throw (error.Code, error.Detail) switch
        {
            (_, SecurityLimit) => new UnusableImageException(
                FailureReason.TooLarge, "The file is a HEIC image with more parts or larger ones than its decoder allows.", cause),
            (Memory, _) => new InsufficientMemoryException("Decoding ran out of memory.", cause),
            (UnsupportedType or UnsupportedFeature, not UnsupportedCodec) or (_, UnsupportedDepth) => new UnusableImageException(
                FailureReason.Unsupported, "The file is a HEIC image of a kind that the decoder does not support.", cause),
            (_, UnsupportedCodec) => NoDecoder(),
            _ => Damaged(file, cause),
        };
    }

    public static UnusableImageException Damaged(byte[] file, Exception? cause = null) => Truncation.IsIn(file, FormatName.Heic)
        ? new UnusableImageException(FailureReason.Truncated, $"The file is cut off: it ends after {file.Length} bytes, before the end of the image data.", cause)
        : new UnusableImageException(FailureReason.Corrupt, "The file has the header of a HEIC image, but it is damaged and cannot be decoded.", cause);
}
