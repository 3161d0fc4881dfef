using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Formats;

namespace BillionHearts.Tests.Analysis.Metadata;

/// <summary>Puts a secret into every place of a file that can hold one, beside pixels that stay as they are.</summary>
internal static class PlantedMetadata
{
    public const string Secret = "SECRET-7f3a";

    private static readonly byte[] s_xmp =
        Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' about='{Secret}'/></x:xmpmeta>");

    internal static byte[] Text => Encoding.ASCII.GetBytes(Secret);

    /// <param name="isDeep">Also between the scans and behind the end.</param>
    public static byte[] Jpeg(byte[] jpeg, int orientation = 0, bool isDeep = true)
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        Segment(0xE0, [.. "JFIF\0"u8, 1, 2, 1, 0, 72, 0, 72, 1, 4, .. Text, 0]); // a thumbnail of 1 × 4 pixels
        Segment(0xE0, [.. "JFXX\0"u8, 0x10, .. Text]);
        Segment(0xE1, [.. "Exif\0\0"u8, .. ExifMaker.Phone(Secret, orientation).Build()]);
        Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. s_xmp]);
        Segment(0xE2, [.. "MPF\0"u8, .. Text]);
        Segment(0xE5, [.. "Samsung"u8, .. Text]);
        Segment(0xED, [.. "Photoshop 3.0\0"u8, .. "8BIM\u0004\u0004\0\0\0\0\0\u0010\u001c\u0002\u0078\0\u000b"u8, .. Text]);
        Segment(0xFE, Text);

        var segments = new JpegSegments(jpeg);
        while (segments.MoveNext() && segments.Marker is not JpegMarker.EndOfImage)
        {
            if (segments.Marker is not (JpegMarker.App0 or JpegMarker.App1))
            {
                file.Write([0xFF, 0xFF, 0xFF]);
                Segment(segments.Marker, segments.Content);
            }

            if (segments.Marker is not JpegMarker.StartOfScan)
            {
                continue;
            }

            file.Write(segments.ReadScan());
            if (isDeep)
            {
                Segment(0xFE, Text);
                Segment(0xE9, Text);
                Segment(0xE1, [.. "Exif\0\0"u8, .. ExifMaker.Phone(Secret, orientation: 5).Build()]);
            }
        }

        file.Write([0xFF, 0xD9]);
        if (isDeep)
        {
            file.Write(jpeg);
            file.Write(Text);
        }

        return file.ToArray();

        void Segment(byte marker, ReadOnlySpan<byte> content)
        {
            file.Write([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)]);
            file.Write(content);
        }
    }

    public static byte[] Png(byte[] png, int orientation = 0)
    {
        using var file = new MemoryStream();
        file.Write(png.AsSpan(0, 33)); // signature and IHDR
        Chunk("tEXt", [.. "Comment\0"u8, .. Text]);
        Chunk("zTXt", [.. "Author\0\0"u8, .. Text]);
        Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. s_xmp]);
        Chunk("eXIf", ExifMaker.Phone(Secret, orientation).Build());
        Chunk("tIME", [7, 232, 6, 1, 18, 30, 5]);
        Chunk("prVt", Text);
        Chunk("sPLT", Text);
        Chunk("iCCP", [.. Text, 0, 0, .. Text]);
        Chunk("gAMA", [.. "\0\0"u8, .. Text]);
        file.Write(png.AsSpan(33, png.Length - 33 - 12));
        Chunk("tEXt", [.. "Software\0"u8, .. Text]);
        Chunk("IEND", []);
        file.Write(Text);
        return file.ToArray();

        void Chunk(string type, byte[] content)
        {
            byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
            file.Write(number);
            file.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
            file.Write(number);
        }
    }

    public static byte[] Webp(byte[] webp, int width, int height, int orientation = 0)
    {
        var isExtended = webp.AsSpan(12, 4).SequenceEqual("VP8X"u8);
        using var chunks = new MemoryStream();
        var header = isExtended ? webp.AsSpan(20, 10).ToArray() : [0, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0];
        header[0] |= 0x0C;
        Chunk(chunks, "VP8X", header);
        for (var rest = webp.AsSpan(isExtended ? 30 : 12); rest.Length >= 8;)
        {
            var type = Encoding.ASCII.GetString(rest[..4]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            var content = rest.Slice(8, length);
            if (type is not ("EXIF" or "XMP "))
            {
                Chunk(chunks, type, type is "ANMF" ? [.. content, .. "note"u8, (byte)Text.Length, 0, 0, 0, .. Text, (byte)'S'] : content.ToArray());
            }

            rest = rest[Math.Min(rest.Length, 8 + length + (length & 1))..];
        }

        Chunk(chunks, "EXIF", [.. "Exif\0\0"u8, .. ExifMaker.Phone(Secret, orientation).Build()]);
        Chunk(chunks, "XMP ", s_xmp);
        Chunk(chunks, "note", Text);
        var total = BitConverter.GetBytes((int)chunks.Length + 4);
        return [.. "RIFF"u8, .. total, .. "WEBP"u8, .. chunks.ToArray(), .. Text];
    }

    public static byte[] Gif(byte[] gif)
    {
        var screen = 13 + ((gif[10] & 0x80) is 0 ? 0 : 3 << ((gif[10] & 7) + 1));
        byte[] length = [(byte)Text.Length];
        return
        [
            .. gif.AsSpan(0, screen),
            0x21, 0xFE, .. length, .. Text, 0,
            0x21, 0x01, 12, .. new byte[12], .. length, .. Text, 0,
            0x21, 0xFF, 11, .. "XMP DataXMP"u8, .. length, .. Text, 0,
            0x21, 0xFF, 11, .. "ICCRGBG1012"u8, .. length, .. Text, 0,
            .. gif.AsSpan(screen, gif.Length - screen - 1),
            0x21, 0xFE, .. length, .. Text, 0,
            0x3B, .. Text,
        ];
    }

    private static void Chunk(MemoryStream chunks, string type, byte[] content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        chunks.Write(Encoding.ASCII.GetBytes(type));
        chunks.Write(length);
        chunks.Write(content);
        if ((content.Length & 1) is not 0)
        {
            chunks.WriteByte((byte)'S');
        }
    }

    /// <summary>An AVIF of one picture that another AVIF has, put together in another way.</summary>
    /// <param name="version">Of the table of places, 0 to 2.</param>
    /// <param name="inMeta">Metadata, and with them the pixels, are within the <c>meta</c> box (construction method 1).</param>
    public static byte[] Avif(byte[] avif, int version, bool inMeta)
    {
        var meta = Box(avif, 0, avif.Length, "meta");
        var source = HeifItems.Read(avif, meta);
        var properties = Box(avif, meta.Content + 4, meta.End, "iprp");
        byte[] pixels = source.Primary.Content(avif);
        byte[] exif = [0, 0, 0, 0, .. ExifMaker.Phone(Secret).Build()];
        var primary = (ushort)source.Primary.Id;
        ushort exifId = 100, xmpId = 101;

        byte[] before = [.. Boxed("ftyp", [.. "avif"u8, .. Text.AsSpan(0, 4), .. "avifmif1miaf"u8, .. Text.AsSpan(0, 8)]), .. Boxed("free", Text)];
        byte[] uuid = Boxed("uuid", [.. new byte[16], .. Text]);
        byte[] data = [.. Text, .. pixels, .. Text, .. exif, .. s_xmp, .. Text];
        var length = Meta(0).Length;
        var dataAt = inMeta ? 0 : before.Length + length + uuid.Length + 8;
        return [.. before, .. Meta(dataAt), .. uuid, .. Boxed("mdat", inMeta ? Text : data), .. Boxed("free", Text), .. Text];

        byte[] Meta(int at) => Boxed(
            "meta",
            [
                0, 0, 0, 0,
                .. Boxed("hdlr", [.. new byte[8], .. "pict"u8, .. new byte[12], .. Text, 0]),
                .. Boxed("pitm", [0, 0, 0, 0, .. Short(primary)]),
                .. Boxed("iloc",
                [
                    (byte)version, 0, 0, 0, 0x44, 0x40, .. version is 2 ? Int(3) : Short(3),
                    .. Place(primary, at + Text.Length, pixels.Length), .. Place(exifId, at + 2 * Text.Length + pixels.Length, exif.Length),
                    .. Place(xmpId, at + 2 * Text.Length + pixels.Length + exif.Length, s_xmp.Length),
                ]),
                .. Boxed("iinf",
                [
                    0, 0, 0, 0, .. Short(3),
                    .. Boxed("infe", [2, 0, 0, 0, .. Short(primary), 0, 0, .. "av01"u8, .. Text, 0]),
                    .. Boxed("infe", [2, 0, 0, 0, .. Short(exifId), 0, 0, .. "Exif"u8, .. Text, 0]),
                    .. Boxed("infe", [2, 0, 0, 0, .. Short(xmpId), 0, 0, .. "mime"u8, .. Text, 0, .. "application/rdf+xml\0"u8]),
                ]),
                .. Boxed("iref",
                [
                    0, 0, 0, 0,
                    .. Boxed("cdsc", [.. Short(exifId), .. Short(1), .. Short(primary)]),
                    .. Boxed("cdsc", [.. Short(xmpId), .. Short(1), .. Short(primary)]),
                ]),
                .. avif.AsSpan(properties.Start, properties.End - properties.Start),
                .. Boxed("udta", Text),
                .. inMeta ? Boxed("idat", data) : [],
            ]);

        byte[] Place(ushort id, int offset, int bytes) =>
        [
            .. version is 2 ? Int(id) : Short(id), .. version is 0 ? [] : Short((ushort)(inMeta ? 1 : 0)), 0, 0, .. Int(0), .. Short(1), .. Int(offset), .. Int(bytes),
        ];
    }

    private static IsoBox Box(byte[] file, int start, int end, string type)
    {
        var boxes = new IsoBoxes(file.AsSpan(0, end), start);
        while (boxes.MoveNext())
        {
            if (boxes.Current.Type == type)
            {
                return boxes.Current;
            }
        }

        throw new InvalidOperationException($"The file has no {type} box.");
    }

    internal static byte[] Boxed(string type, byte[] content) => [.. Int(8 + content.Length), .. Encoding.ASCII.GetBytes(type), .. content];

    internal static byte[] Short(ushort number) => [(byte)(number >> 8), (byte)number];

    internal static byte[] Int(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
}
