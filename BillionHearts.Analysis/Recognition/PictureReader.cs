using System.Globalization;
using System.Text;
using BillionHearts.Analysis.Imaging;
using NetVips;

namespace BillionHearts.Analysis.Recognition;

/// <summary>Reads a preview in a decoder process: what it looks like, and its grey pixels for <see cref="TextReader"/>.</summary>
internal sealed class PictureReader : IDisposable
{
    // The sides of a preview; see Rendition. Its file comes from the store, and is checked again.
    private const int MaxSide = Rendition.PreviewSide;

    private static readonly double[] s_white = [255, 255, 255];

    private readonly LookModel _model = new();

    /// <returns>The embedding, empty if there is none, and the picture as a binary PGM.</returns>
    /// <exception cref="UnusableImageException">The file is not a preview.</exception>
    public byte[][] Read(byte[] file)
    {
        ImageLibrary.Harden();
        ImageFormats.Detect(file);

        try
        {
            using var stored = Image.NewFromBuffer(file, failOn: Enums.FailOn.Error);

            if (Math.Max(stored.Width, stored.Height) > MaxSide)
            {
                throw new UnusableImageException(FailureReason.TooLarge, $"The preview has {stored.Width} × {stored.Height} pixels, and at most {MaxSide} are allowed on a side.");
            }

            using var decoded = stored.CopyMemory();
            using var opaque = decoded.HasAlpha() ? decoded.Flatten(background: s_white) : decoded.Copy();
            using var srgb = opaque.Colourspace(Enums.Interpretation.Srgb);

            return [_model.Embed(srgb) ?? [], Pgm(srgb)];
        }
        catch (VipsException exception)
        {
            throw new UnusableImageException(FailureReason.Corrupt, "The preview cannot be decoded.", exception);
        }
    }

    /// <summary>So that libraries are loaded before system calls are filtered.</summary>
    public void WarmUp()
    {
        ImageLibrary.Harden();
        using var black = Image.Black(64, 64, bands: 3);
        using var picture = black.Copy(interpretation: Enums.Interpretation.Srgb);
        _ = Read(picture.JpegsaveBuffer());
        _ = Read(picture.WebpsaveBuffer(effort: 0));
    }

    public void Dispose() => _model.Dispose();

    /// <summary>The simplest format that Tesseract reads: <c>P5</c>, width, height, largest value, pixels. No decoder of ours or others' meets it.</summary>
    private static byte[] Pgm(Image srgb)
    {
        using var grey = srgb.Colourspace(Enums.Interpretation.Bw);
        var header = string.Create(CultureInfo.InvariantCulture, $"P5\n{grey.Width} {grey.Height}\n255\n");

        return [.. Encoding.ASCII.GetBytes(header), .. grey.WriteToMemory<byte>()];
    }
}
