using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using BillionHearts.Formats;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// Makes the analysis and the renditions of an image from a single decode. The only place where untrusted bytes reach the
/// codecs; the service calls it in child processes only (<see cref="Decoding.Decoders"/>).
/// </summary>
/// <param name="lane">Heavy images are refused in the normal lane.</param>
internal sealed class ImageDecoder(IOptions<AnalysisOptions> options, DecoderLane lane = DecoderLane.Slow)
{
    /// <summary>Raise the version when results change, so that older ones can be found and analysed again.</summary>
    public const string Analyzer = "billionhearts/6";

    // For the placeholder and the dominant colour, which see no detail: 100 pixels, the limit of ThumbHash, take twice the time.
    private const int SmallSide = 64;

    private readonly AnalysisOptions _options = options.Value;

    static ImageDecoder() => ImageLibrary.Harden();

    /// <summary>Blocks a thread until it is done. Cancellation takes effect at the next strip of lines.</summary>
    /// <exception cref="UnusableImageException">The file is not an image, damaged, or too large.</exception>
    public DecodedImage Decode(byte[] file, CancellationToken cancellationToken) =>
        Guard(file, header => Decode(file, header, cancellationToken), cancellationToken);

    /// <summary>Makes one rendition of a given size and format. Images are never enlarged: if the image is smaller than the box, the box is scaled down.</summary>
    /// <inheritdoc cref="Decode(byte[], CancellationToken)"/>
    public Rendition Resize(byte[] file, RenditionName name, CancellationToken cancellationToken) =>
        Guard(file, header => Resize(file, header, name, cancellationToken), cancellationToken);

    /// <summary>The file without its metadata. The pixels are not decoded, and so stay the same bit for bit.</summary>
    /// <inheritdoc cref="Decode(byte[], CancellationToken)"/>
    public Rendition Clean(byte[] file, CancellationToken cancellationToken) => Guard(
        file,
        header => new Rendition(
            $"{RenditionName.Clean}", $"image/{header.Format}", header.UprightWidth, header.UprightHeight, MetadataScrubber.Scrub(file, header.Format)),
        cancellationToken,
        decodes: false);

    /// <param name="decodes">Otherwise the pixels stay as they are, which takes no memory.</param>
    private T Guard<T>(byte[] file, Func<ImageHeader, T> decode, CancellationToken cancellationToken, bool decodes = true)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var format = ImageFormats.Detect(file);

