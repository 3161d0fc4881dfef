using System.Runtime.InteropServices;
using NetVips;

namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>
/// Makes red, green and blue of what HEVC decodes to: one plane of brightness and two of colour, which are smaller. The planes are read where they are,
/// line by line; libheif would make two more copies of the whole picture.
/// </summary>
internal static class HeicPixels
{
    private const int Luma = 0;
    private const int Blue = 1;
    private const int Red = 2;
    private const int Alpha = 6;

    // Matrix coefficients of ITU-T H.273.
    private const int Identity = 0;
    private const int Bt709 = 1;
    private const int Bt2020 = 9;

    /// <param name="decoded">From <see cref="LibHeif.Decode"/>. Must not be released before the result has been read.</param>
    /// <param name="shrink">1, or a power of 2: the planes are shrunk before they are converted, which takes a fraction of the time.</param>
    /// <returns>Three or four bands of 8 bits, or <see langword="null"/> if the planes do not fit together or have another size.</returns>
    public static Image? ToRgb(nint decoded, int width, int height, int shrink)
    {
        using var luma = Plane(decoded, Luma);
        using var blue = Plane(decoded, Blue);
        using var red = Plane(decoded, Red);
        using var alpha = Plane(decoded, Alpha);
        if (luma is null || (luma.Width, luma.Height) != (width, height) || (blue is null) != (red is null) || (alpha is not null && (alpha.Width, alpha.Height) != (luma.Width, luma.Height)))
        {
            return null;
        }

        using var rgb = blue is null ? Grey(luma, decoded, shrink) : Colours(luma, blue, red!, decoded, shrink);
        if (rgb is null || alpha is null)
        {
            return rgb?.Copy(interpretation: Enums.Interpretation.Srgb);
        }

        using var smallAlpha = alpha.Shrink(shrink, shrink, ceil: true);
        using var opacity = Bytes(smallAlpha.Linear([255.0 / Max(decoded, Alpha)], [0.5]));
        return rgb.Bandjoin(opacity).Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static Image? Colours(Image luma, Image blue, Image red, nint decoded, int shrink)
    {
        var (across, down) = ((luma.Width + blue.Width - 1) / blue.Width, (luma.Height + blue.Height - 1) / blue.Height);
        if ((red.Width, red.Height) != (blue.Width, blue.Height) || across > 2 || down > 2)
        {
            return null;
        }

        using var small = luma.Shrink(shrink, shrink, ceil: true);
        using var fittingBlue = Fit(blue, across, down, shrink, small);
        using var fittingRed = Fit(red, across, down, shrink, small);
        using var joined = small.Bandjoin(fittingBlue, fittingRed);
        var (matrix, offsets) = Conversion(decoded);
        using var coefficients = Image.NewFromArray(matrix);
        using var mixed = joined.Recomb(coefficients);

        return Bytes(mixed.Linear([1, 1, 1], offsets));
    }

    private static Image Grey(Image luma, nint decoded, int shrink)
    {
        using var small = luma.Shrink(shrink, shrink, ceil: true);
        var (scale, offset) = Scale(decoded);
        using var grey = Bytes(small.Linear([scale], [offset + 0.5]));
        return grey.Bandjoin(grey, grey);
    }

    /// <summary>A plane of colour in the size that the brightness has after it was shrunk.</summary>
    private static Image Fit(Image plane, int across, int down, int shrink, Image luma)
    {
        using var zoomed = shrink is 1 ? plane.Zoom(across, down) : plane.Shrink(shrink / across, shrink / down, ceil: true);
        return zoomed.ExtractArea(0, 0, luma.Width, luma.Height);
    }

    /// <summary>Rounds, if a half was added, and clips.</summary>
    private static Image Bytes(Image numbers)
    {
        using (numbers)
        {
            return numbers.Cast(Enums.BandFormat.Uchar);
        }
    }

    /// <summary>The matrix from the three planes to red, green and blue from 0 to 255, and what is added after it, with a half to round.</summary>
    // R = Y + 2 (1 - Kr) Cr,  B = Y + 2 (1 - Kb) Cb,  Y = Kr R + Kg G + Kb B  (ITU-T H.273, 8.3)
    private static (double[,] Matrix, double[] Offsets) Conversion(nint decoded)
    {
        var (matrix, isFull) = Profile(decoded);
        var (y, offset) = Scale(decoded);
        if (matrix is Identity)
        {
            // The planes are green, blue and red.
            return (new[,] { { 0, 0, y }, { y, 0, 0 }, { 0, y, 0 } }, [offset + 0.5, offset + 0.5, offset + 0.5]);
        }

        var (kr, kb) = matrix switch
        {
            Bt709 => (0.2126, 0.0722),
            Bt2020 => (0.2627, 0.0593),
            _ => (0.299, 0.114), // BT.601, also where the file says nothing
        };
        var colour = isFull ? y : y * 219 / 224;
        var middle = (Max(decoded, Blue) + 1) / 2;
        var (red, blue) = (2 * (1 - kr) * colour, 2 * (1 - kb) * colour);
        var (greenRed, greenBlue) = (-red * kr / (1 - kr - kb), -blue * kb / (1 - kr - kb));

        return (
            new[,] { { y, 0, red }, { y, greenBlue, greenRed }, { y, blue, 0 } },
            [offset - middle * red + 0.5, offset - middle * (greenRed + greenBlue) + 0.5, offset - middle * blue + 0.5]);
    }

    /// <summary>From a sample of brightness to 0 to 255. Video leaves out the lowest and the highest values.</summary>
    private static (double Scale, double Offset) Scale(nint decoded)
    {
        var max = Max(decoded, Luma);
        var scale = Profile(decoded).IsFull ? 255.0 / max : 255.0 / (219 * ((max + 1) / 256));
        return (scale, Profile(decoded).IsFull ? 0 : -16 * ((max + 1) / 256) * scale);
    }

    private static (int Matrix, bool IsFull) Profile(nint decoded)
    {
        if (LibHeif.GetDecodedColours(decoded, out var colours).Code is not 0)
        {
            return (-1, true);
        }

        // struct heif_color_profile_nclx: version(1) · padding(3) · primaries(4) · transfer(4) · matrix(4) · full range(1) · …
        var profile = (Marshal.ReadInt32(colours, 12), Marshal.ReadByte(colours, 16) is not 0);
        LibHeif.FreeColours(colours);
        return profile;
    }

    private static int Max(nint decoded, int channel) => (1 << LibHeif.GetBits(decoded, channel)) - 1;

    /// <summary>A plane where it lies. Each line may have bytes behind it.</summary>
    private static Image? Plane(nint decoded, int channel)
    {
        var bytes = LibHeif.GetPlane(decoded, channel, out var stride);
        if (bytes is 0)
        {
            return null;
        }

        var (width, height, isDeep) = (LibHeif.GetWidth(decoded, channel), LibHeif.GetHeight(decoded, channel), LibHeif.GetBits(decoded, channel) > 8);
        using var lines = Image.NewFromMemory(
            bytes, (ulong)stride * (ulong)height, isDeep ? stride / 2 : stride, height, 1, isDeep ? Enums.BandFormat.Ushort : Enums.BandFormat.Uchar);
        return lines.ExtractArea(0, 0, width, height);
    }
}
