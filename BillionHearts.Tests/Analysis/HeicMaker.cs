using BillionHearts.Analysis.Metadata;
using BillionHearts.Formats;
using BillionHearts.Tests.Analysis.Metadata;
using static BillionHearts.Tests.Analysis.Metadata.PlantedMetadata;

namespace BillionHearts.Tests.Analysis;

/// <summary>
/// Puts a HEIC together as an iPhone does: a grid of hidden tiles of 512 × 512 that is larger than the picture, a thumbnail, EXIF, XMP, a mask that belongs
/// to the picture, a colour profile and a rotation. Secrets are planted wherever a text can be.
/// </summary>
internal sealed record HeicMaker
{
    private const ushort Grid = 49;
    private const ushort Thumbnail = 50;
    private const ushort Exif = 51;
    private const ushort Xmp = 52;
    private const ushort Mask = 53;

    private static readonly byte[] s_source = Samples.Read("tiles.heic");

    /// <summary>Pixels before the rotation.</summary>
    public int Width { get; init; } = 1000;

    /// <inheritdoc cref="Width"/>
    public int Height { get; init; } = 900;

    /// <summary>Quarters of a turn, counter-clockwise.</summary>
    public byte Turns { get; init; }

    /// <summary>The content of the <c>colr</c> property.</summary>
    public byte[] Colours { get; init; } = [];

    /// <summary>What EXIF says besides; browsers and libheif ignore it.</summary>
    public int Orientation { get; init; }

    /// <summary>How often the four tiles are listed.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>What the tiles claim to be on each side.</summary>
    public int TileSide { get; init; } = 512;

    public static byte[] Profile(byte[] icc) => [.. "prof"u8, .. icc];

    /// <param name="primaries">12 for Display P3.</param>
    public static byte[] Nclx(byte primaries) => [.. "nclx"u8, 0, primaries, 0, 13, 0, 6, 0x80];

    public byte[] Build()
    {
        var (items, properties) = Source();
        byte[][] tiles = [.. Enumerable.Range(1, 4).Select(id => (byte[])[.. Message(), .. items.Find((uint)id)!.Content(s_source)])];
        var thumbnail = items.Find(5)!.Content(s_source);
        byte[] exif = [0, 0, 0, 6, .. "Exif\0\0"u8, .. ExifMaker.Phone(Secret, Orientation).Build()];
        byte[] xmp = [.. "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"u8, .. Text, .. "</x:xmpmeta>"u8];
        byte[][] data = [.. tiles, thumbnail, exif, xmp, thumbnail];

        var ftyp = Boxed("ftyp", [.. "heic"u8, 0, 0, 0, 0, .. "mif1MiHEMiPrmiafMiHBheic"u8]);
        var dataAt = ftyp.Length + Meta(properties, data, 0).Length + 8;
        return [.. ftyp, .. Meta(properties, data, dataAt), .. Boxed("mdat", [.. data.SelectMany(static bytes => bytes)]), .. Text];
    }