        try
        {
            var header = ImageHeader.Read(file, format);
            header.Require(_options);

            return decodes && lane is DecoderLane.Normal && header.NeededBytes > _options.HeavyBytes ? throw new HeavyImageException(header.NeededBytes) : decode(header);
        }
        catch (VipsException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Fault(file, format, exception);
        }
    }

    private static DecodedImage Decode(byte[] file, ImageHeader header, CancellationToken cancellationToken)
    {
        var clock = new StepClock();
        using var lines = ImageLoader.Open(file, header, Rendition.PreviewSide, Rendition.PreviewSide, isFit: true);
        using var kill = cancellationToken.Register(() => lines.SetKill(true));

        // libvips is lazy: only now is the file read, decoded, shrunk and converted, line by line. HEIC is the exception, and was decoded when it was opened.
        using var srgb = Srgb(lines);
        using var pixels = PixelMemory.From(srgb);
        using var preview = Turned(pixels.Image, header.XmpOrientation);
        clock.Ends("decode");
        using var thumb = Thumb(preview);
        // Sharpness is the same in whichever direction the image is turned.
        var analysis = Describe(header, Bitmap.From(thumb)) with { Sharpness = Sharpness.Of(pixels), Photo = PhotoReader.Read(file) };
        clock.Ends("features");

        cancellationToken.ThrowIfCancellationRequested();
        Rendition[] renditions = [clock.Time(StoredRendition.Thumb, () => Rendition.Thumb(thumb.Image)), clock.Time(StoredRendition.Preview, () => Rendition.Preview(preview))];

        return new DecodedImage(analysis, renditions, clock.Steps);
    }

    private static Rendition Resize(byte[] file, ImageHeader header, RenditionName name, CancellationToken cancellationToken)
    {
        var scale = name.IsFit ? 1 : Math.Min(1, Math.Min((double)header.UprightWidth / name.Width, (double)header.UprightHeight / name.Height));
        var (width, height) = (Math.Max(1, (int)(name.Width * scale)), Math.Max(1, (int)(name.Height * scale)));

        // The orientation from XMP is applied last, to the small image; until then width and height may be swapped.
        var isSwapped = header.XmpOrientation >= 5;
        using var lines = ImageLoader.Open(file, header, isSwapped ? height : width, isSwapped ? width : height, name.IsFit);
        using var kill = cancellationToken.Register(() => lines.SetKill(true));
        using var pixels = Turned(ToSrgb(lines), header.XmpOrientation);
        cancellationToken.ThrowIfCancellationRequested();

        return Rendition.Encode(name.ToString(), pixels, name.Format);
    }

    private static ImageAnalysis Describe(ImageHeader header, Bitmap thumb)
    {
        var (small, square) = (thumb.FitInto(SmallSide), thumb.Shrink(PerceptualHash.Side, PerceptualHash.Side));
        var palette = Palette.Of(small);

        return new ImageAnalysis
        {
            Analyzer = Analyzer,
            Parameters = Rendition.Parameters(header.HasAlpha),
            Format = header.Format,
            Width = header.UprightWidth,
            Height = header.UprightHeight,
            Orientation = header.AppliedOrientation,
            Frames = header.Frames,
            HasAlpha = header.HasAlpha,
            ColorProfile = header.ColorProfile,
            DominantColor = palette.Dominant,
            Palette = palette.Colors,
            Tone = ToneReader.Of(thumb),
            Thumbhash = Convert.ToBase64String(ThumbHash.Encode(small)),
            Phash = PerceptualHash.Of(square),
            Dhash = DifferenceHash.Of(square),
        };
    }

    /// <summary>Decodes to three or four bands of 8 bits.</summary>
    private static Image ToSrgb(Image lines)
    {
        using var bytes = Srgb(lines);
        return bytes.CopyMemory();
    }

    /// <summary>Three or four bands of 8 bits, not decoded yet.</summary>
    private static Image Srgb(Image lines)
    {
        using var srgb = lines.Interpretation is Enums.Interpretation.Srgb ? lines.Copy() : lines.Colourspace(Enums.Interpretation.Srgb);
        return srgb.Cast(Enums.BandFormat.Uchar);
    }

    private static Image Turned(Image pixels, int orientation)
    {
        if (orientation is Orientation.Upright)
        {
            return pixels;
        }

        using (pixels)
        {
            using var marked = pixels.Mutate(image => image.Set(GValue.GIntType, "orientation", orientation));
            using var upright = marked.Autorot();
            return upright.CopyMemory();
        }
    }

    private static PixelMemory Thumb(Image preview)
    {
        var scale = Math.Min(1, (double)Rendition.ThumbSide / Math.Max(preview.Width, preview.Height));

        // With a gap of 1, pixels are averaged as far as whole numbers go, and only the rest is interpolated: half the time for a quarter of the size.
        using var lines = preview.HasAlpha()
            ? preview.ThumbnailImage(Rendition.ThumbSide, height: Rendition.ThumbSide, size: Enums.Size.Down)
            : preview.Resize(scale, gap: 1);
        using var srgb = Srgb(lines);
        return PixelMemory.From(srgb);
    }

    private static Exception Fault(byte[] file, string format, VipsException exception)
    {
        if (exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase))
        {
            return new InsufficientMemoryException("Decoding ran out of memory.", exception);
        }

        if (format is FormatName.Jpeg && JpegKinds.Rare(file) is { } kind)
        {
            return JpegKinds.Unsupported(kind, exception);
        }

        return Truncation.IsIn(file, format)
            ? new UnusableImageException(FailureReason.Truncated, $"The file is cut off: it ends after {file.Length} bytes, before the end of the image data.", exception)
            : new UnusableImageException(FailureReason.Corrupt, $"The file has the header of a {format.ToUpperInvariant()} image, but it is damaged and cannot be decoded.", exception);
    }
}

internal sealed record DecodedImage(ImageAnalysis Analysis, IReadOnlyList<Rendition> Renditions, IReadOnlyList<StepTime> Steps);
