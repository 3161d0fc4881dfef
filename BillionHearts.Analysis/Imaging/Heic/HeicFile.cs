using System.Runtime.InteropServices;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using NetVips;

namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>
/// A HEIC that the system's libheif has opened. libheif turns and crops the picture as the file says (<c>irot imir clap</c>), so an orientation in EXIF
/// must not be applied: phones write both.
/// </summary>
internal sealed class HeicFile : IDisposable
{
    // What the library itself allows at most; our own limits are checked before.
    private const int MaxSide = 65_535;
    private const int MaxProfileBytes = 4 * 1024 * 1024;

    // Primaries where there is no profile (ITU-T H.273): those of Display P3. Others are taken for those of sRGB.
    private const int P3 = 12;

    private readonly byte[] _file;
    private readonly nint _context;
    private GCHandle _pin;
    private nint _handle;

    private HeicFile(byte[] file)
    {
        _file = file;
        _context = LibHeif.AllocateContext();
        _pin = GCHandle.Alloc(file, GCHandleType.Pinned);
    }

    /// <summary>What libheif will decode.</summary>
    public required HeicParts Parts { get; init; }

    /// <summary>Pixels of the upright picture.</summary>
    public int Width => LibHeif.GetWidth(_handle);

    /// <inheritdoc cref="Width"/>
    public int Height => LibHeif.GetHeight(_handle);

    public bool HasAlpha => LibHeif.HasAlpha(_handle) is not 0;

    /// <summary>One of <see cref="ColorProfiles"/>.</summary>
    public string ColorProfile => HasProfile ? ProfileName.Of(Profile()) : HasWideColours ? ColorProfiles.DisplayP3 : ColorProfiles.None;

    private bool HasProfile => LibHeif.GetProfileLength(_handle) is > 0 and <= MaxProfileBytes;

    /// <summary>
    /// Memory for decoding: the whole picture twice, because libheif copies it to turn it, or four times when it is made of tiles, which it puts together
    /// without saving on colours; and three times what is decoded at once, a tile or the whole, for the buffers of libde265. Measured with libheif 1.15.1 and
    /// libde265 1.0.11, which take up to that.
    /// </summary>
    public long DecodedBytes =>
        (long)(((Parts.Pictures is 1 ? 2.0 : 4.0) * Width * Height + 3.0 * Parts.LargestPixels) * Parts.BytesPerPixel * (HasAlpha ? 2 : 1));

    private bool HasWideColours
    {
        get
        {
            if (HasProfile || LibHeif.GetColours(_handle, out var colours).Code is not 0)
            {
                return false;
            }

            // struct heif_color_profile_nclx: version(1) · padding(3) · primaries(4) · …
            var primaries = Marshal.ReadInt32(colours, 4);
            LibHeif.FreeColours(colours);
            return primaries is P3;
        }
    }

    /// <summary>Reads the tables of the file; decodes nothing.</summary>
    /// <exception cref="UnusableImageException">The file is damaged, or cannot be decoded here.</exception>
    public static HeicFile Open(byte[] file)
    {
        var parts = HeicParts.Read(file);
        if (!LibHeif.CanDecode)
        {
            throw HeicFailure.NoDecoder();
        }

        var opened = new HeicFile(file) { Parts = parts };
        try
        {
            opened.Open();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>A small, upright picture in sRGB, made of the whole one. Blocks until it is done.</summary>
    /// <param name="shrink">A power of 2 that leaves at least as many pixels as the result has.</param>
    public Image Thumbnail(int shrink, int width, int height, Enums.Size size, Enums.Interesting? crop)
    {
        // As it is stored: every conversion would be another copy of the whole picture.
        var chroma = Parts.Chroma;
        HeicFailure.Require(LibHeif.Decode(_handle, out var decoded, chroma is 0 ? LibHeif.Monochrome : LibHeif.YCbCr, chroma, options: 0), _file);
        try
        {
            // Transparent pixels must not count for the colour of their neighbours, as they would if the planes were shrunk alone.
            using var pixels = Pixels(decoded, HasAlpha ? 1 : shrink);
            using var small = pixels.ThumbnailImage(
                width, height: height, size: size, crop: crop, inputProfile: HasWideColours ? "p3" : null, outputProfile: HasProfile || HasWideColours ? "srgb" : null);
            return small.CopyMemory();
        }
        finally
        {
            LibHeif.ReleaseImage(decoded);
        }
    }

    public void Dispose()
    {
        if (_handle is not 0)
        {
            LibHeif.ReleaseHandle(_handle);
        }

        LibHeif.FreeContext(_context);
        _pin.Free();
    }

    private void Open()
    {
        // Tiles one after the other: the worker decides how many images are decoded at the same time.
        LibHeif.SetThreads(_context, 0);
        LibHeif.SetMaxSide(_context, MaxSide);
        HeicFailure.Require(LibHeif.Read(_context, _pin.AddrOfPinnedObject(), (nuint)_file.Length, options: 0), _file);
        HeicFailure.Require(LibHeif.GetPrimary(_context, out _handle), _file);
    }

    private Image Pixels(nint decoded, int shrink)
    {
        using var pixels = HeicPixels.ToRgb(decoded, Width, Height, shrink);
        if (pixels is null)
        {
            throw HeicFailure.Damaged(_file);
        }

        using var straight = LibHeif.IsPremultiplied(_handle) is 0 ? pixels.Copy() : Straight(pixels);

        return HasProfile ? straight.Mutate(image => image.Set(GValue.BlobType, "icc-profile-data", Profile())) : straight.Copy();
    }

    private static Image Straight(Image premultiplied)
    {
        using var straight = premultiplied.Unpremultiply();
        return straight.Cast(Enums.BandFormat.Uchar);
    }

    private byte[] Profile()
    {
        var profile = new byte[LibHeif.GetProfileLength(_handle)];
        HeicFailure.Require(LibHeif.GetProfile(_handle, profile), _file);
        return profile;
    }
}