    private byte[] Meta(byte[][] codecs, byte[][] data, int dataAt)
    {
        ushort[] tiles = [1, 2, 3, 4];
        ushort[] ids = [.. tiles, Thumbnail, Exif, Xmp, Mask];
        var offset = dataAt;
        byte[] places = [.. ids.Zip(data).SelectMany(item => Place(item.First, method: 0, (offset += item.Second.Length) - item.Second.Length, item.Second.Length))];
        var inputs = Enumerable.Repeat(tiles, Repeats).SelectMany(static id => id).ToArray();

        return Boxed(
            "meta",
            [
                0, 0, 0, 0,
                .. Boxed("hdlr", [.. new byte[8], .. "pict"u8, .. new byte[12], .. Text, 0]),
                .. Boxed("pitm", [0, 0, 0, 0, .. Short(Grid)]),
                .. Boxed("iinf",
                [
                    0, 0, 0, 0, .. Short(9), .. tiles.SelectMany(static id => Item(id, "hvc1", isHidden: true)), .. Item(Grid, "grid"),
                    .. Item(Thumbnail, "hvc1"), .. Item(Exif, "Exif"), .. Item(Xmp, "mime", [.. "application/rdf+xml\0"u8]), .. Item(Mask, "hvc1"),
                ]),
                .. Boxed("iref",
                [
                    0, 0, 0, 0, .. Boxed("dimg", [.. Short(Grid), .. Short((ushort)inputs.Length), .. inputs.SelectMany(Short)]),
                    .. Reference("thmb", Thumbnail), .. Reference("cdsc", Exif), .. Reference("cdsc", Xmp), .. Reference("auxl", Mask),
                ]),
                .. Boxed("iprp",
                [
                    .. Boxed("ipco",
                    [
                        .. Colours is [] ? Boxed("free", []) : Boxed("colr", Colours), .. codecs[0], .. Boxed("ispe", [0, 0, 0, 0, .. Int(TileSide), .. Int(TileSide)]),
                        .. Boxed("ispe", [0, 0, 0, 0, .. Int(Width), .. Int(Height)]), .. Boxed("irot", [Turns]), .. Boxed("pixi", [0, 0, 0, 0, 3, 8, 8, 8]),
                        .. codecs[1], .. Boxed("ispe", [0, 0, 0, 0, .. Int(320), .. Int(288)]),
                        .. Boxed("auxC", [0, 0, 0, 0, .. "urn:com:apple:photo:2019:aux:semantichairmatte\0"u8, .. Text]), .. Boxed("udes", Text),
                    ]),
                    .. Boxed("ipma",
                    [
                        0, 0, 0, 0, .. Int(7), .. tiles.SelectMany(id => Has(id, 2, 3)), .. Colours is [] ? Has(Grid, 4, 5, 6) : Has(Grid, 1, 4, 5, 6),
                        .. Has(Thumbnail, 7, 8), .. Has(Mask, 7, 8, 9),
                    ]),
                ]),
                .. Boxed("idat", [0, 0, (byte)(2 * Repeats - 1), 1, .. Short((ushort)Width), .. Short((ushort)Height)]),
                .. Boxed("iloc", [1, 0, 0, 0, 0x44, 0, .. Short(9), .. places, .. Place(Grid, method: 1, 0, 8)]),
            ]);
    }

    /// <summary>Text of an encoder within the pixels: a message (SEI) with data of no registered kind.</summary>
    private static byte[] Message() => [.. Int(2 + 2 + 16 + Text.Length + 1), 39 << 1, 1, 5, (byte)(16 + Text.Length), .. Enumerable.Repeat((byte)7, 16), .. Text, 0x80];

    private static byte[] Item(ushort id, string type, byte[]? rest = null, bool isHidden = false) =>
        Boxed("infe", [2, 0, 0, (byte)(isHidden ? 1 : 0), .. Short(id), 0, 0, .. System.Text.Encoding.ASCII.GetBytes(type), .. Text, 0, .. rest ?? []]);

    private static byte[] Reference(string type, ushort from) => Boxed(type, [.. Short(from), .. Short(1), .. Short(Grid)]);

    private static byte[] Has(ushort id, params byte[] properties) => [.. Short(id), (byte)properties.Length, .. properties];

    private static byte[] Place(ushort id, byte method, int offset, int length) => [.. Short(id), 0, method, 0, 0, .. Short(1), .. Int(offset), .. Int(length)];

    /// <summary>The items of the sample, and how tiles and thumbnail are compressed.</summary>
    private static (HeifItems Items, byte[][] Codecs) Source()
    {
        var meta = HeifBoxes.Outermost(s_source).Find(static box => box.Is("meta"u8));
        var properties = HeifProperties.Read(s_source, HeifBoxes.Within(meta, s_source, skip: 4));
        return (HeifItems.Read(s_source, meta), [Codec(1), Codec(5)]);

        byte[] Codec(uint id)
        {
            var box = properties.Of(id, "hvcC").Single();
            return s_source[box.Start..box.End];
        }
    }
}
