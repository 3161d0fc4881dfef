using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BillionHearts.Contracts;

/// <summary>
/// Name of a rendition that is made on first request: <c>512x512.webp</c> fills a box of 512 × 512 pixels and is cropped to it,
/// <c>512x512-fit.webp</c> fits into the box, and <c>clean</c> is the original without metadata. None is larger than the original.
/// </summary>
/// <param name="Format"><c>webp</c>, <c>jpeg</c>, <c>avif</c>, or <see cref="Auto"/>, which the caller must resolve; empty for <see cref="Clean"/>.</param>
public sealed record RenditionName(int Width, int Height, bool IsFit, string Format)
{
    public const string Webp = "webp";
    public const string Jpeg = "jpeg";
    public const string Avif = "avif";

    /// <summary>The best format that the client accepts.</summary>
    public const string Auto = "auto";

    /// <summary>Length of the longest name.</summary>
    public const int MaxLength = 18;

    /// <summary>The original without metadata. Its pixels are the same bit for bit.</summary>
    public static readonly RenditionName Clean = new(0, 0, false, "");

    private const string CleanName = "clean";
    private const string Fit = "-fit";

    public bool IsClean => Width is 0;

    /// <summary>Accepts only the canonical form of a name: no leading zeros, no sign, no upper case.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RenditionName? name)
    {
        name = null;

        if (text is CleanName)
        {
            name = Clean;
            return true;
        }

        if (text.Length > MaxLength || text.Split('.') is not [var box, var format] || format is not (Webp or Jpeg or Avif or Auto))
        {
            return false;
        }

        var isFit = box.EndsWith(Fit, StringComparison.Ordinal);
        var sides = (isFit ? box[..^Fit.Length] : box).Split('x');

        if (sides.Length is not 2 || !TryParseSide(sides[0], out var width) || !TryParseSide(sides[1], out var height))
        {
            return false;
        }

        name = new RenditionName(width, height, isFit, format);
        return true;
    }

    public override string ToString() => IsClean ? CleanName : FormattableString.Invariant($"{Width}x{Height}{(IsFit ? Fit : "")}.{Format}");

    private static bool TryParseSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is > 0 and < 10_000 && text[0] is not '0';
}
