using BillionHearts.Analysis.Imaging.Heic;
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

    /// <summary>The pixels of all pictures that the image is made of, such as the tiles of a HEIC. They may be many more than it shows.</summary>
    public long CodedPixels { get; init; }

    /// <summary>The longest side of one of these pictures.</summary>
    public long LongestPart { get; init; }

    public int UprightWidth => IsTurned ? Height : Width;

    public int UprightHeight => IsTurned ? Width : Height;

    /// <exception cref="VipsException">The header cannot be read.</exception>
    /// <exception cref="UnusableImageException">The file has another codec than its name says, or one that cannot be decoded here.</exception>
    public static ImageHeader Read(byte[] file, string format)
    {
        if (format is FormatName.Heic)
        {
            return ReadHeic(file);
        }

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
            // libjpeg keeps the coefficients of a progressive file, which have two bytes.
            DecodedBytes = (long)image.Width * image.Height * image.Bands * (format is FormatName.Jpeg ? 2 : SampleBytes(image.Format)),
        };
    }

    private static ImageHeader ReadHeic(byte[] file)
    {
        using var heic = HeicFile.Open(file);

        return new ImageHeader
        {
            Format = FormatName.Heic,
            Width = heic.Width,
            Height = heic.Height,
            XmpOrientation = Orientation.Upright,
            AppliedOrientation = Orientation.Upright,
            IsTurned = false, // Already so: libheif turns the picture.
            Frames = 1,
            HasAlpha = heic.HasAlpha,
            ColorProfile = heic.ColorProfile,
            IsWhole = true,
            DecodedBytes = heic.DecodedBytes,
            CodedPixels = heic.Parts.Pixels,
            LongestPart = heic.Parts.LongestSide,
        };
    }

    /// <exception cref="UnusableImageException">The image is larger than allowed.</exception>
    public void Require(AnalysisOptions limits)
    {
        var pixels = (long)Width * Height;

        if (Math.Max(Math.Max(Width, Height), LongestPart) > limits.MaxSide)
        {
            throw TooLarge($"a side may have at most {limits.MaxSide}.");
        }

        // Tiles overlap the edges, and a picture may be used twice.
        if (CodedPixels > 2L * limits.MaxPixels)
        {
            throw TooLarge($"the pictures that it is made of have {CodedPixels}, and at most {2L * limits.MaxPixels} are allowed.");
        }

        if (pixels > limits.MaxPixels)
        {
            throw TooLarge($"that is {pixels} in total, and at most {limits.MaxPixels} are allowed.");
        }

        if (NeededBytes > limits.MaxDecodedBytes)
        {
            throw TooLarge($"decoding them would take {NeededBytes} bytes of memory, and at most {limits.MaxDecodedBytes} are allowed.");
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
