using NetVips;

namespace BillionHearts.Analysis.Imaging;

/// <summary>A smaller copy of a picture, upright and with nothing in it but pixels.</summary>
internal sealed record Rendition(string Name, int Width, int Height, byte[] Bytes)
{
    public const string ContentType = "image/webp";

    private const int Quality = 80;

    // Of 0 to 6; each step above costs half as much again, for a few bytes less.
    private const int Effort = 2;

    public static Rendition Encode(string name, Image image) =>
        new(name, image.Width, image.Height, image.WebpsaveBuffer(q: Quality, effort: Effort, keep: Enums.ForeignKeep.None));
}
