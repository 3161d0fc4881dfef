using System.Runtime.InteropServices;
using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>A decoded image whose pixels both libvips and this code can read, so that measuring them needs no copy and no thread of libvips.</summary>
internal sealed class PixelMemory : IDisposable
{
    private readonly nint _pixels;
    private readonly Image _samples;

    private PixelMemory(Image lines)
    {
        (Width, Height, Bands) = (lines.Width, lines.Height, lines.Bands);
        _pixels = lines.WriteToMemory(out var size);
        _samples = Image.NewFromMemory(_pixels, size, Width, Height, Bands, Enums.BandFormat.Uchar);
        Image = _samples.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>Only valid until this is disposed. It has the pixels and no metadata.</summary>
    public Image Image { get; }

    public int Width { get; }

    public int Height { get; }

    public int Bands { get; }

    /// <summary>Decodes.</summary>
    /// <param name="srgb">Three or four bands of 8 bits.</param>
    public static PixelMemory From(Image srgb) => new(srgb);

    /// <param name="row">Receives <see cref="Width"/> × <see cref="Bands"/> samples.</param>
    public void Read(int y, byte[] row) => Marshal.Copy(_pixels + (nint)y * Width * Bands, row, 0, Width * Bands);

    public void Dispose()
    {
        Image.Dispose();
        _samples.Dispose();
        NetVips.NetVips.Free(_pixels);
    }
}
