using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using BillionHearts.Formats;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>What a file says about its image before any pixel is decoded.</summary>
internal sealed record ImageHeader
{
    public required string Format { get; init; }

    /// <summary>As stored; see <see cref="IsTurned"/>.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>The orientation of an image that has one in XMP only. libvips does not apply it.</summary>
    public required int XmpOrientation { get; init; }

    /// <summary>The orientation that makes the image upright, 1 to 8, from wherever it was read.</summary>
    public required int AppliedOrientation { get; init; }

    /// <summary>The orientation swaps width and height.</summary>
    public required bool IsTurned { get; init; }

    public required int Frames { get; init; }

    public required bool HasAlpha { get; init; }

    public bool HasProfile => ColorProfile is not ColorProfiles.None;

    /// <summary>One of <see cref="ColorProfiles"/>.</summary>
    public required string ColorProfile { get; init; }

    /// <summary>The decoder needs memory for the whole bitmap, instead of decoding line by line.</summary>
    public required bool IsWhole { get; init; }

    public required long DecodedBytes { get; init; }

    /// <summary>Memory that decoding takes, in bytes, about. AV1 pictures are decoded to planes first, then to samples: 20 bytes a pixel (12 megapixels, 243 MB).</summary>
    public long NeededBytes => Format is FormatName.Avif ? 20L * Width * Height : IsWhole ? DecodedBytes : 0;

    public int UprightWidth => IsTurned ? Height : Width;

    public int UprightHeight => IsTurned ? Width : Height;

    /// <exception cref="VipsException">The header cannot be read.</exception>
    /// <exception cref="UnusableImageException">The file is HEIC, which has the container of AVIF and another codec.</exception>
    public static ImageHeader Read(byte[] file, string format)
    {
        using var image = Image.NewFromBuffer(file);

        if (format is FormatName.Avif && image.Get("heif-compression") is not "av1")
        {
            throw ImageFormats.Unsupported();
        }

        var exif = image.Contains("orientation") && image.Get("orientation") is int number and > Orientation.Upright and <= 8 ? number : Orientation.Upright;
        var xmp = exif is Orientation.Upright ? Orientation.FromXmpAlone(file) : Orientation.Upright;
        var applied = xmp is Orientation.Upright ? exif : xmp;

        return new ImageHeader
        {
            Format = format,
            Width = image.Width,
            Height = image.Height,
            XmpOrientation = xmp,
            AppliedOrientation = applied,
            IsTurned = applied >= 5,
            Frames = image.Contains("n-pages") && image.Get("n-pages") is int pages ? Math.Max(1, pages) : 1,
            HasAlpha = image.HasAlpha(),
            ColorProfile = image.Contains("icc-profile-data") ? ProfileName.Of((byte[])image.Get("icc-profile-data")) : ColorProfiles.None,
            IsWhole = image.Contains("interlaced") || format is not (FormatName.Jpeg or FormatName.Png),
            DecodedBytes = (long)image.Width * image.Height * image.Bands * SampleBytes(image.Format),
        };
    }

    /// <exception cref="UnusableImageException">The image is larger than allowed.</exception>
    public void Require(AnalysisOptions limits)
    {
        var pixels = (long)Width * Height;

        if (Math.Max(Width, Height) > limits.MaxSide)
        {
            throw TooLarge($"a side may have at most {limits.MaxSide}.");
        }

        if (pixels > limits.MaxPixels)
        {
            throw TooLarge($"that is {pixels} in total, and at most {limits.MaxPixels} are allowed.");
        }

        if (IsWhole && DecodedBytes > limits.MaxDecodedBytes)
        {
            throw TooLarge($"decoding them would take {DecodedBytes} bytes of memory, and at most {limits.MaxDecodedBytes} are allowed.");
        }
    }

    private UnusableImageException TooLarge(string limit) =>
        new(FailureReason.TooLarge, $"The image has {UprightWidth} × {UprightHeight} pixels; {limit}");

    private static int SampleBytes(Enums.BandFormat format) => format switch
    {
        Enums.BandFormat.Uchar or Enums.BandFormat.Char => 1,
        Enums.BandFormat.Ushort or Enums.BandFormat.Short => 2,
        Enums.BandFormat.Double or Enums.BandFormat.Complex => 8,
        Enums.BandFormat.Dpcomplex => 16,
        _ => 4,
    };
}
